//! The environment variables that stand in for attributes.

/// A variable's value; an empty one counts as absent.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
