//! The few calls to [Amazon Managed Grafana](https://docs.aws.amazon.com/grafana/latest/APIReference/Welcome.html)
//! that the provider makes, over `aws-sdk-grafana`.
//!
//! [`Amazon`] is a cheap handle that touches nothing until its first call. Every call takes the
//! region it is for, or `None` for the provider's. Sign-in, retries and errors are the same for
//! all of them: see [`Settings`] for where credentials come from and [`Error`] for what can go
//! wrong. Throttling, `Retry-After` included, and failures of AWS are waited out within bounds;
//! dropping a call's future ends it at once.

mod api_keys;
mod call;
mod connections;
mod credentials;
mod error;
mod failure;
#[cfg(all(unix, any(test, fuzzing)))]
pub(crate) mod hostile;
mod interceptors;
mod process;
mod profile;
mod region;
mod retry;
mod service_accounts;
mod settings;
mod sign_in;
mod troubles;
mod watch;
mod workspace;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_sdk_grafana::Client;
use aws_sdk_grafana::config::timeout::TimeoutConfig;
use jiff::Timestamp;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use self::call::Call;
pub use self::error::{Error, ErrorKind};
#[cfg(test)]
pub(crate) use self::failure::samples::samples as error_samples;
use self::interceptors::{RequestLog, ServiceClock};
use self::profile::Profiles;
pub use self::region::{Region, is_region};
pub use self::service_accounts::{ServiceAccount, ServiceAccountToken};
pub use self::settings::{AssumeRole, Settings, is_endpoint};
use self::troubles::Troubles;
pub use self::watch::Pauses;
use self::workspace::DESCRIBE;
pub use self::workspace::{
    AuthenticationSummary, LicenseType, NetworkAccessConfiguration, VpcConfiguration, Workspace,
    WorkspaceDescription, WorkspaceStatus, WorkspaceSummary, timestamp,
};
use crate::http::Quoted;

/// Amazon Managed Grafana, as the provider's settings reach it.
///
/// Clones share everything. Making one reads neither environment nor files and sends nothing; the
/// first call loads the configuration, once for all that wait for it, and a failure to load it is
/// the answer to every call of this handle.
#[derive(Clone)]
pub struct Amazon {
    shared: Arc<Shared>,
    deadline: Option<Instant>,
    troubles: Troubles,
}

struct Shared {
    settings: Settings,
    default_region: OnceCell<Result<Region, Error>>,
    config: OnceCell<Result<SdkConfig, Error>>,
    clients: Mutex<HashMap<Region, Client>>,
    clock: ServiceClock,
}

impl Amazon {
    /// A handle for these settings. Wrong ones are reported by the first call.
    pub fn new(settings: Settings) -> Self {
        settings.secret_key.iter().chain(&settings.token).for_each(|it| settings.redactor.add(it));
        let shared = Shared {
            settings,
            default_region: OnceCell::new(),
            config: OnceCell::new(),
            clients: Mutex::new(HashMap::new()),
            clock: ServiceClock::default(),
        };
        Self { shared: Arc::new(shared), deadline: None, troubles: Troubles::default() }
    }

    /// The same for an operation that ends at `deadline`: a call does not wait for a `Retry-After`
    /// beyond it, but fails at once with [`ErrorKind::Throttled`].
    #[must_use]
    pub fn within(&self, deadline: Option<Instant>) -> Self {
        Self { deadline, ..self.clone() }
    }

    /// The same for an operation of its own: what [`Amazon::held_up`] says is of that alone.
    #[must_use]
    pub fn for_operation(&self) -> Self {
        Self { troubles: Troubles::default(), ..self.clone() }
    }

    /// What the operation was last kept waiting by, for one that ends early: a call that has failed, or has no
    /// answer, and what else was noted. `None` if nothing is amiss.
    pub fn held_up(&self) -> Option<String> {
        self.troubles.last()
    }

    /// Notes an error after which the operation goes on all the same.
    pub fn note_error(&self, error: &Error) {
        if let Some(operation) = error.operation() {
            self.troubles.note(operation, error.to_string());
        }
    }

    /// Notes that a workspace that was described is busy, and waited for.
    pub fn note_busy(&self, workspace: &Workspace) {
        let WorkspaceDescription { id, status, .. } = &workspace.details;
        tracing::info!(%status, "waiting for the workspace to settle");
        let why = format!("Workspace {id} was busy with another change (status {status}).");
        self.troubles.note(DESCRIBE, why);
    }

    /// The region named `region`, or the first found of the provider's, `AWS_REGION`,
    /// `AWS_DEFAULT_REGION`, the profile's and instance metadata's. An empty name counts as absent.
    ///
    /// Fails with [`ErrorKind::Region`] if there is none or it cannot be one, and with
    /// [`ErrorKind::Profile`] if the profile to look in does not exist.
    pub async fn region(&self, region: Option<&str>) -> Result<Region, Error> {
        match settings::given(region) {
            Some(region) => region.parse(),
            None => self.default_region().await,
        }
    }

    /// Whether the profile that the settings name, if they name one, is in the shared config files.
    /// Reads files only.
    ///
    /// Fails with [`ErrorKind::Profile`].
    pub async fn check_profile(&self) -> Result<(), Error> {
        match self.shared.settings.profile() {
            Some(_) => Profiles::load(&self.shared.settings).await.map(drop),
            None => Ok(()),
        }
    }

    /// How late it is at the service at least, by the last answer; `None` before the first.
    pub fn service_time(&self) -> Option<Timestamp> {
        self.shared.clock.reached()
    }

    /// What AWS says, fit to be shown.
    pub fn quote(&self, text: &str) -> Quoted {
        self.shared.settings.redactor.quote(text)
    }

    async fn call(&self, operation: &'static str, region: Option<&Region>) -> Result<Call, Error> {
        let client = async {
            let region = match region {
                Some(region) => region.clone(),
                None => self.default_region().await?,
            };
            let client = self.client(&region).await?;
            Ok((region, client))
        };
        // All sources of credentials are in this future: it is too large for the stack.
        let (region, client) =
            Box::pin(client).await.map_err(|error: Error| error.during(operation))?;
        let settings = &self.shared.settings;
        Ok(Call {
            operation,
            region,
            endpoint: settings.endpoint().map(str::to_owned),
            deadline: self.deadline,
            redactor: settings.redactor.clone(),
            troubles: self.troubles.clone(),
            client,
        })
    }

    async fn default_region(&self) -> Result<Region, Error> {
        let load = || region::default(&self.shared.settings);
        self.shared.default_region.get_or_init(load).await.clone()
    }

    async fn client(&self, region: &Region) -> Result<Client, Error> {
        if let Some(client) = self.clients().get(region) {
            return Ok(client.clone());
        }
        let load = || sign_in::load(&self.shared.settings, region);
        let config = self.shared.config.get_or_init(load).await.clone()?;
        let make = || self.make_client(&config, region);
        Ok(self.clients().entry(region.clone()).or_insert_with(make).clone())
    }

    fn clients(&self) -> std::sync::MutexGuard<'_, HashMap<Region, Client>> {
        self.shared.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn make_client(&self, config: &SdkConfig, region: &Region) -> Client {
        let mut builder = aws_sdk_grafana::config::Builder::from(config)
            .region(aws_config::Region::from(region))
            .retry_config(retry::config())
            .timeout_config(timeouts())
            .interceptor(self.shared.clock.clone())
            .interceptor(RequestLog {
                region: region.to_string(),
                redactor: self.shared.settings.redactor.clone(),
            });
        if let Some(endpoint) = self.shared.settings.endpoint() {
            builder = builder.endpoint_url(endpoint);
        }
        Client::from_conf(builder.build())
    }
}

/// Of each attempt at a call; the callers' own limits bound the whole.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .connect_timeout(std::time::Duration::from_secs(3))
        .operation_attempt_timeout(std::time::Duration::from_secs(30))
        .build()
}

impl fmt::Debug for Amazon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Amazon").field("settings", &self.shared.settings).finish_non_exhaustive()
    }
}
