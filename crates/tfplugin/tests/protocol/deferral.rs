//! What cannot be done yet.

use serde_json::{Value as Json, json};
use tfplugin::testing::{Client, DeferralReason, State, unknown};

use crate::provider::{Everything, client, client_and_events, summaries};

async fn deferring() -> Client {
    let mut client = client().await;
    client.may_defer = true;
    client
}

#[tokio::test]
async fn a_plan_is_put_off_with_what_is_known_of_it() {
    let config = json!({ "name": "n", "mode": "defer" });
    let planned = deferring().await.plan("test_thing", &State::none(), config.clone()).await;
    assert_eq!(planned.deferral, Some(DeferralReason::AbsentPrereq));
    assert_eq!(planned.diagnostics, []);
    assert_eq!((&planned.value["name"], &planned.value["made_by"]), (&json!("n"), &unknown()));
    let refused = client().await.plan("test_thing", &State::none(), config).await;
    assert_eq!(
        (refused.deferral, summaries(&refused.diagnostics)),
        (None, vec!["Missing prerequisite"])
    );
}

#[tokio::test]
async fn a_read_and_an_import_are_put_off() {
    let client = deferring().await;
    let value = json!({ "name": "n", "mode": "defer", "timeouts": null });
    let state = State { value, identity: json!({ "name": "n", "label": null }), ..State::none() };
    let read = client.read("test_thing", &state).await;
    assert_eq!(read.deferral, Some(DeferralReason::ResourceConfigUnknown));
    assert_eq!((&read.value["name"], read.diagnostics.len()), (&json!("n"), 0));
    let imported = client.import("test_thing", "later").await;
    assert_eq!(imported.deferral, Some(DeferralReason::AbsentPrereq));
    assert_eq!(imported.value, unknown());
}

#[tokio::test]
async fn a_data_source_is_put_off_until_its_configuration_is_known() {
    let client = deferring().await;
    let (value, said) = client.read_data("test_fact", json!({ "name": unknown() })).await;
    assert_eq!(said, []);
    assert_eq!((&value["name"], &value["known_by"]), (&unknown(), &unknown()));
    let (_, said) =
        crate::provider::client().await.read_data("test_fact", json!({ "name": unknown() })).await;
    assert_eq!(summaries(&said), ["Unknown name"]);
}

#[tokio::test]
async fn a_provider_that_is_not_configured_yet_puts_off_all_that_it_offers() {
    let unconfigured = json!({ "broken": unknown() });
    let mut client = Client::start(Everything::default()).await;
    client.may_defer = true;
    assert_eq!(client.configure(unconfigured.clone()).await, []);
    let planned = client.plan("test_thing", &State::none(), json!({ "name": "n" })).await;
    assert_eq!(planned.deferral, Some(DeferralReason::ProviderConfigUnknown));
    assert_eq!(planned.value["made_by"], unknown());
    let state = State { value: json!({ "name": "n" }), ..State::none() };
    assert!(client.read("test_thing", &state).await.deferral.is_some());
    let (_, said) = client.read_data("test_fact", json!({ "name": "f" })).await;
    assert_eq!(said, []);
    // Once it is configured, nothing is put off any more.
    assert_eq!(client.configure(json!({})).await, []);
    let planned = client.plan("test_thing", &State::none(), json!({ "name": "n" })).await;
    assert_eq!(planned.deferral, None);

    let client = Client::start(Everything::default()).await;
    let said = client.configure(unconfigured).await;
    assert_eq!(summaries(&said), ["Unknown provider configuration"]);
}

#[tokio::test]
async fn a_module_says_to_the_provider_what_it_has_a_block_for() {
    let (mut client, events) = client_and_events().await;
    client.provider_meta = json!({ "module": "shop" });
    client.plan_and_apply("test_thing", &State::none(), json!({ "name": "n" })).await;
    assert!(events.has(r#"made for Known("shop")"#), "{:?}", events.all());
    client.provider_meta = Json::Null;
    client.plan_and_apply("test_thing", &State::none(), json!({ "name": "m" })).await;
    assert_eq!(events.all().iter().filter(|it| it.starts_with("made for")).count(), 1);
}
