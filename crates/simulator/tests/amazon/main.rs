//! Amazon Managed Grafana and the sources of AWS credentials, asked by a client that signs with
//! the official signer.

mod api_keys;
mod client;
mod credential_sources;
mod licenses;
mod requests;
mod service_accounts;
mod signatures;
mod sts;
mod workspaces;
