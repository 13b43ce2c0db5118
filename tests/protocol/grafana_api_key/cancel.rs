//! Ctrl-C, waits, and answers that nobody receives.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use simulator::faults::Fault;
use simulator::grafana::Generation;
use tfplugin::testing::State;

use super::{Setup, only_error, viewer};

/// Where a key is created, and the request that creates it.
const LAST_POST: [(Generation, &str); 2] =
    [(Generation::V9_4, "/api/auth/keys"), (Generation::V12_1, "/api/serviceaccounts/*/tokens")];

async fn until(condition: impl Fn() -> bool) {
    let give_up = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < give_up, "it does not happen");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wait_beyond_the_time_of_an_operation_ends_at_once_and_says_so() {
    for (generation, path) in LAST_POST {
        let setup = Setup::new(generation).await;
        setup.grafana.faults().push(Fault::on("POST", path).always().retry_after("7200"));
        let begun = Instant::now();
        let state = setup.try_create(viewer("a")).await;
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
        let error = only_error(&state.diagnostics);
        assert!(format!("{error:?}").contains("7200"), "{error:?}");
        assert!(state.value.is_null());
        setup.assert_nothing_left();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_a_wait_at_once() {
    for (generation, path) in LAST_POST {
        let setup = Setup::new(generation).await;
        setup.grafana.faults().push(Fault::on("POST", path).always().retry_after("30"));
        let stop = async {
            until(|| setup.requests("POST", path) > 0).await;
            setup.client.stop().await;
            Instant::now()
        };
        let (state, stopped) = tokio::join!(setup.try_create(viewer("a")), stop);
        assert!(stopped.elapsed() < Duration::from_secs(25), "{:?}", stopped.elapsed());
        only_error(&state.diagnostics);
        setup.assert_nothing_left();
    }
}

/// What may be carried out already is waited for: its key is in the state then.
#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_waits_for_a_request_that_creates() {
    for (generation, path) in LAST_POST {
        let setup = Setup::new(generation).await;
        setup.grafana.faults().push(Fault::on("POST", path).hang());
        let stop = async {
            until(|| setup.requests("POST", path) > 0).await;
            setup.client.stop().await;
            setup.grafana.faults().release();
        };
        let (state, ()) = tokio::join!(setup.try_create(viewer("a")), stop);
        assert!(state.diagnostics.is_empty(), "{:?}", state.diagnostics);
        setup.assert_unchanged(&state, viewer("a")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_answer_nobody_receives_is_deleted_again() {
    for (generation, path) in LAST_POST {
        let setup = Arc::new(Setup::new(generation).await);
        setup.grafana.faults().push(Fault::on("POST", path).hang());
        let plan = setup.plan(&State::none(), viewer("a")).await;
        let applying = setup.clone();
        let applying = tokio::spawn(async move { applying.client.apply(&plan).await });
        until(|| setup.requests("POST", path) > 0).await;
        // Terraform has gone: the call is cancelled.
        applying.abort();
        assert!(applying.await.is_err());
        setup.grafana.faults().release();
        until(|| setup.requests("DELETE", "/api/**") > 0).await;
        until(|| {
            setup.grafana.api_keys(1).is_empty() && setup.grafana.service_accounts(1).is_empty()
        })
        .await;
    }
}

/// What is looked for and undone after a stop takes no longer than one request, however often Grafana puts it off.
#[tokio::test(flavor = "multi_thread")]
async fn after_ctrl_c_an_unavailable_grafana_is_not_waited_for() {
    for (generation, path) in LAST_POST {
        let setup = Setup::new(generation).await;
        setup.configure_with(json!({ "auth": "admin:admin", "request_timeout": "2s" })).await;
        let faults = setup.grafana.faults();
        faults.push(Fault::on("POST", path).always().reset_after());
        let stop = async {
            until(|| setup.requests("POST", path) > 0).await;
            let unavailable = Fault::on("GET", "/**").always().status(503).retry_after("50");
            faults.push(unavailable);
            setup.client.stop().await;
            Instant::now()
        };
        let (state, stopped) = tokio::join!(setup.try_create(viewer("a")), stop);
        assert!(stopped.elapsed() < Duration::from_secs(30), "{:?}", stopped.elapsed());
        assert!(state.value.is_null() && !state.diagnostics.is_empty(), "{state:?}");
    }
}
