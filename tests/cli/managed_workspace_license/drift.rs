//! Refreshes that find nothing new: `plan -refresh-only -detailed-exitcode` is 0, for pipelines that look for
//! drift.

use terraform_runner::{Product, Workspace};

use super::{ADDRESS, license, plain, stage};

/// Looks for drift, in private state too, which the exit status alone tells.
#[track_caller]
fn assert_no_drift(workspace: &Workspace, options: &[&str]) {
    let version = workspace.terraform().version();
    let is_terraform = workspace.terraform().product() == Product::Terraform;
    if is_terraform && (version.major, version.minor) < (1, 12) {
        return; // It answers 2 for every resource with a number in it.
    }
    let refresh = ["plan", "-refresh-only", "-detailed-exitcode", "-input=false"];
    let run = workspace.run(&[&refresh, options].concat()).unwrap();
    assert_eq!(run.code, Some(0), "{run}");
}

cli_test! {
    fn there_is_none_after_create_update_adoption_and_import(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let one = plain(&amazon, "labs-token-1");
        for config in [
            license(&amazon, "main", ""),
            one.clone(),
            // Adopts the license that is there.
            one + &license(&amazon, "other", "  expiry_warning_days = 5"),
        ] {
            workspace.write("main.tf", &config).unwrap();
            workspace.apply().unwrap();
            for options in [&[][..], &["-parallelism=1"], &[]] {
                assert_no_drift(&workspace, options);
            }
        }
        workspace.run(&["state", "rm", ADDRESS]).unwrap().expect_success().unwrap();
        workspace.import(ADDRESS, amazon.workspace_id()).unwrap();
        assert_no_drift(&workspace, &[]);
        workspace.apply().unwrap();
        assert_no_drift(&workspace, &["-parallelism=1"]);
        workspace.write("main.tf", &license(&amazon, "other", "")).unwrap();
        workspace.apply().unwrap();
        assert_no_drift(&workspace, &[]);
    }
}
