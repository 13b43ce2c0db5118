//! Refreshes that find nothing new, beside those of `tests/cli/drift.rs`.

use super::{ADDRESS, license, stage};
use crate::setup::{assert_no_drift, assert_no_drift_with};

cli_test! {
    fn there_is_none_one_step_at_a_time_nor_after_an_import(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let two = license(&amazon, "main", "") + &license(&amazon, "other", "");
        workspace.write("main.tf", &two).unwrap();
        workspace.apply().unwrap();
        for _ in 0..3 {
            assert_no_drift_with(&workspace, &["-parallelism=1"]);
        }
        workspace.run(&["state", "rm", ADDRESS]).unwrap().expect_success().unwrap();
        workspace.import(ADDRESS, amazon.workspace_id()).unwrap();
        assert_no_drift(&workspace);
        workspace.apply().unwrap();
        assert_no_drift(&workspace);
    }
}
