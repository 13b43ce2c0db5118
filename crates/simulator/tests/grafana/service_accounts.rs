use serde_json::json;
use simulator::grafana::{Generation, Role};

use crate::client::{ADMIN, bearer, delete, get, post, start, with_json};

#[test]
fn later_generations_answer_404_with_a_message_id() {
    let grafana = start(Generation::V11_3);
    let account = grafana.create_service_account(1, "sa", Role::Viewer).unwrap();
    let no_account = delete(&grafana, "/api/serviceaccounts/99", ADMIN);
    assert_eq!(no_account.status, 404);
    assert_eq!(no_account.json()["messageId"], "serviceaccounts.ErrNotFound");
    let no_token =
        delete(&grafana, &format!("/api/serviceaccounts/{}/tokens/99", account.id), ADMIN);
    assert_eq!(no_token.status, 404);
    assert_eq!(no_token.json()["messageId"], "serviceaccounts.ErrTokenNotFound");
    let patched =
        with_json(&grafana, "PATCH", "/api/serviceaccounts/99", ADMIN, &json!({"role": "Admin"}));
    assert_eq!(patched.status, 404);
    assert_eq!(get(&grafana, "/api/serviceaccounts/99", ADMIN).status, 404);
    assert_eq!(get(&grafana, "/api/serviceaccounts/99/tokens", ADMIN).json(), json!([]));
}

#[test]
fn an_account_and_its_token_live_and_die_together() {
    for generation in [Generation::V9_4, Generation::V10_4, Generation::V12_1] {
        let grafana = start(generation);
        let created = post(
            &grafana,
            "/api/serviceaccounts/",
            ADMIN,
            &json!({"name": "ci", "role": "editor"}),
        );
        assert_eq!(created.status, 201, "{generation}: {}", created.text);
        assert_eq!(created.json()["role"], "Editor");
        let path = format!("/api/serviceaccounts/{}", created.json()["id"]);
        let token = post(
            &grafana,
            &format!("{path}/tokens"),
            ADMIN,
            &json!({"name": "t", "secondsToLive": 60}),
        );
        assert_eq!(token.status, 200, "{generation}: {}", token.text);
        let auth = bearer(token.json()["key"].as_str().unwrap());
        assert_eq!(get(&grafana, "/api/org", Some(&auth)).status, 200);

        let listed = get(&grafana, &format!("{path}/tokens"), ADMIN).json();
        assert!(
            listed[0]["secondsUntilExpiration"]
                .as_i64()
                .is_some_and(|left| (1..=60).contains(&left))
        );
        assert_eq!(get(&grafana, &path, ADMIN).json()["tokens"], 1);
        let disabled = with_json(&grafana, "PATCH", &path, ADMIN, &json!({"isDisabled": true}));
        assert_eq!(disabled.json()["serviceaccount"]["isDisabled"], true);
        assert_eq!(get(&grafana, "/api/org", Some(&auth)).status, 401);

        assert_eq!(delete(&grafana, &path, ADMIN).status, 200);
        assert_ne!(get(&grafana, "/api/org", Some(&auth)).status, 200);
    }
}

#[test]
fn names_are_taken_as_the_generation_says() {
    let token = json!({"name": "t"});
    for (generation, duplicate) in [(Generation::V9_4, 409), (Generation::V10_4, 400)] {
        let grafana = start(generation);
        grafana.create_api_key(1, "t", Role::Viewer, None).unwrap();
        let account = grafana.create_service_account(1, "a b", Role::Viewer).unwrap();
        let path = format!("/api/serviceaccounts/{}/tokens", account.id);
        let taken = post(&grafana, &path, ADMIN, &token);
        assert_eq!(taken.status, duplicate, "{}", taken.text);
        assert_eq!(
            taken.message(),
            "service account token with given name already exists in the organization"
        );
        let same_login = post(&grafana, "/api/serviceaccounts", ADMIN, &json!({"name": "A B"}));
        assert_eq!(same_login.status, 400);
        assert_eq!(
            post(&grafana, "/api/serviceaccounts", ADMIN, &json!({"name": "c", "role": "Boss"}))
                .status,
            400
        );
    }
}
