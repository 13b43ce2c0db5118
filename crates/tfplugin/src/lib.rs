//! A framework for Terraform and OpenTofu providers, over plugin protocol 6.11.
//!
//! A schema and its typed values are **one struct**: the doc comments are the documentation, the
//! field types are the Terraform types, and markers say the rest. What makes no sense in it does not
//! compile. A resource is that struct and a few async functions; everything that holds for every
//! resource (defaults, unknowns, replacement, validation, write-only attributes, private state,
//! identity, timeouts, cancellation, panics, logs) is done once, here.
//!
//! # A first provider
//!
//! ```no_run
//! use tfplugin::{
//!     Context, Done, NoIdentity, Offers, Outcome, Provider, Resource, Run, Schema, Update, Value,
//!     async_trait,
//! };
//!
//! /// The provider's configuration.
//! #[derive(Schema)]
//! #[provider]
//! struct Config {}
//!
//! /// A greeting.
//! #[derive(Schema)]
//! #[resource("example_greeting")]
//! struct Greeting {
//!     /// Who is greeted.
//!     #[attr(required, length(1..))]
//!     name: Value<String>,
//!     /// The greeting.
//!     #[attr(computed)]
//!     text: Value<String>,
//! }
//!
//! struct Greetings;
//!
//! #[async_trait]
//! impl Resource for Greetings {
//!     type Model = Greeting;
//!     type Identity = NoIdentity;
//!     type Private = ();
//!
//!     async fn create(&self, plan: Greeting, _: &Context) -> Outcome<Greeting> {
//!         let text = plan.name.as_ref().map(|name| format!("Hello, {name}!"));
//!         Ok(Done::new(Greeting { text, ..plan }))
//!     }
//!
//!     async fn read(&self, state: Greeting, _: &Context) -> Outcome<Option<Greeting>> {
//!         Ok(Done::new(Some(state)))
//!     }
//!
//!     async fn delete(&self, _: Greeting, _: &Context) -> Outcome<()> {
//!         Ok(Done::new(()))
//!     }
//! }
//!
//! #[async_trait]
//! impl Update for Greetings {
//!     async fn update(&self, _: Greeting, plan: Greeting, cx: &Context) -> Outcome<Greeting> {
//!         self.create(plan, cx).await
//!     }
//! }
//!
//! struct Example;
//!
//! #[async_trait]
//! impl Provider for Example {
//!     type Config = Config;
//!     type Configured = ();
//!
//!     fn address(&self) -> &str {
//!         "registry.terraform.io/example/example"
//!     }
//!
//!     fn version(&self) -> &str {
//!         "0.1.0"
//!     }
//!
//!     fn offers(&self) -> Offers<()> {
//!         Offers::new().resource(|_| Greetings)
//!     }
//!
//!     async fn configure(&self, _: Config, _: &Run) -> Outcome<()> {
//!         Ok(Done::new(()))
//!     }
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     // The crates whose logs Terraform may show: this one.
//!     tfplugin::serve(Example, &["example"])
//! }
//! ```
//!
//! `examples/minimal.rs` is a whole provider with a function, and `examples/zones/` one for an HTTP service, with
//! nested blocks, an identity, waits, a list resource and an ephemeral resource. Tests drive both through real Terraform.
//!
//! The [`guide`] leads from here to a release.
//!
//! # Where things are
//! - [`Schema`](derive@Schema), [`Object`](derive@Object), [`Identity`](derive@Identity),
//!   [`Parameters`](derive@Parameters) and [`OneOf`](derive@OneOf) are the derives, [`schema`] what they make;
//! - [`Resource`], [`DataSource`], [`EphemeralResource`], [`ListResource`], [`Action`] and [`Function`]
//!   are what a provider can offer, [`Offers`] the table of it, [`Provider`] the whole;
//! - [`Value`] is a typed attribute, [`Secret`] one that is never shown, [`Number`] one of any size, and
//!   [`text_type!`] makes a type of your own one;
//! - [`Outcome`] is how operations end, [`Diagnostic`] what people read, [`path!`] where it points;
//! - [`Context`] is what surrounds an operation: its [`Limits`] (time, cancellation) and its [`PrivateState`];
//! - [`described`] is what a provider offers, for whoever documents it;
//! - [`serve`] runs the program; `testing` (a feature) drives a provider in process.

extern crate self as tfplugin;

mod action;
mod codec;
pub mod conformance;
mod context;
mod data_source;
mod deferral;
#[doc(hidden)]
pub mod derive_support;
pub mod described;
mod diagnostic;
mod diagnostics;
mod environment;
mod ephemeral;
pub mod function;
pub mod guide;
mod limits;
mod list;
mod offers;
mod outcome;
mod path;
mod plan;
mod private;
mod provider;
mod resource;
pub mod rules;
pub mod schema;
mod server;
#[cfg(feature = "testing")]
pub mod testing;
mod timeouts;
mod validate;
mod value;

pub use action::{Action, Progress};
pub use async_trait::async_trait;
pub use context::Context;
pub use data_source::DataSource;
pub use deferral::Deferral;
pub use diagnostic::{At, Diagnostic, ErrorContext, IntoDiagnostic, Severity};
pub use ephemeral::{EphemeralResource, Opened};
pub use function::{Function, FunctionError};
/// A time, as in [`Opened::renew_at`], and a type that attributes can have. From the crate `jiff`.
pub use jiff::Timestamp;
pub use limits::{Interrupted, Limits};
pub use list::{Found, ListResource, Listed};
pub use offers::Offers;
pub use outcome::{Done, Failure, Outcome};
pub use path::{AttributePath, Step};
pub use plan::Plan;
pub use private::PrivateState;
pub use provider::{Provider, Run};
pub use resource::{Changes, ImportTarget, MoveSource, Resource, Update};
pub use schema::{AttributePlan, NoIdentity, PlanModifier};
/// A stored state or another provider's, as JSON. From the crate `serde_json`.
pub use serde_json::Value as Json;
pub use server::serve;
/// What names one remote object for good; the [guide](guide::identity_and_import) shows one at work.
///
/// ```
/// use tfplugin::schema::Identity as _;
/// use tfplugin::{Identity, Value};
///
/// /// What names a machine for good.
/// #[derive(Identity)]
/// struct MachineIdentity {
///     /// Where it is; by default where the provider works.
///     #[identity(optional)]
///     region: Value<String>,
///     /// Its name.
///     #[identity(required)]
///     name: Value<String>,
/// }
///
/// assert_eq!(MachineIdentity::attributes()[1].name, "name");
/// ```
///
pub use tfplugin_derive::Identity;
/// What is nested in a schema, as an attribute or a block; the [guide](guide::schemas) shows both.
///
/// ```
/// use tfplugin::schema::Nested;
/// use tfplugin::{Object, Value};
///
/// /// A disk.
/// #[derive(Object)]
/// struct Disk {
///     /// Its size in GiB.
///     #[attr(required, range(1..))]
///     size: Value<i64>,
/// }
///
/// assert_eq!(Disk::attributes()[0].description, "Its size in GiB.");
/// ```
///
pub use tfplugin_derive::Object;
/// What `one_of(Size)` allows.
///
/// ```
/// use tfplugin::OneOf;
/// use tfplugin::schema::OneOf as _;
///
/// #[derive(OneOf)]
/// enum Size {
///     #[value("small")]
///     Small,
///     #[value("large")]
///     Large,
/// }
///
/// assert_eq!(Size::VALUES, ["small", "large"]);
/// # let _ = [Size::Small, Size::Large];
/// ```
///
pub use tfplugin_derive::OneOf;
/// What a [`Function`] takes.
///
/// ```
/// use tfplugin::Parameters;
/// use tfplugin::function::Parameters as _;
///
/// /// Joins texts.
/// #[derive(Parameters)]
/// #[function("join")]
/// struct Join {
///     /// What comes between.
///     separator: String,
///     /// The texts, any number of them.
///     #[variadic]
///     texts: Vec<String>,
/// }
///
/// assert!(Join::VARIADIC);
/// assert_eq!(Join::SUMMARY, "Joins texts.");
/// ```
///
pub use tfplugin_derive::Parameters;
/// What has a name in configurations; the [guide](guide::schemas) shows more.
///
/// ```
/// use tfplugin::schema::{Mode, Model};
/// use tfplugin::{Schema, Value};
///
/// /// A machine.
/// #[derive(Schema)]
/// #[resource("cloud_machine", timeouts(create = "10m"))]
/// struct Machine {
///     /// Its name.
///     #[attr(required, replace, length(1..=63))]
///     name: Value<String>,
///     /// Its address.
///     #[attr(computed, use_state_for_unknown)]
///     ip: Value<String>,
/// }
///
/// assert_eq!(Machine::TYPE_NAME, "cloud_machine");
/// let name = &Machine::schema().block.attributes[0];
/// assert!(name.mode == Mode::Required && name.replace);
/// ```
///
pub use tfplugin_derive::Schema;
pub use timeouts::parse_duration;
/// Is cancelled when the user stops Terraform. From the crate `tokio-util`.
pub use tokio_util::sync::CancellationToken;
pub use value::{
    AnyValue, AttributeValue, DecodeError, Elements, HasLength, NotANumber, NotAType, Number,
    Ranged, Secret, Type, Value,
};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The attributes of a stored state, as [`Resource::upgrade`] edits them.
pub type JsonObject = serde_json::Map<String, Json>;

/// The protocol's messages, compiled from `proto/`.
pub mod proto {
    #![allow(missing_docs, clippy::all)]

    /// Terraform's own protocol, version 6.11.
    pub mod tfplugin6 {
        tonic::include_proto!("tfplugin6");
    }

    /// The services of go-plugin.
    pub mod plugin {
        tonic::include_proto!("plugin");
    }
}
