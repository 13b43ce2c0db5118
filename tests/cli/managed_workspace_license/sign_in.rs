//! Every way to sign in to AWS, with fakes of the sources. The workspace that is read shows that
//! AWS accepted the signature.

use std::fs;

use secrecy::ExposeSecret;
use simulator::amazon::{
    ACCOUNT, Amazon, ContainerCredentials, InstanceMetadata, Options, Principal, Role, Sso, Sts,
};
use terraform_runner::{Diagnostic, Terraform, Workspace};

use super::stage_with;

const ROLE: &str = "arn:aws:iam::123456789012:role/terraform";

/// The stage without keys and region, and a configuration that reads the workspace.
pub(super) fn keyless(terraform: &Terraform) -> (Amazon, Workspace) {
    keyless_with(terraform, Options::default())
}

/// The same with these options.
pub(super) fn keyless_with(terraform: &Terraform, options: Options) -> (Amazon, Workspace) {
    let (amazon, mut workspace) = stage_with(terraform, options);
    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"] {
        workspace.env_remove(name);
    }
    let id = amazon.workspace_id();
    let data = format!(
        "data \"managed_workspace\" \"main\" {{\n  provider = grafana\n  workspace_id = \"{id}\"\n}}\n"
    );
    workspace.write("main.tf", &data).unwrap();
    (amazon, workspace)
}

pub(super) fn exports(workspace: &mut Workspace, exports: Vec<(String, String)>) {
    for (name, value) in exports {
        workspace.env(name, value);
    }
}

pub(super) fn home_file(workspace: &Workspace, path: &str, text: &str) {
    let path = workspace.home().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

pub(super) fn keys(amazon: &Amazon) -> String {
    let credential = amazon.credential();
    let secret = credential.secret.expose_secret();
    format!("aws_access_key_id = {}\naws_secret_access_key = {secret}\n", credential.access_key)
}

/// The way leads to AWS, in the expected region.
fn works(amazon: &Amazon, workspace: &Workspace) {
    workspace.plan().unwrap();
    assert!(amazon.calls().iter().any(|call| call.status == 200 && call.region == "us-east-1"));
}

/// The first error of a plan, which comes in time.
fn fails(workspace: &Workspace) -> Diagnostic {
    let plan = workspace.run_json(&["plan"]).unwrap();
    assert!(!plan.success());
    (*plan.errors().first().expect("an error")).clone()
}

pub(super) fn provider(workspace: &Workspace, aws: &str) {
    let block = format!("provider \"grafana\" {{\n  aws = {{\n{aws}\n  }}\n}}\n");
    workspace.write("provider.tf", &block).unwrap();
}

cli_test! {
    fn by_keys_of_environment_provider_and_profile(terraform: &Terraform) {
        let (amazon, mut workspace) = keyless(terraform);
        home_file(&workspace, ".aws/config", "[profile ops]\nregion = us-east-1\n");
        home_file(&workspace, ".aws/credentials", &format!("[ops]\n{}", keys(&amazon)));
        provider(&workspace, "    profile = \"ops\"");
        works(&amazon, &workspace);
        provider(&workspace, "");
        workspace.env("AWS_PROFILE", "ops");
        works(&amazon, &workspace);
        workspace.env_remove("AWS_PROFILE");
        let credential = amazon.credential();
        provider(&workspace, &format!(
            "    region = \"us-east-1\"\n    access_key = \"{}\"\n    secret_key = \"{}\"",
            credential.access_key, credential.secret.expose_secret()
        ));
        works(&amazon, &workspace);
        provider(&workspace, "");
        exports(&mut workspace, amazon.exports());
        works(&amazon, &workspace);
    }
}

cli_test! {
    fn by_a_role_of_the_provider_and_by_web_identity(terraform: &Terraform) {
        let (amazon, mut workspace) = keyless(terraform);
        let sts = Sts::start(&amazon).unwrap();
        sts.add_role(Role::new(ROLE).external_id("e-1"));
        exports(&mut workspace, sts.exports());
        exports(&mut workspace, amazon.exports());
        let role = "    assume_role = {\n      role_arn = \"ARN\"\n      external_id = \"e-1\"\n    }";
        provider(&workspace, &role.replace("ARN", ROLE));
        works(&amazon, &workspace);
        assert!(amazon.calls().iter().all(|call| call.access_key.starts_with("ASIA")));

        sts.add_web_identity("issued-token", "repo:acme");
        sts.add_role(Role::new(ROLE).trust_subject("repo:acme"));
        home_file(&workspace, "token", "issued-token");
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            workspace.env_remove(name);
        }
        let token = workspace.home().join("token");
        workspace.env("AWS_ROLE_ARN", ROLE).env("AWS_WEB_IDENTITY_TOKEN_FILE", token);
        provider(&workspace, "");
        works(&amazon, &workspace);
    }
}

cli_test! {
    fn by_the_machine(terraform: &Terraform) {
        let (amazon, mut workspace) = keyless(terraform);
        let metadata = InstanceMetadata::start(&amazon, "node", Principal::user("node")).unwrap();
        workspace.env_remove("AWS_EC2_METADATA_DISABLED");
        workspace.env("AWS_EC2_METADATA_DISABLED", "false");
        exports(&mut workspace, metadata.exports());
        works(&amazon, &workspace);
        metadata.never_answer();
        let error = fails(&workspace);
        assert!(error.detail.contains("AWS_REGION"), "{error:?}");

        workspace.env("AWS_REGION", "us-east-1").env("AWS_EC2_METADATA_DISABLED", "true");
        let container = ContainerCredentials::start(&amazon, Principal::user("task")).unwrap();
        exports(&mut workspace, container.exports());
        works(&amazon, &workspace);
    }
}

cli_test! {
    fn by_single_sign_on_and_by_a_process(terraform: &Terraform) {
        let (amazon, mut workspace) = keyless(terraform);
        let sso = Sso::start(&amazon).unwrap();
        sso.add_role(ACCOUNT, "admin", Principal::user("me"));
        let ends = "2100-01-01T00:00:00Z".parse().unwrap();
        let signed_in = sso.cached_sign_in("corp", ends);
        home_file(&workspace, &format!(".aws/sso/cache/{}", signed_in.file_name), &signed_in.text);
        let profile = sso.config("ops", "corp", ACCOUNT, "admin");
        home_file(&workspace, ".aws/config", &profile);
        exports(&mut workspace, sso.exports());
        workspace.env("AWS_REGION", "us-east-1").env("AWS_PROFILE", "ops");
        works(&amazon, &workspace);

        let credential = amazon.credential();
        let answer = serde_json::json!({
            "Version": 1, "AccessKeyId": credential.access_key,
            "SecretAccessKey": credential.secret.expose_secret(),
        });
        home_file(&workspace, "keys.json", &answer.to_string());
        let file = workspace.home().join("keys.json").display().to_string();
        let profile = format!("[profile ops]\ncredential_process = /bin/cat {file}\n");
        home_file(&workspace, ".aws/config", &profile);
        works(&amazon, &workspace);
    }
}
