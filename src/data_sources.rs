//! The data sources, one file each.

pub mod grafana_api_keys;
pub mod grafana_enterprise_license;
pub mod managed_workspace;
