//! Regions and credentials that are wrong, missing, or do not come: each is told where it stands,
//! and soon.

use std::time::Duration;

use secrecy::ExposeSecret;
use simulator::amazon::{Amazon, ContainerCredentials, InstanceMetadata, Principal, Role, Sts};
use simulator::faults::Fault;
use terraform_runner::{Diagnostic, Terraform, Workspace};

use super::license;
use super::sign_in::{exports, home_file, keyless, provider};

const ROLE: &str = "arn:aws:iam::123456789012:role/terraform";

/// What a plan may take. The provider takes five seconds; Terraform and a machine that is busy with
/// other tests come on top, and a wait without an end takes longer.
const SOON: Duration = Duration::from_secs(40);

/// The only error of a plan, which comes soon.
fn refused(workspace: &mut Workspace) -> Diagnostic {
    workspace.timeout(SOON);
    let plan = workspace.run_json(&["plan"]).unwrap();
    let errors = plan.errors();
    assert_eq!(errors.len(), 1, "{errors:?}");
    errors[0].clone()
}

/// A block that reads the workspace, with these lines more.
fn data(amazon: &Amazon, lines: &str) -> String {
    let id = amazon.workspace_id();
    format!(
        "data \"managed_workspace\" \"main\" {{\n  provider = grafana\n  workspace_id = \"{id}\"\n{lines}\n}}\n"
    )
}

/// A directory whose environment has keys and no region.
fn regionless(terraform: &Terraform) -> (Amazon, Workspace) {
    let (amazon, mut workspace) = keyless(terraform);
    exports(&mut workspace, amazon.exports());
    workspace.env_remove("AWS_REGION");
    (amazon, workspace)
}

/// The error is about an attribute of the provider's `aws`. Terraform shows the block: it knows no
/// place of what stands within an attribute.
fn assert_about_provider(error: &Diagnostic, attribute: &str) {
    assert!(error.address.as_deref().is_some_and(|it| it.starts_with("provider[")), "{error:?}");
    assert_eq!(error.range.as_ref().map(|range| range.filename.as_str()), Some("provider.tf"));
    assert!(error.detail.contains(attribute), "{error:?}");
}

cli_test! {
    fn a_region_that_is_none(terraform: &Terraform) {
        let (amazon, mut workspace) = regionless(terraform);
        for (region, advice) in [("Frankfurt", "`eu-central-1`"), ("us-east-1b", "its region is `us-east-1`")] {
            let line = format!("  region = \"{region}\"");
            workspace.write("main.tf", &data(&amazon, &line)).unwrap();
            let error = refused(&mut workspace);
            assert_eq!(error.attribute(), Some("region"), "{error:?}");
            assert!(error.detail.contains(region) && error.detail.contains(advice), "{error:?}");
        }
        workspace.write("main.tf", &license(&amazon, "main", "  region = \"Frankfurt\"")).unwrap();
        assert_eq!(refused(&mut workspace).attribute(), Some("region"), "before anything is made");
        assert!(amazon.journal().entries().is_empty());
    }
}

cli_test! {
    fn a_region_of_the_provider_that_is_none(terraform: &Terraform) {
        let (_amazon, mut workspace) = regionless(terraform);
        provider(&workspace, "    region = \"nowhere\"");
        let error = refused(&mut workspace);
        assert_about_provider(&error, "nowhere");
    }
}

cli_test! {
    fn a_region_without_the_workspace(terraform: &Terraform) {
        let (amazon, mut workspace) = regionless(terraform);
        workspace.write("main.tf", &data(&amazon, "  region = \"eu-west-1\"")).unwrap();
        let error = refused(&mut workspace);
        assert_eq!(error.attribute(), Some("workspace_id"), "{error:?}");
        assert!(error.detail.contains("does not exist in `eu-west-1`"), "{error:?}");
    }
}

cli_test! {
    fn no_region(terraform: &Terraform) {
        let (_amazon, mut workspace) = regionless(terraform);
        let error = refused(&mut workspace);
        assert_eq!(error.address.as_deref(), Some("data.managed_workspace.main"));
        for part in ["`region`", "`aws`", "AWS_REGION", "the profile"] {
            assert!(error.detail.contains(part), "{part}: {error:?}");
        }
    }
}

cli_test! {
    fn no_credentials(terraform: &Terraform) {
        let (_amazon, mut workspace) = keyless(terraform);
        workspace.env("AWS_REGION", "us-east-1");
        let error = refused(&mut workspace);
        assert!(error.summary.contains("No usable AWS credentials"), "{error:?}");
        assert_eq!(error.address.as_deref(), Some("data.managed_workspace.main"));
        for part in ["`profile`", "`access_key`", "`secret_key`", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"] {
            assert!(error.detail.contains(part), "{part}: {error:?}");
        }
    }
}

cli_test! {
    fn keys_that_are_wrong_or_incomplete(terraform: &Terraform) {
        let (amazon, mut workspace) = keyless(terraform);
        provider(&workspace, "    region     = \"us-east-1\"\n    access_key = \"AKIA\"");
        let error = refused(&mut workspace);
        assert_about_provider(&error, "access_key");

        let credential = amazon.credential();
        let keys = |access: &str, secret: &str| {
            format!("    region = \"us-east-1\"\n    access_key = \"{access}\"\n    secret_key = \"{secret}\"")
        };
        provider(&workspace, &keys(&credential.access_key, "wrong"));
        let error = refused(&mut workspace);
        assert!(error.detail.contains("secret key does not belong"), "{error:?}");
        provider(&workspace, &keys("AKIANOBODYHASTHIS", credential.secret.expose_secret()));
        let error = refused(&mut workspace);
        assert!(error.detail.contains("does not know this access key"), "{error:?}");
        assert!(!error.detail.contains(credential.secret.expose_secret()), "{error:?}");
    }
}

cli_test! {
    fn a_profile_that_is_not_there(terraform: &Terraform) {
        let (_amazon, mut workspace) = keyless(terraform);
        home_file(&workspace, ".aws/config", "[profile ops]\nregion = us-east-1\n");
        provider(&workspace, "    profile = \"nobody\"");
        let error = refused(&mut workspace);
        assert_about_provider(&error, "profile");
        assert!(error.detail.contains("`nobody`") && error.detail.contains("ops"), "{error:?}");
    }
}

cli_test! {
    fn a_role_that_may_not_be_assumed(terraform: &Terraform) {
        let (amazon, mut workspace) = keyless(terraform);
        let sts = Sts::start(&amazon).unwrap();
        exports(&mut workspace, amazon.exports());
        exports(&mut workspace, sts.exports());
        provider(&workspace, &format!("    assume_role = {{\n      role_arn = \"{ROLE}\"\n    }}"));
        let error = refused(&mut workspace);
        assert!(error.summary.contains("role cannot be assumed"), "{error:?}");
        for part in [ROLE, "`assume_role`", "`external_id`"] {
            assert!(error.detail.contains(part), "{part}: {error:?}");
        }
        sts.add_role(Role::new(ROLE));
        workspace.plan().unwrap();
    }
}

/// Instance metadata that takes requests and does not answer, and an environment that leads there.
fn silent_metadata(amazon: &Amazon, workspace: &mut Workspace) -> InstanceMetadata {
    let metadata = InstanceMetadata::start(amazon, "node", Principal::user("node")).unwrap();
    metadata.never_answer();
    exports(workspace, metadata.exports());
    workspace.env("AWS_EC2_METADATA_DISABLED", "false");
    metadata
}

cli_test! {
    fn instance_metadata_that_never_answers(terraform: &Terraform) {
        let (amazon, mut workspace) = keyless(terraform);
        let metadata = silent_metadata(&amazon, &mut workspace);
        let error = refused(&mut workspace);
        assert!(error.detail.contains("Instance metadata gave none"), "{error:?}");

        workspace.env("AWS_REGION", "us-east-1");
        let error = refused(&mut workspace);
        assert!(error.summary.contains("No usable AWS credentials"), "{error:?}");
        assert!(!metadata.journal().entries().is_empty(), "it was asked");
    }
}

cli_test! {
    fn many_resources_do_not_each_wait_for_it(terraform: &Terraform) {
        let (amazon, mut workspace) = keyless(terraform);
        let metadata = silent_metadata(&amazon, &mut workspace);
        workspace.write("main.tf", &data(&amazon, "  count = 60")).unwrap();
        workspace.timeout(SOON);
        for region in [None, Some("us-east-1")] {
            region.map(|region| workspace.env("AWS_REGION", region));
            let plan = workspace.run_json(&["plan"]).unwrap();
            let errors = plan.errors();
            let is_about_sign_in = |error: &&Diagnostic| error.summary.starts_with("No usable AWS");
            assert!(!errors.is_empty() && errors.iter().all(is_about_sign_in), "{errors:?}");
            let asked = metadata.journal().entries().len();
            assert!((1..10).contains(&asked), "{asked} requests of 60 resources");
            metadata.journal().clear();
        }
    }
}

cli_test! {
    fn other_sources_that_never_answer(terraform: &Terraform) {
        let (amazon, mut workspace) = keyless(terraform);
        workspace.env("AWS_REGION", "us-east-1");
        let too_slow = |workspace: &mut Workspace| {
            let error = refused(workspace);
            assert!(error.detail.contains("took longer than 4.5 seconds"), "{error:?}");
        };
        home_file(&workspace, ".aws/config", "[profile ops]\ncredential_process = /bin/sleep 60\n");
        provider(&workspace, "    profile = \"ops\"");
        too_slow(&mut workspace);

        provider(&workspace, "");
        let container = ContainerCredentials::start(&amazon, Principal::user("task")).unwrap();
        container.faults().push(Fault::on("*", "/**").always().hang());
        exports(&mut workspace, container.exports());
        too_slow(&mut workspace);

        let sts = Sts::start(&amazon).unwrap();
        sts.faults().push(Fault::on("*", "/**").always().hang());
        exports(&mut workspace, sts.exports());
        exports(&mut workspace, amazon.exports());
        provider(&workspace, &format!("    assume_role = {{\n      role_arn = \"{ROLE}\"\n    }}"));
        too_slow(&mut workspace);
    }
}

#[cfg(unix)]
cli_test! {
    fn a_process_that_hangs_ends_with_its_children(terraform: &Terraform) {
        let (_amazon, mut workspace) = keyless(terraform);
        let pid_file = workspace.home().join("pid");
        let script = format!("sleep 600 & echo $! > {}; wait\n", pid_file.display());
        home_file(&workspace, "hang.sh", &script);
        let script = workspace.home().join("hang.sh").display().to_string();
        let profile = format!("[profile ops]\nregion = us-east-1\ncredential_process = sh {script}\n");
        home_file(&workspace, ".aws/config", &profile);
        provider(&workspace, "    profile = \"ops\"");
        let error = refused(&mut workspace);
        assert!(error.detail.contains("profile `ops` took longer"), "{error:?}");
        let pid = std::fs::read_to_string(pid_file).unwrap();
        let ps = std::process::Command::new("ps").args(["-o", "stat=", "-p", pid.trim()]).output().unwrap();
        let stat = String::from_utf8_lossy(&ps.stdout).trim().to_owned();
        assert!(stat.is_empty() || stat.starts_with('Z'), "{stat}");
    }
}
