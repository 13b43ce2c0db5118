//! The provider, as a library: what `main` serves, and what tests drive in process.
//!
//! [`provider::Grafana`] is the provider. Arrows go one way: resources and the like use the rooms of
//! what they are about (`keys`, `license`, `workspaces`), which get the clients [`grafana`] and
//! [`amazon`] from `access`; the clients know nothing of Terraform.

mod access;
mod actions;
pub mod amazon;
mod data_sources;
mod diagnostics;
mod ephemeral;
#[cfg(test)]
mod every_diagnostic;
mod functions;
pub mod grafana;
#[cfg(all(unix, any(test, fuzzing)))]
pub mod hostile;
pub mod http;
mod keys;
mod license;
mod lists;
pub mod provider;
mod resources;
mod slots;
mod workspaces;

/// The schema of `grafana_api_key`, for `benches/idle`.
pub use resources::grafana_api_key::{ApiKey, ApiKeyIdentity};
