//! The managed resources, one file each.
pub mod managed_workspace_license;
