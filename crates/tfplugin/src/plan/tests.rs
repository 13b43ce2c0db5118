use serde_json::json;

use super::draft::Draft;
use super::keep_planned;
use crate::codec::{from_json, to_json};
use crate::derive_support;
use crate::schema::{Attribute, AttributeKind, Block, Mode, Nesting};
use crate::value::{AnyValue, Type};

fn attribute(name: &str, mode: Mode) -> Attribute {
    derive_support::attribute(name, "", AttributeKind::Plain(Type::String), mode)
}

fn block() -> Block {
    let nested = vec![attribute("in", Mode::Optional), attribute("made", Mode::Computed)];
    let attributes = vec![
        Attribute { replace: true, ..attribute("name", Mode::Required) },
        Attribute { default: Some("d".into()), ..attribute("level", Mode::OptionalComputed) },
        Attribute { keep: true, ..attribute("id", Mode::Computed) },
        attribute("seen", Mode::Computed),
        Attribute { write_only: true, ..attribute("secret", Mode::Optional) },
        Attribute {
            kind: AttributeKind::Nested(Nesting::List, nested),
            ..attribute("rules", Mode::Optional)
        },
    ];
    Block { attributes, ..Block::default() }
}

fn value(json: serde_json::Value) -> AnyValue {
    from_json(&json, &block().ty()).unwrap()
}

fn prior() -> AnyValue {
    value(json!({ "name": "n", "level": "d", "id": "1", "seen": "s",
                  "rules": [{ "in": "x", "made": "y" }] }))
}

fn config(name: &str) -> AnyValue {
    value(json!({ "name": name, "secret": "hush", "rules": [{ "in": "x" }] }))
}

/// What Terraform proposes: the configuration, with computed attributes as they were.
fn proposed(name: &str) -> AnyValue {
    let mut proposed = prior();
    proposed.set("name", name.into());
    proposed.set("secret", "hush".into());
    proposed
}

#[test]
fn a_create_has_defaults_and_unknowns() {
    let draft = Draft::new(&block(), AnyValue::Null, config("n"), config("n"));
    assert_eq!(draft.planned.get("level"), &"d".into());
    assert!(draft.planned.get("id").is_unknown());
    assert!(draft.planned.get("seen").is_unknown());
    assert!(draft.planned.get("secret").is_null());
    let AnyValue::Sequence(rules) = draft.planned.get("rules") else { panic!() };
    assert!(rules[0].get("made").is_unknown());
    assert!(draft.replacements(&block()).is_empty());
}

#[test]
fn nothing_changes_when_nothing_changed() {
    let draft = Draft::new(&block(), prior(), proposed("n"), config("n"));
    assert!(!draft.changed);
    assert_eq!(draft.planned, prior());
}

#[test]
fn a_change_keeps_what_is_kept_and_replaces_what_must_be() {
    let draft = Draft::new(&block(), prior(), proposed("other"), config("other"));
    assert_eq!(draft.planned.get("id"), &"1".into());
    assert!(draft.planned.get("seen").is_unknown());
    let paths: Vec<_> = draft.replacements(&block()).iter().map(ToString::to_string).collect();
    assert_eq!(paths, ["name"]);
}

#[test]
fn an_apply_says_what_was_planned() {
    let mut planned = prior();
    planned.set("seen", AnyValue::Unknown);
    let came = value(json!({ "name": "n", "level": "newer", "id": "2", "seen": "new",
                             "rules": [{ "in": "x", "made": "z" }] }));
    let state = keep_planned(&planned, came, &block().ty());
    assert_eq!(
        to_json(&state),
        json!({ "name": "n", "level": "d", "id": "1", "seen": "new", "secret": null,
                "rules": [{ "in": "x", "made": "y" }] })
    );
}
