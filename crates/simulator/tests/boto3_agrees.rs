//! The official Python client agrees with the simulator: every operation, paging, errors, and the
//! sources of credentials. The scenarios are in boto3_agrees.py.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;
use simulator::amazon::{
    Amazon, ContainerCredentials, Endpoint, Failure, InstanceMetadata, NetworkAccess, NewWorkspace,
    Operation, Options, Polls, Principal, Role, Sso, Sts, Vpc,
};

const VERSION: &str = "1.44.5";
const ROLE: &str = "arn:aws:iam::123456789012:role/licenses";

type Environment = Vec<(String, String)>;

/// Where boto3 is, after installing it if it was not. Tests of other processes wait meanwhile.
fn boto3() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(&folder).expect("a folder below the target folder");
    let lock = File::create(folder.join("boto3.lock")).expect("a lock file");
    lock.lock().expect("the lock");
    let (packages, done) =
        (folder.join(format!("boto3-{VERSION}")), folder.join(format!("boto3-{VERSION}.done")));
    if !done.exists() {
        let pip = Command::new("python3")
            .args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--upgrade",
                "--target",
            ])
            .arg(&packages)
            .arg(format!("boto3=={VERSION}"))
            .output()
            .expect("python3 is needed to compare with boto3");
        let why = String::from_utf8_lossy(&pip.stderr);
        assert!(pip.status.success(), "boto3 is needed and could not be installed: {why}");
        File::create(&done).expect("a mark that boto3 is whole");
    }
    packages
}

/// Runs a scenario in a home of its own; its assertions are this test's.
fn run(scenario: &str, amazon: &Amazon, environment: Environment) {
    let home = tempfile::tempdir().expect("a folder");
    run_at_home(scenario, amazon, environment, &home);
}

fn run_at_home(
    scenario: &str,
    amazon: &Amazon,
    environment: Environment,
    home: &tempfile::TempDir,
) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/boto3_agrees.py");
    let path: OsString = std::env::var_os("PATH").unwrap_or_default();
    let output = Command::new("python3")
        .args([script, scenario])
        .env_clear()
        .env("PATH", path)
        .env("HOME", home.path())
        .env("PYTHONPATH", boto3())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        // This client knows AWS_REGION by another name.
        .env("AWS_DEFAULT_REGION", amazon.region())
        .env("WORKSPACE", amazon.workspace_id())
        .envs(environment)
        .output()
        .expect("python3");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{scenario}: {text}");
}

fn start() -> Amazon {
    Amazon::start(Options::default()).expect("a start")
}

/// The exports without the credentials, for the tests of other sources.
fn without_credentials(amazon: &Amazon) -> Environment {
    amazon.exports().into_iter().filter(|(name, _)| !name.contains("ACCESS_KEY")).collect()
}

fn with<const N: usize>(mut environment: Environment, more: [(&str, String); N]) -> Environment {
    environment.extend(more.map(|(name, value)| (name.to_owned(), value)));
    environment
}

#[test]
fn on_licenses() {
    let amazon = start();
    amazon.set_polls(Polls::Count(2));
    run("licenses", &amazon, amazon.exports());
}

#[test]
fn on_an_upgrade_that_fails() {
    let amazon = start();
    amazon.fail_next_upgrade("UPGRADE_FAILED");
    run("failed_upgrade", &amazon, amazon.exports());
}

#[test]
fn on_a_full_description() {
    let amazon = start();
    amazon.change_workspace(amazon.workspace_id(), |workspace| {
        workspace.authentication.saml_configuration_status = Some("CONFIGURED".into());
        workspace.created = "2026-11-01T00:00:00.25Z".parse().expect("a time");
        workspace.license_expiration = Some("2027-01-01T00:00:00Z".parse().expect("a time"));
        workspace.network_access_control = Some(NetworkAccess {
            prefix_list_ids: Some(vec![]),
            vpce_ids: Some(vec!["vpce-1".into()]),
        });
        workspace.status = "HIBERNATING".into();
        workspace.tags = Some([("team".into(), "a".into())].into());
        workspace.vpc_configuration = Some(Vpc::default());
    });
    run("description", &amazon, amazon.exports());
}

#[test]
fn on_pages() {
    let amazon = start();
    for number in 0..24 {
        let new = NewWorkspace::named(format!("w{number}")).endpoint(Endpoint::Nowhere);
        amazon.create_workspace(new).expect("a workspace");
    }
    run("paging", &amazon, amazon.exports());
}

#[test]
fn on_api_keys() {
    let amazon = start();
    run("api_keys", &amazon, amazon.exports());
}

#[test]
fn on_service_accounts() {
    let amazon = start();
    run("service_accounts", &amazon, amazon.exports());
}

#[test]
fn on_a_grafana_without_service_accounts() {
    let amazon = Amazon::start(Options { grafana_version: "8.4".into(), ..Options::default() })
        .expect("a start");
    run("no_service_accounts", &amazon, amazon.exports());
}

#[test]
fn on_errors() {
    let amazon = start();
    for failure in [
        Failure::throttling().retry_after(7),
        Failure::internal().retry_after(1),
        Failure::access_denied("no"),
    ] {
        amazon.fail_next(Operation::DescribeWorkspace, failure);
    }
    let quota = Failure::quota("workspace", amazon.workspace_id(), "L-1");
    amazon.fail_next(Operation::CreateWorkspaceApiKey, quota);
    run("errors", &amazon, amazon.exports());
}

#[test]
fn on_retries() {
    let amazon = start();
    for _ in 0..2 {
        amazon.fail_next(Operation::DescribeWorkspace, Failure::throttling());
    }
    run("retries", &amazon, amazon.exports());
    assert_eq!(amazon.calls().len(), 3);
}

#[test]
fn on_wrong_credentials() {
    let amazon = start();
    run("wrong_credentials", &amazon, amazon.exports());
}

#[test]
fn on_credentials_that_have_ended() {
    let amazon = start();
    amazon.credentials().expire(&amazon.credential().access_key);
    run("expired_credentials", &amazon, amazon.exports());
}

#[test]
fn on_the_token_service() {
    let amazon = start();
    let sts = Sts::start(&amazon).expect("a start");
    sts.add_role(Role::new(ROLE).external_id("tenant-7"));
    let environment =
        with(amazon.exports(), [("ROLE", ROLE.into()), ("AWS_ENDPOINT_URL_STS", sts.url())]);
    run("caller", &amazon, environment);
}

#[test]
fn on_a_role_with_an_external_id() {
    let amazon = start();
    let sts = Sts::start(&amazon).expect("a start");
    sts.add_role(Role::new(ROLE).external_id("tenant-7").allow("grafana:ListWorkspaces"));
    let home = tempfile::tempdir().expect("a folder");
    let config = home.path().join("config");
    let credential = amazon.credential();
    let profile = format!(
        "[profile base]\naws_access_key_id = {}\naws_secret_access_key = {}\n\n[profile tenant]\nrole_arn = {ROLE}\nexternal_id = tenant-7\nsource_profile = base\n",
        credential.access_key,
        credential.secret.expose_secret(),
    );
    fs::write(&config, profile).expect("a file");
    let more = [
        ("AWS_PROFILE", "tenant".into()),
        ("AWS_CONFIG_FILE", config.display().to_string()),
        ("METHOD", "assume-role".into()),
        ("AWS_ENDPOINT_URL_STS", sts.url()),
    ];
    run_at_home("sign_in", &amazon, with(without_credentials(&amazon), more), &home);
}

#[test]
fn on_a_web_identity() {
    let amazon = start();
    let sts = Sts::start(&amazon).expect("a start");
    sts.add_role(Role::new(ROLE).trust_subject("system:serviceaccount:ns:sa"));
    sts.add_web_identity("the-token", "system:serviceaccount:ns:sa");
    let home = tempfile::tempdir().expect("a folder");
    let token = home.path().join("token");
    fs::write(&token, "the-token").expect("a file");
    let more = [
        ("AWS_ROLE_ARN", ROLE.into()),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", token.display().to_string()),
        ("METHOD", "assume-role-with-web-identity".into()),
        ("AWS_ENDPOINT_URL_STS", sts.url()),
    ];
    run_at_home("sign_in", &amazon, with(without_credentials(&amazon), more), &home);
}

#[test]
fn on_the_credentials_of_a_container() {
    let amazon = start();
    let source = ContainerCredentials::start(&amazon, Principal::user("task")).expect("a start");
    let mut environment = with(without_credentials(&amazon), [("METHOD", "container-role".into())]);
    environment.extend(source.exports());
    run("sign_in", &amazon, environment);
}

#[test]
fn on_the_credentials_of_an_instance() {
    let amazon = start();
    let source =
        InstanceMetadata::start(&amazon, "profile", Principal::user("instance")).expect("a start");
    let more = [("METHOD", "iam-role".into()), ("AWS_EC2_METADATA_DISABLED", "false".into())];
    let mut environment = with(without_credentials(&amazon), more);
    environment.extend(source.exports());
    run("sign_in", &amazon, environment);
}

#[test]
fn on_a_person_signed_in() {
    sign_in_with_sso(SignedDuration::from_hours(1), 0);
}

#[test]
fn on_a_sign_in_that_has_to_be_refreshed() {
    sign_in_with_sso(-SignedDuration::from_mins(1), 1);
}

fn sign_in_with_sso(left: SignedDuration, refreshes: usize) {
    let amazon = start();
    let sso = Sso::start(&amazon).expect("a start");
    sso.add_role("123456789012", "Admin", Principal::user("person"));
    let home = tempfile::tempdir().expect("a folder");
    let cache = home.path().join(".aws/sso/cache");
    fs::create_dir_all(&cache).expect("a folder");
    let cached = sso.cached_sign_in("work", Timestamp::now() + left);
    fs::write(cache.join(cached.file_name), cached.text).expect("a file");
    let config = sso.config("dev", "work", "123456789012", "Admin");
    fs::write(home.path().join(".aws/config"), config).expect("a file");
    let more = [("METHOD", "sso".into()), ("AWS_PROFILE", "dev".into())];
    let mut environment = with(without_credentials(&amazon), more);
    environment.extend(sso.exports());
    run_at_home("sign_in", &amazon, environment, &home);
    assert_eq!(sso.journal().count("POST", "/token"), refreshes);
}
