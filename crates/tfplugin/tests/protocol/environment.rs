//! The provider's configuration, completed from the environment and checked by its rules.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use tfplugin::testing::{configuration, unknown};
use tfplugin::{Diagnostic, Object, Schema, Secret, Value};

/// A configuration.
#[derive(Debug, Schema)]
#[provider]
struct Config {
    /// Where.
    #[attr(optional, env = "TEST_URL", exactly_one_of(workspace))]
    url: Value<String>,
    /// Where else.
    #[attr(optional)]
    workspace: Value<String>,
    /// Who.
    #[attr(optional, sensitive, env = "TEST_KEY", conflicts(user), validate = is_key)]
    key: Value<Secret>,
    /// Who else.
    #[attr(optional, requires(password))]
    user: Value<String>,
    /// With what.
    #[attr(optional, sensitive)]
    password: Value<Secret>,
    /// Of which organization.
    #[attr(optional, range(0..), env = "TEST_ORG", env_unless(workspace))]
    org: Value<i64>,
    /// How carefully.
    #[attr(optional, env = "TEST_CARELESS")]
    careless: Value<bool>,
    /// With what in front.
    #[attr(optional, sensitive, env = "TEST_HEADERS")]
    headers: Value<BTreeMap<String, Secret>>,
    /// After what.
    #[attr(optional, env = "TEST_CODES", length(1..=2))]
    codes: Value<BTreeSet<String>>,
    /// At which hours.
    #[attr(optional, at_least_one_of(day))]
    hour: Value<i64>,
    /// On which days.
    #[attr(optional)]
    day: Value<i64>,
    /// What for.
    #[block(length(1..=2))]
    purpose: Value<Vec<Purpose>>,
    /// What is meant.
    #[block]
    meaning: Value<Purpose>,
}

/// A purpose.
#[derive(Debug, Object)]
struct Purpose {
    /// Its name.
    #[attr(required)]
    name: Value<String>,
}

fn is_key(key: &str) -> Result<(), &'static str> {
    if key.starts_with("key-") { Ok(()) } else { Err("Expected a key, which begins with `key-`.") }
}

fn config(changes: Json) -> Json {
    let mut config = json!({ "hour": 1, "purpose": [{ "name": "p" }] });
    config.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    config
}

fn read(changes: Json, environment: &[(&str, &str)]) -> Result<Config, Vec<Diagnostic>> {
    configuration(&config(changes), environment)
}

/// Where and what is said of a configuration.
fn said(changes: Json, environment: &[(&str, &str)]) -> Vec<String> {
    let found = read(changes, environment).unwrap_err();
    found.iter().map(|found| format!("{}: {}", found.path, found.detail)).collect()
}

#[test]
fn variables_stand_in_for_what_is_not_set() {
    let environment = [
        ("TEST_URL", "http://there"),
        ("TEST_KEY", "key-1"),
        ("TEST_ORG", "7"),
        ("TEST_CARELESS", "T"),
        ("TEST_HEADERS", r#"{"X-Team": "platform"}"#),
        ("TEST_CODES", "429, 5xx"),
    ];
    let config = read(json!({}), &environment).unwrap();
    assert_eq!(config.url, "http://there".into());
    assert_eq!(config.key.known().unwrap().expose(), "key-1");
    assert_eq!((config.org, config.careless), (7.into(), true.into()));
    assert_eq!(config.headers.known().unwrap()["X-Team"].expose(), "platform");
    assert!(config.codes.known().unwrap().contains("5xx"));
    let config = read(json!({ "url": "http://here", "org": unknown() }), &environment).unwrap();
    assert_eq!((config.url, config.org), ("http://here".into(), Value::Unknown));
}

#[test]
fn a_variable_does_not_count_beside_what_conflicts_or_when_it_is_empty() {
    let environment = [("TEST_URL", "http://there"), ("TEST_KEY", "key-1"), ("TEST_ORG", "7")];
    let elsewhere = json!({ "workspace": "w", "user": "u", "password": "p" });
    let config = read(elsewhere, &environment).unwrap();
    assert!(config.url.is_null() && config.key.is_null() && config.org.is_null());
    let config = read(json!({ "workspace": unknown() }), &environment).unwrap();
    assert!(config.url.is_null() && config.org.is_null() && config.key.is_known());
    assert!(read(json!({ "workspace": "w" }), &[("TEST_ORG", "")]).unwrap().org.is_null());
}

#[test]
fn a_wrong_variable_is_named_and_a_sensitive_one_not_quoted() {
    let wrong = |name, value| said(json!({ "workspace": "w" }), &[(name, value)]).join(", ");
    assert!(wrong("TEST_CARELESS", "yes").starts_with("careless: Expected `true` or `false` in"));
    assert!(wrong("TEST_HEADERS", "hunter2").contains("a JSON object"));
    assert!(wrong("TEST_CODES", "1,2,3").starts_with("codes: Expected a length of 1 to 2"));
    let key = wrong("TEST_KEY", "hunter2");
    assert_eq!(key, "key: Expected a key, which begins with `key-`.");
    let org = said(json!({ "url": "u" }), &[("TEST_ORG", "1.5")]).join(", ");
    assert!(org.contains("whole number"), "{org}");
    let all = [wrong("TEST_HEADERS", "hunter2"), key].concat();
    assert!(!all.contains("hunter"), "{all}");
}

#[test]
fn attributes_that_belong_together_are_told_at_them() {
    let both = said(json!({ "url": "u", "workspace": "w" }), &[]);
    assert_eq!(
        both,
        ["workspace: url and workspace cannot be set together: set one of url, workspace."]
    );
    assert_eq!(said(json!({}), &[]), ["url: Set one of url, workspace."]);
    let neither = said(json!({ "url": "u", "hour": null }), &[]);
    assert_eq!(neither, ["hour: Set at least one of hour, day."]);
    let alone = said(json!({ "url": "u", "user": "u" }), &[]);
    assert_eq!(alone, ["user: user needs password, which is not set: set both, or neither."]);
}

#[test]
fn what_is_not_known_yet_breaks_no_rule() {
    for changes in [
        json!({ "url": unknown() }),
        json!({ "url": unknown(), "workspace": unknown() }),
        json!({ "url": "u", "workspace": unknown() }),
        json!({ "url": "u", "user": "u", "password": unknown() }),
        json!({ "url": "u", "user": unknown() }),
        json!({ "url": "u", "hour": null, "day": unknown() }),
        json!({ "url": "u", "purpose": unknown() }),
    ] {
        assert!(read(changes.clone(), &[]).is_ok(), "{changes}");
    }
}

#[test]
fn blocks_are_counted() {
    let purposes = |count| json!({ "url": "u", "purpose": vec![json!({ "name": "p" }); count] });
    assert_eq!(
        said(purposes(0), &[]),
        ["purpose: Expected 1 to 2 of the block purpose, but got 0."]
    );
    assert!(read(purposes(2), &[]).is_ok());
    assert_eq!(said(purposes(3), &[]).len(), 1);
}
