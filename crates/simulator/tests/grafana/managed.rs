use serde_json::json;
use simulator::grafana::{Generation, Grafana, Options, Refusal, Role};

use crate::client::{ADMIN, bearer, get, post};

fn managed(generation: Generation) -> Grafana {
    Grafana::start(Options { generation, managed: true, ..Options::default() }).unwrap()
}

#[test]
fn there_are_tokens_only_and_no_licensing() {
    let grafana = managed(Generation::V10_4);
    assert_eq!(get(&grafana, "/api/org", ADMIN).status, 401);
    let key = grafana.create_api_key(1, "aws", Role::Admin, Some(2_592_000)).unwrap();
    let auth = bearer(&key.key);
    assert_eq!(get(&grafana, "/api/org", Some(&auth)).status, 200);
    assert_eq!(get(&grafana, "/api/licensing/token", Some(&auth)).status, 404);
    let made =
        post(&grafana, "/api/auth/keys", Some(&auth), &json!({"name": "a", "role": "Viewer"}));
    assert_eq!(
        (made.status, made.message().as_str()),
        (400, "Number of seconds before expiration should be set")
    );
}

#[test]
fn aws_gets_typed_refusals() {
    let grafana = managed(Generation::V12_4);
    let account = grafana.create_service_account(1, "a", Role::Viewer).unwrap();
    let again = grafana.create_service_account(1, "a", Role::Viewer);
    assert_eq!(again, Err(Refusal::DuplicateAccount));
    grafana.create_token(1, account.id, "t", Some(60)).unwrap();
    assert_eq!(grafana.create_token(1, account.id, "t", Some(60)), Err(Refusal::DuplicateKey));
    assert_eq!(
        grafana.create_token(1, account.id, "u", Some(2_592_001)),
        Err(Refusal::LifeAboveLimit)
    );
    assert_eq!(grafana.delete_token(1, account.id, 99), Err(Refusal::NotFound));
    assert_eq!(grafana.tokens(1, account.id).len(), 1);
    assert_eq!(grafana.delete_service_account(1, account.id), Ok(()));
    assert_eq!(grafana.delete_service_account(1, account.id), Err(Refusal::NotFound));
}
