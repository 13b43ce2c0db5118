//! What is in the simulated accounts: workspaces, links to Grafana Labs, and scripts of tests.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use secrecy::SecretString;

use super::description::WorkspaceDescription;
use super::failure::Failure;
use super::managed_grafana::ManagedGrafana;
use super::operations::Operation;
use super::signature::Caller;
use super::transition::{Outcome, Polls, Transition};

/// A workspace with what the API does not show.
#[derive(Debug)]
pub(super) struct Workspace {
    pub account: String,
    pub region: String,
    pub description: WorkspaceDescription,
    pub transition: Option<Transition>,
    pub grafana: Option<ManagedGrafana>,
    /// How many service account tokens it may have, if there is a limit.
    pub token_quota: Option<usize>,
}

impl Workspace {
    /// Whether the caller's account and region have the workspace.
    pub fn is_of(&self, caller: &Caller) -> bool {
        self.account == caller.credential.principal.account() && self.region == caller.region
    }

    /// Goes into `status`, and on to `outcome` after `polls`.
    pub fn begin(&mut self, status: &str, polls: Polls, outcome: Outcome, now: Timestamp) {
        self.description.status = status.into();
        self.description.modified = now;
        self.transition = Some(Transition { polls, outcome });
    }

    /// Counts one `DescribeWorkspace`.
    pub fn poll(&mut self, now: Timestamp) {
        if let Some(mut transition) = self.transition.take() {
            if transition.poll() {
                transition.outcome.apply(&mut self.description, now);
            } else {
                self.transition = Some(transition);
            }
        }
    }

    /// Arrives now, whatever is left of the polls.
    pub fn arrive(&mut self, now: Timestamp) {
        if let Some(transition) = self.transition.take() {
            transition.outcome.apply(&mut self.description, now);
        }
    }
}

/// The state behind one address, of all accounts and regions.
#[derive(Debug)]
pub(super) struct Accounts {
    /// By workspace id, which is unique in all regions.
    pub workspaces: BTreeMap<String, Workspace>,
    /// Account and region pairs linked with Grafana Labs, and the last token if it is known.
    pub linked: BTreeMap<(String, String), Option<SecretString>>,
    /// Tokens that Grafana Labs knows; `None` if any will do.
    pub grafana_labs_tokens: Option<Vec<SecretString>>,
    /// How long the next upgrades and removals take.
    pub polls: Polls,
    /// How the next upgrades end, if not well.
    pub upgrade_failures: VecDeque<String>,
    /// How the next removals end, if not well.
    pub removal_failures: VecDeque<String>,
    /// Errors in store for an operation, the next first.
    pub scripts: BTreeMap<Operation, VecDeque<Failure>>,
    created: u64,
}

impl Default for Accounts {
    fn default() -> Self {
        Self {
            workspaces: BTreeMap::new(),
            linked: BTreeMap::new(),
            grafana_labs_tokens: None,
            polls: Polls::Count(1),
            upgrade_failures: VecDeque::new(),
            removal_failures: VecDeque::new(),
            scripts: BTreeMap::new(),
            created: 0,
        }
    }
}

impl Accounts {
    /// An id that no workspace has had yet.
    pub fn new_id(&mut self) -> String {
        // An odd step visits every id once, in an order that is not the order of creation.
        self.created += 1;
        format!("g-{:010x}", self.created.wrapping_mul(0x9e_3779_b97f) & 0xff_ffff_ffff)
    }

    /// The caller's workspace.
    ///
    /// # Errors
    /// 400 for an id of the wrong form, 404 if there is none in the caller's account and region.
    pub fn workspace(&mut self, caller: &Caller, id: &str) -> Result<&mut Workspace, Failure> {
        if !is_workspace_id(id) {
            return Err(Failure::field(
                "workspaceId",
                "Member must satisfy regular expression pattern: ^g-[0-9a-f]{10}$",
            ));
        }
        self.workspaces
            .get_mut(id)
            .filter(|workspace| workspace.is_of(caller))
            .ok_or_else(|| Failure::not_found("workspace", id))
    }

    /// The next scripted error of `operation`.
    pub fn scripted(&mut self, operation: Operation) -> Option<Failure> {
        self.scripts.get_mut(&operation)?.pop_front()
    }
}

fn is_workspace_id(id: &str) -> bool {
    id.strip_prefix("g-").is_some_and(|digits| {
        digits.len() == 10 && digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_have_the_form_of_the_service_model() {
        assert!(is_workspace_id("g-0123456789"));
        for wrong in [
            "",
            "g-",
            "g-012345678",
            "g-0123456789a",
            "g-012345678G",
            "x-0123456789",
            "G-0123456789",
        ] {
            assert!(!is_workspace_id(wrong), "{wrong}");
        }
    }

    #[test]
    fn new_ids_are_valid_and_differ() {
        let mut accounts = Accounts::default();
        let ids: BTreeSet<_> = (0..1000).map(|_| accounts.new_id()).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| is_workspace_id(id)));
    }
}
