//! What the provider's configuration gives access to, made when it is first needed.
//!
//! A configuration may be incomplete: a URL that another resource makes is unknown at plan, and
//! whoever uses only AWS sets none. So only what really needs a client complains, here.

use std::fmt;
use std::sync::{Arc, OnceLock};

use tfplugin::Diagnostic;

use crate::amazon::Amazon;
use crate::grafana::{Client, Settings};

/// Access to one Grafana instance. Clones share one client, and what that has learned.
#[derive(Clone)]
pub struct GrafanaAccess(Arc<Inner>);

struct Inner {
    settings: Result<Settings, Diagnostic>,
    client: OnceLock<Result<Client, Diagnostic>>,
}

impl GrafanaAccess {
    /// Access with these settings, or the reason why there is none.
    pub fn new(settings: Result<Settings, Diagnostic>) -> Self {
        GrafanaAccess(Arc::new(Inner { settings, client: OnceLock::new() }))
    }

    /// The client, in the organization that the provider's configuration names.
    ///
    /// # Errors
    /// When no instance is configured, or the configuration is not known yet or cannot be used: the
    /// diagnostic names the attribute and the variable to set.
    pub fn client(&self) -> Result<Client, Diagnostic> {
        self.0.client.get_or_init(|| self.connect()).clone()
    }

    /// The client, in the given organization; that of the provider's configuration if `None`.
    ///
    /// # Errors
    /// As [`GrafanaAccess::client`].
    pub fn client_for_org(&self, org: Option<i64>) -> Result<Client, Diagnostic> {
        let client = self.client()?;
        Ok(if org.is_some() { client.for_org(org) } else { client })
    }

    fn connect(&self) -> Result<Client, Diagnostic> {
        let settings = self.0.settings.as_ref().map_err(Clone::clone)?;
        Client::new(settings).map_err(|error| wrong_setting(error.setting, &error.message))
    }
}

impl fmt::Debug for GrafanaAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("GrafanaAccess").field(&self.0.settings).finish()
    }
}

/// The diagnostic for a setting of the provider that cannot be used.
pub(crate) fn wrong_setting(setting: &str, message: &str) -> Diagnostic {
    Diagnostic::error(
        format!("Invalid provider configuration: {setting}"),
        format!("The provider's `{setting}` (or {}) {message}.", variable(setting)),
    )
}

/// The environment variable that stands in for an attribute of the provider.
pub(crate) fn variable(setting: &str) -> String {
    format!("GRAFANA_{}", setting.to_uppercase())
}

/// Access to Amazon Managed Grafana.
#[derive(Clone, Debug)]
pub struct AmazonAccess(Result<Amazon, Diagnostic>);

impl AmazonAccess {
    /// Access by this handle, or the reason why there is none.
    pub fn new(amazon: Result<Amazon, Diagnostic>) -> Self {
        AmazonAccess(amazon)
    }

    /// The handle. It touches nothing before its first call.
    ///
    /// # Errors
    /// When the provider's `aws` is not known yet.
    pub fn amazon(&self) -> Result<Amazon, Diagnostic> {
        self.0.clone()
    }
}
