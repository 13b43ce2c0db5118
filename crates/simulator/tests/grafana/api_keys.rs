use std::time::Duration;

use serde_json::json;
use simulator::grafana::{Generation, Grafana, Options, Role};

use crate::client::{ADMIN, bearer, client, delete, get, post, request, send, start};

#[test]
fn a_list_has_a_hundred_rows_by_name_and_hides_the_rest() {
    let grafana = start(Generation::V9_4);
    for number in 0..=100 {
        grafana.create_api_key(1, &format!("b{number:03}"), Role::Viewer, None).unwrap();
    }
    let first = grafana.create_api_key(1, "a", Role::Viewer, None).unwrap();
    let hidden = grafana.create_api_key(1, "z", Role::Viewer, None).unwrap();

    let list = get(&grafana, "/api/auth/keys", ADMIN).json();
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), 100);
    assert_eq!(list[0]["id"], first.id);
    assert!(list.iter().all(|key| key["id"] != hidden.id));
    assert_eq!(get(&grafana, "/api/org", Some(&bearer(&hidden.key))).status, 200);
    assert_eq!(delete(&grafana, &format!("/api/auth/keys/{}", hidden.id), ADMIN).status, 200);
}

#[test]
fn the_endpoint_fades_out_over_the_generations() {
    let body = json!({"name": "a", "role": "Viewer"});
    for (generation, list, make) in [
        (Generation::V8_4, 200, 200),
        (Generation::V9_4, 200, 200),
        (Generation::V10_4, 200, 200),
        (Generation::V11_3, 200, 410),
        (Generation::V12_1, 404, 404),
        (Generation::V12_4, 404, 404),
    ] {
        let grafana = start(generation);
        assert_eq!(get(&grafana, "/api/auth/keys", ADMIN).status, list, "{generation}");
        let made = post(&grafana, "/api/auth/keys", ADMIN, &body);
        assert_eq!(made.status, make, "{generation}: {}", made.text);
        if make == 410 {
            assert!(made.message().starts_with("this endpoint has been removed, please use"));
        }
        let key = grafana.create_api_key(1, "old", Role::Viewer, None).unwrap();
        let gone = delete(&grafana, &format!("/api/auth/keys/{}", key.id), ADMIN);
        assert_eq!(gone.status, list, "{generation}: {}", gone.text);
    }
}

#[test]
fn a_limit_on_life_counts_for_keys_and_tokens() {
    let grafana = Grafana::start(Options {
        generation: Generation::V9_4,
        api_key_max_seconds_to_live: Some(3600),
        ..Options::default()
    })
    .unwrap();
    let account = grafana.create_service_account(1, "sa", Role::Viewer).unwrap();
    for path in ["/api/auth/keys".to_owned(), format!("/api/serviceaccounts/{}/tokens", account.id)]
    {
        let none = post(&grafana, &path, ADMIN, &json!({"name": path, "role": "Viewer"}));
        assert_eq!(none.status, 400);
        assert_eq!(none.message(), "Number of seconds before expiration should be set");
        let body = json!({"name": path, "role": "Viewer", "secondsToLive": 3601});
        let long = post(&grafana, &path, ADMIN, &body);
        assert_eq!(long.status, 400);
        assert_eq!(
            long.message(),
            "Number of seconds before expiration is greater than the global limit"
        );
        let body = json!({"name": path, "role": "Viewer", "secondsToLive": 3600});
        assert_eq!(post(&grafana, &path, ADMIN, &body).status, 200);
    }
}

#[test]
fn what_a_key_proves_about_itself() {
    for (generation, gone) in
        [(Generation::V8_4, 401), (Generation::V9_4, 500), (Generation::V11_3, 401)]
    {
        let grafana = start(generation);
        let key = grafana.create_api_key(1, "a", Role::Viewer, Some(60)).unwrap();
        let auth = bearer(&key.key);
        assert_eq!(get(&grafana, "/api/org", Some(&auth)).status, 200, "{generation}");
        grafana.advance(Duration::from_secs(61));
        let expired = get(&grafana, "/api/org", Some(&auth));
        assert_eq!(
            (expired.status, expired.message().as_str()),
            (401, "Expired API key"),
            "{generation}"
        );
        grafana.delete_api_key(1, key.id).unwrap();
        assert_eq!(get(&grafana, "/api/org", Some(&auth)).status, gone, "{generation}");
    }
}

#[test]
fn a_key_acts_in_its_own_organization_with_its_own_role() {
    let grafana = start(Generation::V9_4);
    let second = grafana.create_organization("Second").unwrap();
    let admin = grafana.create_api_key(second, "admin", Role::Admin, None).unwrap();
    let editor = grafana.create_api_key(second, "editor", Role::Editor, None).unwrap();

    let list = get(&grafana, "/api/auth/keys", Some(&bearer(&admin.key))).json();
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert_eq!(get(&grafana, "/api/org", Some(&bearer(&admin.key))).json()["name"], "Second");
    assert_eq!(get(&grafana, "/api/auth/keys", Some(&bearer(&editor.key))).status, 403);

    let in_second = request(&client(), &grafana.url(), "GET", "/api/auth/keys", ADMIN)
        .header("X-Grafana-Org-Id", second.to_string());
    assert_eq!(send(in_second).json().as_array().unwrap().len(), 2);
    assert_eq!(get(&grafana, "/api/auth/keys", ADMIN).json(), json!([]));
}
