//! What a Rust type needs to be that of an attribute.

use super::{AnyValue, DecodeError};
use crate::schema::{AttributeKind, NestedBlock, Validator};

/// A Rust type that an attribute, an element or a function's parameter can have.
///
/// | Rust | Terraform |
/// | --- | --- |
/// | `String`, [`Secret`](crate::Secret), [`Timestamp`](crate::Timestamp) (RFC 3339) | `string` |
/// | `i64`, `f64`, [`Number`](crate::Number) | `number` |
/// | `bool` | `bool` |
/// | `Vec<T>`, `BTreeSet<T>`, `BTreeMap<String, T>` | `list`, `set`, `map` |
/// | a struct with [`Object`](derive@crate::Object) | `object` |
/// | [`AnyValue`] | any type |
/// | a type with [`text_type!`](crate::text_type) | `string` |
/// | [`Value<T>`](crate::Value) | that of `T`, and null or unknown |
///
/// [`text_type!`](crate::text_type) implements it for what reads as text, and the derive `Object` for structs. By hand:
///
/// ```
/// use tfplugin::schema::{AttributeKind, Validator};
/// use tfplugin::{AnyValue, AttributeValue, DecodeError, Type};
///
/// /// A number of whole percent.
/// #[derive(Clone, PartialEq, Debug)]
/// struct Percent(i64);
///
/// impl AttributeValue for Percent {
///     fn kind() -> AttributeKind {
///         AttributeKind::Plain(Type::Number)
///     }
///
///     /// Checked and documented for every attribute of this type.
///     fn rules() -> Vec<Validator> {
///         vec![Validator::range(Some(0_i64), Some(100))]
///     }
///
///     fn decode(value: AnyValue) -> Result<Self, DecodeError> {
///         i64::decode(value).map(Percent)
///     }
///
///     fn encode(&self) -> AnyValue {
///         self.0.encode()
///     }
/// }
///
/// assert_eq!(Percent::decode(Percent(7).encode()), Ok(Percent(7)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type that an attribute can have",
    note = "attributes are `String`, `Secret`, `bool`, `i64`, `f64`, `Number`, `Timestamp`, `AnyValue`; what derives `Object`, or is made one by `text_type!` or `custom_type!`; and `Vec`, `BTreeSet` and `BTreeMap<String, …>` of these"
)]
pub trait AttributeValue: Sized {
    /// Whether a write-only attribute stands inside (in a nested object).
    const WRITE_ONLY_INSIDE: bool = false;
    /// Whether a write-only attribute stands inside an element of a collection: not allowed.
    const WRITE_ONLY_IN_ELEMENT: bool = false;
    /// Whether it is a nested object, or a collection of them: what a block can hold.
    const NESTED: bool = false;
    /// Whether it is a nested object with blocks inside: what only a block can hold.
    const HAS_BLOCKS: bool = false;

    /// Its Terraform type.
    fn kind() -> AttributeKind;

    /// The blocks inside, if it is a nested object or a collection of them.
    fn blocks() -> Vec<NestedBlock> {
        Vec::new()
    }

    /// The rules that the type itself brings, which are documented with each attribute of it.
    fn rules() -> Vec<Validator> {
        Vec::new()
    }

    /// Reads a value.
    ///
    /// # Errors
    /// When the value has another type, or is null or unknown where the Rust type has no room for it.
    fn decode(value: AnyValue) -> Result<Self, DecodeError>;

    /// Writes a value.
    fn encode(&self) -> AnyValue;
}
