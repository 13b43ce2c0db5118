//! Structs that are a schema and a typed value at once.

use super::{Attribute, Schema};
use crate::value::{AnyValue, AttributeValue, DecodeError};

/// A struct that is a schema and the typed form of its values: derived with `#[derive(Schema)]`.
pub trait Model: Sized + Send + Sync + 'static {
    /// The type in configurations, such as `grafana_api_key`; empty for a provider.
    const TYPE_NAME: &'static str;
    /// [`InPlace`] if a user can change an attribute or block without replacing the resource, else
    /// [`ByReplacement`].
    type Changes;

    /// The schema, without what the framework adds (`timeouts`).
    fn schema() -> Schema;

    /// The operations for which a `timeouts` block is offered, with their default.
    fn timeouts() -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// Reads an object; attributes it does not know are passed over, missing ones are null.
    ///
    /// # Errors
    /// When an attribute has another type than its field.
    fn decode(value: AnyValue) -> Result<Self, DecodeError>;

    /// Writes an object.
    fn encode(&self) -> AnyValue;
}

/// Says of a [`Model`] that a resource of it must implement [`Update`](crate::Update).
#[derive(Debug)]
pub enum InPlace {}

/// Says of a [`Model`] that every change of it replaces the resource.
#[derive(Debug)]
pub enum ByReplacement {}

/// A struct that is a nested object: derived with `#[derive(Object)]`.
pub trait Nested: AttributeValue {
    /// Its attributes.
    fn attributes() -> Vec<Attribute>;
}

/// A struct that names one remote object for good: derived with `#[derive(Identity)]`.
pub trait Identity: Sized + Send + Sync + 'static {
    /// Version of the identity's form.
    const VERSION: i64 = 0;

    /// Its attributes; [`super::Mode::Required`] ones must be given to import.
    fn attributes() -> Vec<Attribute>;

    /// Reads an identity.
    ///
    /// # Errors
    /// When an attribute has another type than its field.
    fn decode(value: AnyValue) -> Result<Self, DecodeError>;

    /// Writes an identity.
    fn encode(&self) -> AnyValue;
}

/// For resources that have no identity beside their `id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoIdentity {}

impl Identity for NoIdentity {
    fn attributes() -> Vec<Attribute> {
        Vec::new()
    }

    fn decode(value: AnyValue) -> Result<Self, DecodeError> {
        Err(DecodeError::shape("no identity", &value))
    }

    fn encode(&self) -> AnyValue {
        match *self {}
    }
}
