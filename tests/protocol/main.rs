//! What Terraform can ask, in process over the protocol, against simulated Grafana and AWS.

mod faults;
mod grafana_api_key;
mod grafana_enterprise_license;
mod handshake;
mod managed_workspace;
mod managed_workspace_license;
mod many;
mod provider_configuration;
mod stopping;
