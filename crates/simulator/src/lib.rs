//! Grafana and Amazon Managed Grafana on loopback, for tests, benchmarks and trying things out without an account.
//!
//! Every simulated service is a [`server::Server`] of its own on `127.0.0.1`. It keeps a [`journal::Journal`] of the
//! requests it got, and takes [`faults::Faults`] that a test scripts. Nothing here knows who the clients are.

pub mod amazon;
pub mod faults;
pub mod grafana;
pub mod journal;
pub mod server;
