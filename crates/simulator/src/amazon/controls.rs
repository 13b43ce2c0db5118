//! What a test can do to the accounts behind the clients' back.

use std::io;
use std::sync::Arc;

use secrecy::SecretString;

use super::account::{Accounts, Workspace};
use super::description::WorkspaceDescription;
use super::failure::Failure;
use super::managed_grafana::ManagedGrafana;
use super::new_workspace::NewWorkspace;
use super::operations::Operation;
use super::options::Endpoint;
use super::principal::ACCOUNT;
use super::transition::{Outcome, Polls};
use super::{Amazon, Credential};
use crate::grafana::{Grafana, Migration};

/// Methods that take a workspace's id do nothing if there is none with it, except where they say so.
impl Amazon {
    /// Makes a workspace, at once ACTIVE, and returns its id.
    ///
    /// # Errors
    /// Its Grafana does not start, or there is no Grafana of that version.
    pub fn create_workspace(&self, new: NewWorkspace) -> io::Result<String> {
        let region = new.region.unwrap_or_else(|| self.region.clone());
        let grafana = match new.endpoint {
            Endpoint::Nowhere => None,
            endpoint => Some(ManagedGrafana::start(&new.grafana_version, endpoint)?),
        };
        let id = self.service.accounts().new_id();
        let now = self.service.clock.now();
        let mut description =
            WorkspaceDescription::new(id.clone(), new.name, new.grafana_version, now);
        description.endpoint = match &grafana {
            Some(grafana) => grafana.endpoint(),
            None => format!("{id}.grafana-workspace.{region}.amazonaws.com"),
        };
        for change in new.changes {
            change(&mut description);
        }
        let id = description.id.clone();
        let workspace = Workspace {
            account: new.account,
            region,
            description,
            transition: None,
            grafana,
            token_quota: None,
        };
        self.service.accounts().workspaces.insert(id.clone(), workspace);
        Ok(id)
    }

    /// The workspace as `DescribeWorkspace` would show it, without counting as a poll.
    pub fn workspace(&self, id: &str) -> Option<WorkspaceDescription> {
        self.service.accounts().workspaces.get(id).map(|workspace| workspace.description.clone())
    }

    /// Changes any field of a workspace. A status set here stays until somebody changes it. The
    /// service waits meanwhile: `change` must not ask it for anything.
    pub fn change_workspace(&self, id: &str, change: impl FnOnce(&mut WorkspaceDescription)) {
        self.with_workspace(id, |workspace| {
            workspace.transition = None;
            change(&mut workspace.description);
        });
    }

    /// The Grafana of a workspace, whose methods act behind the clients' back too; `None` for
    /// [`Endpoint::Nowhere`].
    pub fn grafana(&self, id: &str) -> Option<Arc<Grafana>> {
        let accounts = self.service.accounts();
        Some(Arc::clone(&accounts.workspaces.get(id)?.grafana.as_ref()?.grafana))
    }

    /// Upgrades the Grafana of a workspace to a version, such as `12.4`; API keys become tokens.
    ///
    /// # Errors
    /// There is no Grafana of that version.
    pub fn upgrade_grafana(&self, id: &str, version: &str) -> io::Result<()> {
        let generation = version.parse().map_err(io::Error::other)?;
        self.with_workspace(id, |workspace| {
            workspace.description.grafana_version = version.into();
            if let Some(managed) = &workspace.grafana {
                managed.grafana.upgrade(generation, Migration::AtStart);
            }
        });
        Ok(())
    }

    /// Lets a workspace have so many service account tokens at most, ended ones included. No limit,
    /// at first.
    pub fn set_token_quota(&self, id: &str, quota: usize) {
        self.with_workspace(id, |workspace| workspace.token_quota = Some(quota));
    }

    /// Makes a workspace go away: 404 from now on.
    pub fn delete_workspace(&self, id: &str) {
        self.service.accounts().workspaces.remove(id);
    }

    /// Takes the license off a workspace, without a trace.
    pub fn drop_license(&self, id: &str) {
        let now = self.service.clock.now();
        self.with_workspace(id, |workspace| {
            Outcome::Unlicensed.apply(&mut workspace.description, now)
        });
    }

    /// Makes a workspace busy: `status` (`UPDATING`, `VERSION_UPDATING`, …) for `polls`, then as before.
    pub fn make_busy(&self, id: &str, status: &str, polls: Polls) {
        let now = self.service.clock.now();
        self.with_workspace(id, |workspace| workspace.begin(status, polls, Outcome::Settled, now));
    }

    /// Makes a workspace DEGRADED for this reason.
    pub fn degrade(&self, id: &str, reason: &str) {
        self.change_workspace(id, |workspace| {
            workspace.status = "DEGRADED".into();
            workspace.degraded_workspace_reason = Some(reason.into());
        });
    }

    /// Brings a workspace on its way to where it goes, whatever is left of its polls.
    pub fn release(&self, id: &str) {
        let now = self.service.clock.now();
        self.with_workspace(id, |workspace| workspace.arrive(now));
    }

    /// How long the upgrades and removals take that begin from now on. One poll, at first.
    pub fn set_polls(&self, polls: Polls) {
        self.service.accounts().polls = polls;
    }

    /// Lets the next upgrade end in `status`, such as `UPGRADE_FAILED`.
    pub fn fail_next_upgrade(&self, status: &str) {
        self.service.accounts().upgrade_failures.push_back(status.into());
    }

    /// Lets the next removal end in `status`, such as `LICENSE_REMOVAL_FAILED`.
    pub fn fail_next_removal(&self, status: &str) {
        self.service.accounts().removal_failures.push_back(status.into());
    }

    /// Links [`ACCOUNT`] with Grafana Labs in a region, as somebody may have done in the console:
    /// licenses need no token there.
    pub fn link_account(&self, region: &str) {
        self.service.accounts().linked.insert((ACCOUNT.into(), region.into()), None);
    }

    /// Lets Grafana Labs know only these tokens. Before, every token of 1 to 36 characters will do.
    pub fn accept_only_grafana_tokens<T: Into<String>>(&self, tokens: impl IntoIterator<Item = T>) {
        let tokens = tokens.into_iter().map(|token| SecretString::from(token.into())).collect();
        self.service.accounts().grafana_labs_tokens = Some(tokens);
    }

    /// Answers the next call of `operation` that is allowed with `failure`, and does nothing. Several add up.
    pub fn fail_next(&self, operation: Operation, failure: Failure) {
        self.service.accounts().scripts.entry(operation).or_default().push_back(failure);
    }

    /// Accepts a credential too.
    pub fn add_credentials(&self, credential: Credential) {
        self.service.credentials.add(credential);
    }

    fn with_workspace(&self, id: &str, change: impl FnOnce(&mut Workspace)) {
        let mut accounts = self.service.accounts();
        let accounts: &mut Accounts = &mut accounts;
        if let Some(workspace) = accounts.workspaces.get_mut(id) {
            change(workspace);
        }
    }
}
