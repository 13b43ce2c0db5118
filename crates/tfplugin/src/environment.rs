//! Environment variables that stand in for attributes of the provider's configuration.

use std::collections::BTreeMap;
use std::ffi::OsString;

use serde_json::Value as Json;

use crate::codec;
use crate::diagnostic::Diagnostic;
use crate::diagnostics;
use crate::path::{AttributePath, Step};
use crate::proto::tfplugin6 as wire;
use crate::schema::{Attribute, Block, Environment, Group, Relations};
use crate::value::{AnyValue, Number, Type};

/// A configuration, completed from the environment.
pub(crate) struct Completed {
    pub(crate) config: AnyValue,
    /// The variables whose values cannot be those of their attributes.
    pub(crate) errors: Vec<Diagnostic>,
    variables: Variables,
}

impl Completed {
    /// Completes `config`, an object of `block`, by what `lookup` finds.
    pub(crate) fn new(
        block: &Block,
        config: AnyValue,
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Self {
        let mut completed = config.clone();
        let (mut errors, mut variables) = (Vec::new(), BTreeMap::new());
        for attribute in &block.attributes {
            let Some(Environment { variable, unless }) = &attribute.environment else { continue };
            let others = conflicting(block, attribute);
            let mut others = others.iter().chain(unless);
            if !config.get(&attribute.name).is_null()
                || others.any(|other| !config.get(other).is_null())
            {
                continue;
            }
            // An empty variable counts as absent.
            let Some(found) = lookup(variable).filter(|found| !found.is_empty()) else { continue };
            match read(&found, &attribute.kind.ty()) {
                Ok(value) => {
                    completed.set(&attribute.name, value);
                    variables.insert(attribute.name.clone(), *variable);
                }
                Err(expected) => {
                    errors.push(diagnostics::invalid_variable(&attribute.name, variable, expected))
                }
            }
        }
        Completed { config: completed, errors, variables }
    }

    /// Takes out the variables that something is said of; what is said of anything else is left in `found`.
    pub(crate) fn take_out(&mut self, found: &mut Vec<Diagnostic>) -> Vec<Diagnostic> {
        let mut said = std::mem::take(&mut self.errors);
        found.retain(|found| !said.contains(found));
        for found in found.extract_if(.., |found| self.variable(&found.path).is_some()) {
            said.push(self.naming_variable(&found));
        }
        for found in &said {
            if let Some(Step::Attribute(name)) = found.path.steps().first() {
                self.config.set(name, AnyValue::Null);
                self.variables.remove(name);
            }
        }
        said
    }

    /// The variable that the value at a path comes from.
    pub(crate) fn variable(&self, path: &AttributePath) -> Option<&'static str> {
        match path.steps().first() {
            Some(Step::Attribute(name)) => self.variables.get(name).copied(),
            _ => None,
        }
    }

    /// What is said of a value that comes from a variable names that.
    pub(crate) fn naming_variable(&self, found: &Diagnostic) -> Diagnostic {
        naming(&self.variables, found).unwrap_or_else(|| found.clone())
    }

    /// Diagnostics of this configuration as the protocol has them.
    pub(crate) fn to_wire(&self, found: &[Diagnostic]) -> Vec<wire::Diagnostic> {
        found.iter().map(|found| self.naming_variable(found).to_wire()).collect()
    }

    pub(crate) fn variables(&self) -> Variables {
        self.variables.clone()
    }
}

/// By the names of attributes, the variables that their values come from.
pub(crate) type Variables = BTreeMap<String, &'static str>;

/// What is said of a value, with the variable that it comes from; `None` if it comes from none.
pub(crate) fn naming(variables: &Variables, found: &Diagnostic) -> Option<Diagnostic> {
    let Some(Step::Attribute(name)) = found.path.steps().first() else { return None };
    let variable = variables.get(name)?;
    let detail = format!(
        "{}\n\nThe value comes from the environment variable {variable}, since `{name}` is not set.",
        found.detail
    );
    Some(Diagnostic { detail, ..found.clone() })
}

/// The attributes that cannot be set together with `attribute`.
fn conflicting<'a>(block: &'a Block, attribute: &Attribute) -> Vec<&'a str> {
    let excluded = |other: &&Attribute| {
        other.name != attribute.name
            && (excludes(other, &attribute.name) || excludes(attribute, &other.name))
    };
    block.attributes.iter().filter(excluded).map(|other| other.name.as_str()).collect()
}

fn excludes(attribute: &Attribute, name: &str) -> bool {
    let is_alone = |group: &Group| group.only_one && group.names.contains(&name);
    let Relations { conflicts_with, groups, .. } = &attribute.relations;
    conflicts_with.contains(&name) || groups.iter().any(is_alone)
}

/// Reads a variable; the error is what is expected.
fn read(found: &OsString, ty: &Type) -> Result<AnyValue, &'static str> {
    let text = found.to_str().ok_or("valid Unicode")?;
    match ty {
        Type::List(element) | Type::Set(element) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            let items = parts.map(|part| scalar(part, element)).collect::<Result<_, _>>();
            items.map(AnyValue::Sequence).map(|value| value.normalized(ty))
        }
        Type::Map(_) | Type::Object(..) => {
            let expected = "a JSON object such as `{\"name\": \"value\"}`";
            let json: Json = serde_json::from_str(text).map_err(|_| expected)?;
            let value = codec::from_json(&json, ty).map_err(|_| expected)?;
            if json.is_object() { Ok(value) } else { Err(expected) }
        }
        other => scalar(text, other),
    }
}

fn scalar(text: &str, ty: &Type) -> Result<AnyValue, &'static str> {
    match ty {
        Type::Bool => match text.trim().to_ascii_lowercase().as_str() {
            "1" | "t" | "true" => Ok(AnyValue::Bool(true)),
            "0" | "f" | "false" => Ok(AnyValue::Bool(false)),
            _ => Err("`true` or `false`"),
        },
        Type::Number => text.trim().parse::<Number>().map(AnyValue::Number).map_err(|_| "a number"),
        _ => Ok(text.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_as(text: &str, ty: &Type) -> Result<AnyValue, &'static str> {
        read(&text.into(), ty)
    }

    #[test]
    fn every_type_has_its_form() {
        let texts =
            |texts: &[&str]| AnyValue::Sequence(texts.iter().map(|&it| it.into()).collect());
        let list = Type::List(Box::new(Type::String));
        assert_eq!(read_as("b, a,", &list), Ok(texts(&["b", "a"])));
        assert_eq!(read_as("b, a", &Type::Set(Box::new(Type::String))), Ok(texts(&["a", "b"])));
        for (text, value) in [("1", true), ("T", true), ("true", true), ("0", false), ("F", false)]
        {
            assert_eq!(read_as(text, &Type::Bool), Ok(AnyValue::Bool(value)), "{text}");
        }
        assert_eq!(read_as("7", &Type::Number), Ok(AnyValue::Number(7.into())));
        let map = Type::Map(Box::new(Type::String));
        let one = AnyValue::Mapping([("a".to_owned(), "b".into())].into());
        assert_eq!(read_as(r#"{"a": "b"}"#, &map), Ok(one));
        for (text, ty) in [("yes", &Type::Bool), ("many", &Type::Number), ("[]", &map), ("1", &map)]
        {
            assert!(read_as(text, ty).is_err(), "{text}");
        }
    }
}
