//! Import by id and by identity, and what a configuration brings to an imported key.

use serde_json::{Value as Json, json};
use simulator::grafana::{Generation, Role};

use super::{Setup, TYPE, assert_no_change, only_error, viewer};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_imported_by_id_with_or_without_organization() {
    for generation in Generation::ALL {
        let setup = Setup::new(generation).await;
        let id = if generation.makes_api_keys() {
            setup.grafana.create_api_key(1, "a", Role::Viewer, None).expect("new").id
        } else {
            let account = setup.grafana.create_service_account(1, "b", Role::Viewer).expect("new");
            setup.grafana.create_token(1, account.id, "a", None).expect("new").id
        };
        for text in [id.to_string(), format!("1:{id}")] {
            let imported = setup.client.import(TYPE, &text).await;
            let read = setup.refresh(&imported).await;
            assert_eq!(read.value["id"], format!("1:{id}"), "{generation}: {read:?}");
            assert_eq!(read.value["name"], "a");
            assert_eq!(read.value["key"], Json::Null);
            assert_eq!(read.identity, json!({ "org_id": "1", "key_id": id }));
            assert_no_change(&setup.plan(&read, viewer("a")).await, &read);
        }
        let identity = json!({ "org_id": "1", "key_id": id });
        let imported = setup.client.import_identity(TYPE, &identity).await;
        assert_eq!(setup.refresh(&imported).await.value["name"], "a");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_life_in_the_configuration_does_not_replace_an_imported_key() {
    let setup = Setup::new(Generation::V9_4).await;
    let id = setup.grafana.create_api_key(1, "ci-7", Role::Viewer, Some(3600)).expect("new").id;
    let imported = setup.client.import(TYPE, &id.to_string()).await;
    let read = setup.refresh(&imported).await;
    let config = json!({ "name_prefix": "ci-", "role": "Viewer", "seconds_to_live": 3600 });
    let plan = setup.plan(&read, config.clone()).await;
    assert!(plan.requires_replace.is_empty(), "{:?}", plan.requires_replace);
    let updated = setup.client.apply(&plan).await;
    assert_eq!(updated.value["seconds_to_live"], 3600);
    let read = setup.assert_unchanged(&updated, config).await;
    let shorter = json!({ "name_prefix": "ci-", "role": "Viewer", "seconds_to_live": 60 });
    assert_eq!(setup.plan(&read, shorter).await.requires_replace, ["seconds_to_live"]);
    let other = json!({ "name_prefix": "cd-", "role": "Viewer", "seconds_to_live": 3600 });
    assert_eq!(setup.plan(&read, other).await.requires_replace, ["name_prefix"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_that_name_no_key_are_told() {
    let setup = Setup::new(Generation::V9_4).await;
    for text in [
        "",
        " ",
        "one",
        ":",
        "::",
        "1:",
        ":1",
        "1:2:3",
        "-1:2",
        "1:-2",
        "0",
        "1:0",
        "1:1.0",
        "1:1e3",
        "1:0x1",
        "1,2",
        "1/2",
        "1 2",
        " 1:2",
        "1: 2",
        "1:2 ",
        "01:2",
        "+1:2",
        "1:2\n",
        "1:2\0",
        "\u{661}:\u{662}",
        "1:a",
        "a:1",
        "null",
        "1:null",
        "1:../2",
        "1:%32",
        "1:2;drop",
        "9223372036854775808",
        "9223372036854775808:1",
        "1:9223372036854775808",
        "99999999999999999999999:1",
        "https://host/1:2",
    ] {
        let imported = setup.client.import(TYPE, text).await;
        assert!(only_error(&imported.diagnostics).detail.contains("ORG:ID"), "{text}");
    }
    for text in ["1:999", "999", "1:9223372036854775807"] {
        let imported = setup.client.import(TYPE, text).await;
        assert!(setup.refresh(&imported).await.value.is_null(), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_s_id_imports_nothing_where_keys_are_its_tokens() {
    let setup = Setup::new(Generation::V12_1).await;
    let account = setup.grafana.create_service_account(1, "a", Role::Viewer).expect("new");
    setup.grafana.create_token(1, account.id, "a", None).expect("new");
    let imported = setup.client.import(TYPE, "1:777").await;
    let read = setup.client.read(TYPE, &imported).await;
    let error = only_error(&read.diagnostics);
    assert!(error.detail.contains("not of its account"), "{error:?}");
}
