use serde_json::{Value, json};
use simulator::grafana::{
    ActiveUsers, Generation, Grafana, Issuer, LicenseClaims, NoLicense, Options, Role, Signature,
};

use crate::client::{ADMIN, Reply, bearer, get, post, start, with_json};

const TOKEN: &str = "/api/licensing/token";

fn install(grafana: &Grafana, token: &str) -> Reply {
    post(grafana, TOKEN, ADMIN, &json!({"token": token}))
}

fn install_claims(grafana: &Grafana, claims: &LicenseClaims) -> Reply {
    install(grafana, &grafana.issuer().mint(claims).unwrap())
}

fn remove(grafana: &Grafana, instance: &str) -> Reply {
    with_json(grafana, "DELETE", TOKEN, ADMIN, &json!({"instance": instance}))
}

fn licensed() -> Grafana {
    Grafana::start(Options { generation: Generation::V11_3, licensed: true, ..Options::default() })
        .unwrap()
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[test]
fn a_license_is_installed_read_and_removed() {
    let grafana = start(Generation::V11_3);
    assert_eq!(get(&grafana, "/api/licensing/check", ADMIN).json(), json!(false));
    assert_eq!(get(&grafana, TOKEN, ADMIN).status, 404);

    let installed = install(&grafana, &grafana.mint_license().unwrap());
    assert_eq!(installed.status, 200, "{}", installed.text);
    let shows_nothing = |value: &Value| {
        *value == json!(0) || *value == json!("") || value.is_null() || *value == json!(false)
    };
    assert!(installed.json().as_object().unwrap().values().all(shows_nothing));

    assert_eq!(get(&grafana, "/api/licensing/check", ADMIN).json(), json!(true));
    let claims = get(&grafana, TOKEN, ADMIN).json();
    assert_eq!(claims["sub"], grafana.root_url());
    assert_eq!((&claims["lid"], &claims["included_users"]), (&json!("10500"), &json!(15)));
    let settings = get(&grafana, "/api/frontend/settings", ADMIN).json();
    assert_eq!(
        (&settings["appUrl"], &settings["buildInfo"]["edition"]),
        (&claims["sub"], &json!("Enterprise"))
    );

    let removed = remove(&grafana, &grafana.root_url());
    assert_eq!((removed.status, removed.json()), (202, json!({})));
    assert_eq!(get(&grafana, TOKEN, ADMIN).status, 404);
    assert_eq!(remove(&grafana, &grafana.root_url()).status, 202);
}

#[test]
fn bad_tokens_are_refused_and_change_nothing() {
    let grafana = licensed();
    let before = grafana.license();
    let good = LicenseClaims::for_instance(&grafana.root_url());
    let stranger = Issuer::new(Signature::Es256).unwrap();
    assert_eq!(install(&grafana, "x").status, 400);
    assert_eq!(install(&grafana, &stranger.mint(&good).unwrap()).status, 400);
    let sample = json!({"this": "is", "not": "a", "valid": "license"});
    assert_eq!(install(&grafana, &grafana.issuer().mint(&sample).unwrap()).status, 400);
    for bad in [
        LicenseClaims::for_instance("http://elsewhere.example/"),
        LicenseClaims { lexp: Some(now() - 1), ..good.clone() },
        LicenseClaims { exp: Some(now() - 1), ..good.clone() },
        LicenseClaims { prod: None, ..good.clone() },
        LicenseClaims { prod: Some(vec!["other".to_owned()]), ..good },
    ] {
        let refused = install_claims(&grafana, &bad);
        assert_eq!(refused.status, 400, "{}", refused.text);
    }
    assert_eq!(post(&grafana, TOKEN, ADMIN, &json!({})).status, 400);
    assert_eq!(grafana.license(), before);
}

#[test]
fn a_removal_names_the_instance() {
    let grafana = licensed();
    for wrong in ["http://elsewhere.example/", &grafana.url()] {
        assert_eq!(remove(&grafana, wrong).status, 422, "{wrong}");
    }
    assert_eq!(with_json(&grafana, "DELETE", TOKEN, ADMIN, &json!({})).status, 400);
    assert!(grafana.license().is_some());
}

#[test]
fn a_license_from_disk_is_still_there_after_its_removal() {
    let grafana =
        Grafana::start(Options { license_from_disk: true, ..Options::default() }).unwrap();
    assert_eq!(remove(&grafana, &grafana.root_url()).status, 202);
    assert_eq!(get(&grafana, TOKEN, ADMIN).status, 200);
}

#[test]
fn no_license_can_also_be_claims_of_zeros() {
    let options = Options {
        generation: Generation::V8_4,
        no_license: NoLicense::Zeros,
        ..Options::default()
    };
    let grafana = Grafana::start(options).unwrap();
    let claims = get(&grafana, TOKEN, ADMIN);
    assert_eq!((claims.status, &claims.json()["lid"]), (200, &json!("")));
    assert_eq!(claims.json()["included_admins"], 0);
}

#[test]
fn a_renewal_needs_the_issuer_and_answers_some_claims() {
    let grafana = licensed();
    let before = grafana.license().unwrap();
    let renew = || post(&grafana, "/api/licensing/token/renew", ADMIN, &json!({}));
    grafana.set_issuer_reachable(false);
    assert_eq!(renew().status, 500);
    assert_eq!(grafana.license().as_ref(), Some(&before));

    grafana.set_issuer_reachable(true);
    let renewed = renew();
    assert_eq!(renewed.status, 200);
    for absent in ["exp", "iat", "lexp", "status"] {
        assert!(renewed.json().get(absent).is_none(), "{absent}");
    }
    let after = get(&grafana, TOKEN, ADMIN).json();
    assert_eq!(after["lid"], json!(before.lid));
    assert_ne!(after["jti"], json!(before.jti));
    grafana.drop_license();
    assert_eq!(renew().status, 404);
}

#[test]
fn an_automatic_refresh_brings_a_new_token_of_the_same_license() {
    let grafana = licensed();
    let before = grafana.license().unwrap();
    grafana.auto_refresh_with(|claims| LicenseClaims { included_users: Some(20), ..claims });
    let after = get(&grafana, TOKEN, ADMIN).json();
    assert_eq!((&after["lid"], &after["included_users"]), (&json!(before.lid), &json!(20)));
    assert_ne!(after["jti"], json!(before.jti));
}

#[test]
fn an_ended_license_is_shown_but_does_not_count() {
    let grafana = licensed();
    grafana.advance(std::time::Duration::from_secs(400 * 86_400));
    assert_eq!(get(&grafana, "/api/licensing/check", ADMIN).json(), json!(false));
    assert_eq!(get(&grafana, TOKEN, ADMIN).json()["lid"], "10500");
}

#[test]
fn active_users_are_counted() {
    let grafana = start(Generation::V10_4);
    let users =
        ActiveUsers { active_users: 7, active_admins_and_editors: 3, ..ActiveUsers::default() };
    grafana.set_active_users(users);
    let stats = get(&grafana, "/api/licensing/refresh-stats", ADMIN).json();
    let expected = json!({
        "active_users": 7, "active_admins_and_editors": 3, "active_viewers": 0, "active_anonymous_devices": 0,
    });
    assert_eq!(stats, expected);
}

#[test]
fn tokens_and_ordinary_users_are_refused_and_single_permissions_count() {
    let grafana = licensed();
    let key = grafana.create_api_key(1, "admin", Role::Admin, None).unwrap();
    let account = grafana.create_service_account(1, "admin", Role::Admin).unwrap();
    let token = grafana.create_token(1, account.id, "t", None).unwrap();
    grafana.create_user("u", "pw12345").unwrap();
    grafana.add_member(1, "u", Role::Admin).unwrap();
    for auth in [bearer(&key.key), bearer(&token.key), "u:pw12345".to_owned()] {
        let refused = get(&grafana, TOKEN, Some(&auth));
        assert_eq!(refused.status, 403, "{auth}");
        assert!(refused.message().ends_with("Permissions needed: licensing:read"));
    }
    assert_eq!(get(&grafana, TOKEN, None).status, 401);

    grafana.set_permissions("u", &["licensing:read"]).unwrap();
    assert_eq!(get(&grafana, TOKEN, Some("u:pw12345")).status, 200);
    let body = json!({"token": grafana.mint_license().unwrap()});
    assert_eq!(post(&grafana, TOKEN, Some("u:pw12345"), &body).status, 403);
    let instance = json!({"instance": grafana.root_url()});
    assert_eq!(with_json(&grafana, "DELETE", TOKEN, Some("u:pw12345"), &instance).status, 403);
}

#[test]
fn older_generations_call_writing_an_update() {
    for (generation, permission) in
        [(Generation::V8_4, "licensing:update"), (Generation::V9_4, "licensing:write")]
    {
        let grafana = start(generation);
        grafana.create_user("u", "pw12345").unwrap();
        grafana.set_permissions("u", &[permission]).unwrap();
        let body = json!({"token": grafana.mint_license().unwrap()});
        assert_eq!(post(&grafana, TOKEN, Some("u:pw12345"), &body).status, 200, "{generation}");
    }
}

#[test]
fn oss_has_no_licensing() {
    let grafana = Grafana::start(Options { enterprise: false, ..Options::default() }).unwrap();
    assert_eq!(get(&grafana, TOKEN, ADMIN).json(), json!({"message": "Not found"}));
    let settings = get(&grafana, "/api/frontend/settings", ADMIN).json();
    assert_eq!(settings["buildInfo"]["edition"], "Open Source");
}

#[test]
fn the_issuer_may_sign_as_it_likes() {
    for signature in [Signature::Es384, Signature::Es512, Signature::Rs256] {
        let issuer = Issuer::new(signature).unwrap();
        let grafana =
            Grafana::start(Options { issuer: Some(issuer), ..Options::default() }).unwrap();
        assert_eq!(
            install(&grafana, &grafana.mint_license().unwrap()).status,
            200,
            "{signature:?}"
        );
    }
}
