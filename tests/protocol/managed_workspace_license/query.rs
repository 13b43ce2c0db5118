//! The list of licenses.

use serde_json::{Value as Json, json};

use super::{Stage, TYPE, add};

#[tokio::test]
async fn every_license_is_listed() {
    let stage = Stage::linked().await;
    let mut ids: Vec<String> =
        (0..12).map(|number| add(&stage.amazon, &format!("w-{number}"), true)).collect();
    add(&stage.amazon, "without", false);
    let (listed, said) = stage.client.list(TYPE, json!({}), true, 100).await;
    assert_eq!(said, []);
    let mut found: Vec<&str> =
        listed.iter().map(|license| license.identity["workspace_id"].as_str().unwrap()).collect();
    found.sort_unstable();
    ids.sort_unstable();
    assert_eq!(found, ids);
    for license in &listed {
        assert_eq!(license.identity["region"], "us-east-1");
        assert!(license.display_name.starts_with("w-"));
        let resource = license.resource.clone();
        assert_eq!(resource["workspace_id"], license.identity["workspace_id"]);
        assert_eq!(resource["workspace"]["status"], "ACTIVE");
        assert_ne!(resource["license_type"], Json::Null);
    }
    let (some, _) = stage.client.list(TYPE, json!({ "region": "us-east-1" }), false, 3).await;
    assert_eq!(some.len(), 3);
}
