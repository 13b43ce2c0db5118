//! What users do, through the real Terraform, against simulated Grafana and AWS.

#[macro_use]
mod setup;

mod grafana_api_key;
mod grafana_enterprise_license;
mod managed_workspace;
mod managed_workspace_license;
