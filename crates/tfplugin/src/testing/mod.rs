//! Drives a provider in process, over the same protocol as Terraform, so that anything Terraform can
//! ask can be asked in a test.
//!
//! Values are JSON; [`unknown`] is a value not known yet. A [`Client`] plays Terraform's part in
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
