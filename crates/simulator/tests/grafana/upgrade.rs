use serde_json::json;
use simulator::grafana::{Generation, Migration, Role};

use crate::client::{ADMIN, bearer, delete, get, post, start};

#[test]
fn a_key_migrated_at_start_keeps_id_name_and_secret() {
    let grafana = start(Generation::V8_4);
    let url = grafana.url();
    let key = grafana.create_api_key(1, "ci", Role::Editor, None).unwrap();
    grafana.upgrade(Generation::V12_1, Migration::AtStart);

    assert_eq!(grafana.url(), url);
    assert_eq!(get(&grafana, "/api/org", Some(&bearer(&key.key))).status, 200);
    let found = get(&grafana, "/api/serviceaccounts/search?query=ci", ADMIN).json();
    assert_eq!(found["serviceAccounts"][0]["name"], "sa-autogen-ci");
    assert_eq!(found["serviceAccounts"][0]["role"], "Editor");
    let tokens = format!("/api/serviceaccounts/{}/tokens", found["serviceAccounts"][0]["id"]);
    let tokens = get(&grafana, &tokens, ADMIN).json();
    assert_eq!((&tokens[0]["id"], &tokens[0]["name"]), (&json!(key.id), &json!("ci")));
}

#[test]
fn a_key_not_yet_migrated_is_listed_while_there_is_a_list() {
    let grafana = start(Generation::V9_4);
    let key = grafana.create_api_key(1, "ci", Role::Editor, None).unwrap();
    grafana.upgrade(Generation::V11_3, Migration::NotYet);
    assert_eq!(get(&grafana, "/api/auth/keys", ADMIN).json()[0]["id"], key.id);
    grafana.upgrade(Generation::V12_1, Migration::NotYet);
    assert_eq!(get(&grafana, "/api/auth/keys", ADMIN).status, 404);
    assert_eq!(get(&grafana, "/api/serviceaccounts/search", ADMIN).json()["totalCount"], 0);
    assert_eq!(get(&grafana, "/api/org", Some(&bearer(&key.key))).status, 200);
}

#[test]
fn a_key_can_be_migrated_by_call() {
    for generation in [Generation::V9_4, Generation::V11_3] {
        let grafana = start(generation);
        let [one, two] =
            ["one", "two"].map(|name| grafana.create_api_key(1, name, Role::Viewer, None).unwrap());
        let migrate = |path: &str| post(&grafana, path, ADMIN, &json!({})).status;
        assert_eq!(migrate(&format!("/api/serviceaccounts/migrate/{}", one.id)), 200);
        assert_eq!(delete(&grafana, &format!("/api/auth/keys/{}", one.id), ADMIN).status, 404);
        assert_eq!(get(&grafana, "/api/auth/keys", ADMIN).json()[0]["id"], two.id);
        assert_eq!(migrate("/api/serviceaccounts/migrate"), 200);
        assert_eq!(get(&grafana, "/api/auth/keys", ADMIN).json(), json!([]));
        assert_eq!(migrate(&format!("/api/serviceaccounts/migrate/{}", one.id)), 500);
    }
}
