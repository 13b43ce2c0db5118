//! The clients' errors in words for users: the only place where they become diagnostics.

pub(crate) mod amazon;
pub(crate) mod ended;
pub(crate) mod grafana;
pub(crate) mod loss;

/// A command on a line of its own, to be copied: Terraform does not wrap lines that begin with a space.
pub(crate) fn command(line: &str) -> String {
    format!("\n\n    {line}\n\n")
}
