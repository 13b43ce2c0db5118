use simulator::grafana::{Generation, Migration};

use super::{assert_empty, attributes, grafana, workspace, write};

cli_test! {
    fn a_key_outlives_upgrades_of_grafana(terraform: &Terraform) {
        let grafana = grafana(Generation::V8_4);
        let workspace = workspace(terraform, &grafana);
        write(&workspace, "resource \"grafana_api_key\" \"ci\" {\n  name = \"ci\"\n  role = \"Viewer\"\n}\n");
        workspace.apply().expect("applies");
        let secret = attributes(&workspace, "grafana_api_key.ci")["key"].clone();
        for (generation, migration) in [
            (Generation::V9_4, Migration::NotYet),
            (Generation::V10_4, Migration::NotYet),
            (Generation::V11_3, Migration::AtStart),
            (Generation::V12_1, Migration::AtStart),
        ] {
            grafana.upgrade(generation, migration);
            assert_empty(&workspace);
        }
        workspace.apply().expect("applies");
        let key = attributes(&workspace, "grafana_api_key.ci");
        assert_eq!(key["key"], secret);
        assert_eq!(key["backend"], "service_account");
        workspace.destroy().expect("destroys");
        assert_eq!(grafana.service_accounts(1), []);
    }
}
