//! Values as JSON: stored state, and what tests and examples write by hand.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{CodecError, size};
use crate::value::{AnyValue, Number, Type};

pub(super) fn decode(bytes: &[u8], ty: &Type) -> Result<AnyValue, CodecError> {
    from_json(&parse(bytes)?, ty)
}

/// Reads JSON of a size that is bounded in memory too.
///
/// # Errors
/// When the bytes are not JSON, or hold more than that.
pub(crate) fn parse(bytes: &[u8]) -> Result<Json, CodecError> {
    size::check_json(bytes)?;
    serde_json::from_slice(bytes).map_err(|_| CodecError::Json)
}

/// Reads a JSON value of the given type, as Terraform stores it.
///
/// # Errors
/// When it has another type.
pub(crate) fn from_json(json: &Json, ty: &Type) -> Result<AnyValue, CodecError> {
    if json.is_null() {
        return Ok(AnyValue::Null);
    }
    match ty {
        Type::String => string(json),
        Type::Number => number(json),
        Type::Bool => boolean(json),
        Type::Dynamic => dynamic(json),
        Type::List(element) => sequence(json, element),
        Type::Set(element) => Ok(sequence(json, element)?.normalized(ty)),
        Type::Tuple(elements) => tuple(json, elements),
        Type::Map(element) => map(json, element),
        Type::Object(attributes, _) => object(json, attributes),
    }
}

fn string(json: &Json) -> Result<AnyValue, CodecError> {
    match json {
        Json::String(text) => Ok(AnyValue::String(text.clone())),
        Json::Number(number) => Ok(AnyValue::String(number.to_string())),
        Json::Bool(value) => Ok(AnyValue::String(value.to_string())),
        _ => Err(CodecError::mismatch("a string")),
    }
}

fn number(json: &Json) -> Result<AnyValue, CodecError> {
    let text = match json {
        Json::Number(number) => number.to_string(),
        Json::String(text) => text.clone(),
        _ => return Err(CodecError::mismatch("a number")),
    };
    let number = text.parse::<Number>();
    number.map(AnyValue::Number).map_err(|_| CodecError::mismatch("a number"))
}

fn boolean(json: &Json) -> Result<AnyValue, CodecError> {
    match json {
        Json::Bool(value) => Ok(AnyValue::Bool(*value)),
        Json::String(text) if text == "true" => Ok(AnyValue::Bool(true)),
        Json::String(text) if text == "false" => Ok(AnyValue::Bool(false)),
        _ => Err(CodecError::mismatch("a bool")),
    }
}

fn dynamic(json: &Json) -> Result<AnyValue, CodecError> {
    let typed = json.as_object().and_then(|o| Some((o.get("type")?, o.get("value")?)));
    let (ty, value) = typed.ok_or(CodecError::mismatch("a value with its type"))?;
    let ty = Type::from_json(ty).map_err(|_| CodecError::mismatch("a type"))?;
    let value = from_json(value, &ty)?;
    Ok(AnyValue::Dynamic(Box::new((ty, value))))
}

fn items(json: &Json) -> Result<&Vec<Json>, CodecError> {
    json.as_array().ok_or(CodecError::mismatch("a list"))
}

fn sequence(json: &Json, element: &Type) -> Result<AnyValue, CodecError> {
    let read = |(index, item)| {
        from_json(item, element).map_err(|error| error.within(&usize::to_string(&index)))
    };
    let items = items(json)?.iter().enumerate().map(read);
    items.collect::<Result<_, _>>().map(AnyValue::Sequence)
}

fn tuple(json: &Json, elements: &[Type]) -> Result<AnyValue, CodecError> {
    let items = items(json)?;
    if items.len() != elements.len() {
        return Err(CodecError::mismatch("a tuple of another length"));
    }
    let items = items.iter().zip(elements).map(|(item, ty)| from_json(item, ty));
    items.collect::<Result<_, _>>().map(AnyValue::Sequence)
}

fn map(json: &Json, element: &Type) -> Result<AnyValue, CodecError> {
    let entries = json.as_object().ok_or(CodecError::mismatch("a map"))?;
    let read = |(key, item): (&String, &Json)| match from_json(item, element) {
        Ok(value) => Ok((key.clone(), value)),
        Err(error) => Err(error.within(key)),
    };
    entries.iter().map(read).collect::<Result<_, _>>().map(AnyValue::Mapping)
}

fn object(json: &Json, attributes: &BTreeMap<String, Type>) -> Result<AnyValue, CodecError> {
    let entries = json.as_object().ok_or(CodecError::mismatch("an object"))?;
    let read = |(name, ty): (&String, &Type)| {
        let value = entries.get(name).unwrap_or(&Json::Null);
        match from_json(value, ty) {
            Ok(value) => Ok((name.clone(), value)),
            Err(error) => Err(error.within(name)),
        }
    };
    attributes.iter().map(read).collect::<Result<_, _>>().map(AnyValue::Mapping)
}

#[cfg(any(test, feature = "testing"))]
/// The value as plain JSON; unknown parts become null, dynamic values carry their type.
pub(crate) fn to_json(value: &AnyValue) -> Json {
    match value {
        AnyValue::Unknown | AnyValue::Null => Json::Null,
        AnyValue::Bool(value) => Json::Bool(*value),
        AnyValue::String(text) => Json::String(text.clone()),
        AnyValue::Number(number) => serde_json::from_str(&number.to_string()).unwrap_or(Json::Null),
        AnyValue::Sequence(items) => items.iter().map(to_json).collect(),
        AnyValue::Mapping(items) => {
            items.iter().map(|(name, value)| (name.clone(), to_json(value))).collect()
        }
        AnyValue::Dynamic(typed) => {
            serde_json::json!({ "type": typed.0.to_json(), "value": to_json(&typed.1) })
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn passes_over_attributes_of_a_former_schema() {
        let ty = Type::object([("a".to_owned(), Type::String), ("b".to_owned(), Type::Bool)]);
        let value = from_json(&json!({ "a": "x", "gone": 1 }), &ty).unwrap();
        assert_eq!(to_json(&value), json!({ "a": "x", "b": null }));
    }

    #[test]
    fn keeps_large_numbers() {
        let json: Json = serde_json::from_str("123456789012345678901234567890.5").unwrap();
        let value = from_json(&json, &Type::Number).unwrap();
        assert_eq!(to_json(&value), json);
    }

    #[test]
    fn an_error_names_the_place() {
        let ty = Type::object([("a".to_owned(), Type::List(Box::new(Type::Bool)))]);
        let error = from_json(&json!({ "a": [true, 7] }), &ty).unwrap_err();
        assert_eq!(error.to_string(), "a bool expected at a.1");
    }
}
