//! Mistakes in a configuration.

use serde_json::json;
use simulator::grafana::Generation;

use super::{Setup, TYPE, attribute, only_error};

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_before_anything_is_sent() {
    let setup = Setup::new(Generation::V9_4).await;
    for (config, at) in [
        (json!({ "role": "Viewer" }), "name"),
        (json!({ "name": "a", "role": "Boss" }), "role"),
        (json!({ "name": "a", "role": "viewer" }), "role"),
        (json!({ "name": "", "role": "Viewer" }), "name"),
        (json!({ "name": "a", "role": "Viewer", "org_id": "one" }), "org_id"),
        (json!({ "name": "a", "role": "Viewer", "seconds_to_live": -1 }), "seconds_to_live"),
        (
            json!({ "name": "a", "role": "Viewer", "seconds_to_live": 60, "early_rotation_window_seconds": 60 }),
            "early_rotation_window_seconds",
        ),
    ] {
        let said = setup.client.validate(TYPE, config).await;
        assert_eq!(attribute(only_error(&said)), at, "{said:?}");
    }
    for org in [
        "",
        " ",
        "-1",
        "+1",
        "01",
        "1.0",
        "1e3",
        "1:2",
        "one",
        "\u{661}",
        "9223372036854775808",
        "null",
    ] {
        let config = json!({ "name": "a", "role": "Viewer", "org_id": org });
        let said = setup.client.validate(TYPE, config).await;
        assert_eq!(attribute(only_error(&said)), "org_id", "{org}");
    }
    let both = json!({ "name": "a", "name_prefix": "a", "role": "Viewer" });
    assert!(!setup.client.validate(TYPE, both).await.is_empty());
    assert!(setup.grafana.journal().entries().is_empty());
}
