//! The provider, as a library: what `main` serves, and what tests drive in process.
//!
//! [`provider::Grafana`] is the provider. Arrows go one way: resources use [`access`], which holds
//! the clients [`grafana`] and [`amazon`]; those know nothing of Terraform.

pub mod access;
pub mod actions;
pub mod amazon;
pub mod data_sources;
mod diagnostics;
pub mod ephemeral;
pub mod functions;
pub mod grafana;
pub mod http;
pub mod keys;
pub mod license;
pub mod lists;
pub mod provider;
pub mod resources;
pub mod slots;
pub mod workspaces;
