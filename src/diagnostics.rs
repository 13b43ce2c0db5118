//! The clients' errors in words for users: the only place where they become diagnostics.

mod amazon;
mod grafana;
