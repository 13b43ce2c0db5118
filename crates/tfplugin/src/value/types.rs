//! Terraform's type constraints.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

/// A Terraform type, as it stands in schemas and beside dynamic values.
///
/// ```
/// use tfplugin::Type;
/// use tfplugin::testing::json;
///
/// let ty = Type::Map(Box::new(Type::String));
/// assert_eq!(ty.to_json(), json!(["map", "string"]));
/// assert_eq!(Type::from_json(&ty.to_json()), Ok(ty));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// `string`.
    String,
    /// `number`.
    Number,
    /// `bool`.
    Bool,
    /// Any type; each value brings its own.
    Dynamic,
    /// `list(element)`.
    List(Box<Type>),
    /// `set(element)`.
    Set(Box<Type>),
    /// `map(element)`.
    Map(Box<Type>),
    /// `tuple([…])`.
    Tuple(Vec<Type>),
    /// `object({…})`, with the names of attributes that may be left out.
    Object(BTreeMap<String, Type>, BTreeSet<String>),
}

/// Bytes that are no JSON type constraint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a Terraform type constraint")]
pub struct NotAType;

impl Type {
    /// An object type all of whose attributes are always there.
    pub fn object(attributes: impl IntoIterator<Item = (String, Type)>) -> Type {
        Type::Object(attributes.into_iter().collect(), BTreeSet::new())
    }

    /// The JSON notation of the protocol, such as `["list","string"]`.
    pub fn to_json(&self) -> Json {
        match self {
            Type::String => json!("string"),
            Type::Number => json!("number"),
            Type::Bool => json!("bool"),
            Type::Dynamic => json!("dynamic"),
            Type::List(element) => json!(["list", element.to_json()]),
            Type::Set(element) => json!(["set", element.to_json()]),
            Type::Map(element) => json!(["map", element.to_json()]),
            Type::Tuple(elements) => {
                json!(["tuple", elements.iter().map(Type::to_json).collect::<Vec<_>>()])
            }
            Type::Object(attributes, optional) => {
                let attributes: serde_json::Map<String, Json> =
                    attributes.iter().map(|(name, ty)| (name.clone(), ty.to_json())).collect();
                if optional.is_empty() {
                    json!(["object", attributes])
                } else {
                    json!(["object", attributes, optional])
                }
            }
        }
    }

    /// Reads the JSON notation of the protocol.
    pub fn from_json(json: &Json) -> Result<Type, NotAType> {
        match json {
            Json::String(name) => Self::primitive(name),
            Json::Array(parts) => Self::constructed(parts),
            _ => Err(NotAType),
        }
    }

    fn primitive(name: &str) -> Result<Type, NotAType> {
        match name {
            "string" => Ok(Type::String),
            "number" => Ok(Type::Number),
            "bool" => Ok(Type::Bool),
            "dynamic" => Ok(Type::Dynamic),
            _ => Err(NotAType),
        }
    }

    fn constructed(parts: &[Json]) -> Result<Type, NotAType> {
        let element = || parts.get(1).ok_or(NotAType).and_then(Type::from_json);
        match parts.first().and_then(Json::as_str) {
            Some("list") => Ok(Type::List(Box::new(element()?))),
            Some("set") => Ok(Type::Set(Box::new(element()?))),
            Some("map") => Ok(Type::Map(Box::new(element()?))),
            Some("tuple") => {
                let elements = parts.get(1).and_then(Json::as_array).ok_or(NotAType)?;
                elements.iter().map(Type::from_json).collect::<Result<_, _>>().map(Type::Tuple)
            }
            Some("object") => Self::object_from_json(parts),
            _ => Err(NotAType),
        }
    }

    fn object_from_json(parts: &[Json]) -> Result<Type, NotAType> {
        let attributes = parts.get(1).and_then(Json::as_object).ok_or(NotAType)?;
        let attributes = attributes
            .iter()
            .map(|(name, ty)| Ok((name.clone(), Type::from_json(ty)?)))
            .collect::<Result<_, _>>()?;
        let optional = match parts.get(2) {
            None => BTreeSet::new(),
            Some(names) => names
                .as_array()
                .ok_or(NotAType)?
                .iter()
                .map(|name| name.as_str().map(str::to_owned).ok_or(NotAType))
                .collect::<Result<_, _>>()?,
        };
        Ok(Type::Object(attributes, optional))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_survives_its_json() {
        let inner = Type::object([
            ("a".to_owned(), Type::List(Box::new(Type::String))),
            ("b".to_owned(), Type::Tuple(vec![Type::Bool, Type::Dynamic])),
        ]);
        let ty = Type::Map(Box::new(Type::Set(Box::new(inner))));
        assert_eq!(Type::from_json(&ty.to_json()), Ok(ty));
    }

    #[test]
    fn other_json_is_refused() {
        for json in [json!(1), json!("text"), json!([]), json!(["list"]), json!(["object", 1])] {
            assert_eq!(Type::from_json(&json), Err(NotAType));
        }
    }
}
