//! Data sources.

use async_trait::async_trait;

use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::outcome::Outcome;
use crate::schema::Model;

/// A data source: what Terraform only reads.
///
/// ```
/// use tfplugin::testing::{Client, json};
/// use tfplugin::{Context, DataSource, Diagnostic, Done, Offers, Outcome, Schema, Value, async_trait, path};
///
/// /// The address of a machine.
/// #[derive(Schema)]
/// #[data_source("cloud_address")]
/// struct Address {
///     /// The machine's name.
///     #[attr(required)]
///     machine: Value<String>,
///     /// Its address.
///     #[attr(computed)]
///     ip: Value<String>,
/// }
///
/// struct Addresses;
///
/// #[async_trait]
/// impl DataSource for Addresses {
///     type Model = Address;
///
///     async fn read(&self, config: Address, _: &Context) -> Outcome<Address> {
///         match config.machine.known().map(String::as_str) {
///             Some("web") => Ok(Done::new(Address { ip: "192.0.2.1".into(), ..config })),
///             _ => Err(Diagnostic::error("No such machine", "Create it first.").at(path!(machine)))?,
///         }
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let client = Client::of(Offers::new().data_source(|_| Addresses), ()).await;
/// let (found, errors) = client.read_data("cloud_address", json!({ "machine": "web" })).await;
/// assert_eq!(found["ip"], "192.0.2.1");
/// assert!(errors.is_empty());
/// let (_, errors) = client.read_data("cloud_address", json!({ "machine": "db" })).await;
/// assert_eq!(errors[0].summary, "No such machine");
/// # }
/// ```
#[async_trait]
pub trait DataSource: Send + Sync + 'static {
    /// Its schema and typed values.
    type Model: Model;

    /// Reads it: the configuration, completed.
    async fn read(&self, config: Self::Model, cx: &Context) -> Outcome<Self::Model>;

    /// Checks what no single attribute can: called with the configuration, offline.
    fn validate(config: &Self::Model) -> Vec<Diagnostic> {
        let _ = config;
        Vec::new()
    }
}
