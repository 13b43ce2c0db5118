//! Every source of credentials and regions, each against a fake of it.

use secrecy::ExposeSecret;
use simulator::amazon::{
    ACCOUNT, Amazon, ContainerCredentials, Credential, Endpoint, InstanceMetadata, Options,
    Principal, Role, Sso, Sts,
};
use terraform_provider_grafana::amazon::{self, AssumeRole, Settings};

use crate::child::{self, Child, describe};

const ROLE: &str = "arn:aws:iam::123456789012:role/terraform";

pub fn service() -> Amazon {
    let options = Options { endpoint: Endpoint::Nowhere, ..Options::default() };
    Amazon::start(options).unwrap()
}

/// A child that is led to `service`, without keys and region.
pub fn keyless(service: &Amazon) -> Child {
    Child::new(service.exports())
        .unset("AWS_ACCESS_KEY_ID")
        .unset("AWS_SECRET_ACCESS_KEY")
        .unset("AWS_REGION")
}

/// The keys of the service's credential, for a section of a config or credentials file.
pub fn keys(service: &Amazon) -> String {
    let Credential { access_key, secret, .. } = service.credential();
    let secret = secret.expose_secret();
    format!("aws_access_key_id = {access_key}\naws_secret_access_key = {secret}\n")
}

/// Demands that one call came, by a session of the role.
fn came_by_role(service: &Amazon) {
    let calls = service.calls();
    assert_eq!(calls.len(), 1);
    assert!(calls[0].access_key.starts_with("ASIA"), "{calls:?}");
}

#[test]
fn environment_keys() {
    if child::is_here() {
        describe(Settings::default(), None).unwrap();
        return;
    }
    let service = service();
    Child::new(service.exports()).passes("sign_in::environment_keys");
    assert_eq!(service.calls().len(), 1);
}

#[test]
fn the_profile_of_the_environment() {
    if child::is_here() {
        describe(Settings::default(), None).unwrap();
        return;
    }
    let service = service();
    keyless(&service)
        .set("AWS_PROFILE", "ops")
        .file(".aws/config", "[profile ops]\nregion = us-east-1\n")
        .file(".aws/credentials", &format!("[ops]\n{}", keys(&service)))
        .passes("sign_in::the_profile_of_the_environment");
}

#[test]
fn the_profile_of_the_provider_before_the_environment() {
    if child::is_here() {
        describe(Settings { profile: Some("ops".into()), ..Settings::default() }, None).unwrap();
        return;
    }
    let service = service();
    keyless(&service)
        .set("AWS_ACCESS_KEY_ID", "AKIDNOBODY")
        .set("AWS_SECRET_ACCESS_KEY", "wrong")
        .file(".aws/config", &format!("[profile ops]\nregion = us-east-1\n{}", keys(&service)))
        .passes("sign_in::the_profile_of_the_provider_before_the_environment");
}

#[test]
fn the_endpoint_of_the_profile() {
    if child::is_here() {
        describe(Settings { profile: Some("ops".into()), ..Settings::default() }, None).unwrap();
        return;
    }
    let service = service();
    let (keys, url) = (keys(&service), service.url());
    let config = format!(
        "[profile ops]\nregion = us-east-1\nservices = here\n{keys}\
         [services here]\ngrafana =\n  endpoint_url = {url}\n"
    );
    keyless(&service)
        .unset("AWS_ENDPOINT_URL_GRAFANA")
        .file(".aws/config", &config)
        .passes("sign_in::the_endpoint_of_the_profile");
    assert_eq!(service.calls().len(), 1);
}

#[test]
fn a_role_over_a_source_profile() {
    if child::is_here() {
        describe(Settings::default(), None).unwrap();
        return;
    }
    let service = service();
    let sts = Sts::start(&service).unwrap();
    sts.add_role(Role::new(ROLE).external_id("e-1"));
    let config = format!(
        "[default]\nregion = us-east-1\nrole_arn = {ROLE}\nexternal_id = e-1\n\
         source_profile = base\n[profile base]\n{}",
        keys(&service)
    );
    let child = keyless(&service).file(".aws/config", &config);
    child.all(sts.exports()).passes("sign_in::a_role_over_a_source_profile");
    came_by_role(&service);
}

#[test]
fn the_role_of_the_provider() {
    if child::is_here() {
        let role = AssumeRole {
            role_arn: ROLE.into(),
            session_name: Some("apply-7".into()),
            external_id: Some("e-1".into()),
        };
        describe(Settings { assume_role: Some(role), ..Settings::default() }, None).unwrap();
        return;
    }
    let service = service();
    let sts = Sts::start(&service).unwrap();
    sts.add_role(Role::new(ROLE).external_id("e-1"));
    let child = Child::new(service.exports());
    child.all(sts.exports()).passes("sign_in::the_role_of_the_provider");
    came_by_role(&service);
    let by = service.credentials().find(&service.calls()[0].access_key).unwrap();
    assert!(by.principal.arn().ends_with("assumed-role/terraform/apply-7"), "{by:?}");
}

#[test]
fn a_web_identity() {
    if child::is_here() {
        describe(Settings::default(), None).unwrap();
        return;
    }
    let service = service();
    let sts = Sts::start(&service).unwrap();
    sts.add_web_identity("issued-token", "repo:acme");
    sts.add_role(Role::new(ROLE).trust_subject("repo:acme"));
    let child = keyless(&service)
        .set("AWS_REGION", "us-east-1")
        .set("AWS_ROLE_ARN", ROLE)
        .file("token", "issued-token");
    let token = child.home().join("token").display().to_string();
    child
        .set("AWS_WEB_IDENTITY_TOKEN_FILE", token)
        .all(sts.exports())
        .passes("sign_in::a_web_identity");
    came_by_role(&service);
}

#[test]
fn container_credentials() {
    if child::is_here() {
        describe(Settings::default(), None).unwrap();
        return;
    }
    let service = service();
    let container = ContainerCredentials::start(&service, Principal::user("task")).unwrap();
    let child = keyless(&service).set("AWS_REGION", "us-east-1");
    child.all(container.exports()).passes("sign_in::container_credentials");
    assert_eq!(service.calls().len(), 1);
}

#[test]
fn credentials_are_asked_for_once() {
    if child::is_here() {
        return child::wait_for(async {
            let client = amazon::Amazon::new(Settings::default());
            let elsewhere = "eu-central-1".parse().unwrap();
            let regions = [None, Some(&elsewhere)];
            let calls = (0..20).map(|number| client.list_workspaces(regions[number % 2]));
            for listed in futures::future::join_all(calls).await {
                listed.unwrap();
            }
        });
    }
    let service = service();
    let container = ContainerCredentials::start(&service, Principal::user("task")).unwrap();
    let child = keyless(&service).set("AWS_REGION", "us-east-1");
    child.all(container.exports()).passes("sign_in::credentials_are_asked_for_once");
    assert_eq!(service.calls().len(), 20);
    assert_eq!(container.journal().entries().len(), 1);
}

#[test]
fn instance_metadata_gives_credentials_and_region_and_needs_no_proxy() {
    if child::is_here() {
        describe(Settings::default(), None).unwrap();
        return;
    }
    let service = service();
    let metadata = InstanceMetadata::start(&service, "node", Principal::user("node")).unwrap();
    let by_name = service.url().replace("127.0.0.1", "localhost");
    let child = keyless(&service)
        .unset("AWS_EC2_METADATA_DISABLED")
        .set("AWS_ENDPOINT_URL_GRAFANA", by_name)
        .set("HTTP_PROXY", "http://127.0.0.1:9")
        .set("NO_PROXY", "localhost");
    child
        .all(metadata.exports())
        .passes("sign_in::instance_metadata_gives_credentials_and_region_and_needs_no_proxy");
    assert_eq!(service.calls()[0].region, "us-east-1");
}

#[test]
fn single_sign_on() {
    if child::is_here() {
        describe(Settings { profile: Some("ops".into()), ..Settings::default() }, None).unwrap();
        return;
    }
    let service = service();
    let sso = Sso::start(&service).unwrap();
    sso.add_role(ACCOUNT, "Operator", Principal::user("operator"));
    let ends = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(4);
    let cached = sso.cached_sign_in("acme", ends);
    let child = keyless(&service)
        .file(".aws/config", &sso.config("ops", "acme", ACCOUNT, "Operator"))
        .file(&format!(".aws/sso/cache/{}", cached.file_name), &cached.text);
    child.all(sso.exports()).passes("sign_in::single_sign_on");
    assert_eq!(service.calls().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_credential_process() {
    if child::is_here() {
        describe(Settings::default(), None).unwrap();
        return;
    }
    let service = service();
    let Credential { access_key, secret, .. } = service.credential();
    let answer = format!(
        r#"{{"Version": 1, "AccessKeyId": "{access_key}", "SecretAccessKey": "{}"}}"#,
        secret.expose_secret()
    );
    let child = keyless(&service).file("answer", &answer);
    let answer = child.home().join("answer").display().to_string();
    child
        .file(
            ".aws/config",
            &format!("[default]\nregion = us-east-1\ncredential_process = /bin/cat {answer}\n"),
        )
        .passes("sign_in::a_credential_process");
    assert_eq!(service.calls().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_credential_process_gets_none_of_the_providers_variables() {
    if child::is_here() {
        describe(Settings::default(), None).unwrap();
        return;
    }
    let service = service();
    let Credential { access_key, secret, .. } = service.credential();
    let secret = secret.expose_secret();
    let script = format!(
        "case \"$(env)\" in *GRAFANA_*) exit 7;; esac\n[ \"$OTHER\" = kept ] || exit 8\n\
         echo '{{\"Version\": 1, \"AccessKeyId\": \"{access_key}\", \"SecretAccessKey\": \"{secret}\"}}'\n"
    );
    let child = keyless(&service)
        .set("GRAFANA_AUTH", "admin:hidden")
        .set("GRAFANA_TLS_KEY", "hidden")
        .set("OTHER", "kept")
        .set("PATH", std::env::var("PATH").unwrap())
        .file("script.sh", &script);
    let script = child.home().join("script.sh").display().to_string();
    child
        .file(
            ".aws/config",
            &format!("[default]\nregion = us-east-1\ncredential_process=/bin/sh {script}\n"),
        )
        .passes("sign_in::a_credential_process_gets_none_of_the_providers_variables");
    assert_eq!(service.calls().len(), 1);
}

#[test]
fn the_region_of_the_call_before_all_others() {
    if child::is_here() {
        let region = |name: &str| Settings { region: Some(name.into()), ..Settings::default() };
        describe(region("eu-west-1"), Some("us-east-1")).unwrap();
        describe(region("us-east-1"), None).unwrap();
        assert!(describe(Settings::default(), None).unwrap_err().is_not_found());
        return;
    }
    let service = service();
    Child::new(service.exports())
        .set("AWS_REGION", "eu-north-1")
        .file(".aws/config", "[default]\nregion = ap-south-1\n")
        .passes("sign_in::the_region_of_the_call_before_all_others");
    let regions: Vec<String> = service.calls().into_iter().map(|call| call.region).collect();
    assert_eq!(regions, ["us-east-1", "us-east-1", "eu-north-1"]);
}
