//! Licenses and service accounts.

use serde_json::{Value, json};
use terraform_provider_grafana::grafana::{Auth, ErrorKind, Role, ServiceAccountChanges};
use terraform_provider_grafana::http::CarriedOut;

use crate::server::{Received, Reply, Server};

/// An Enterprise instance that has what `licensing` answers.
async fn instance(edition: &'static str, licensing: fn(&Received) -> Reply) -> Server {
    Server::start(move |received, _| match received.path.as_str() {
        "/api/health" => Reply::Json(200, json!({"database": "ok", "version": "11.6.0"})),
        "/api/frontend/settings" => {
            let build = json!({"version": "11.6.0", "edition": edition});
            Reply::Json(200, json!({"appUrl": "https://host/", "buildInfo": build}))
        }
        _ => licensing(received),
    })
    .await
}

fn not_found(_: &Received) -> Reply {
    Reply::Json(404, json!({"message": "Not found"}))
}

#[tokio::test]
async fn a_token_is_refused_before_anything_is_sent() {
    let server = instance("Enterprise", not_found).await;
    let client =
        server.client_with(|settings| settings.auth = Auth::parse(&"glsa_abc".into()).unwrap());
    assert!(!client.signs_in_with_password());
    let error = client.licensing().unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::BasicAuthNeeded);
    assert_eq!((error.carried_out(), server.count()), (CarriedOut::No, 0));
}

#[tokio::test]
async fn open_source_is_told_from_no_license() {
    let server = instance("Open Source", not_found).await;
    let licensing = server.client().licensing().unwrap();
    let errors = [
        licensing.check().await.unwrap_err(),
        licensing.claims().await.unwrap_err(),
        licensing.install(&"a.b.c".into()).await.unwrap_err(),
        licensing.renew().await.unwrap_err(),
        licensing.remove("https://host/").await.unwrap_err(),
        licensing.refresh_stats().await.unwrap_err(),
    ];
    for error in errors {
        assert!(
            matches!(error.kind(), ErrorKind::NotEnterprise { version, .. } if **version == *"11.6.0"),
            "{error}"
        );
    }
    let enterprise = instance("Enterprise", not_found).await;
    assert_eq!(enterprise.client().licensing().unwrap().claims().await, Ok(None));
}

#[tokio::test]
async fn zero_and_null_claims_are_no_license() {
    for body in [json!({"status": 0, "lid": "", "exp": 0, "prod": null}), json!({}), Value::Null] {
        let server = Server::start(move |_, _| Reply::Json(200, body.clone())).await;
        assert_eq!(server.client().licensing().unwrap().claims().await, Ok(None));
    }
}

#[tokio::test]
async fn a_license_is_installed_read_renewed_and_removed() {
    let server = instance("Enterprise", |received| {
        match (received.method.as_str(), received.path.as_str()) {
            ("GET", "/api/licensing/check") => Reply::Json(200, json!(true)),
            ("GET", "/api/licensing/token") => {
                Reply::Json(200, json!({"lid": "10000", "included_users": 150}))
            }
            ("GET", "/api/licensing/refresh-stats") => {
                Reply::Json(200, json!({"active_users": 3, "active_viewers": 1}))
            }
            ("DELETE", "/api/licensing/token") => Reply::Json(202, json!({})),
            _ => Reply::Json(200, json!({"status": 0})),
        }
    })
    .await;
    let licensing = server.client().licensing().unwrap();
    licensing.install(&"a.b.c\n".into()).await.unwrap();
    licensing.renew().await.unwrap();
    licensing.remove("https://host/").await.unwrap();
    let sent: Vec<_> = server.journal().into_iter().map(|received| received.body).collect();
    assert_eq!(sent, [r#"{"token":"a.b.c"}"#, "{}", r#"{"instance":"https://host/"}"#]);
    assert!(licensing.check().await.unwrap());
    assert_eq!(licensing.claims().await.unwrap().unwrap().included_users, Some(150));
    let users = licensing.refresh_stats().await.unwrap();
    assert_eq!((users.active_users, users.active_admins_and_editors), (Some(3), None));
}

#[tokio::test]
async fn the_wrong_instance_is_named_and_a_token_never_is() {
    let server = instance("Enterprise", |received| match received.method.as_str() {
        "DELETE" => Reply::Json(422, json!({"message": "license is for another instance"})),
        _ => Reply::Json(400, json!({"message": format!("cannot read {}", received.body)})),
    })
    .await;
    let licensing = server.client().licensing().unwrap();
    let error = licensing.remove("https://wrong/").await.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::WrongInstance { instance } if instance == "https://wrong/"),
        "{error}"
    );
    let error = licensing.install(&"hunter2.hunter2.hunter2".into()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (&ErrorKind::Invalid, Some(400)));
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
}

#[tokio::test]
async fn a_service_account_is_changed_in_place() {
    let server = Server::start(|_, _| {
        let account = json!({"id": 3, "name": "two", "login": "sa-one", "orgId": 1, "isDisabled": false, "role": "Admin", "teams": null});
        Reply::Json(200, json!({"id": 3, "message": "Service account updated", "name": "two", "serviceaccount": account}))
    })
    .await;
    let changes = ServiceAccountChanges { role: Some(Role::Admin), ..Default::default() };
    let account = server.client().service_accounts().update(3, &changes).await.unwrap();
    assert_eq!((account.role, account.name.as_str()), (Some(Role::Admin), "two"));
    let sent = &server.journal()[0];
    assert_eq!((sent.method.as_str(), sent.body.as_str()), ("PATCH", r#"{"role":"Admin"}"#));
}
