//! What replaces a key.

use simulator::grafana::Generation;

use super::{grafana, workspace, write};

cli_test! {
    fn everything_but_the_role_replaces(terraform: &Terraform) {
        let grafana = grafana(Generation::V12_1);
        grafana.create_organization("Second").expect("new");
        let workspace = workspace(terraform, &grafana);
        let with = |name: &str, more: &str| {
            let text = format!("resource \"grafana_api_key\" \"ci\" {{\n  {name}\n  role = \"Viewer\"\n  {more}\n}}\n");
            write(&workspace, &text);
        };
        with("name = \"ci\"", "");
        workspace.apply().expect("applies");
        for (name, more) in [
            ("name = \"other\"", ""),
            ("name_prefix = \"other-\"", ""),
            ("name = \"ci\"", "seconds_to_live = 3600"),
            ("name = \"ci\"", "org_id = \"2\""),
        ] {
            with(name, more);
            let summary = workspace.plan().expect("plans").summary();
            assert_eq!(summary.replaces, ["grafana_api_key.ci"], "{name} {more}");
        }
    }
}
