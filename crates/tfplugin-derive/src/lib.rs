//! The derives of `tfplugin`: a schema and its typed model are one definition, and what makes no
//! sense in it does not compile, with an error at the field.
//!
//! See the documentation of `tfplugin` for how they are used.

mod attribute;
mod block;
mod container;
mod docs;
mod identity;
mod markers;
mod one_of;
mod parameters;
mod relations;
mod rules;
mod schema;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// What is derived; or what is wrong, with a stand-in so that the compiler says nothing else.
fn derived(
    input: &DeriveInput,
    derive: fn(&DeriveInput) -> syn::Result<proc_macro2::TokenStream>,
    stub: fn(&DeriveInput) -> proc_macro2::TokenStream,
) -> TokenStream {
    let wrong = |error: syn::Error| [error.into_compile_error(), stub(input)].into_iter().collect();
    derive(input).unwrap_or_else(wrong).into()
}

/// Makes a struct the schema and model of a resource, data source, ephemeral resource, action, list
/// resource or provider.
///
/// On the struct: one of `#[resource("type", version = 0, timeouts(create = "10m", delete))]`,
/// `#[data_source("type")]`, `#[ephemeral("type")]`, `#[action("type")]`, `#[list_resource("type")]`
/// `#[provider]` or `#[provider_meta]`; `deprecated = "…"` may stand in each.
///
/// On each field, which is a `Value<T>`: `#[attr(…)]` with
/// - who sets it: `required`, `optional`, `computed`, or `optional, computed`;
/// - `default = …` (with `optional`), `use_state_for_unknown` (a computed value that a change of other attributes does not touch),
///   `replace` (a change replaces the resource), `plan_modifier = …` (a function or a
///   [`PlanModifier`](../tfplugin/trait.PlanModifier.html)), `sensitive`, `write_only`, `deprecated = "…"`;
/// - rules on its known values: `one_of(Enum)` or `one_of("a", "b")`, `length(1..=36)`, `range(1..)`,
///   `matches("^https://", "a web address")`, `each(length(1..), …)` for the elements of a collection, and
///   `validate = …`: a function that takes what the type borrows as, such as `&str` (at a sensitive attribute
///   its error is a `&'static str`, so that it cannot quote the value), or one of [`rules`](../tfplugin/rules/index.html);
/// - rules on what stands beside it: `conflicts(other, …)`, `requires(other, …)`, `exactly_one_of(other, …)`,
///   `at_least_one_of(other, …)` (of it and those);
/// - in a provider, `env = "VARIABLE"`: the environment variable that it is filled from when the configuration does not set
///   it, unless something that conflicts with it, or something in `env_unless(other, …)`, is set there. An empty
///   variable counts as absent; bools are `1`, `t`, `true`, `0`, `f`, `false`; lists and sets are split at commas; maps are JSON objects.
///
/// `#[block]` in place of it makes a field of nested objects a nested block, at any depth; in it may stand
/// `required`, `length(1..=5)` (how many), `replace`, `deprecated = "…"`, and rules on what stands beside it. The doc
/// comment is the description.
#[proc_macro_derive(
    Schema,
    attributes(
        attr,
        block,
        resource,
        data_source,
        ephemeral,
        action,
        list_resource,
        provider,
        provider_meta
    )
)]
pub fn derive_schema(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derived(&input, schema::model, schema::model_stub)
}

/// Makes a struct the schema and model of a nested object; its fields are as in `Schema`.
#[proc_macro_derive(Object, attributes(attr, block))]
pub fn derive_object(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derived(&input, schema::object, schema::object_stub)
}

/// Makes a struct the identity of a resource. On each field: `#[identity(required)]` or
/// `#[identity(optional)]`, which says whether an import must name it. On the struct, where it has
/// changed its form: `#[identity(version = 1)]`.
#[proc_macro_derive(Identity, attributes(identity))]
pub fn derive_identity(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derived(&input, identity::derive, identity::stub)
}

/// Makes a struct the parameters of a function, in the order of its fields. On the struct:
/// `#[function("name")]`; the first paragraph of its doc comment is the summary. A last field of
/// type `Vec<T>` marked `#[variadic]` takes any number of arguments.
#[proc_macro_derive(Parameters, attributes(function, variadic))]
pub fn derive_parameters(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derived(&input, parameters::derive, parameters::stub)
}

/// Makes an enum without fields a list of allowed values, for `one_of(…)`: the variants' names, or
/// what `#[value("…")]` says.
#[proc_macro_derive(OneOf, attributes(value))]
pub fn derive_one_of(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    derived(&input, one_of::derive, one_of::stub)
}
