//! A role that can be assumed.

use std::collections::BTreeSet;

use crate::amazon::principal::Principal;

/// A role: who may assume it, and what its sessions may do.
#[derive(Debug, Clone)]
pub struct Role {
    principal: Principal,
    external_id: Option<String>,
    subjects: BTreeSet<String>,
    longest_session: u32,
}

impl Role {
    /// The role `arn` (`arn:aws:iam::ACCOUNT:role/NAME`). Every principal may assume it, its
    /// sessions may do everything, and last an hour at most.
    pub fn new(arn: &str) -> Self {
        let account = arn.split(':').nth(4).unwrap_or_default();
        Self {
            principal: Principal::of_account(account, arn),
            external_id: None,
            subjects: BTreeSet::new(),
            longest_session: 3600,
        }
    }

    /// Demands this external id of whoever assumes the role.
    pub fn external_id(mut self, id: impl Into<String>) -> Self {
        self.external_id = Some(id.into());
        self
    }

    /// Lets the web identity `subject` assume the role.
    pub fn trust_subject(mut self, subject: impl Into<String>) -> Self {
        self.subjects.insert(subject.into());
        self
    }

    /// Lets sessions last this long at most, in seconds; AWS allows 3600 to 43200.
    pub fn longest_session(mut self, seconds: u32) -> Self {
        self.longest_session = seconds;
        self
    }

    /// Sessions may take this action, and none that is not named this way.
    pub fn allow(mut self, action: impl Into<String>) -> Self {
        self.principal = self.principal.allow(action);
        self
    }

    /// Sessions may act in this region, and in none that is not named this way.
    pub fn only_in(mut self, region: impl Into<String>) -> Self {
        self.principal = self.principal.only_in(region);
        self
    }

    pub(super) fn arn(&self) -> &str {
        self.principal.arn()
    }

    pub(super) fn takes_external_id(&self, sent: Option<&str>) -> bool {
        self.external_id.is_none() || self.external_id.as_deref() == sent
    }

    pub(super) fn trusts(&self, subject: &str) -> bool {
        self.subjects.contains(subject)
    }

    pub(super) fn allows_session_of(&self, seconds: u32) -> bool {
        seconds <= self.longest_session
    }

    pub(super) fn session(&self, name: &str) -> Principal {
        self.principal.session(name)
    }
}
