//! Who acts, and what they may do.

use std::collections::BTreeSet;

/// The account of a [`Principal`] that names none.
pub const ACCOUNT: &str = "123456789012";

/// A user or a role's session, with its permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    account: String,
    arn: String,
    regions: Option<BTreeSet<String>>,
    actions: Option<BTreeSet<String>>,
}

impl Principal {
    /// The IAM user `name` of [`ACCOUNT`], who may do everything everywhere.
    pub fn user(name: &str) -> Self {
        Self::of_account(ACCOUNT, format!("arn:aws:iam::{ACCOUNT}:user/{name}"))
    }

    /// The principal `arn` of `account` (twelve digits), who may do everything everywhere.
    pub fn of_account(account: impl Into<String>, arn: impl Into<String>) -> Self {
        Self { account: account.into(), arn: arn.into(), regions: None, actions: None }
    }

    /// May act in `region`, and in no region that is not named this way.
    pub fn only_in(mut self, region: impl Into<String>) -> Self {
        self.regions.get_or_insert_default().insert(region.into());
        self
    }

    /// May take the action (`grafana:DescribeWorkspace`), and none that is not named this way.
    pub fn allow(mut self, action: impl Into<String>) -> Self {
        self.actions.get_or_insert_default().insert(action.into());
        self
    }

    /// The account, twelve digits.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The name that `GetCallerIdentity` tells.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// May the principal take `action` in `region`?
    pub fn allows(&self, action: &str, region: &str) -> bool {
        let named = |set: &Option<BTreeSet<String>>, name: &str| {
            set.as_ref().is_none_or(|set| set.contains(name))
        };
        named(&self.actions, action) && named(&self.regions, region)
    }

    /// The session `name` of the role that `self` is, with the role's permissions.
    pub(super) fn session(&self, name: &str) -> Self {
        let role = self.arn.rsplit('/').next().unwrap_or_default();
        let arn = format!("arn:aws:sts::{}:assumed-role/{role}/{name}", self.account);
        Self { arn, ..self.clone() }
    }

    /// What AWS says to one who may not.
    pub(super) fn denial(&self, action: &str, resource: &str) -> String {
        format!(
            "User: {} is not authorized to perform: {action} on resource: {resource} because no identity-based policy allows the {action} action",
            self.arn
        )
    }
}
