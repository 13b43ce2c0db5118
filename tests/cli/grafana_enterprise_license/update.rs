use simulator::grafana::LicenseClaims;

use super::*;

cli_test! {
    fn a_renewed_contract_reads_as_from_and_to(terraform: &Terraform) {
        let world = World::new(terraform);
        world.write_with(&LicenseClaims { included_users: Some(150), ..world.license() }, "");
        world.apply();
        let renewed = LicenseClaims {
            included_users: Some(200),
            lexp: Some(now() + 700 * DAY),
            jti: Some("3".to_owned()),
            ..world.license()
        };
        world.write_with(&renewed, "");
        let plan = world.workspace.plan().expect("plans");
        let shown = world.workspace.run(&["plan", "-no-color"]).expect("plans").stdout;
        assert!(shown.contains("150 -> 200"), "{shown}");
        let expiry = shown.lines().find(|line| line.contains("~ expires_at")).expect("the expiry");
        assert!(expiry.contains("->") && !expiry.contains("known after apply"), "{expiry}");
        assert_eq!(plan.summary().updates, [ADDRESS]);
        world.workspace.apply_plan(&plan).expect("applies");
        world.assert_empty_plan();
        assert_eq!(world.count("DELETE"), 0);
    }
}

cli_test! {
    needs(Ephemeral, WriteOnly)
    fn a_changed_write_only_token_is_not_sent_silently(terraform: &Terraform) {
        let mut world = World::new(terraform);
        let renewed = LicenseClaims { jti: Some("renewed".to_owned()), ..world.license() };
        let [token, renewed] = [world.license(), renewed].map(|claims| world.mint(&claims));
        world.workspace.env("TF_VAR_token", &token);
        world.write(
            "variable \"token\" {\n  type      = string\n  ephemeral = true\n}\n\
             resource \"grafana_enterprise_license\" \"this\" {\n  token_wo         = var.token\n  token_wo_version = 1\n}\n",
        );
        world.apply();
        world.workspace.env("TF_VAR_token", &renewed);
        let plan = world.workspace.plan().expect("plans");
        let warnings = plan.ui.warnings();
        assert!(plan.is_empty() && warnings.len() == 1, "{warnings:?}");
        assert!(warnings[0].detail.contains("another token of the same license"), "{warnings:?}");
        assert_eq!(warnings[0].attribute(), Some("token_wo"));
        assert_eq!(world.count("POST"), 1);
    }
}
