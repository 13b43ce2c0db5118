//! Mistakes in configurations, told at their attribute.

use serde_json::{Value as Json, json};
use tfplugin::testing::{State, unknown};

use crate::provider::{client, summaries, with};

const TYPE: &str = "test_everything";

/// What is said of a configuration: where, and how.
async fn said(change: Json) -> Vec<(String, String)> {
    let config = with(&json!({ "text": "t", "bell": [] }), change);
    let said = client().await.validate(TYPE, config).await;
    said.iter()
        .map(|it| (it.path().to_string(), format!("{}: {}", it.summary, it.detail)))
        .collect()
}

#[tokio::test]
async fn rules_are_checked_at_every_depth() {
    let cases = [
        (json!({ "text": "" }), "text", "Invalid text: Expected a length of 1 to 20"),
        (json!({ "whole": 11 }), "whole", "Invalid whole: Expected 1 to 10, but got 11."),
        (json!({ "half": 0.75 }), "half", "Expected at most 0.5, but got 0.75."),
        (json!({ "kind": "x" }), "kind", r#"Expected one of "soft", "hard", but got "x"."#),
        (json!({ "list": ["a", "b", "c", "d"] }), "list", "Expected a length of at most 3"),
        (json!({ "old": "a b" }), "old", "Expected no spaces."),
        (json!({ "single": { "name": "" } }), "single.name", "Expected not empty"),
        (json!({ "many": [{ "name": "a" }, { "name": "" }] }), "many[1].name", "not empty"),
        (json!({ "by_key": { "k": { "name": "" } } }), r#"by_key["k"].name"#, "not empty"),
        (json!({ "unique": [{ "name": "" }] }), "unique.name", "not empty"),
        (json!({ "bell": [{ "tone": "x" }] }), "bell[0].tone", r#"Expected one of "c", "g""#),
        (json!({ "timeouts": { "create": "soon" } }), "timeouts.create", "Expected a duration"),
    ];
    for (change, at, text) in cases {
        let said = said(change.clone()).await;
        assert_eq!(said.len(), 1, "{change}: {said:?}");
        assert_eq!(said[0].0, at);
        assert!(said[0].1.contains(text), "{}", said[0].1);
    }
}

#[tokio::test]
async fn values_that_no_field_can_hold_are_the_users_to_mend() {
    let cases = [
        (json!({ "whole": 1.5 }), "whole", "Expected a whole number"),
        (json!({ "time": "noon" }), "time", "Expected an RFC 3339 time"),
        (json!({ "list": ["a", null] }), "list[1]", "Expected a string, but got null."),
    ];
    for (change, at, text) in cases {
        let said = said(change).await;
        let found = said.iter().find(|(path, _)| path == at).unwrap_or_else(|| panic!("{said:?}"));
        assert!(found.1.contains(text) && !found.1.contains("bug in the provider"), "{found:?}");
    }
}

#[tokio::test]
async fn the_providers_own_rules_come_after() {
    assert_eq!(said(json!({ "whole": 1, "half": 0.5 })).await[0].0, "half");
    assert_eq!(said(json!({ "whole": 1, "half": unknown() })).await, []);
}

#[tokio::test]
async fn what_is_sensitive_is_not_quoted() {
    for name in ["secret"] {
        let said = said(json!({ name: "abc" })).await;
        assert_eq!(said[0].0, name);
        assert!(!said[0].1.contains("abc"), "{said:?}");
    }
}

#[tokio::test]
async fn conflicts_are_told_when_they_are_certain() {
    let both = json!({ "secret": "four", "secret_wo": "five" });
    let said_of_both = said(both).await;
    assert_eq!(said_of_both[0].0, "secret_wo");
    assert!(said_of_both[0].1.contains("secret_wo and secret cannot be set together"));
    assert_eq!(said(json!({ "secret": unknown(), "secret_wo": "five" })).await, []);
}

#[tokio::test]
async fn write_only_is_refused_where_it_is_not_known() {
    let mut client = client().await;
    client.knows_write_only = false;
    let config = json!({ "text": "t", "bell": [], "secret_wo": "five" });
    let said = client.validate(TYPE, config).await;
    assert_eq!(said[0].path().to_string(), "secret_wo");
    assert!(said[0].detail.contains("Terraform 1.11"), "{said:?}");
    assert_eq!(client.validate(TYPE, json!({ "text": "t", "bell": [] })).await, []);
}

#[tokio::test]
async fn generated_configuration_with_nulls_is_valid() {
    assert_eq!(said(json!({ "secret": null, "secret_wo": null, "timeouts": null })).await, []);
}

#[tokio::test]
async fn a_type_of_ones_own_says_what_it_expects() {
    let client = client().await;
    let grades = json!({ "name": "n", "grade": "soft", "parts": ["strong", "weak"] });
    let said = client.validate("test_safe", grades).await;
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(said[0].summary, "Invalid grade");
    assert_eq!(said[0].detail, "Expected `simple` or `strong`, but got \"soft\".");
    let said =
        client.validate("test_safe", json!({ "name": "n", "parts": ["strong", "weak"] })).await;
    assert_eq!((said.len(), said[0].summary.as_str()), (1, "Invalid parts[1]"));
    assert_eq!(said[0].detail, "Expected `simple` or `strong`, but got \"weak\".");
    let planned = client.plan("test_safe", &State::none(), json!({ "name": "n" })).await;
    assert_eq!(planned.value["grade"], "simple");
    let unread = json!({ "name": "n", "parts": ["weak"] });
    let planned = client.plan("test_safe", &State::none(), unread).await;
    assert_eq!(summaries(&planned.diagnostics), ["Invalid parts[0]"], "without validation");
}

#[tokio::test]
async fn nothing_said_of_a_sensitive_value_quotes_it() {
    let client = client().await;
    let config = json!({ "name": "n", "hidden_grade": "hunter2", "code": "hunter3" });
    let said = client.validate("test_safe", config.clone()).await;
    assert_eq!(summaries(&said), ["Invalid hidden_grade", "Invalid code"]);
    assert!(said[0].detail.contains("\"simple\", \"strong\""), "{said:?}");
    assert_eq!(said[1].detail, "Expected digits only.");
    let planned = client.plan("test_safe", &State::none(), config).await;
    assert_eq!(summaries(&planned.diagnostics), ["Invalid hidden_grade"]);
    let all = format!("{said:?}{:?}", planned.diagnostics);
    assert!(!all.contains("hunter"), "{all}");
}

#[tokio::test]
async fn what_is_not_known_as_a_whole_is_not_null() {
    let client = client().await;
    assert_eq!(client.validate(TYPE, unknown()).await, []);
    let inner =
        json!({ "text": "t", "bell": [unknown()], "single": unknown(), "many": [unknown()] });
    assert_eq!(client.validate(TYPE, inner).await, []);
}

#[tokio::test]
async fn what_is_known_only_at_apply_and_does_not_fit_is_the_users_mistake() {
    let client = client().await;
    for (name, wrong, expected) in [
        (
            "whole",
            json!(1.5),
            "Expected a whole number of at most 64 bits, but got another number.",
        ),
        ("list", json!(["a", null]), "Expected a string, but got null."),
    ] {
        let config =
            |value: Json| with(&json!({ "text": "t", "bell": [] }), json!({ name: value }));
        let planned = client.plan(TYPE, &State::none(), config(unknown())).await;
        assert_eq!(summaries(&planned.diagnostics), [""; 0]);
        let wrong = client.plan(TYPE, &State::none(), config(wrong)).await;
        let [said] = &wrong.diagnostics[..] else { panic!("{:?}", wrong.diagnostics) };
        assert!(said.path().to_string().starts_with(name), "{said:?}");
        assert_eq!(said.detail, expected);
    }
}
