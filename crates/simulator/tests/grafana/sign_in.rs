use std::time::Duration;

use serde_json::json;
use simulator::grafana::{Generation, Role};

use crate::client::{ADMIN, bearer, client, get, post, request, send, start};

#[test]
fn five_wrong_passwords_lock_out_the_right_one_for_five_minutes() {
    for generation in Generation::ALL {
        let grafana = start(generation);
        for _ in 0..5 {
            assert_eq!(get(&grafana, "/api/org", Some("admin:wrong")).status, 401);
        }
        let locked = get(&grafana, "/api/org", ADMIN);
        assert_eq!(locked.status, 401, "{generation}");
        assert_eq!(locked.message().to_lowercase(), "invalid username or password");
        grafana.advance(Duration::from_secs(301));
        assert_eq!(get(&grafana, "/api/org", ADMIN).status, 200, "{generation}");
    }
}

#[test]
fn an_organization_one_does_not_belong_to_is_a_missing_permission() {
    for generation in [Generation::V8_4, Generation::V9_4, Generation::V11_3] {
        let grafana = start(generation);
        grafana.create_user("u", "pw12345").unwrap();
        grafana.add_member(1, "u", Role::Admin).unwrap();
        let second = grafana.create_organization("Second").unwrap();
        for (organization, status) in [
            ("1".to_owned(), 200),
            (second.to_string(), 403),
            ("999".to_owned(), 403),
            ("abc".to_owned(), 200),
        ] {
            let request =
                request(&client(), &grafana.url(), "GET", "/api/auth/keys", Some("u:pw12345"))
                    .header("X-Grafana-Org-Id", &organization);
            assert_eq!(send(request).status, status, "{generation} {organization}");
        }
    }
}

#[test]
fn later_generations_name_the_error() {
    let grafana = start(Generation::V11_3);
    let anonymous = get(&grafana, "/api/org", None);
    assert_eq!(anonymous.json()["messageId"], "auth.unauthorized");
    assert_eq!(anonymous.content_type, "application/json; charset=UTF-8");
    assert_eq!(get(&grafana, "/api/org", Some("Bearer x")).json()["messageId"], "api-key.invalid");
    assert_eq!(
        get(&grafana, "/api/org", Some("admin:x")).json()["messageId"],
        "password-auth.failed"
    );
    let key = grafana.create_api_key(1, "a", Role::Viewer, None).unwrap();
    let second = grafana.create_organization("Second").unwrap();
    let elsewhere = request(&client(), &grafana.url(), "GET", "/api/org", Some(&bearer(&key.key)))
        .header("X-Grafana-Org-Id", second.to_string());
    assert_eq!(send(elsewhere).json()["messageId"], "api-key.organization-mismatch");
}

#[test]
fn a_path_nothing_is_at() {
    let grafana = start(Generation::V9_4);
    let page = get(&grafana, "/wrong/api/org", None);
    assert_eq!((page.status, page.content_type.as_str()), (200, "text/html; charset=UTF-8"));
    assert_eq!(get(&grafana, "/wrong/api/org", ADMIN).status, 404);
    assert_eq!(get(&grafana, "/api/nope", ADMIN).json(), json!({"message": "Not found"}));
    assert_eq!(post(&grafana, "/api/health", ADMIN, &json!({})).status, 404);
}

#[test]
fn the_journal_says_who_without_saying_how() {
    let grafana = start(Generation::V9_4);
    let key = grafana.create_api_key(1, "ci", Role::Viewer, None).unwrap();
    get(&grafana, "/api/org?x=1", None);
    get(&grafana, "/api/org", ADMIN);
    get(&grafana, "/api/org", Some(&bearer(&key.key)));
    let entries = grafana.journal().entries();
    let who: Vec<_> = entries.iter().map(|entry| entry.who.as_str()).collect();
    assert_eq!(who, ["anonymous", "basic admin", "token ci"]);
    assert_eq!((entries[0].query.as_str(), entries[0].status()), ("x=1", Some(401)));
    assert_eq!(entries[1].header("authorization"), Some("(left out)"));
    let written = format!("{entries:?}");
    assert!(!written.contains(&key.key) && !written.contains("YWRtaW46YWRtaW4"));
    assert_eq!(grafana.journal().count("GET", "/api/*"), 3);
}
