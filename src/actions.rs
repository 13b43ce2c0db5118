//! The actions, one file each.

pub mod grafana_enterprise_license_renew;
