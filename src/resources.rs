//! The managed resources, one file each.
