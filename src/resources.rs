//! The managed resources, one file each.

pub mod grafana_api_key;
pub mod grafana_enterprise_license;
pub mod managed_workspace_license;
