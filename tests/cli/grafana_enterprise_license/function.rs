use super::*;

cli_test! {
    needs(ProviderFunctions)
    fn a_token_is_decoded_offline(terraform: &Terraform) {
        let mut world = World::new(terraform);
        let token = world.mint(&world.license());
        world.workspace.env_remove("GRAFANA_URL").env_remove("GRAFANA_AUTH");
        let decoded = |token: &str| {
            format!("output \"claims\" {{\n  value = provider::grafana::decode_license_token(\"{token}\")\n}}\n")
        };
        world.write(&decoded(&token));
        world.apply();
        let outputs = world.workspace.outputs().expect("outputs");
        let claims = &outputs["claims"]["value"];
        assert_eq!((&claims["included_users"], &claims["trial_expires_at"]), (&15.into(), &Json::Null));
        world.write(&decoded("hunter2"));
        let plan = world.workspace.run_json(&["plan"]).expect("runs");
        assert!(plan.errors()[0].detail.contains("the token is not a JWT"), "{:?}", plan.errors());
        assert!(world.grafana.journal().entries().is_empty());
    }
}
