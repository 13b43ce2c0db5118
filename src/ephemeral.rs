//! The ephemeral resources, one file each.

pub mod grafana_api_key;
