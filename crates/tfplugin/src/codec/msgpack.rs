//! Values as MessagePack: what Terraform and providers send each other.

use std::collections::BTreeMap;

use rmpv::{Value as Pack, ValueRef as PackRef};

use super::{CodecError, parse_json, size};
use crate::value::{AnyValue, Number, Type};

/// MessagePack extension types of an unknown value, without and with refinements.
const UNKNOWN: i8 = 0;
const UNKNOWN_REFINED: i8 = 12;

const MAX_DEPTH: usize = 128;

pub(super) fn decode(bytes: &[u8], ty: &Type) -> Result<AnyValue, CodecError> {
    size::check_msgpack(bytes)?;
    let mut rest = bytes;
    let pack = rmpv::decode::read_value_ref_with_max_depth(&mut rest, MAX_DEPTH)
        .map_err(|_| CodecError::MessagePack)?;
    from_pack(pack, ty)
}

fn from_pack(pack: PackRef<'_>, ty: &Type) -> Result<AnyValue, CodecError> {
    match (pack, ty) {
        (PackRef::Nil, _) => Ok(AnyValue::Null),
        (PackRef::Ext(UNKNOWN | UNKNOWN_REFINED, _), _) => Ok(AnyValue::Unknown),
        (PackRef::String(text), Type::String) => {
            let text = text.into_string().ok_or(CodecError::mismatch("UTF-8 text"))?;
            Ok(AnyValue::String(text))
        }
        (pack, Type::Number) => number(&pack),
        (PackRef::Boolean(value), Type::Bool) => Ok(AnyValue::Bool(value)),
        (PackRef::Array(items), Type::List(element)) => sequence(items, element),
        (PackRef::Array(items), Type::Set(element)) => Ok(sequence(items, element)?.normalized(ty)),
        (PackRef::Array(items), Type::Tuple(elements)) => tuple(items, elements),
        (PackRef::Map(entries), Type::Map(element)) => map(entries, element),
        (PackRef::Map(entries), Type::Object(attributes, _)) => object(entries, attributes),
        (PackRef::Array(items), Type::Dynamic) => dynamic(items),
        (_, ty) => Err(CodecError::mismatch(expected(ty))),
    }
}

fn expected(ty: &Type) -> &'static str {
    match ty {
        Type::String => "a string",
        Type::Number => "a number",
        Type::Bool => "a bool",
        Type::Dynamic => "a value with its type",
        Type::List(_) | Type::Set(_) | Type::Tuple(_) => "a list",
        Type::Map(_) => "a map",
        Type::Object(..) => "an object",
    }
}

fn number(pack: &PackRef<'_>) -> Result<AnyValue, CodecError> {
    let number = match pack {
        PackRef::Integer(integer) => match (integer.as_i64(), integer.as_u64()) {
            (Some(signed), _) => Some(Number::from(signed)),
            (_, Some(unsigned)) => Some(Number::from(unsigned)),
            _ => None,
        },
        PackRef::F32(float) => Number::try_from(f64::from(*float)).ok(),
        PackRef::F64(float) => Number::try_from(*float).ok(),
        PackRef::String(text) => text.as_str().and_then(|text| text.parse().ok()),
        _ => None,
    };
    number.map(AnyValue::Number).ok_or(CodecError::mismatch("a number"))
}

fn sequence(items: Vec<PackRef<'_>>, element: &Type) -> Result<AnyValue, CodecError> {
    let read = |(index, item)| {
        from_pack(item, element).map_err(|error| error.within(&usize::to_string(&index)))
    };
    let items = items.into_iter().enumerate().map(read);
    items.collect::<Result<_, _>>().map(AnyValue::Sequence)
}

fn tuple(items: Vec<PackRef<'_>>, elements: &[Type]) -> Result<AnyValue, CodecError> {
    if items.len() != elements.len() {
        return Err(CodecError::mismatch("a tuple of another length"));
    }
    let items = items.into_iter().zip(elements).map(|(item, ty)| from_pack(item, ty));
    items.collect::<Result<_, _>>().map(AnyValue::Sequence)
}

fn text<'a>(pack: &PackRef<'a>) -> Option<&'a str> {
    match pack {
        PackRef::String(text) => text.into_str(),
        _ => None,
    }
}

fn map(entries: Vec<(PackRef<'_>, PackRef<'_>)>, element: &Type) -> Result<AnyValue, CodecError> {
    let mut map = BTreeMap::new();
    for (name, value) in entries {
        let name = text(&name).ok_or(CodecError::mismatch("a text key"))?;
        let value = from_pack(value, element).map_err(|error| error.within(name))?;
        map.insert(name.to_owned(), value);
    }
    Ok(AnyValue::Mapping(map))
}

fn object(
    entries: Vec<(PackRef<'_>, PackRef<'_>)>,
    attributes: &BTreeMap<String, Type>,
) -> Result<AnyValue, CodecError> {
    let mut object: BTreeMap<_, _> =
        attributes.keys().map(|name| (name.clone(), AnyValue::Null)).collect();
    for (name, value) in entries {
        let name = text(&name).ok_or(CodecError::mismatch("a text key"))?;
        let (ty, attribute) = attributes
            .get(name)
            .zip(object.get_mut(name))
            .ok_or_else(|| CodecError::mismatch("no such attribute").within(name))?;
        *attribute = from_pack(value, ty).map_err(|error| error.within(name))?;
    }
    Ok(AnyValue::Mapping(object))
}

fn dynamic(items: Vec<PackRef<'_>>) -> Result<AnyValue, CodecError> {
    let Ok([ty, value]) = <[PackRef<'_>; 2]>::try_from(items) else {
        return Err(CodecError::mismatch("a value with its type"));
    };
    let PackRef::Binary(ty) = ty else { return Err(CodecError::mismatch("a type")) };
    let json = parse_json(ty).ok();
    let ty =
        json.and_then(|json| Type::from_json(&json).ok()).ok_or(CodecError::mismatch("a type"))?;
    let value = from_pack(value, &ty)?;
    Ok(AnyValue::Dynamic(Box::new((ty, value))))
}

pub(super) fn encode(value: &AnyValue, ty: &Type) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Writing to memory cannot fail.
    let _ = rmpv::encode::write_value(&mut bytes, &to_pack(value, ty));
    bytes
}

fn to_pack(value: &AnyValue, ty: &Type) -> Pack {
    match (value, ty) {
        (AnyValue::Null, _) => Pack::Nil,
        (AnyValue::Unknown, _) => Pack::Ext(UNKNOWN, vec![0]),
        (AnyValue::Bool(value), _) => Pack::Boolean(*value),
        (AnyValue::String(text), _) => Pack::from(text.as_str()),
        (AnyValue::Number(number), _) => number_to_pack(number),
        (AnyValue::Dynamic(typed), _) => {
            let ty = Pack::Binary(typed.0.to_json().to_string().into_bytes());
            Pack::Array(vec![ty, to_pack(&typed.1, &typed.0)])
        }
        (AnyValue::Sequence(items), Type::Tuple(elements)) => {
            let packs = items.iter().zip(elements).map(|(item, ty)| to_pack(item, ty));
            Pack::Array(packs.collect())
        }
        (AnyValue::Sequence(items), Type::List(element) | Type::Set(element)) => {
            Pack::Array(items.iter().map(|item| to_pack(item, element)).collect())
        }
        (AnyValue::Mapping(items), Type::Map(element)) => {
            let packs = items.iter().map(|(k, v)| (Pack::from(k.as_str()), to_pack(v, element)));
            Pack::Map(packs.collect())
        }
        (value @ AnyValue::Mapping(_), Type::Object(attributes, _)) => {
            let pack = |(name, ty): (&String, &Type)| {
                (Pack::from(name.as_str()), to_pack(value.get(name), ty))
            };
            Pack::Map(attributes.iter().map(pack).collect())
        }
        (AnyValue::Sequence(_) | AnyValue::Mapping(_), _) => Pack::Nil,
    }
}

fn number_to_pack(number: &Number) -> Pack {
    if let Some(signed) = number.as_i64() {
        Pack::from(signed)
    } else if let Some(unsigned) = number.as_u64() {
        Pack::from(unsigned)
    } else if let Some(float) = number.as_exact_f64() {
        Pack::F64(float)
    } else {
        Pack::from(number.to_string())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn types() -> impl Strategy<Value = Type> {
        let leaf = prop_oneof![
            Just(Type::String),
            Just(Type::Number),
            Just(Type::Bool),
            Just(Type::Dynamic)
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                inner.clone().prop_map(|ty| Type::List(Box::new(ty))),
                inner.clone().prop_map(|ty| Type::Set(Box::new(ty))),
                inner.clone().prop_map(|ty| Type::Map(Box::new(ty))),
                prop::collection::vec(inner.clone(), 0..4).prop_map(Type::Tuple),
                prop::collection::btree_map("[a-c]{1,2}", inner, 0..4).prop_map(Type::object),
            ]
        })
    }

    fn values(ty: &Type) -> BoxedStrategy<AnyValue> {
        let known: BoxedStrategy<AnyValue> = match ty {
            Type::String => ".{0,8}".prop_map(AnyValue::String).boxed(),
            Type::Number => "-?[1-9][0-9]{0,40}(\\.[0-9]{1,20})?"
                .prop_map(|text| AnyValue::Number(text.parse().unwrap()))
                .boxed(),
            Type::Bool => any::<bool>().prop_map(AnyValue::Bool).boxed(),
            Type::Dynamic => ".{0,4}"
                .prop_map(|text| {
                    AnyValue::Dynamic(Box::new((Type::String, AnyValue::String(text))))
                })
                .boxed(),
            Type::List(e) | Type::Set(e) => {
                let ty = ty.clone();
                prop::collection::vec(values(e), 0..4)
                    .prop_map(move |items| AnyValue::Sequence(items).normalized(&ty))
                    .boxed()
            }
            Type::Tuple(es) => {
                es.iter().map(values).collect::<Vec<_>>().prop_map(AnyValue::Sequence).boxed()
            }
            Type::Map(e) => prop::collection::btree_map(".{0,3}", values(e), 0..4)
                .prop_map(AnyValue::Mapping)
                .boxed(),
            Type::Object(attributes, _) => {
                let names: Vec<_> = attributes.keys().cloned().collect();
                let fields: Vec<_> = attributes.values().map(values).collect();
                fields
                    .prop_map(move |fields| {
                        AnyValue::Mapping(names.iter().cloned().zip(fields).collect())
                    })
                    .boxed()
            }
        };
        prop_oneof![8 => known, 1 => Just(AnyValue::Null), 1 => Just(AnyValue::Unknown)].boxed()
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(
            (ty, value) in types().prop_flat_map(|ty| { let v = values(&ty); (Just(ty), v) })
        ) {
            prop_assert_eq!(decode(&encode(&value, &ty), &ty), Ok(value));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), ty in types()) {
            let _ = decode(&bytes, &ty);
        }

        #[test]
        fn no_damage_makes_it_panic(
            (ty, value) in types().prop_flat_map(|ty| { let v = values(&ty); (Just(ty), v) }),
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let mut bytes = encode(&value, &ty);
            let at = at.index(bytes.len());
            bytes[at] = byte;
            let _ = decode(&bytes, &ty);
            let _ = decode(&bytes[..at], &ty);
        }
    }

    #[test]
    fn unknowns_come_with_and_without_refinements() {
        assert_eq!(decode(&[0xd4, 0, 0], &Type::String), Ok(AnyValue::Unknown));
        assert_eq!(decode(&[0xc7, 3, 12, 0x81, 1, 0xc2], &Type::String), Ok(AnyValue::Unknown));
    }

    #[test]
    fn numbers_come_in_three_forms() {
        let ten = Ok(AnyValue::Number(Number::from(10_i64)));
        assert_eq!(decode(&[10], &Type::Number), ten);
        assert_eq!(decode(&[0xa2, b'1', b'0'], &Type::Number), ten);
        assert_eq!(decode(&[0xcb, 0x40, 0x24, 0, 0, 0, 0, 0, 0], &Type::Number), ten);
    }

    #[test]
    fn deep_nesting_is_refused_not_overflowing() {
        let bytes = vec![0x91; 100_000];
        assert_eq!(decode(&bytes, &Type::Dynamic), Err(CodecError::MessagePack));
    }
}
