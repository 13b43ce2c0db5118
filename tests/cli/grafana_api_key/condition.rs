//! Keys that are listed and do not work, or of which one half is left, or that no list shows.

use simulator::grafana::{Generation, Role};

use super::{assert_empty, attributes, grafana, workspace, write};

const KEY: &str =
    "resource \"grafana_api_key\" \"ci\" {\n  name = \"ci\"\n  role = \"Viewer\"\n}\n";

cli_test! {
    fn a_revoked_key_is_replaced_and_a_disabled_one_enabled(terraform: &Terraform) {
        let grafana = grafana(Generation::V12_1);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, KEY);
        workspace.apply().expect("applies");
        let old = attributes(&workspace, "grafana_api_key.ci");
        let account = grafana.service_accounts(1)[0].id;

        grafana.change_service_account(1, account, None, Some(true)).expect("is there");
        let plan = workspace.plan().expect("plans");
        assert_eq!(plan.summary().updates, ["grafana_api_key.ci"]);
        let change = plan.change("grafana_api_key.ci").expect("a change");
        assert_eq!((&change.before["is_disabled"], &change.after["is_disabled"]), (&true.into(), &false.into()));
        workspace.apply_plan(&plan).expect("applies");
        assert!(!grafana.service_accounts(1)[0].disabled);
        assert_eq!(attributes(&workspace, "grafana_api_key.ci")["key"], old["key"]);
        assert_empty(&workspace);

        let token = grafana.tokens(1, account)[0].id;
        grafana.revoke_token(1, account, token).expect("is there");
        let plan = workspace.plan().expect("plans");
        let change = plan.change("grafana_api_key.ci").expect("a change");
        assert_eq!(change.replace_paths, [["is_revoked"]]);
        workspace.apply_plan(&plan).expect("applies");
        assert_ne!(attributes(&workspace, "grafana_api_key.ci")["key"], old["key"]);
        assert_empty(&workspace);
        workspace.destroy().expect("destroys");
        assert!(grafana.service_accounts(1).is_empty());
    }
}

cli_test! {
    fn a_disabled_account_with_other_tokens_is_told_and_the_data_source_shows_it(terraform: &Terraform) {
        let grafana = grafana(Generation::V12_1);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, KEY);
        workspace.apply().expect("applies");
        let account = grafana.service_accounts(1)[0].id;
        let other = grafana.create_token(1, account, "other", None).expect("new").id;
        grafana.change_service_account(1, account, None, Some(true)).expect("is there");
        grafana.revoke_token(1, account, other).expect("is there");
        let plan = workspace.plan().expect("plans");
        assert!(plan.is_empty(), "{:?}", plan.summary());
        let warnings = plan.ui.warnings();
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].detail.contains("disabled"), "{warnings:?}");
        write(&workspace, &format!("{KEY}data \"grafana_api_keys\" \"all\" {{\n}}\n"));
        workspace.apply().expect("applies");
        let all = attributes(&workspace, "data.grafana_api_keys.all");
        let keys = all["keys"].as_array().expect("a list").iter();
        let shown: Vec<_> = keys.map(|key| (key["is_disabled"].clone(), key["is_revoked"].clone())).collect();
        assert_eq!(shown, [(true.into(), false.into()), (true.into(), true.into())]);
    }
}

cli_test! {
    fn half_of_a_pair_is_made_whole_or_destroyed(terraform: &Terraform) {
        for name in ["name", "name_prefix"] {
            let grafana = grafana(Generation::V12_1);
            let workspace = workspace(terraform, &grafana);
            write(&workspace, &KEY.replace("name ", &format!("{name} ")));
            workspace.apply().expect("applies");
            let delete_token = || {
                let account = grafana.service_accounts(1)[0].id;
                let token = grafana.tokens(1, account)[0].id;
                grafana.delete_token(1, account, token).expect("is there");
            };
            delete_token();
            let plan = workspace.plan().expect("plans");
            assert_eq!(plan.summary().replaces, ["grafana_api_key.ci"]);
            assert_eq!(plan.ui.warnings().len(), 1, "{:?}", plan.ui.warnings());
            workspace.apply_plan(&plan).expect("applies");
            assert_eq!(grafana.service_accounts(1).len(), 1);
            assert_empty(&workspace);
            delete_token();
            workspace.destroy().expect("destroys");
            assert!(grafana.service_accounts(1).is_empty(), "{name}");
        }
    }
}

cli_test! {
    fn a_key_beyond_the_cut_list_of_its_account_is_kept_and_destroyed(terraform: &Terraform) {
        let grafana = grafana(Generation::V12_1);
        let account = grafana.create_service_account(1, "robot", Role::Viewer).expect("new").id;
        for number in 0..300 {
            grafana.create_token(1, account, &format!("{number:03}"), None).expect("new");
        }
        let workspace = workspace(terraform, &grafana);
        // Accounts of others do not matter to a key that is created.
        write(&workspace, &KEY.replace("\"ci\"\n  role", "\"zz\"\n  role"));
        workspace.apply().expect("applies");
        assert_empty(&workspace);
        let own = attributes(&workspace, "grafana_api_key.ci")["service_account_id"].as_i64().expect("an account");
        assert_ne!(own, account);
        for number in 0..300 {
            grafana.create_token(1, own, &format!("own {number:03}"), None).expect("new");
        }
        // No list shows it any more: its secret proves that it is there.
        assert_empty(&workspace);
        workspace.destroy().expect("destroys");
        assert_eq!(grafana.tokens(1, own).len(), 300);
        assert_eq!(grafana.tokens(1, account).len(), 300);
    }
}
