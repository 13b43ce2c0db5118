//! Several connections to one process: provider blocks, and runs under `--debug`.

use serde_json::json;
use tfplugin::testing::{Client, State};

use crate::provider::{Everything, client_and_events, summaries};

#[tokio::test]
async fn each_connection_has_its_own_configuration() {
    let provider = Everything::default();
    let events = provider.events.clone();
    let one = Client::start(provider).await;
    let two = one.connect_again().await;
    assert_eq!(one.configure(json!({ "label": "one" })).await, []);
    let said = two.plan("test_thing", &State::none(), json!({ "name": "n" })).await.diagnostics;
    assert_eq!(summaries(&said), ["Provider not configured"]);
    assert_eq!(two.configure(json!({ "label": "two" })).await, []);
    for (client, label) in [(&one, "one"), (&two, "two")] {
        let thing = json!({ "name": "n" });
        let state = client.plan_and_apply("test_thing", &State::none(), thing).await;
        assert_eq!(state.value["made_by"], label);
    }
    drop(one);
    events.wait_for(r#"release "one""#).await;
    assert!(!events.has(r#"release "two""#));
    let (fact, said) = two.read_data("test_fact", json!({ "name": "f" })).await;
    assert_eq!((fact["known_by"].as_str(), said), (Some("two in 60s"), vec![]));
}

#[tokio::test]
async fn a_stop_is_for_its_own_connection() {
    let (one, _) = client_and_events().await;
    let two = one.connect_again().await;
    assert_eq!(two.configure(json!({})).await, []);
    one.stop().await;
    let slow = json!({ "name": "n", "mode": "slow", "timeouts": { "create": "20ms" } });
    let state = two.plan_and_apply("test_thing", &State::none(), slow.clone()).await;
    assert_eq!(summaries(&state.diagnostics), ["Time ran out"]);
    let state = one.plan_and_apply("test_thing", &State::none(), slow).await;
    assert_eq!(summaries(&state.diagnostics), ["Stopped"]);
}

#[tokio::test]
async fn what_was_begun_is_finished_though_nobody_waits() {
    let (client, events) = client_and_events().await;
    let slow =
        tokio::spawn(async move { client.open("test_loan", json!({ "name": "slow" })).await });
    events.wait_for("opening slow").await;
    slow.abort();
    // The connection is gone, the loan is made all the same, and given back.
    events.wait_for(r#"close slow in """#).await;
    events.wait_for(r#"release """#).await;
    let all = events.all();
    let place = |event: &str| all.iter().position(|it| it == event).unwrap();
    assert!(place("open slow") < place(r#"close slow in """#));
    assert!(place(r#"close slow in """#) < place(r#"release """#));
}

#[tokio::test]
async fn a_shutdown_waits_for_what_another_connection_is_giving_back() {
    let (one, events) = client_and_events().await;
    let two = one.connect_again().await;
    let (_, _, said) = one.open("test_loan", json!({ "name": "a" })).await;
    assert_eq!(said, []);
    drop(one);
    events.wait_for("closing a").await;
    two.shut_down().await;
    assert!(events.has(r#"close a in """#) && events.has(r#"release """#));
}
