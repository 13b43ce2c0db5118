//! Resources and objects that have the same license: a workspace has one only.

use simulator::amazon::{Endpoint, Failure, NewWorkspace, Operation};
use terraform_runner::{Terraform, Workspace};

use super::{ADDRESS, LONG, calls, has_license, license, stage};

const FIRST: &str = "  lifecycle {\n    create_before_destroy = true\n  }";

/// A resource that is replaced with the license, after it and before the former object goes, and that
/// fails as long as a file `broken` is there.
const DEPENDENT: &str = r#"
resource "terraform_data" "after" {
  triggers_replace = managed_workspace_license.main.workspace.modified
  provisioner "local-exec" {
    command = "test ! -e broken"
  }
}
"#;

/// A replacement whose dependent fails leaves the former object behind, and the next run removes it.
fn leaves_a_deposed_object(terraform: &Terraform, options: &[&str]) {
    let (amazon, workspace) = stage(terraform);
    workspace.write("main.tf", &(license(&amazon, "main", FIRST) + DEPENDENT)).unwrap();
    workspace.apply().unwrap();
    workspace.write("broken", "").unwrap();
    let failed =
        workspace.run(&["apply", "-auto-approve", "-no-color", "-replace", ADDRESS]).unwrap();
    assert!(!failed.success(), "{}", failed.stdout);
    std::fs::remove_file(workspace.path().join("broken")).unwrap();

    let applied = workspace.apply_with(options).unwrap();
    let stays = applied.warnings().iter().any(|it| it.summary.contains("license stays"));
    assert!(stays, "the former object was there: {:?}", applied.warnings());
    assert_eq!(calls(&amazon, Operation::DisassociateLicense), 0);
    assert!(has_license(&amazon, amazon.workspace_id()));
    workspace.expect_no_changes().unwrap();
    workspace.destroy().unwrap();
    assert!(!has_license(&amazon, amazon.workspace_id()));
}

cli_test! {
    fn a_former_object_left_behind_takes_no_license_with_it(terraform: &Terraform) {
        leaves_a_deposed_object(terraform, &[]);
    }
}

cli_test! {
    fn nor_one_step_at_a_time(terraform: &Terraform) {
        leaves_a_deposed_object(terraform, &["-parallelism=1"]);
    }
}

cli_test! {
    fn a_replacement_that_ctrl_c_ends_halfway_takes_no_license_with_it(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let waits = DEPENDENT.replace("test ! -e broken", "touch begun; test ! -e broken || sleep 600");
        workspace.write("main.tf", &(license(&amazon, "main", FIRST) + &waits)).unwrap();
        workspace.apply().unwrap();
        let [begun, broken] = ["begun", "broken"].map(|name| workspace.path().join(name));
        std::fs::remove_file(&begun).unwrap();
        workspace.write("broken", "").unwrap();
        let running = workspace.spawn(&["apply", "-auto-approve", "-replace", ADDRESS]).unwrap();
        let waiting = std::time::Instant::now();
        while !begun.exists() {
            assert!(waiting.elapsed() < LONG, "it never begins");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        running.interrupt_group().unwrap();
        assert!(!running.wait().unwrap().success());
        std::fs::remove_file(&broken).unwrap();

        let applied = workspace.apply().unwrap();
        let stays = applied.warnings().iter().any(|it| it.summary.contains("license stays"));
        assert!(stays, "the former object was there: {:?}", applied.warnings());
        assert_eq!(calls(&amazon, Operation::DisassociateLicense), 0);
        assert!(has_license(&amazon, amazon.workspace_id()));
        workspace.expect_no_changes().unwrap();
    }
}

cli_test! {
    fn a_rename_removes_nothing(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        for name in ["main", "renamed"] {
            workspace.write("main.tf", &license(&amazon, name, "")).unwrap();
            workspace.apply().unwrap();
        }
        assert_eq!(calls(&amazon, Operation::DisassociateLicense), 0);
        assert_eq!(calls(&amazon, Operation::AssociateLicense), 1);
        workspace.expect_no_changes().unwrap();
        // One step at a time, Terraform may plan and make the removal before it has seen the creation.
        workspace.write("main.tf", &license(&amazon, "again", "")).unwrap();
        workspace.apply_with(&["-parallelism=1"]).unwrap();
        assert!(has_license(&amazon, amazon.workspace_id()));
        workspace.expect_no_changes().unwrap();
    }
}

cli_test! {
    fn a_rename_from_one_alias_to_another_ends_with_the_license(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let aliases = "provider \"grafana\" {\n  alias = \"one\"\n}\nprovider \"grafana\" {\n  alias = \"other\"\n}\n";
        workspace.write("provider.tf", aliases).unwrap();
        let by = |alias: &str, name: &str| {
            let provider = format!("= grafana.{alias}\n");
            license(&amazon, name, "").replace("= grafana\n", &provider)
        };
        workspace.write("main.tf", &by("one", "main")).unwrap();
        workspace.apply().unwrap();
        workspace.write("main.tf", &by("other", "renamed")).unwrap();
        workspace.apply().unwrap();
        assert!(has_license(&amazon, amazon.workspace_id()));
        workspace.expect_no_changes().unwrap();
    }
}

cli_test! {
    fn the_last_of_two_resources_removes_the_license(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let (one, other) = (license(&amazon, "one", ""), license(&amazon, "other", ""));
        workspace.write("main.tf", &(one.clone() + &other)).unwrap();
        workspace.apply().unwrap();
        workspace.expect_no_changes().unwrap();
        workspace.write("main.tf", &one).unwrap();
        workspace.apply().unwrap();
        assert!(has_license(&amazon, amazon.workspace_id()));
        workspace.expect_no_changes().unwrap();
        workspace.write("main.tf", &(one + &other)).unwrap();
        workspace.apply().unwrap();
        workspace.destroy().unwrap();
        assert!(!has_license(&amazon, amazon.workspace_id()));
    }
}

/// Licenses of a list of workspaces, by their place in it.
fn licenses(workspace: &Workspace, ids: &[&str]) {
    let ids = format!("{ids:?}");
    let block = format!(
        "resource \"managed_workspace_license\" \"main\" {{\n  provider     = grafana\n  count        = length({ids})\n  workspace_id = {ids}[count.index]\n}}\n"
    );
    workspace.write("main.tf", &block).unwrap();
}

cli_test! {
    fn workspaces_that_change_places_keep_their_licenses(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let new = NewWorkspace::named("second").endpoint(Endpoint::Nowhere);
        let second = amazon.create_workspace(new).unwrap();
        let ids = [amazon.workspace_id(), second.as_str()];
        licenses(&workspace, &ids);
        workspace.apply().unwrap();
        licenses(&workspace, &[ids[1], ids[0]]);
        workspace.apply().unwrap();
        assert!(ids.iter().all(|id| has_license(&amazon, id)));
        assert_eq!(calls(&amazon, Operation::DisassociateLicense), 0);
        workspace.expect_no_changes().unwrap();

        licenses(&workspace, &ids[..1]);
        workspace.apply().unwrap();
        assert_eq!(ids.map(|id| has_license(&amazon, id)), [true, false]);
        workspace.expect_no_changes().unwrap();
    }
}

cli_test! {
    fn a_license_is_not_left_to_a_resource_that_is_never_made(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        workspace.write("main.tf", &license(&amazon, "main", "")).unwrap();
        workspace.apply().unwrap();
        let fails = "resource \"terraform_data\" \"before\" {\n  provisioner \"local-exec\" {\n    command = \"false\"\n  }\n}\n";
        let renamed = license(&amazon, "renamed", "  depends_on = [terraform_data.before]");
        workspace.write("main.tf", &(fails.to_owned() + &renamed)).unwrap();
        let failed = workspace.run(&["apply", "-auto-approve", "-no-color"]).unwrap();
        assert!(!failed.success(), "{}", failed.stdout);
        workspace.destroy().unwrap();
        assert!(!has_license(&amazon, amazon.workspace_id()), "it would cost, and be in no state");
    }
}

cli_test! {
    fn a_removal_that_failed_is_made_up_for_without_a_refresh(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let (one, other) = (license(&amazon, "one", ""), license(&amazon, "other", ""));
        workspace.write("main.tf", &(one + &other)).unwrap();
        workspace.apply().unwrap();
        workspace.apply_with(&["-refresh-only"]).unwrap();
        let destroy = ["destroy", "-auto-approve", "-no-color", "-refresh=false"];
        amazon.fail_next(Operation::DisassociateLicense, Failure::access_denied("not you"));
        assert!(!workspace.run(&destroy).unwrap().success());
        assert!(workspace.run(&destroy).unwrap().success());
        assert!(!has_license(&amazon, amazon.workspace_id()));
    }
}

cli_test! {
    fn a_tainted_resource_takes_nothing_from_another(terraform: &Terraform) {
        let (amazon, workspace) = stage(terraform);
        let (one, other) = (license(&amazon, "one", ""), license(&amazon, "other", ""));
        workspace.write("main.tf", &(one + &other)).unwrap();
        workspace.apply().unwrap();
        workspace.run(&["taint", "managed_workspace_license.other"]).unwrap().expect_success().unwrap();
        workspace.apply().unwrap();
        assert_eq!(calls(&amazon, Operation::DisassociateLicense), 0);
        workspace.expect_no_changes().unwrap();
    }
}
