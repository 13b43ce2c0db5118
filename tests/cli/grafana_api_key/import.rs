//! Import by command and by block.

use simulator::grafana::{Generation, Role};

use super::{ONE_DAY, assert_empty, grafana, workspace, write};

cli_test! {
    fn a_key_is_imported_and_its_plan_is_empty(terraform: &Terraform) {
        let grafana = grafana(Generation::V9_4);
        let id = grafana.create_api_key(1, "ci", Role::Editor, Some(86400)).expect("new").id;
        let by_command = workspace(terraform, &grafana);
        write(&by_command, "resource \"grafana_api_key\" \"ci\" {\n  name = \"ci\"\n  role = \"Editor\"\n}\n");
        by_command.import("grafana_api_key.ci", &id.to_string()).expect("imports");
        assert_empty(&by_command);

        let by_block = workspace(terraform, &grafana);
        write(&by_block, &format!("{ONE_DAY}\nimport {{\n  to = grafana_api_key.ci\n  id = \"1:{id}\"\n}}\n"));
        let plan = by_block.plan().expect("plans");
        assert!(plan.summary().replaces.is_empty(), "{:?}", plan.summary());
        by_block.apply_plan(&plan).expect("applies");
        assert_empty(&by_block);
        assert_eq!(grafana.api_keys(1)[0].id, id);
    }
}
