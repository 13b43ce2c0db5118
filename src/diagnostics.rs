//! The clients' errors in words for users: the only place where they become diagnostics.

pub(crate) mod amazon;
pub(crate) mod grafana;
