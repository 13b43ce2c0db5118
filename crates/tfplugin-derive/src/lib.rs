//! The derives of `tfplugin`: a schema and its typed model are one definition, and what makes no
//! sense in it does not compile, with an error at the field.
//!
//! See the documentation of `tfplugin` for how they are used.

mod attribute;
mod container;
mod docs;
mod identity;
mod one_of;
mod parameters;
mod schema;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct the schema and model of a resource, data source, ephemeral resource, action, list
/// resource or provider.
///
/// On the struct: one of `#[resource("type", version = 0, timeouts(create = "10m", delete))]`,
/// `#[data_source("type")]`, `#[ephemeral("type")]`, `#[action("type")]`, `#[list_resource("type")]`
/// or `#[provider]`; `deprecated = "…"` may stand in each.
///
/// On each field, which is a `Value<T>`: `#[attr(…)]` with
/// - who sets it: `required`, `optional`, `computed`, or `optional, computed`;
/// - `default = …` (with `optional`), `use_state_for_unknown` (a computed value that a change of other attributes does not touch),
///   `replace` (a change replaces the resource), `sensitive`, `write_only`, `deprecated = "…"`;
/// - rules: `one_of(Enum)` or `one_of("a", "b")`, `length(1..=36)`, `range(1..)`, `validate = function` (one that takes what the type borrows as, such as `&str`; at a sensitive attribute its error is a `&'static str`),
///   `conflicts(other, …)`, `requires(other, …)`, `exactly_one_of(other, …)`, `at_least_one_of(other, …)` (of it and those);
/// - in a provider, `env = "VARIABLE"`: the environment variable that it is filled from when the configuration does not set
///   it, unless something that conflicts with it, or something in `env_unless(other, …)`, is set there. An empty
///   variable counts as absent; bools are `1`, `t`, `true`, `0`, `f`, `false`; lists and sets are split at commas; maps are JSON objects.
///
/// `#[block]`, `#[block(required)]` or `#[block(length(1..=5))]` in place of it makes a field of nested objects a nested block. The doc comment is the description.
#[proc_macro_derive(
    Schema,
    attributes(attr, block, resource, data_source, ephemeral, action, list_resource, provider)
)]
pub fn derive_schema(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    schema::model(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes a struct the schema and model of a nested object; its fields are as in `Schema`.
#[proc_macro_derive(Object, attributes(attr))]
pub fn derive_object(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    schema::object(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes a struct the identity of a resource. On each field: `#[identity(required)]` or
/// `#[identity(optional)]`, which says whether an import must name it.
#[proc_macro_derive(Identity, attributes(identity))]
pub fn derive_identity(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    identity::derive(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes a struct the parameters of a function, in the order of its fields. On the struct:
/// `#[function("name")]`; the first paragraph of its doc comment is the summary. A last field of
/// type `Vec<T>` marked `#[variadic]` takes any number of arguments.
#[proc_macro_derive(Parameters, attributes(function, variadic))]
pub fn derive_parameters(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    parameters::derive(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes an enum without fields a list of allowed values, for `one_of(…)`: the variants' names, or
/// what `#[value("…")]` says.
#[proc_macro_derive(OneOf, attributes(value))]
pub fn derive_one_of(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    one_of::derive(&input).unwrap_or_else(syn::Error::into_compile_error).into()
}
