//! The `timeouts` block that resources offer.

use std::time::Duration;

use jiff::SignedDuration;
use serde_json::Value as Json;

use crate::diagnostic::Diagnostic;
use crate::diagnostics;
use crate::path::AttributePath;
use crate::schema::{
    Attribute, AttributeKind, Block, Mode, NestedBlock, Nesting, Relations, Validator,
};
use crate::value::{AnyValue, Type};

/// The block's name.
pub(crate) const BLOCK: &str = "timeouts";

/// Reads a duration as Go and Terraform write it: `10m`, `1h30m`, `45s`, `1.5h`.
///
/// # Errors
/// When it is no duration, or not longer than zero; the text says what is expected.
///
/// ```
/// use std::time::Duration;
/// use tfplugin::parse_duration;
///
/// assert_eq!(parse_duration("1h30m"), Ok(Duration::from_secs(5400)));
/// assert!(parse_duration("soon").unwrap_err().contains("Expected a duration"));
/// ```
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let expected =
        || format!("Expected a duration such as \"30s\", \"10m\" or \"1h30m\", but got {text:?}.");
    let duration: SignedDuration = text.parse().map_err(|_| expected())?;
    let duration = Duration::try_from(duration).map_err(|_| expected())?;
    if duration.is_zero() { Err(expected()) } else { Ok(duration) }
}

/// The block for the given operations and their defaults.
pub(crate) fn block(operations: &[(&str, &str)]) -> NestedBlock {
    let attributes = operations.iter().map(|(operation, default)| attribute(operation, default));
    NestedBlock {
        name: BLOCK.to_owned(),
        nesting: Nesting::Single,
        least: 0,
        most: None,
        replace: false,
        relations: Relations::default(),
        block: Block {
            description: "How long operations may take.".to_owned(),
            attributes: attributes.collect(),
            ..Block::default()
        },
    }
}

fn attribute(operation: &str, default: &str) -> Attribute {
    let description = format!(
        "How long {operation} may take, as a duration such as `30s`, `10m` or `1h30m`. Default: `{default}`."
    );
    let kind = AttributeKind::Plain(Type::String);
    let plain = Attribute::new(operation, &description, kind, Mode::Optional);
    let rule = Validator::custom::<String, _>(parse_duration);
    Attribute { validators: vec![rule], ..plain }
}

/// The block as it stands in a stored state, wrapped in an object; null where there is none that can be read.
pub(crate) fn stored(state: &Json, operations: &[(&str, &str)]) -> AnyValue {
    let attribute = |(operation, _): &(&str, &str)| {
        let text = state[BLOCK][operation].as_str();
        ((*operation).to_owned(), text.map_or(AnyValue::Null, AnyValue::from))
    };
    if !state[BLOCK].is_object() {
        return AnyValue::Null;
    }
    let block = AnyValue::Mapping(operations.iter().map(attribute).collect());
    AnyValue::Mapping([(BLOCK.to_owned(), block)].into())
}

/// The time an operation may take, from the block in `value`, else the default.
pub(crate) fn of(
    value: &AnyValue,
    operation: &str,
    defaults: &[(&str, &str)],
) -> Result<Duration, Diagnostic> {
    let default = defaults.iter().find(|(name, _)| *name == operation);
    let default = default.map_or("20m", |(_, default)| default);
    let text = value.get(BLOCK).get(operation).as_str().unwrap_or(default);
    parse_duration(text).map_err(|why| {
        let path = AttributePath::of(BLOCK).attribute(operation);
        diagnostics::invalid_timeout(why, path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn go_durations_are_read() {
        let seconds = |text| parse_duration(text).map(|d| d.as_secs_f64());
        assert_eq!(seconds("10m"), Ok(600.0));
        assert_eq!(seconds("1h30m"), Ok(5400.0));
        assert_eq!(seconds("1.5h"), Ok(5400.0));
        assert_eq!(seconds("250ms"), Ok(0.25));
    }

    #[test]
    fn a_stored_block_keeps_what_is_still_offered() {
        let state = serde_json::json!({ "timeouts": { "create": "5m", "gone": "1m" } });
        let kept = stored(&state, &[("create", "20m"), ("delete", "20m")]);
        assert_eq!(kept.get(BLOCK).get("create").as_str(), Some("5m"));
        assert!(kept.get(BLOCK).get("delete").is_null());
        assert!(kept.get(BLOCK).get("gone").is_null());
        assert!(stored(&Json::Null, &[("create", "20m")]).is_null());
    }

    #[test]
    fn what_is_no_duration_is_told() {
        for text in ["", "ten minutes", "-5m", "0s", "10"] {
            assert!(parse_duration(text).unwrap_err().contains("10m"), "{text}");
        }
    }
}
