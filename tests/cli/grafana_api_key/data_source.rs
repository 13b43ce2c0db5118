//! The data source `grafana_api_keys`.

use simulator::grafana::{Generation, Role};

use super::{attributes, grafana, wait_until_past, workspace, write};

cli_test! {
    fn the_data_source_shows_keys_of_both_kinds(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        grafana.create_api_key(1, "ci-one", Role::Viewer, None).expect("new");
        let account = grafana.create_service_account(1, "robot", Role::Editor).expect("new").id;
        grafana.create_token(1, account, "ci-two", Some(86400)).expect("new");
        let workspace = workspace(terraform, &grafana);
        write(&workspace, "data \"grafana_api_keys\" \"all\" {\n  name_regex = \"^ci-\"\n}\n");
        workspace.apply().expect("applies");
        let all = attributes(&workspace, "data.grafana_api_keys.all");
        let backends: Vec<_> = all["keys"].as_array().unwrap().iter().map(|k| k["backend"].clone()).collect();
        assert_eq!(backends, ["api_key", "service_account"]);
        assert_eq!((&all["org_id"], &all["is_complete"]), (&"1".into(), &true.into()));
    }
}

cli_test! {
    fn a_list_that_is_cut_says_so(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        for number in 0..120 {
            grafana.create_api_key(1, &format!("{number:03}"), Role::Viewer, None).expect("new");
        }
        let workspace = workspace(terraform, &grafana);
        write(&workspace, "data \"grafana_api_keys\" \"all\" {\n}\n");
        workspace.apply().expect("applies");
        let all = attributes(&workspace, "data.grafana_api_keys.all");
        assert_eq!((all["keys"].as_array().map(Vec::len), &all["is_complete"]), (Some(100), &false.into()));
    }
}

cli_test! {
    fn the_data_source_tells_when_keys_end(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        grafana.create_api_key(1, "old", Role::Viewer, Some(1)).expect("new");
        grafana.create_api_key(1, "young", Role::Viewer, Some(86400)).expect("new");
        let end = grafana.api_keys(1)[0].expires.expect("an end");
        wait_until_past(end);
        let workspace = workspace(terraform, &grafana);
        write(
            &workspace,
            "data \"grafana_api_keys\" \"all\" {\n}\n\
             data \"grafana_api_keys\" \"valid\" {\n  include_expired = false\n}\n",
        );
        workspace.apply().expect("applies");
        let keys = |name: &str| attributes(&workspace, &format!("data.grafana_api_keys.{name}"))["keys"].clone();
        let shown = |name: &str| {
            let keys = keys(name);
            let keys = keys.as_array().expect("a list").iter();
            keys.map(|key| (key["name"].clone(), key["has_expired"].clone())).collect::<Vec<_>>()
        };
        let (old, young) = (("old".into(), true.into()), ("young".into(), false.into()));
        assert_eq!(shown("all"), [old, young.clone()]);
        assert_eq!(shown("valid"), [young]);
        assert_eq!(keys("all")[0]["expiration"], end.to_string());
    }
}
