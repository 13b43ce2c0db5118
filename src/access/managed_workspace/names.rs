//! What the provider calls what it makes in a workspace.

use std::sync::atomic::{AtomicU64, Ordering};

const PREFIX: &str = "terraform-provider-grafana-";

/// Digits of the number that stands for a process.
const DIGITS: usize = 16;

/// The service account for a role: one for each workspace and role, shared by all runs.
pub(super) fn account(role: &str) -> String {
    format!("{PREFIX}{}", role.to_lowercase())
}

/// Names of the tokens that one process makes: `terraform-provider-grafana-PROCESS-COUNT`, PROCESS
/// being a random number of 16 hexadecimal digits.
pub(super) struct TokenNames {
    process: u64,
    count: AtomicU64,
}

impl Default for TokenNames {
    fn default() -> Self {
        TokenNames { process: fastrand::u64(..), count: AtomicU64::new(1) }
    }
}

impl TokenNames {
    /// A name that no token has had.
    pub(super) fn next(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        format!("{PREFIX}{:016x}-{count}", self.process)
    }
}

/// Whether a token has a name as only this provider gives.
pub(crate) fn is_ours(name: &str) -> bool {
    let parts = name.strip_prefix(PREFIX).and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(process, count)| {
        let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        process.len() == DIGITS && process.bytes().all(is_hex) && count.parse::<u64>().is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_has_its_account() {
        assert_eq!(account("Admin"), "terraform-provider-grafana-admin");
        assert_eq!(account("Viewer"), "terraform-provider-grafana-viewer");
    }

    #[test]
    fn names_are_known_again_and_never_used_twice() {
        let (one, other) = (TokenNames::default(), TokenNames::default());
        let names = [one.next(), one.next(), other.next()];
        assert!(names.iter().all(|name| is_ours(name) && name.len() <= 100), "{names:?}");
        assert!(names[0] != names[1] && names[0] != names[2]);
    }

    #[test]
    fn names_that_others_give_are_not_ours() {
        for name in [
            "ci",
            "",
            "terraform-provider-grafana-",
            "terraform-provider-grafana-admin",
            "terraform-provider-grafana-0123456789abcdef",
            "terraform-provider-grafana-0123456789abcdef-",
            "terraform-provider-grafana-0123456789abcdef-x",
            "terraform-provider-grafana-0123456789ABCDEF-1",
            "terraform-provider-grafana-0123-1",
            "my-terraform-provider-grafana-0123456789abcdef-1",
        ] {
            assert!(!is_ours(name), "{name}");
        }
    }
}
