//! The places that give AWS clients their credentials.

use std::collections::HashMap;
use std::time::Duration;

use jiff::SignedDuration;
use reqwest::blocking::RequestBuilder;
use serde_json::{Value, json};
use simulator::amazon::{
    Amazon, ContainerCredentials, Endpoint, InstanceMetadata, Options, Principal, Sso,
};

use crate::client::{Answer, Client, http};

fn start() -> Amazon {
    Amazon::start(Options { endpoint: Endpoint::Nowhere, ..Options::default() }).expect("a start")
}

fn send(request: RequestBuilder) -> Answer {
    Answer::of(request.send().expect("an answer"))
}

/// Credentials given as JSON members of these names open the service.
fn opens(amazon: &Amazon, given: &Value, names: [&str; 3]) {
    let [access_key, secret, token] =
        names.map(|name| given[name].as_str().expect(name).to_owned());
    let client = Client { access_key, secret, session_token: Some(token), ..Client::new(amazon) };
    assert_eq!(client.get("/workspaces").status, 200);
    assert_eq!(amazon.calls().last().map(|call| call.access_key.clone()), Some(client.access_key));
}

#[test]
fn a_container_gets_credentials_for_its_token() {
    let amazon = start();
    let source = ContainerCredentials::start(&amazon, Principal::user("task")).expect("a start");
    let exports: HashMap<_, _> = source.exports().into_iter().collect();
    let uri = &exports["AWS_CONTAINER_CREDENTIALS_FULL_URI"];
    let token = &exports["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
    let given = send(http().get(uri).header("authorization", token));
    opens(&amazon, &given.json, ["AccessKeyId", "SecretAccessKey", "Token"]);
    assert!(
        given.json["Expiration"].as_str().is_some_and(|end| end.parse::<jiff::Timestamp>().is_ok())
    );

    assert_eq!(send(http().get(uri)).status, 401);
    assert_eq!(send(http().get(uri).header("authorization", "other")).status, 401);
    assert!(!format!("{source:?} {:?}", source.journal()).contains(token.as_str()));
}

#[test]
fn an_instance_gets_credentials_in_a_session() {
    let amazon = start();
    let source =
        InstanceMetadata::start(&amazon, "profile", Principal::user("instance")).expect("a start");
    let url = source.exports().remove(0).1;
    let put = |life: &str| {
        http()
            .put(format!("{url}/latest/api/token"))
            .header("x-aws-ec2-metadata-token-ttl-seconds", life)
    };
    let token = send(put("60"));
    assert_eq!((token.status, token.header("x-aws-ec2-metadata-token-ttl-seconds")), (200, "60"));
    let get = |path: &str| {
        send(
            http()
                .get(format!("{url}/latest/meta-data/{path}"))
                .header("x-aws-ec2-metadata-token", &token.text),
        )
    };
    assert_eq!(get("iam/security-credentials/").text, "profile");
    assert_eq!(get("placement/region").text, "us-east-1");
    let given = get("iam/security-credentials/profile");
    assert_eq!(given.json["Code"], "Success");
    opens(&amazon, &given.json, ["AccessKeyId", "SecretAccessKey", "Token"]);

    assert_eq!(get("iam/security-credentials/other").status, 404);
    assert_eq!(get("iam/security-credentials-extended/").status, 404);
    for life in ["0", "21601", "x"] {
        assert_eq!(send(put(life)).status, 400, "{life}");
    }
    assert_eq!(send(put("60").header("x-forwarded-for", "10.0.0.1")).status, 403);
    assert_eq!(
        send(http().get(format!("{url}/latest/meta-data/iam/security-credentials/"))).status,
        401
    );
    amazon.clock().set_ahead(61);
    assert_eq!(get("iam/security-credentials/").status, 401);
}

#[test]
fn an_instance_service_may_never_answer() {
    let amazon = start();
    let source =
        InstanceMetadata::start(&amazon, "profile", Principal::user("instance")).expect("a start");
    source.never_answer();
    let url = format!("{}/latest/api/token", source.exports().remove(0).1);
    let error = http().put(url).timeout(Duration::from_millis(50)).send().expect_err("no answer");
    assert!(error.is_timeout(), "{error:?}");
}

#[test]
fn a_person_signed_in_gets_the_credentials_of_a_role() {
    let amazon = start();
    let sso = Sso::start(&amazon).expect("a start");
    sso.add_role("123456789012", "Admin", Principal::user("person"));
    let ends = amazon.clock().now() + SignedDuration::from_hours(1);
    let cached = sso.cached_sign_in("work", ends);
    // SHA-1 of "work".
    assert_eq!(cached.file_name, "e274eeff768c6396088ec6eb091f4bf4d47ab1e0.json");
    let cached: Value = serde_json::from_str(&cached.text).expect("JSON");
    let token = cached["accessToken"].as_str().expect("a token");
    let exports: HashMap<_, _> = sso.exports().into_iter().collect();
    let portal = |account: &str, token: &str| {
        let url = format!(
            "{}/federation/credentials?role_name=Admin&account_id={account}",
            exports["AWS_ENDPOINT_URL_SSO"]
        );
        send(http().get(url).header("x-amz-sso_bearer_token", token))
    };
    let given = portal("123456789012", token);
    let credentials = &given.json["roleCredentials"];
    opens(&amazon, credentials, ["accessKeyId", "secretAccessKey", "sessionToken"]);
    assert!(credentials["expiration"].as_i64() > Some(amazon.clock().now().as_millisecond()));

    let refused = portal("123456789012", "other");
    assert_eq!((refused.status, refused.error()), (401, "UnauthorizedException"));
    let refused = portal("999999999999", token);
    assert_eq!((refused.status, refused.error()), (403, "ForbiddenException"));
    amazon.clock().set_ahead(3601);
    assert_eq!(portal("123456789012", token).status, 401);
}

#[test]
fn a_sign_in_is_refreshed_until_the_person_signs_out() {
    let amazon = start();
    let sso = Sso::start(&amazon).expect("a start");
    sso.add_role("123456789012", "Admin", Principal::user("person"));
    let cached: Value =
        serde_json::from_str(&sso.cached_sign_in("work", amazon.clock().now()).text).expect("JSON");
    let url = sso.exports().remove(1).1;
    let refresh = |secret: &Value, grant: &str, token: &Value| {
        let body = json!({ "clientId": cached["clientId"], "clientSecret": secret, "grantType": grant, "refreshToken": token });
        send(http().post(format!("{url}/token")).json(&body))
    };
    let (secret, token) = (&cached["clientSecret"], &cached["refreshToken"]);
    let refreshed = refresh(secret, "refresh_token", token);
    assert_eq!((refreshed.status, &refreshed.json["tokenType"]), (200, &json!("Bearer")));
    let portal = format!("{url}/federation/credentials?role_name=Admin&account_id=123456789012");
    let access = refreshed.json["accessToken"].as_str().expect("a token");
    assert_eq!(send(http().get(portal).header("x-amz-sso_bearer_token", access)).status, 200);

    for (answer, status, code) in [
        (refresh(&json!("other"), "refresh_token", token), 401, "invalid_client"),
        (refresh(secret, "device_code", token), 400, "unsupported_grant_type"),
        (refresh(secret, "refresh_token", &json!("other")), 400, "invalid_grant"),
    ] {
        assert_eq!((answer.status, answer.json["error"].as_str()), (status, Some(code)));
    }
    sso.sign_out();
    assert_eq!(refresh(secret, "refresh_token", token).status, 400);
}

#[test]
fn the_profile_of_a_sign_in_names_its_session() {
    let amazon = start();
    let sso = Sso::start(&amazon).expect("a start");
    let config = sso.config("dev", "work", "123456789012", "Admin");
    for line in
        ["[profile dev]", "sso_session = work", "[sso-session work]", "sso_region = us-east-1"]
    {
        assert!(config.lines().any(|known| known == line), "{line}");
    }
}
