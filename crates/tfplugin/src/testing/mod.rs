//! Drives a provider in process, over the same protocol as Terraform, so that anything Terraform can
//! ask can be asked in a test.
//!
//! Values are JSON; [`unknown`] is a value not known yet, and a dynamic value is answered with its type,
//! `{ "type": …, "value": … }`, as states have it. What a provider says is the protocol's
//! [`Diagnostic`], with a `path()`. A [`Client`] plays Terraform's part in
//! planning and applying, and fails the test where Terraform's core would report a bug in the provider.

mod client;
mod configuration;
mod core_rules;
pub mod diagnostics;
#[cfg(unix)]
pub mod host;
#[cfg(unix)]
pub mod hostile;
mod of;
mod others;
mod resources;
mod schemas;
mod value;

pub use crate::proto::tfplugin6::deferred::Reason as DeferralReason;
pub use client::Client;
pub use configuration::configuration;
pub use others::Listed;
pub use resources::{Planned, State};
pub use serde_json::json;
pub use value::unknown;

use crate::path::AttributePath;
use crate::proto::tfplugin6::Diagnostic;

impl Diagnostic {
    /// The attribute it is about; empty for the whole resource.
    ///
    /// ```
    /// # use tfplugin::{Schema, Value, path};
    /// # use tfplugin::testing::{Client, State, json};
    /// # use tfplugin::{Context, DataSource, Done, Offers, Outcome, async_trait};
    /// # /// A machine.
    /// # #[derive(Schema)]
    /// # #[data_source("cloud_machine")]
    /// # struct Machine {
    /// #     /// Its name.
    /// #     #[attr(required, length(1..))]
    /// #     name: Value<String>,
    /// # }
    /// # struct Machines;
    /// # #[async_trait]
    /// # impl DataSource for Machines {
    /// #     type Model = Machine;
    /// #     async fn read(&self, config: Machine, _: &Context) -> Outcome<Machine> { Ok(Done::new(config)) }
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// # let client = Client::of(Offers::new().data_source(|_| Machines), ()).await;
    /// let found = client.validate_data("cloud_machine", json!({ "name": "" })).await;
    /// assert_eq!(found[0].path(), path!(name));
    /// # }
    /// ```
    pub fn path(&self) -> AttributePath {
        self.attribute.as_ref().map(AttributePath::from_wire).unwrap_or_default()
    }
}
