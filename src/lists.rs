//! The list resources, one file each.

pub mod grafana_enterprise_license;
