//! List resources.

use serde_json::{Value as Json, json};

use tfplugin::testing::unknown;

use crate::provider::{client, summaries};

#[tokio::test]
async fn it_finds_names_and_what_there_is_to_say() {
    let client = client().await;
    let (listed, said) = client.list("test_thing", json!({ "name": "x" }), false, 0).await;
    let names: Vec<_> = listed.iter().map(|it| it.identity["name"].clone()).collect();
    assert_eq!(names, ["x0", "x1", "x2"]);
    assert_eq!(listed[1].display_name, "thing 1");
    assert!(listed.iter().all(|it| it.resource.is_null()));
    assert_eq!(summaries(&said), ["More there"]);
}

#[tokio::test]
async fn it_ends_at_its_limit_and_brings_the_whole_if_asked() {
    let (listed, _) = client().await.list("test_thing", Json::Null, true, 2).await;
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[1].resource["name"], "1");
    assert!(listed[1].resource["made_by"].is_null());
}

#[tokio::test]
async fn nothing_is_listed_read_or_opened_by_what_is_not_known() {
    let client = client().await;
    let (listed, said) = client.list("test_thing", json!({ "name": unknown() }), false, 0).await;
    assert!(listed.is_empty());
    assert_eq!(summaries(&said), ["Unknown name"]);
    let (_, said) = client.read_data("test_fact", json!({ "name": unknown() })).await;
    assert_eq!(summaries(&said), ["Unknown name"]);
    let (_, _, said) = client.open("test_loan", json!({ "name": unknown() })).await;
    assert_eq!(summaries(&said), ["Unknown name"]);
}

#[tokio::test]
async fn its_configuration_is_validated() {
    let client = client().await;
    let said = client.validate_list("test_thing", json!({ "name": "" })).await;
    assert_eq!(summaries(&said), ["Invalid name"]);
    let said = client.validate_list("test_thing", json!({ "name": "forbidden" })).await;
    assert_eq!(summaries(&said), ["Forbidden name"]);
    assert_eq!(client.validate_list("test_thing", Json::Null).await, []);
}
