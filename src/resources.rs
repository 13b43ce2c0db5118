//! The managed resources, one file each.

pub mod grafana_api_key;
pub mod grafana_enterprise_license;
mod holders;
pub mod managed_workspace_license;
