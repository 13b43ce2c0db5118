//! The provider functions, one file each.

pub mod decode_license_token;
