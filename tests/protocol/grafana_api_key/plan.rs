//! What replaces a key.

use serde_json::{Value as Json, json};
use simulator::grafana::Generation;

use super::Setup;

#[tokio::test(flavor = "multi_thread")]
async fn each_argument_replaces() {
    let setup = Setup::new(Generation::V9_4).await;
    let config = json!({ "name": "a", "role": "Viewer", "seconds_to_live": 3600 });
    let state = setup.create(config.clone()).await;
    for (name, value) in [
        ("name", json!("b")),
        ("role", json!("Editor")),
        ("org_id", json!("2")),
        ("seconds_to_live", json!(7200)),
        ("seconds_to_live", Json::Null),
    ] {
        let mut changed = config.clone();
        changed[name] = value;
        let plan = setup.plan(&state, changed).await;
        assert_eq!(plan.requires_replace, [name]);
    }
    let mut window = config.clone();
    window["early_rotation_window_seconds"] = json!(60);
    let plan = setup.plan(&state, window).await;
    assert!(plan.requires_replace.is_empty());
    let updated = setup.client.apply(&plan).await;
    assert_eq!(updated.value["early_rotation_window_seconds"], 60);
    assert_eq!(updated.value["key"], state.value["key"]);
}
