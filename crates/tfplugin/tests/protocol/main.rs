//! Everything that Terraform can ask, asked in process of a provider that does everything.

mod actions;
mod blocks;
mod bytes;
mod changes;
mod configuration;
mod connections;
mod data;
mod deferral;
mod diagnostics;
mod environment;
mod ephemerals;
mod failures;
mod functions;
mod lists;
mod panics;
mod planning;
mod provider;
mod results;
mod rules;
mod schemas;
mod spelling;
mod stored;
mod undelivered;
mod values;
