//! Requests whose answer is lost leave nothing behind that nobody knows of.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use simulator::faults::Fault;
use simulator::grafana::{Generation, Role};

use super::{Setup, number, only_error, viewer};

fn losses(path: &str) -> Vec<Fault> {
    let on = || Fault::on("POST", path);
    vec![
        on().reset_after(),
        on().reset_before(),
        on().truncate(),
        on().status(502).carried_out(),
        on().status(503),
        on().html(504).carried_out(),
        on().reset_after().times(2),
    ]
}

/// Creates a key under a fault, and expects exactly one to be there, which its secret opens.
async fn assert_one_key(generation: Generation, fault: Fault, config: Json) {
    let setup = Setup::new(generation).await;
    let said = format!("{generation} {fault}");
    setup.grafana.faults().push(fault);
    let state = setup.create(config.clone()).await;
    assert_eq!(setup.grafana.faults().unused(), [] as [String; 0], "{said}");
    let keys = setup.grafana.api_keys(1);
    let accounts = setup.grafana.service_accounts(1);
    let tokens: Vec<_> =
        accounts.iter().flat_map(|account| setup.grafana.tokens(1, account.id)).collect();
    let ids: Vec<_> = keys.iter().chain(&tokens).map(|key| key.id).collect();
    assert_eq!(ids, [number(&state)], "{said}");
    assert!(accounts.len() <= 1, "{said}");
    let key = state.value["key"].as_str().expect("a key");
    setup.configure_with(json!({ "auth": key })).await;
    setup.assert_unchanged(&state, config).await;
    setup.assert_destroyed(&state).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_api_key_with_a_generated_name_is_deleted_and_created_again() {
    for generation in [Generation::V8_4, Generation::V9_4, Generation::V10_4] {
        for fault in losses("/api/auth/keys") {
            let config = json!({ "name_prefix": "ci-", "role": "Viewer" });
            assert_one_key(generation, fault, config).await;
        }
    }
}

/// A proxy that sends a request twice hands on the second answer: that the name is taken.
#[tokio::test(flavor = "multi_thread")]
async fn a_creation_that_a_proxy_sends_twice_leaves_one_key() {
    let config = json!({ "name_prefix": "ci-", "role": "Viewer" });
    for (generation, path) in [
        (Generation::V8_4, "/api/auth/keys"),
        (Generation::V10_4, "/api/auth/keys"),
        (Generation::V12_1, "/api/serviceaccounts"),
        (Generation::V12_1, "/api/serviceaccounts/*/tokens"),
    ] {
        let sent_twice = || Fault::on("POST", path).status(409).carried_out();
        assert_one_key(generation, sent_twice(), config.clone()).await;
        if generation == Generation::V12_1 {
            assert_one_key(generation, sent_twice(), viewer("a")).await;
        }
    }
    let setup = Setup::new(Generation::V10_4).await;
    setup.grafana.faults().push(Fault::on("POST", "/api/auth/keys").status(409).carried_out());
    let state = setup.try_create(viewer("a")).await;
    assert!(only_error(&state.diagnostics).detail.contains("terraform import"));
    assert_eq!(setup.grafana.api_keys(1).len(), 1, "it may be anybody's");
}

/// A gateway that keeps the answer back refuses, in words of its own or as Grafana would.
#[tokio::test(flavor = "multi_thread")]
async fn a_creation_that_is_refused_once_it_is_carried_out_leaves_nothing_unknown() {
    for (generation, path, is_named) in [
        (Generation::V8_4, "/api/auth/keys", false),
        (Generation::V10_4, "/api/auth/keys", false),
        (Generation::V10_4, "/api/auth/keys", true),
        (Generation::V12_1, "/api/serviceaccounts", true),
        (Generation::V12_1, "/api/serviceaccounts/*/tokens", true),
        (Generation::V12_1, "/api/serviceaccounts/*/tokens", false),
    ] {
        let bodies = [r#"{"error":"denied"}"#, r#"{"message":"denied"}"#, r#"{"code":1}"#];
        for (status, body) in [403, 404, 400].into_iter().zip(bodies).chain([(404, bodies[0])]) {
            let fault = Fault::on("POST", path).status(status).body("application/json", body);
            let said = format!("{generation} {path} {status} {body}");
            let setup = Setup::new(generation).await;
            setup.grafana.faults().push(fault.carried_out());
            let name = if is_named { "name" } else { "name_prefix" };
            let state = setup.try_create(json!({ name: "a", "role": "Viewer" })).await;
            assert_eq!(setup.grafana.faults().unused(), [""; 0], "{said}");
            if !state.value.is_null() {
                setup.assert_destroyed(&state).await;
            } else if is_named && generation.makes_api_keys() {
                // The key of that name may be anybody's, the more so where Grafana itself seems to refuse.
                let detail = &only_error(&state.diagnostics).detail;
                let is_told = detail.contains("terraform import");
                assert_eq!(is_told, !body.contains("message"), "{said}: {detail}");
                continue;
            }
            setup.assert_nothing_left();
        }
    }
}

/// A name that others can give proves nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_api_key_with_a_fixed_name_is_created_again_or_reported() {
    let on = || Fault::on("POST", "/api/auth/keys");
    for generation in [Generation::V8_4, Generation::V9_4, Generation::V10_4] {
        for fault in [on().reset_before(), on().status(503)] {
            assert_one_key(generation, fault, viewer("a")).await;
        }
        for fault in
            [on().reset_after(), on().status(502).carried_out(), on().reset_after().times(2)]
        {
            let setup = Setup::new(generation).await;
            setup.grafana.faults().push(fault);
            let state = setup.try_create(viewer("a")).await;
            let error = only_error(&state.diagnostics);
            let left = setup.grafana.api_keys(1)[0].id;
            let import = format!("terraform import ADDRESS 1:{left}");
            assert!(error.detail.contains(&import), "{}", error.detail);
            assert!(error.detail.contains(&format!("DELETE /api/auth/keys/{left}")));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_service_account_is_found_again() {
    for generation in [Generation::V11_3, Generation::V12_1] {
        // One that is found after the first loss is taken: there is no second.
        for fault in losses("/api/serviceaccounts").into_iter().take(6) {
            assert_one_key(generation, fault, viewer("a")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_token_is_deleted_and_created_again() {
    for generation in [Generation::V11_3, Generation::V12_1] {
        for fault in losses("/api/serviceaccounts/*/tokens") {
            assert_one_key(generation, fault, viewer("a")).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_every_time_leaves_nothing() {
    for (generation, path) in [
        (Generation::V9_4, "/api/auth/keys"),
        (Generation::V12_1, "/api/serviceaccounts"),
        (Generation::V12_1, "/api/serviceaccounts/*/tokens"),
    ] {
        for fault in [
            Fault::on("POST", path).reset_before().always(),
            Fault::on("POST", path).status(500).always(),
        ] {
            let setup = Setup::new(generation).await;
            setup.grafana.faults().push(fault);
            let state = setup.try_create(viewer("a")).await;
            only_error(&state.diagnostics);
            assert!(state.value.is_null());
            setup.assert_nothing_left();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_gets_lost_every_time_leaves_nothing() {
    for (generation, path) in
        [(Generation::V9_4, "/api/auth/keys"), (Generation::V12_1, "/api/serviceaccounts/*/tokens")]
    {
        let setup = Setup::new(generation).await;
        setup.grafana.faults().push(Fault::on("POST", path).reset_after().always());
        let state = setup.try_create(json!({ "name_prefix": "a", "role": "Viewer" })).await;
        only_error(&state.diagnostics);
        assert!(state.value.is_null());
        setup.assert_nothing_left();
    }
}

/// Two runs create the same key, and one of them loses its answer: it must not delete what the other has created.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_another_run_creates_meanwhile_is_not_deleted() {
    let setup = Arc::new(Setup::new(Generation::V12_1).await);
    let there = Arc::downgrade(&setup);
    let lost = Fault::on("POST", "/api/serviceaccounts/*/tokens").status(503);
    setup.grafana.faults().push(lost.meanwhile(move || {
        let setup = there.upgrade().expect("is there");
        let account = setup.grafana.create_service_account(1, "a", Role::Viewer).expect("new").id;
        setup.grafana.create_token(1, account, "a", None).expect("new");
    }));
    let state = setup.try_create(viewer("a")).await;
    let accounts = setup.grafana.service_accounts(1);
    let account = accounts.iter().find(|account| account.name == "a").expect("theirs").id;
    let token = setup.grafana.tokens(1, account)[0].id;
    let error = only_error(&state.diagnostics);
    assert!(error.detail.contains(&format!("import ADDRESS 1:{token}")), "{}", error.detail);
    assert_eq!(setup.grafana.tokens(1, account).len(), 1);
    assert_eq!(setup.grafana.service_accounts(1).len(), 1, "its own account is deleted again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_made_since_the_last_list_is_not_removed() {
    let setup = Setup::new(Generation::V9_4).await;
    setup.create(viewer("first")).await;
    let theirs = setup.grafana.create_api_key(1, "a", Role::Viewer, None).expect("new").id;
    setup.grafana.faults().push(Fault::on("POST", "/api/auth/keys").status(503));
    let state = setup.try_create(viewer("a")).await;
    assert!(only_error(&state.diagnostics).detail.contains(&format!("import ADDRESS 1:{theirs}")));
    assert!(setup.grafana.api_keys(1).iter().any(|key| key.id == theirs));
}

/// Among more keys than a list shows nothing can be told of one that may be there.
#[tokio::test(flavor = "multi_thread")]
async fn an_orphan_beyond_the_list_is_reported() {
    let lost = || Fault::on("POST", "/api/auth/keys").reset_after();
    let refused = Fault::on("POST", "/api/auth/keys").status(503).times(2);
    for faults in [vec![refused, lost()], vec![lost()]] {
        let setup = crowded().await;
        faults.into_iter().for_each(|fault| setup.grafana.faults().push(fault));
        let state = setup.try_create(viewer("zz")).await;
        let error = only_error(&state.diagnostics);
        assert!(error.detail.contains("\"zz\" may be there"), "{}", error.detail);
        assert_eq!(setup.grafana.faults().unused(), [] as [String; 0]);
    }
}

/// A name that was made up for the key tells its orphan even in a list that is cut.
#[tokio::test(flavor = "multi_thread")]
async fn an_orphan_with_a_name_of_its_own_is_removed() {
    let setup = crowded().await;
    setup.grafana.faults().push(Fault::on("POST", "/api/auth/keys").reset_after());
    let config = json!({ "name_prefix": "!", "role": "Viewer" });
    setup.create(config).await;
    assert_eq!(setup.grafana.api_keys(1).len(), 102);
}

/// More keys than a list shows.
async fn crowded() -> Setup {
    let setup = Setup::new(Generation::V9_4).await;
    for number in 0..101 {
        setup.grafana.create_api_key(1, &format!("{number:03}"), Role::Viewer, None).expect("new");
    }
    setup
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_seen_is_reported_with_how_to_delete_it() {
    let setup = Setup::new(Generation::V9_4).await;
    setup.grafana.faults().push(Fault::on("POST", "/api/auth/keys").reset_after());
    setup.grafana.faults().push(Fault::on("GET", "/api/auth/keys").skip(1).always().status(503));
    let state = setup.try_create(viewer("a")).await;
    let error = only_error(&state.diagnostics);
    assert!(error.detail.contains("DELETE /api/auth/keys/ID"), "{}", error.detail);
    assert!(error.detail.contains("\"a\""), "{}", error.detail);
    assert_eq!(setup.requests("POST", "/api/auth/keys"), 1);

    let setup = Setup::new(Generation::V12_1).await;
    setup.grafana.faults().push(Fault::on("POST", "/api/serviceaccounts").reset_after());
    let search = Fault::on("GET", "/api/serviceaccounts/search").skip(1).always().status(503);
    setup.grafana.faults().push(search);
    let state = setup.try_create(viewer("a")).await;
    let error = only_error(&state.diagnostics);
    assert!(error.detail.contains("DELETE /api/serviceaccounts/ID"), "{}", error.detail);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_may_have_been_there_is_never_removed() {
    let setup = Setup::new(Generation::V9_4).await;
    for number in 0..100 {
        setup.grafana.create_api_key(1, &format!("{number:03}"), Role::Viewer, None).expect("new");
    }
    let theirs = setup.grafana.create_api_key(1, "zz", Role::Viewer, None).expect("new").id;
    setup.grafana.faults().push(Fault::on("POST", "/api/auth/keys").reset_after());
    let state = setup.try_create(viewer("zz")).await;
    only_error(&state.diagnostics);
    assert!(setup.grafana.api_keys(1).iter().any(|key| key.id == theirs));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_was_taken_before_the_answer_got_lost_is_reported() {
    for generation in Generation::ALL {
        let setup = Setup::new(generation).await;
        let state = setup.create(viewer("a")).await;
        setup.configure().await;
        let path = if generation.makes_api_keys() {
            "/api/auth/keys"
        } else {
            "/api/serviceaccounts/*/tokens"
        };
        setup.grafana.faults().push(Fault::on("POST", path).always().reset_after());
        let second = setup.try_create(viewer("a")).await;
        let error = only_error(&second.diagnostics);
        let is_api_key = generation.makes_api_keys();
        assert_eq!(error.detail.contains("terraform import"), is_api_key, "{}", error.detail);
        setup.grafana.faults().clear();
        setup.assert_unchanged(&state, viewer("a")).await;
    }
}

/// Grafana says that it has created a key, but what it says of it cannot be.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_cannot_be_leaves_nothing() {
    for (generation, path) in
        [(Generation::V9_4, "/api/auth/keys"), (Generation::V12_1, "/api/serviceaccounts/*/tokens")]
    {
        for body in [
            r#"{"id":1,"name":"a","key":""}"#,
            r#"{"id":0,"name":"a","key":"eyJ"}"#,
            r#"{"id":-7,"name":"a","key":"eyJ"}"#,
            r#"{"id":1,"name":"b","key":"eyJ"}"#,
            r#"{"id":1,"name":"a"}"#,
        ] {
            let setup = Setup::new(generation).await;
            let fault = Fault::on("POST", path).status(200).body("application/json", body);
            setup.grafana.faults().push(fault.carried_out());
            // Only a name that is used once proves that an API key is this run's.
            let config = match generation {
                Generation::V9_4 => json!({ "name_prefix": "a", "role": "Viewer" }),
                _ => viewer("a"),
            };
            let state = setup.try_create(config.clone()).await;
            only_error(&state.diagnostics);
            assert!(state.value.is_null(), "{body}");
            setup.assert_nothing_left();
            let state = setup.create(config).await;
            setup.assert_destroyed(&state).await;
        }
    }
}

/// What a proxy answers in maintenance, say.
const NOT_GRAFANAS: &str = r#"{"status":"maintenance"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_success_that_is_not_grafanas_proves_nothing() {
    for generation in [Generation::V8_4, Generation::V9_4, Generation::V10_4] {
        let setup = Setup::new(generation).await;
        let grafana = &setup.grafana;
        grafana.create_api_key(1, "ci", Role::Admin, None).expect("of somebody else");
        for body in [NOT_GRAFANAS, "{}", r#"{"id":1,"na"#] {
            let fault = Fault::on("POST", "/api/auth/keys").status(200);
            grafana.faults().push(fault.body("application/json", body));
            let state = setup.try_create(viewer("ci")).await;
            only_error(&state.diagnostics);
            assert_eq!(grafana.api_keys(1).len(), 1, "{generation} {body}");
        }
        assert_eq!(setup.requests("DELETE", "/api/auth/keys/*"), 0, "{generation}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_that_grafana_does_not_acknowledge_is_not_believed() {
    for (generation, path) in
        [(Generation::V9_4, "/api/auth/keys/*"), (Generation::V12_1, "/api/serviceaccounts/*")]
    {
        let setup = Setup::new(generation).await;
        let state = setup.create(viewer("ci")).await;
        let fault = Fault::on("DELETE", path).status(200);
        setup.grafana.faults().push(fault.body("application/json", NOT_GRAFANAS));
        let kept = setup.destroy(&state).await;
        only_error(&kept.diagnostics);
        assert!(!kept.value.is_null());
        setup.assert_destroyed(&state).await;
    }
}
