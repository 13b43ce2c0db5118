//! Domains: the rule for them, and the function that joins them.

use tfplugin::{Function, FunctionError, Parameters};

/// What a domain must be: labels of letters, digits, `-` and `_`, between dots.
pub fn domain(text: &str) -> Result<(), String> {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_label = |label: &str| matches!(label.len(), 1..=63) && label.chars().all(is_inner);
    match text.split('.').all(is_label) && text.len() <= 253 {
        true => Ok(()),
        false => Err(format!("Expected a domain such as \"www.example.com\", but got {text:?}.")),
    }
}

/// The whole name of something in a zone.
///
/// `provider::zones::absolute_name("www", "example.com")` is `www.example.com`; the name `@` is the zone itself.
#[derive(Parameters)]
#[function("absolute_name")]
pub struct AbsoluteNameOf {
    /// The name in the zone, or `@`.
    name: String,
    /// The zone's domain.
    zone: String,
}

/// The function `absolute_name`.
pub struct AbsoluteName;

impl Function for AbsoluteName {
    type Parameters = AbsoluteNameOf;
    type Return = String;

    fn call(&self, AbsoluteNameOf { name, zone }: AbsoluteNameOf) -> Result<String, FunctionError> {
        domain(&zone).map_err(|why| FunctionError::in_argument(1, why))?;
        if name == "@" {
            return Ok(zone);
        }
        domain(&name).map_err(|why| FunctionError::in_argument(0, why))?;
        Ok(format!("{name}.{zone}"))
    }
}
