use serde_json::json;

use super::draft::{Draft, config_from_state};
use super::result::differences;
use crate::codec::{from_json, to_json};
use crate::path::AttributePath;
use crate::schema::{Attribute, AttributeKind, Block, Mode, Nesting, Relations};
use crate::value::{AnyValue, Type};

fn attribute(name: &str, mode: Mode) -> Attribute {
    Attribute::new(name, "", AttributeKind::Plain(Type::String), mode)
}

fn block() -> Block {
    let nested = vec![attribute("in", Mode::Optional), attribute("made", Mode::Computed)];
    let attributes = vec![
        Attribute { replace: true, ..attribute("name", Mode::Required) },
        Attribute { default: Some("d".into()), ..attribute("level", Mode::OptionalComputed) },
        Attribute { use_state_for_unknown: true, ..attribute("id", Mode::Computed) },
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
    let draft = Draft::new(&block().members(), None, AnyValue::Null, config("n"), config("n"));
    assert_eq!(draft.planned.get("level"), &"d".into());
    assert!(draft.planned.get("id").is_unknown());
    assert!(draft.planned.get("seen").is_unknown());
    assert!(draft.planned.get("secret").is_null());
    let AnyValue::Sequence(rules) = draft.planned.get("rules") else { panic!() };
    assert!(rules[0].get("made").is_unknown());
    assert!(draft.replacements(&block().members()).is_empty());
}

#[test]
fn nothing_changes_when_nothing_changed() {
    let draft = Draft::new(&block().members(), None, prior(), proposed("n"), config("n"));
    assert!(!draft.changed);
    assert_eq!(draft.planned, prior());
}

#[test]
fn a_change_keeps_what_is_kept_and_replaces_what_must_be() {
    let draft = Draft::new(&block().members(), None, prior(), proposed("other"), config("other"));
    assert_eq!(draft.planned.get("id"), &"1".into());
    assert!(draft.planned.get("seen").is_unknown());
    let paths: Vec<_> =
        draft.replacements(&block().members()).iter().map(ToString::to_string).collect();
    assert_eq!(paths, ["name"]);
}

#[test]
fn what_terraform_would_refuse_is_found_where_it_is() {
    let mut planned = prior();
    planned.set("seen", AnyValue::Unknown);
    let found = |came: serde_json::Value, unknown: &str| {
        let mut came = value(came);
        came.set(unknown, AnyValue::Unknown);
        let mut found = Vec::new();
        differences(&planned, &came, &block().ty(), &AttributePath::default(), &mut found);
        found.into_iter().map(|(at, unknown)| (at.to_string(), unknown)).collect::<Vec<_>>()
    };
    let came = json!({ "name": "n", "level": "newer", "id": "1", "seen": "new",
                       "rules": [{ "in": "x", "made": "z" }] });
    let differing = [("level".to_owned(), false), ("rules[0].made".to_owned(), false)];
    assert_eq!(found(came.clone(), ""), differing);
    let unknown = ("seen".to_owned(), true);
    assert_eq!(found(came, "seen"), [&differing[..], &[unknown]].concat());
}

#[test]
fn what_is_set_aside_is_no_change() {
    let members = block().members();
    let draft = Draft::new(&members, Some("level"), prior(), proposed("n"), config("n"));
    assert!(!draft.changed);
    let mut changed = proposed("n");
    changed.set("level", "high".into());
    let mut config = config("n");
    config.set("level", "high".into());
    let draft = Draft::new(&members, Some("level"), prior(), changed, config);
    assert!(!draft.changed && !draft.planned.get("seen").is_unknown());
    assert_eq!(draft.planned.get("level"), &"high".into());
}

/// A schema whose only attribute is a collection of objects with all kinds of attributes.
fn collection(nesting: Nesting) -> Block {
    let inner = vec![
        Attribute { use_state_for_unknown: true, ..attribute("an_id", Mode::Computed) },
        Attribute { replace: true, ..attribute("fixed", Mode::Optional) },
        Attribute { default: Some("d".into()), ..attribute("level", Mode::OptionalComputed) },
        attribute("name", Mode::Required),
        attribute("seen", Mode::Computed),
    ];
    let kind = AttributeKind::Nested(nesting, inner);
    let rules = Attribute { kind, ..attribute("rules", Mode::Optional) };
    Block { attributes: vec![rules], ..Block::default() }
}

fn of(block: &Block, json: serde_json::Value) -> AnyValue {
    from_json(&json, &block.ty()).unwrap()
}

fn paths(draft: &Draft, block: &Block) -> Vec<String> {
    draft.replacements(&block.members()).iter().map(ToString::to_string).collect()
}

#[test]
fn elements_of_a_set_are_matched_by_what_is_configured() {
    let block = collection(Nesting::Set);
    let config = of(&block, json!({ "rules": [{ "name": "a", "level": "x" }, { "name": "b" }] }));
    // In order, `b` comes first here, and second in the configuration.
    let prior = json!({ "rules": [
        { "an_id": "2", "name": "a", "level": "x", "seen": "s" },
        { "an_id": "1", "name": "b", "level": "d", "seen": "s" },
    ] });
    let prior = of(&block, prior);
    let draft = Draft::new(&block.members(), None, prior.clone(), prior.clone(), config.clone());
    assert!(!draft.changed);

    let mut draft = Draft::new(&block.members(), None, prior.clone(), prior, config);
    draft.mark_computed(&block.members());
    let AnyValue::Sequence(rules) = draft.planned.get("rules") else { panic!() };
    for (name, id, level) in [("a", "2", "x"), ("b", "1", "d")] {
        let rule = rules.iter().find(|rule| rule.get("name") == &name.into()).unwrap();
        assert_eq!((rule.get("an_id"), rule.get("level")), (&id.into(), &level.into()));
        assert!(rule.get("seen").is_unknown());
    }
}

#[test]
fn what_a_new_element_of_a_set_keeps_is_unknown() {
    let block = collection(Nesting::Set);
    let config = of(&block, json!({ "rules": [{ "name": "a" }] }));
    let prior = of(&block, json!({ "rules": [] }));
    let draft = Draft::new(&block.members(), None, prior, config.clone(), config);
    let AnyValue::Sequence(rules) = draft.planned.get("rules") else { panic!() };
    assert!(rules[0].get("an_id").is_unknown());
    assert_eq!(rules[0].get("level"), &"d".into());
}

#[test]
fn replacement_is_required_by_nested_attributes_too() {
    let rules =
        |fixed: &str| json!([{ "name": "a", "fixed": "f" }, { "name": "b", "fixed": fixed }]);
    let cases = [
        (Nesting::List, rules("f"), rules("g"), "rules[1].fixed"),
        (Nesting::Set, rules("f"), rules("g"), "rules"),
        (
            Nesting::Map,
            json!({ "k": { "name": "a", "fixed": "f" } }),
            json!({ "k": { "name": "a", "fixed": null } }),
            r#"rules["k"].fixed"#,
        ),
        (Nesting::Single, json!(null), json!({ "name": "a", "fixed": "f" }), "rules.fixed"),
    ];
    for (nesting, before, after, expected) in cases {
        let block = collection(nesting);
        let prior = of(&block, json!({ "rules": before }));
        let config = of(&block, json!({ "rules": after }));
        let draft = Draft::new(&block.members(), None, prior, config.clone(), config);
        assert_eq!(paths(&draft, &block), [expected]);
    }
}

#[test]
fn other_nested_changes_replace_nothing() {
    for nesting in [Nesting::List, Nesting::Set] {
        let block = collection(nesting);
        let prior = of(&block, json!({ "rules": [{ "name": "a", "fixed": "f" }] }));
        let config = of(&block, json!({ "rules": [{ "name": "b", "fixed": "f" }] }));
        let draft = Draft::new(&block.members(), None, prior, config.clone(), config);
        assert!(draft.changed);
        assert!(paths(&draft, &block).is_empty());
    }
}

#[test]
fn blocks_are_planned_like_attributes() {
    let Block { attributes, .. } = collection(Nesting::List);
    let AttributeKind::Nested(nesting, inner) = attributes[0].kind.clone() else { panic!() };
    let nested = Block { attributes: inner, ..Block::default() };
    let rules = crate::schema::NestedBlock {
        name: "rules".to_owned(),
        nesting,
        least: 0,
        most: None,
        replace: false,
        relations: Relations::default(),
        block: nested,
    };
    let block = Block { blocks: vec![rules], ..Block::default() };
    let config = of(&block, json!({ "rules": [{ "name": "a" }] }));
    let draft = Draft::new(&block.members(), None, AnyValue::Null, config.clone(), config);
    let AnyValue::Sequence(rules) = draft.planned.get("rules") else { panic!() };
    assert_eq!(rules[0].get("level"), &"d".into());
    assert!(rules[0].get("seen").is_unknown());
    assert_eq!(block.with_blocks(block.empty()).get("rules"), &AnyValue::Sequence(Vec::new()));
}

#[test]
fn a_configuration_from_a_state_has_what_a_user_would_write() {
    let config = config_from_state(&block().members(), prior());
    assert_eq!(
        to_json(&config),
        json!({ "name": "n", "level": null, "id": null, "seen": null, "secret": null,
                "rules": [{ "in": "x", "made": null }] })
    );
}
