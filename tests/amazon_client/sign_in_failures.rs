//! Sign-ins that fail: each ends soon, with an error that names what to set.

use simulator::amazon::{
    ACCOUNT, ContainerCredentials, InstanceMetadata, Principal, Role, Sso, Sts,
};
use simulator::faults::Fault;
use terraform_provider_grafana::amazon::{Amazon, AssumeRole, ErrorKind, Settings};

use crate::child::{self, Child, fails};
use crate::sign_in::{keyless, keys, service};

const ROLE: &str = "arn:aws:iam::123456789012:role/terraform";

fn profile(name: &str) -> Settings {
    Settings { profile: Some(name.into()), ..Settings::default() }
}

#[test]
fn no_credentials_at_all() {
    if child::is_here() {
        let parts = ["No AWS credentials were found", "`access_key`", "AWS_PROFILE"];
        fails(Settings::default(), ErrorKind::Credentials, &parts);
        return;
    }
    keyless(&service())
        .set("AWS_REGION", "us-east-1")
        .passes("sign_in_failures::no_credentials_at_all");
}

#[test]
fn no_region_at_all() {
    if child::is_here() {
        let parts = ["No AWS region", "`region`", "AWS_REGION", "profile `ops`"];
        fails(profile("ops"), ErrorKind::Region, &parts);
        return;
    }
    let service = service();
    keyless(&service)
        .file(".aws/config", &format!("[profile ops]\n{}", keys(&service)))
        .passes("sign_in_failures::no_region_at_all");
}

#[test]
fn an_endpoint_that_is_no_url_is_named_by_its_variable_and_not_quoted() {
    if child::is_here() {
        let client = Amazon::new(Settings::default());
        let error = child::wait_for(client.describe_workspace(None, "g-0123456789")).unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Endpoint, "{error}");
        let said = error.to_string();
        assert!(said.contains("AWS_ENDPOINT_URL_GRAFANA") && !said.contains("hunter2"), "{said}");
        assert!(said.len() < 300, "{said}");
        return;
    }
    Child::new(service().exports()).set("AWS_ENDPOINT_URL_GRAFANA", "bob:hunter2@nonsense").passes(
        "sign_in_failures::an_endpoint_that_is_no_url_is_named_by_its_variable_and_not_quoted",
    );
}

#[test]
fn metadata_that_never_answers_gives_no_region() {
    if child::is_here() {
        fails(Settings::default(), ErrorKind::Region, &["Instance metadata"]);
        return;
    }
    let service = service();
    let metadata = InstanceMetadata::start(&service, "node", Principal::user("node")).unwrap();
    metadata.never_answer();
    let child =
        Child::new(service.exports()).unset("AWS_REGION").unset("AWS_EC2_METADATA_DISABLED");
    child
        .all(metadata.exports())
        .passes("sign_in_failures::metadata_that_never_answers_gives_no_region");
}

#[test]
fn metadata_that_never_answers_gives_no_credentials() {
    if child::is_here() {
        fails(Settings::default(), ErrorKind::Credentials, &["AWS credentials"]);
        return;
    }
    let service = service();
    let metadata = InstanceMetadata::start(&service, "node", Principal::user("node")).unwrap();
    metadata.never_answer();
    let child = keyless(&service).set("AWS_REGION", "us-east-1").unset("AWS_EC2_METADATA_DISABLED");
    child
        .all(metadata.exports())
        .passes("sign_in_failures::metadata_that_never_answers_gives_no_credentials");
    assert_eq!(metadata.journal().entries().len(), 1);
}

#[test]
fn metadata_that_is_refused_says_where_credentials_can_be_set() {
    if child::is_here() {
        let parts = ["instance metadata gave none", "`access_key`", "AWS_PROFILE"];
        fails(Settings::default(), ErrorKind::Credentials, &parts);
        return;
    }
    let service = service();
    let metadata = InstanceMetadata::start(&service, "node", Principal::user("node")).unwrap();
    metadata.faults().push(Fault::on("*", "/**").always().empty(403));
    let child = keyless(&service).set("AWS_REGION", "us-east-1").unset("AWS_EC2_METADATA_DISABLED");
    child
        .all(metadata.exports())
        .passes("sign_in_failures::metadata_that_is_refused_says_where_credentials_can_be_set");
}

#[test]
fn a_container_that_never_answers() {
    if child::is_here() {
        fails(Settings::default(), ErrorKind::Credentials, &["took longer"]);
        return;
    }
    let service = service();
    let container = ContainerCredentials::start(&service, Principal::user("task")).unwrap();
    container.faults().push(Fault::on("*", "/**").always().hang());
    let child = keyless(&service).set("AWS_REGION", "us-east-1");
    child.all(container.exports()).passes("sign_in_failures::a_container_that_never_answers");
}

#[test]
fn an_unknown_profile_of_the_provider() {
    if child::is_here() {
        let parts = ["`nobody`", "`profile`", "defined are base, ops"];
        fails(profile("nobody"), ErrorKind::Profile, &parts);
        return;
    }
    Child::new(service().exports())
        .file(".aws/config", "[profile ops]\nregion = us-east-1\n[profile base]\n")
        .passes("sign_in_failures::an_unknown_profile_of_the_provider");
}

#[test]
fn an_unknown_profile_of_the_environment() {
    if child::is_here() {
        fails(Settings::default(), ErrorKind::Profile, &["`nobody`", "AWS_PROFILE"]);
        return;
    }
    Child::new(service().exports())
        .set("AWS_PROFILE", "nobody")
        .passes("sign_in_failures::an_unknown_profile_of_the_environment");
}

#[test]
fn a_profile_without_credentials() {
    if child::is_here() {
        fails(profile("ops"), ErrorKind::Credentials, &["profile `ops`"]);
        return;
    }
    Child::new(service().exports())
        .file(".aws/config", "[profile ops]\nregion = us-east-1\n")
        .passes("sign_in_failures::a_profile_without_credentials");
}

#[test]
fn a_config_file_that_cannot_be_read() {
    if child::is_here() {
        fails(Settings::default(), ErrorKind::Profile, &["cannot be read", "AWS_CONFIG_FILE"]);
        return;
    }
    let child = keyless(&service());
    let folder = child.home().display().to_string();
    child
        .set("AWS_CONFIG_FILE", folder)
        .passes("sign_in_failures::a_config_file_that_cannot_be_read");
}

#[test]
fn a_config_file_that_cannot_be_understood() {
    if child::is_here() {
        fails(Settings::default(), ErrorKind::Profile, &["cannot be understood", "line 1"]);
        return;
    }
    keyless(&service())
        .file(".aws/config", "[profile ops\nregion")
        .passes("sign_in_failures::a_config_file_that_cannot_be_understood");
}

#[test]
fn a_role_that_does_not_trust() {
    if child::is_here() {
        let role = AssumeRole { role_arn: ROLE.into(), ..AssumeRole::default() };
        let settings = Settings { assume_role: Some(role), ..Settings::default() };
        let parts = [
            "`assume_role`",
            ROLE,
            "AWS says: “User: ",
            "is not authorized to perform: sts:AssumeRole",
        ];
        fails(settings, ErrorKind::AssumeRole, &parts);
        return;
    }
    let service = service();
    let sts = Sts::start(&service).unwrap();
    sts.add_role(Role::new(ROLE).external_id("e-1"));
    let child = Child::new(service.exports());
    child.all(sts.exports()).passes("sign_in_failures::a_role_that_does_not_trust");
    assert!(service.calls().is_empty());
}

#[test]
fn a_role_without_credentials_to_ask_with() {
    if child::is_here() {
        let role = AssumeRole { role_arn: ROLE.into(), ..AssumeRole::default() };
        let settings = Settings { assume_role: Some(role), ..Settings::default() };
        fails(settings, ErrorKind::Credentials, &["No AWS credentials were found"]);
        return;
    }
    keyless(&service())
        .set("AWS_REGION", "us-east-1")
        .passes("sign_in_failures::a_role_without_credentials_to_ask_with");
}

#[test]
fn a_web_identity_that_has_ended() {
    if child::is_here() {
        fails(Settings::default(), ErrorKind::Credentials, &["Token expired"]);
        return;
    }
    let service = service();
    let sts = Sts::start(&service).unwrap();
    sts.add_web_identity("issued-token", "repo:acme");
    sts.add_role(Role::new(ROLE).trust_subject("repo:acme"));
    sts.expire_web_identity("issued-token");
    let child = keyless(&service)
        .set("AWS_REGION", "us-east-1")
        .set("AWS_ROLE_ARN", ROLE)
        .file("token", "issued-token");
    let token = child.home().join("token").display().to_string();
    child
        .set("AWS_WEB_IDENTITY_TOKEN_FILE", token)
        .all(sts.exports())
        .passes("sign_in_failures::a_web_identity_that_has_ended");
}

#[test]
fn a_single_sign_on_that_has_ended() {
    if child::is_here() {
        fails(profile("ops"), ErrorKind::Credentials, &["profile `ops`"]);
        return;
    }
    let service = service();
    let sso = Sso::start(&service).unwrap();
    sso.add_role(ACCOUNT, "Operator", Principal::user("operator"));
    let ended = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(4);
    let cached = sso.cached_sign_in("acme", ended);
    sso.sign_out();
    let child = keyless(&service)
        .file(".aws/config", &sso.config("ops", "acme", ACCOUNT, "Operator"))
        .file(&format!(".aws/sso/cache/{}", cached.file_name), &cached.text);
    child.all(sso.exports()).passes("sign_in_failures::a_single_sign_on_that_has_ended");
}

#[test]
fn a_single_sign_on_that_never_was() {
    if child::is_here() {
        let parts = ["profile `ops`", "`aws sso login`"];
        fails(profile("ops"), ErrorKind::Credentials, &parts);
        return;
    }
    let service = service();
    let sso = Sso::start(&service).unwrap();
    keyless(&service)
        .file(".aws/config", &sso.config("ops", "acme", ACCOUNT, "Operator"))
        .passes("sign_in_failures::a_single_sign_on_that_never_was");
}

#[test]
fn all_who_wait_for_credentials_learn_at_once_that_there_are_none() {
    if child::is_here() {
        return child::wait_for(async {
            let client = Amazon::new(Settings::default());
            let calls = (0..20).map(|_| client.list_workspaces(None));
            for listed in futures::future::join_all(calls).await {
                assert_eq!(listed.unwrap_err().kind(), &ErrorKind::Credentials);
            }
        });
    }
    let service = service();
    let metadata = InstanceMetadata::start(&service, "node", Principal::user("node")).unwrap();
    metadata.never_answer();
    let child = keyless(&service).set("AWS_REGION", "us-east-1").unset("AWS_EC2_METADATA_DISABLED");
    child
        .all(metadata.exports())
        .passes("sign_in_failures::all_who_wait_for_credentials_learn_at_once_that_there_are_none");
    assert_eq!(metadata.journal().entries().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_credential_process_that_fails_hangs_or_floods() {
    if child::is_here() {
        let parts = ["profile `failing`", "exit status: 3. Run the profile's `credential_process`"];
        let text = fails(profile("failing"), ErrorKind::Credentials, &parts);
        assert!(!text.contains("hidden"), "what it writes may be a secret: {text}");
        fails(profile("hanging"), ErrorKind::Credentials, &["profile `hanging` took longer"]);
        fails(profile("flooding"), ErrorKind::Credentials, &["wrote more than 65536 bytes"]);
        return;
    }
    let child = keyless(&service())
        .set("AWS_REGION", "us-east-1")
        .set("PATH", std::env::var("PATH").unwrap())
        .file("fail.sh", "echo hidden >&2; exit 3\n");
    let script = child.home().join("fail.sh").display().to_string();
    child
        .file(
            ".aws/config",
            &format!("[profile failing]\ncredential_process = /bin/sh {script}\n[profile hanging]\ncredential_process = /bin/sleep 30\n[profile flooding]\ncredential_process = cat /dev/zero\n"),
        )
        .passes("sign_in_failures::a_credential_process_that_fails_hangs_or_floods");
}
