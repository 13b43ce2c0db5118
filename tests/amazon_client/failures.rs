//! What goes wrong with a call, as its caller learns it.

use http::StatusCode;
use secrecy::ExposeSecret;
use simulator::amazon::{Credential, Failure, Operation, Principal};
use simulator::faults::Fault;
use terraform_provider_grafana::amazon::{Amazon, Error, ErrorKind, Settings};
use terraform_provider_grafana::http::CarriedOut;

use crate::{settings, start};

async fn associate(client: &Amazon, id: &str) -> Error {
    client.associate_license(None, id, "ENTERPRISE", None).await.unwrap_err()
}

#[tokio::test]
async fn a_missing_workspace_is_not_found() {
    let (service, client) = start();
    let error = client.describe_workspace(None, "g-00000000ff").await.unwrap_err();
    assert!(error.is_not_found());
    assert!(error.to_string().starts_with("DescribeWorkspace: "), "{error}");
    assert!(error.message().contains("`g-00000000ff` does not exist in `us-east-1`"), "{error}");
    assert!(error.to_string().contains("Request ID: "), "{error}");
    assert_eq!(service.calls().len(), 1);
}

#[tokio::test]
async fn a_missing_permission_is_named() {
    let (service, _) = start();
    let reader = Principal::user("reader").allow("grafana:DescribeWorkspace");
    service.add_credentials(Credential::new("AKIDREADER", "readers-key").of(reader));
    let client = Amazon::new(Settings {
        access_key: Some("AKIDREADER".into()),
        secret_key: Some("readers-key".into()),
        ..settings(&service)
    });
    client.describe_workspace(None, service.workspace_id()).await.unwrap();
    let error = associate(&client, service.workspace_id()).await;
    assert_eq!(error.kind(), &ErrorKind::AccessDenied);
    assert!(error.message().contains("`grafana:AssociateLicense`"), "{error}");
    assert!(error.aws_message().unwrap().contains("user/reader"), "{error}");
    assert_eq!(error.carried_out(), CarriedOut::No);
}

#[tokio::test]
async fn an_unlinked_account_asks_for_the_token() {
    let (service, client) = start();
    let error = associate(&client, service.workspace_id()).await;
    assert!(error.asks_for_grafana_token(), "{error}");
    assert_eq!(error.kind(), &ErrorKind::Validation);
}

#[tokio::test]
async fn a_wrong_field_is_named() {
    let (service, client) = start();
    let id = service.workspace_id();
    let error = client.associate_license(None, id, "GOLD", None).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Validation);
    assert!(error.message().contains(" licenseType: "), "{error}");
    assert!(error.message().contains("ENTERPRISE"), "{error}");
}

#[tokio::test]
async fn refusals_have_their_kinds() {
    let (service, client) = start();
    let unknown = Failure::new(StatusCode::IM_A_TEAPOT, "TeapotException", "no coffee");
    let refusals = [
        (Failure::conflict("workspace", "g-1", "busy"), ErrorKind::Conflict, "busy"),
        (Failure::quota("workspace", "g-1", "L-1"), ErrorKind::QuotaExceeded, "quota"),
        (unknown, ErrorKind::UnexpectedAnswer, "status 418"),
    ];
    for (failure, kind, words) in refusals {
        service.fail_next(Operation::AssociateLicense, failure);
        let error = associate(&client, service.workspace_id()).await;
        assert_eq!(error.kind(), &kind);
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.carried_out(), CarriedOut::No);
    }
}

#[tokio::test]
async fn keys_that_aws_does_not_accept_are_told_apart() {
    let (service, _) = start();
    let id = service.workspace_id();
    let with = |change: &dyn Fn(&mut Settings)| {
        let mut settings = settings(&service);
        change(&mut settings);
        Amazon::new(settings)
    };
    let unknown = with(&|settings| settings.access_key = Some("AKIDNOBODY".into()));
    let wrong = with(&|settings| settings.secret_key = Some("wrong-secret".into()));
    let expired = with(&|_| ());
    service.credentials().expire(&service.credential().access_key);
    let secret = service.credential().secret.expose_secret().to_owned();
    for (client, words) in [
        (unknown, "does not know this access key"),
        (wrong, "secret key does not belong"),
        (expired, "have expired"),
    ] {
        let error = client.describe_workspace(None, id).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Credentials);
        let text = format!("{error} {error:?}");
        assert!(text.contains(words), "{text}");
        assert!(!text.contains(&secret) && !text.contains("wrong-secret"), "{text}");
        assert!(!text.contains("Canonical"), "{text}");
    }
}

#[tokio::test]
async fn a_page_or_half_an_answer_is_not_expected() {
    let (service, client) = start();
    let id = service.workspace_id();
    let another = r#"{"workspace": {"id": "g-ffffffffff", "created": 0, "modified": 0}}"#;
    for (fault, words) in [
        (Fault::on("GET", "/workspaces/*").html(200), "an HTML page"),
        (Fault::on("GET", "/workspaces/*").html(404), "an HTML page"),
        (
            Fault::on("GET", "/workspaces/*").status(200).body("application/json", "{}"),
            "no workspace",
        ),
        (
            Fault::on("GET", "/workspaces/*").status(200).body("application/json", "[1,"),
            "something else",
        ),
        (Fault::on("GET", "/workspaces/*").empty(200), "no workspace"),
        (
            Fault::on("GET", "/workspaces/*").status(200).body("application/json", another),
            "no workspace of that id",
        ),
    ] {
        service.faults().push(fault);
        let error = client.describe_workspace(None, id).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::UnexpectedAnswer, "{error}");
        assert!(error.message().contains(words), "{error}");
        assert!(error.message().contains(&service.url()), "it asks about the endpoint: {error}");
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_open_what_happened() {
    let (service, client) = start();
    service.link_account(service.region());
    let id = service.workspace_id();
    service.faults().push(Fault::on("POST", "/workspaces/*/licenses/*").reset_after());
    let error = associate(&client, id).await;
    assert_eq!(error.kind(), &ErrorKind::NoAnswer, "{error}");
    assert_eq!(error.carried_out(), CarriedOut::Maybe);
    assert_eq!(service.calls().len(), 1, "it is not sent twice");
    assert_eq!(service.workspace(id).unwrap().status, "UPGRADING");
}

#[tokio::test]
async fn without_a_connection_nothing_was_carried_out() {
    let (service, _) = start();
    let settings = settings(&service);
    let id = service.workspace_id().to_owned();
    drop(service);
    let error = associate(&Amazon::new(settings), &id).await;
    assert_eq!(error.kind(), &ErrorKind::Connection, "{error}");
    assert_eq!(error.carried_out(), CarriedOut::No);
}

#[tokio::test]
async fn an_unknown_host_points_at_the_endpoint() {
    let (service, _) = start();
    let client = Amazon::new(Settings {
        endpoint: Some("http://grafana.invalid".into()),
        ..settings(&service)
    });
    let error = client.describe_workspace(None, service.workspace_id()).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Endpoint, "{error}");
    assert_eq!(error.carried_out(), CarriedOut::No);
}

#[tokio::test]
async fn wrong_settings_are_reported_before_anything_is_sent() {
    let (service, _) = start();
    let id = service.workspace_id();
    let wrong = |change: &dyn Fn(&mut Settings)| {
        let mut settings = settings(&service);
        change(&mut settings);
        Amazon::new(settings)
    };
    for (client, kind) in [
        (wrong(&|settings| settings.region = Some("Frankfurt".into())), ErrorKind::Region),
        (wrong(&|settings| settings.endpoint = Some("localhost".into())), ErrorKind::Endpoint),
        (wrong(&|settings| settings.secret_key = None), ErrorKind::Credentials),
    ] {
        let error = client.describe_workspace(None, id).await.unwrap_err();
        assert_eq!(error.kind(), &kind);
        assert!(error.to_string().starts_with("DescribeWorkspace: "), "{error}");
    }
    assert!(service.journal().entries().is_empty());
}

#[tokio::test]
async fn an_empty_id_is_no_request() {
    let (service, client) = start();
    let error = client.describe_workspace(None, "").await.unwrap_err();
    assert!(*error.kind() == ErrorKind::Validation, "{error}");
    assert!(error.message().contains("workspace_id"), "{error}");
    assert!(service.journal().entries().is_empty());
}
