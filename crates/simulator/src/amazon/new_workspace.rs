//! What a test says about a workspace it wants.

use super::description::WorkspaceDescription;
use super::options::Endpoint;
use super::principal::ACCOUNT;

type Change = Box<dyn FnOnce(&mut WorkspaceDescription)>;

/// A workspace to be made by [`Amazon::create_workspace`](super::Amazon::create_workspace).
pub struct NewWorkspace {
    pub(super) name: String,
    pub(super) account: String,
    pub(super) region: Option<String>,
    pub(super) grafana_version: String,
    pub(super) endpoint: Endpoint,
    pub(super) changes: Vec<Change>,
}

impl NewWorkspace {
    /// An active workspace of Grafana 10.4 in the region of the options.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            account: ACCOUNT.into(),
            region: None,
            grafana_version: "10.4".into(),
            endpoint: Endpoint::default(),
            changes: Vec::new(),
        }
    }

    /// In this region.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.region = Some(region.into());
        self
    }

    /// In this account, twelve digits.
    pub fn account(mut self, account: impl Into<String>) -> Self {
        self.account = account.into();
        self
    }

    /// Of this version: `8.4`, `9.4`, `10.4` or `12.4`.
    pub fn grafana_version(mut self, version: impl Into<String>) -> Self {
        self.grafana_version = version.into();
        self
    }

    /// With its Grafana there.
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = endpoint;
        self
    }

    /// With this tag.
    pub fn tag(self, key: impl Into<String>, value: impl Into<String>) -> Self {
        let (key, value) = (key.into(), value.into());
        self.with(|workspace| {
            workspace.tags.get_or_insert_default().insert(key, value);
        })
    }

    /// With any field set to anything. What is said last holds.
    pub fn with(mut self, change: impl FnOnce(&mut WorkspaceDescription) + 'static) -> Self {
        self.changes.push(Box::new(change));
        self
    }
}
