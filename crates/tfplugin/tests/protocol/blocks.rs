//! Blocks in blocks.

use serde_json::{Value as Json, json};
use tfplugin::proto::tfplugin6::*;
use tfplugin::testing::{State, unknown};

use crate::provider::{client, summaries, with};

const TYPE: &str = "test_cabinet";

fn shelf(boxes: Json) -> Json {
    json!({ "name": "n", "shelf": [{ "name": "top", "box": boxes }] })
}

fn lid() -> Json {
    json!({ "lid": { "material": "oak" } })
}

#[tokio::test]
async fn the_schema_has_blocks_at_every_depth_with_their_counts() {
    let request = get_provider_schema::Request {};
    let schema = client().await.rpcs().get_provider_schema(request).await.unwrap().into_inner();
    let block = schema.resource_schemas[TYPE].block.clone().unwrap();
    let inside = |block: &schema::Block, name: &str| {
        let found = block.block_types.iter().find(|it| it.type_name == name).unwrap();
        let count = (found.nesting(), found.min_items, found.max_items);
        (found.block.clone().unwrap(), count)
    };
    use schema::nested_block::NestingMode::{List, Map, Set, Single};
    let (shelf, count) = inside(&block, "shelf");
    assert_eq!(count, (List, 0, 3));
    let (boxes, count) = inside(&shelf, "box");
    assert_eq!(count, (Set, 1, 2));
    assert_eq!(inside(&shelf, "label").1, (Map, 0, 0));
    assert_eq!(inside(&boxes, "lid").1, (Single, 1, 1));
    assert_eq!(inside(&block, "door").1, (Single, 0, 0));
}

#[tokio::test]
async fn they_are_planned_applied_and_read_at_every_depth() {
    let client = client().await;
    let config = shelf(json!([lid()]));
    let planned = client.plan(TYPE, &State::none(), config.clone()).await;
    let expected = json!({ "color": "grey", "number": unknown(), "lid": { "material": "oak" } });
    assert_eq!(planned.value["shelf"][0]["box"], json!([expected]));
    assert_eq!(planned.value["shelf"][0]["label"], json!({}), "absent, not null");
    let state = client.apply(&planned).await;
    assert_eq!(state.diagnostics, []);
    assert_eq!(state.value["shelf"][0]["box"][0]["number"], 7);
    assert_eq!(client.read(TYPE, &state).await.value, state.value);
    assert_eq!(client.plan(TYPE, &state, config).await.value, state.value);
    // What a former version left out is absent as well.
    let stored = json!({ "name": "n", "shelf": [{ "name": "top" }], "door": {} });
    let upgraded = client.upgrade(TYPE, 0, &stored).await;
    assert_eq!(upgraded.value["shelf"][0]["box"], json!([]));
    assert_eq!(upgraded.value["door"]["hinge"], json!([]));
}

#[tokio::test]
async fn their_rules_hold_at_every_depth_and_say_where() {
    let client = client().await;
    let told = async |config: Json| {
        let said = client.validate(TYPE, config).await;
        said.into_iter().map(|it| format!("{}: {}", it.summary, it.detail)).collect::<Vec<_>>()
    };
    assert!(told(shelf(json!([lid()]))).await.is_empty());
    let said = told(shelf(json!([]))).await;
    assert!(said[0].contains("Expected 1 to 2 of the block box, but got 0."), "{said:?}");
    assert!(said[0].contains("shelf[0].box"), "{said:?}");
    let said = told(shelf(json!([with(&lid(), json!({ "color": "blue" }))]))).await;
    assert!(said[0].contains("shelf[0].box.color"), "{said:?}");
    let said = told(shelf(json!([{ "lid": { "material": "" } }]))).await;
    assert!(said[0].contains("shelf[0].box.lid.material"), "{said:?}");
    let said = told(shelf(json!([{}]))).await;
    assert!(said[0].contains("Expected at least 1 of the block lid"), "{said:?}");
    let said = told(json!({ "name": "n", "shelf": [{ "box": [lid()] }] })).await;
    assert!(said[0].contains("shelf[0].name is required"), "{said:?}");
}

#[tokio::test]
async fn a_block_that_does_not_stand_there_is_not_set() {
    let client = client().await;
    let said = client.validate(TYPE, json!({})).await;
    assert_eq!(summaries(&said), ["Missing attribute"], "none of page, drawing and shelf");
    // An empty collection of blocks stands in no one's way.
    let page = json!({ "page": "https://a", "shelf": [], "key": "{}" });
    assert_eq!(client.validate(TYPE, page).await, []);
    let both = with(&shelf(json!([lid()])), json!({ "page": "https://a" }));
    assert_eq!(summaries(&client.validate(TYPE, both).await), ["Conflicting attributes"]);
    let nameless = with(&shelf(json!([lid()])), json!({ "name": null }));
    assert_eq!(summaries(&client.validate(TYPE, nameless).await), ["Incomplete attributes"]);
    let key = with(&shelf(json!([lid()])), json!({ "key": "{}" }));
    assert_eq!(summaries(&client.validate(TYPE, key).await), ["Conflicting attributes"]);
    // `dynamic` blocks may not be known yet.
    assert_eq!(client.validate(TYPE, json!({ "shelf": unknown() })).await, []);
}

#[tokio::test]
async fn a_block_that_cannot_change_replaces() {
    let client = client().await;
    let config = json!({ "page": "https://a", "door": { "glass": true, "hinge": [{ "material": "iron" }] } });
    let state = client.plan_and_apply(TYPE, &State::none(), config.clone()).await;
    assert_eq!(state.diagnostics, []);
    let changed = with(&config, json!({ "door": { "glass": true } }));
    assert_eq!(client.plan(TYPE, &state, changed).await.requires_replace, ["door"]);
}
