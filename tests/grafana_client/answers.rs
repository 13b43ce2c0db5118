//! What is not an answer of Grafana, and what Grafana lacks.

use serde_json::json;
use terraform_provider_grafana::grafana::{Deletion, ErrorKind, Role};

use terraform_provider_grafana::http::{CarriedOut, Quoted};

use crate::server::{Received, Reply, Server};

fn page(status: u16) -> Reply {
    let html =
        "<!DOCTYPE html><html><head><title>Sign in to ACME</title></head><body>form</body></html>";
    Reply::Text(status, "text/html; charset=utf-8", html.to_owned())
}

#[tokio::test]
async fn html_or_nothing_where_json_is_due_is_told() {
    for status in [200, 404, 500] {
        let server = Server::start(move |received, _| match received.method.as_str() {
            "GET" => page(status),
            _ => Reply::Text(status, "text/html", String::new()),
        })
        .await;
        let client = server.client_with(|settings| settings.retries = 0);
        let read = client.api_keys().list(true).await.unwrap_err();
        let text = read.to_string();
        assert!(text.contains("“Sign in to ACME”"), "{text}");
        assert!(!text.contains("form"), "{text}");
        let deleted = client.api_keys().delete(1).await.unwrap_err();
        assert!(deleted.to_string().contains("an empty response"), "{deleted}");
    }
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let server = Server::start(|_, _| {
        Reply::Headed(302, "location", "https://sso.example.com/login?state=hunter2".to_owned())
    })
    .await;
    let error = server.client().instance().await.unwrap_err();
    let location = Some(Quoted::constant("https://sso.example.com/login"));
    assert_eq!(*error.kind(), ErrorKind::Redirected { location });
    assert!(error.is_unreachable());
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let server =
        Server::start(|_, _| Reply::Text(200, "application/json", " ".repeat(33 << 20))).await;
    let error = server.client().instance().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn no_more_is_read_of_an_answer_than_there_can_be_in_it() {
    let server = Server::start(|_, _| {
        Reply::Text(200, "application/json", format!("[{}", r#"{"":0},"#.repeat(31 << 17)))
    })
    .await;
    let (keys, accounts) = (server.client().api_keys(), server.client().service_accounts());
    for (error, most) in [
        (keys.list(true).await.unwrap_err(), 4 << 20),
        (accounts.tokens(1).await.unwrap_err(), 4 << 20),
        (accounts.search("").await.unwrap_err(), 4 << 20),
        (accounts.get(1).await.unwrap_err(), 64 << 10),
        (keys.create("a", Role::Viewer, None).await.unwrap_err(), 64 << 10),
        (server.client().own_organization().await.unwrap_err(), 64 << 10),
        (server.client().instance().await.unwrap_err(), 8 << 20),
    ] {
        assert_eq!(*error.kind(), ErrorKind::TooLarge { limit: most }, "{error}");
    }
}

#[tokio::test]
async fn json_of_another_shape_is_told() {
    let server = Server::start(|_, _| Reply::Json(200, json!({"id": "hunter2"}))).await;
    let error = server.client().instance().await.unwrap_err();
    assert!(error.to_string().contains("missing field `appUrl`"), "{error}");
    let error = server.client().own_organization().await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
}

fn grafana_without_keys(received: &Received, _: usize) -> Reply {
    match received.path.as_str() {
        "/api/health" => Reply::Json(200, json!({"database": "ok"})),
        _ => Reply::Json(404, json!({"message": "Not found", "traceID": ""})),
    }
}

#[tokio::test]
async fn a_404_of_a_grafana_means_not_offered() {
    let server = Server::start(grafana_without_keys).await;
    let client = server.client();
    let list = client.api_keys().list(true).await.unwrap_err();
    let create = client.api_keys().create("a", Role::Viewer, None).await.unwrap_err();
    let delete = client.api_keys().delete(1).await.unwrap_err();
    let search = client.service_accounts().search("").await.unwrap_err();
    for error in [list, create, delete, search] {
        assert!(error.is_not_offered(), "{error}");
    }
    let asked = server.journal();
    let health = asked.iter().filter(|received| received.path == "/api/health");
    assert_eq!(health.count(), 1, "asked once");
}

#[tokio::test]
async fn a_404_of_something_else_does_not() {
    let server = Server::start(|_, _| Reply::Json(404, json!({"error": "no such route"}))).await;
    let error = server.client().api_keys().list(true).await.unwrap_err();
    assert!(*error.kind() == ErrorKind::NotGrafana, "{error}");
    assert!(!error.is_not_offered());
}

#[tokio::test]
async fn a_404_without_health_stays_one() {
    let server = Server::start(|received, _| match received.path.as_str() {
        "/api/health" => Reply::Json(503, json!({"database": "failing"})),
        _ => Reply::Json(404, json!({"message": "Not found"})),
    })
    .await;
    let error = server.client().api_keys().list(true).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound { .. }), "{error}");
}

/// Grafana 9.4 without any account or token.
fn nothing_there(received: &Received, _: usize) -> Reply {
    let message = |status, text: &str| Reply::Json(status, json!({"message": text, "traceID": ""}));
    match (received.method.as_str(), received.path.as_str()) {
        ("DELETE", "/api/serviceaccounts/7") => message(500, "Service account deletion error"),
        ("DELETE", "/api/serviceaccounts/7/tokens/9") => {
            message(500, "Failed to delete service account token")
        }
        ("DELETE", "/api/auth/keys/9") => message(404, "Failed to delete API key"),
        ("GET", "/api/serviceaccounts/7") => message(404, "Failed to retrieve service account"),
        ("GET", "/api/serviceaccounts/7/tokens") => Reply::Json(200, json!([])),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_is_not_there_counts_as_deleted() {
    let server = Server::start(nothing_there).await;
    let client = server.client();
    let accounts = client.service_accounts();
    assert_eq!(accounts.delete(7).await.unwrap(), Deletion::AlreadyGone);
    assert_eq!(accounts.delete_token(7, 9).await.unwrap(), Deletion::AlreadyGone);
    assert_eq!(client.api_keys().delete(9).await.unwrap(), Deletion::AlreadyGone);
    assert_eq!(accounts.get(7).await.unwrap(), None);
    assert_eq!(server.count(), 6, "nothing was repeated");
}

#[tokio::test]
async fn what_is_still_there_was_not_deleted() {
    let server = Server::start(|received, before| match received.method.as_str() {
        "GET" if before == 1 => Reply::Json(200, json!({"id": 7, "name": "a", "role": "Viewer"})),
        "GET" => {
            Reply::Json(200, json!([{"id": 9, "name": "a", "created": "2026-11-22T05:35:39Z"}]))
        }
        _ if before == 0 => Reply::Json(500, json!({"message": "Service account deletion error"})),
        _ => Reply::Json(500, json!({"message": "Failed to delete service account token"})),
    })
    .await;
    let accounts = server.client().service_accounts();
    assert_eq!(*accounts.delete(7).await.unwrap_err().kind(), ErrorKind::Server);
    assert_eq!(*accounts.delete_token(7, 9).await.unwrap_err().kind(), ErrorKind::Server);
    assert_eq!(server.count(), 4);
}

#[tokio::test]
async fn all_pages_of_a_search_are_read() {
    let server = Server::start(|received, _| {
        let account =
            |id: i64| json!({"id": id, "name": format!("sa {id}"), "role": "Viewer", "tokens": 1});
        let found = if received.path.ends_with("page=1") {
            vec![account(1), account(2)]
        } else {
            vec![account(2), account(3)]
        };
        Reply::Json(
            200,
            json!({"totalCount": 3, "serviceAccounts": found, "page": 1, "perPage": 2}),
        )
    })
    .await;
    let found = server.client().service_accounts().search("sa/ü&x=1").await.unwrap();
    let ids: Vec<_> = found.iter().map(|account| account.id).collect();
    assert_eq!(ids, [1, 2, 3]);
    let asked = server.journal();
    assert_eq!(asked.len(), 2);
    assert_eq!(
        asked[0].path,
        "/api/serviceaccounts/search?query=sa%2F%C3%BC%26x%3D1&perpage=1000&page=1"
    );
}

#[tokio::test]
async fn a_list_shorter_than_its_own_count_is_not_believed() {
    for accounts in [json!([{"id": 1, "name": "a"}]), json!([]), json!(null)] {
        let server = Server::start(move |_, _| {
            Reply::Json(
                200,
                json!({"totalCount": 9, "serviceAccounts": accounts, "page": 1, "perPage": 1}),
            )
        })
        .await;
        let error = server.client().service_accounts().search("").await.unwrap_err();
        assert!(error.to_string().contains("fewer service accounts than it counts"), "{error}");
        assert!(server.count() <= 4, "read twice at most");
    }
}

#[tokio::test]
async fn a_list_without_end_is_given_up() {
    let server = Server::start(|_, before| {
        let ids = (before as i64 * 1000 + 1)..=(before as i64 * 1000 + 1000);
        let found: Vec<_> = ids.map(|id| json!({"id": id, "name": "a"})).collect();
        Reply::Json(200, json!({"totalCount": 1_000_000_000_000_000_u64, "serviceAccounts": found}))
    })
    .await;
    let error = server.client().service_accounts().search("").await.unwrap_err();
    assert_eq!(
        *error.kind(),
        ErrorKind::TooMany { what: "service accounts", limit: 100_000 },
        "{error}"
    );
    assert!(server.count() <= 101, "{}", server.count());
}

#[tokio::test]
async fn what_cannot_be_is_an_error_that_loses_nothing() {
    for created in [
        json!({"id": 1, "name": "a", "key": ""}),
        json!({"id": 0, "name": "a", "key": "glsa_1"}),
        json!({"id": -7, "name": "a", "key": "glsa_1"}),
        json!({"id": 1, "name": "b", "key": "glsa_1"}),
        json!({"id": 1, "name": "a"}),
    ] {
        let server = Server::start(move |_, _| Reply::Json(200, created.clone())).await;
        let client = server.client();
        let key = client.api_keys().create("a", Role::Viewer, None).await.unwrap_err();
        let token = client.service_accounts().create_token(1, "a", None).await.unwrap_err();
        for error in [key, token] {
            assert!(matches!(error.kind(), ErrorKind::Unexpected { .. }), "{error}");
            assert_eq!(error.carried_out(), CarriedOut::Maybe, "{error}");
        }
        assert_eq!(server.count(), 2, "nothing is sent again");
    }
    let server = Server::start(|_, _| Reply::Json(200, json!({"id": 8, "name": "b"}))).await;
    let accounts = server.client().service_accounts();
    assert!(accounts.get(7).await.is_err() && accounts.create("a", Role::Viewer).await.is_err());
}

#[tokio::test]
async fn an_answer_that_is_not_grafanas_proves_nothing_of_a_post() {
    for status in [400, 403, 404, 409, 200, 502] {
        let server = Server::start(move |_, _| page(status)).await;
        let error = server.client().api_keys().create("a", Role::Viewer, None).await.unwrap_err();
        assert_eq!((error.carried_out(), server.count()), (CarriedOut::Maybe, 1), "{error}");
    }
    let login = || Reply::Headed(302, "location", "https://sso.example.com/".to_owned());
    let server = Server::start(move |_, _| login()).await;
    let error = server.client().api_keys().create("a", Role::Viewer, None).await.unwrap_err();
    assert_eq!((error.carried_out(), server.count()), (CarriedOut::Maybe, 1), "{error}");
}

#[tokio::test]
async fn a_taken_name_is_a_conflict_in_any_words() {
    for words in ["Failed to create service account", "service account already exists"] {
        let server = Server::start(move |_, _| Reply::Json(400, json!({"message": words}))).await;
        let error = server.client().service_accounts().create("a", Role::Admin).await.unwrap_err();
        assert!(error.is_conflict(), "{error}");
    }
}

#[tokio::test]
async fn a_list_of_a_hundred_may_be_cut() {
    for (rows, cut) in [(99, false), (100, true)] {
        let keys: Vec<_> = (1..=rows)
            .map(|id| json!({"id": id, "name": id.to_string(), "role": "Viewer"}))
            .collect();
        let server = Server::start(move |_, _| Reply::Json(200, json!(keys))).await;
        let list = server.client().api_keys().list(true).await.unwrap();
        assert_eq!((list.keys.len(), list.may_be_cut), (rows, cut));
    }
}

#[tokio::test]
async fn a_root_url_is_compared_as_it_is_and_shown_without_secrets() {
    let url = "https://admin:x@grafana.example.com/sub/";
    let server = Server::start(move |_, _| {
        Reply::Json(200, json!({"appUrl": url, "buildInfo": {"edition": "Enterprise"}}))
    })
    .await;
    let client = server.client_with(|made| {
        let host = "grafana.example.com".into();
        made.http_headers.insert("X-Forwarded-Host".to_owned(), host);
    });
    let instance = client.instance().await.unwrap();
    assert_eq!(instance.app_url, url);
    assert!(!instance.shown_url.contains("example"), "{}", instance.shown_url);
    assert!(!instance.shown_url.contains("admin"), "{}", instance.shown_url);
}

#[tokio::test]
async fn an_endless_root_url_is_refused() {
    let server = Server::start(|_, _| {
        let url = format!("https://host/{}", "a".repeat(1 << 20));
        Reply::Json(200, json!({"appUrl": url, "buildInfo": {}}))
    })
    .await;
    let error = server.client().instance().await.unwrap_err();
    assert!(error.to_string().contains("too long for a URL"), "{error}");
    assert!(error.to_string().len() < 1000, "{error}");
}
