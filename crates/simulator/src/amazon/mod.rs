//! Amazon Managed Grafana on loopback, and the places AWS clients get credentials from.
//!
//! ```
//! use simulator::amazon::{Amazon, NewWorkspace, Options, Polls};
//!
//! let amazon = Amazon::start(Options::default())?;
//! let id = amazon.create_workspace(NewWorkspace::named("metrics").region("eu-central-1").tag("team", "a"))?;
//! amazon.set_polls(Polls::Count(2)); // AssociateLicense: two polls see UPGRADING, the third ACTIVE
//! amazon.link_account("eu-central-1");
//! for (name, value) in amazon.exports() {
//!     // Set them for an AWS client: endpoint, region, access key, …
//!     # let _ = (name, value);
//! }
//! assert_eq!(amazon.workspace(&id).unwrap().status, "ACTIVE");
//! # Ok::<_, std::io::Error>(())
//! ```
//!
//! One address serves every region: the signature's credential scope tells which one is meant, and
//! a workspace is found in its own region only. Signatures are verified as AWS does.
//!
//! The state of a workspace can be changed behind the clients' back with the methods of
//! [`Amazon`]; time on the way from one status to the next is counted in `DescribeWorkspace` calls
//! ([`Polls`]).

mod account;
mod calls;
mod clock;
mod container_credentials;
mod controls;
mod credentials;
mod description;
mod failure;
mod instance_metadata;
mod loopback;
mod managed_grafana;
mod new_workspace;
mod operations;
mod options;
mod page;
mod principal;
mod request;
mod service;
mod signature;
mod sso;
mod sts;
mod transition;

use std::io;
use std::sync::Arc;

use secrecy::ExposeSecret;

pub use calls::CallRecord;
pub use clock::Clock;
pub use container_credentials::ContainerCredentials;
pub use credentials::{Credential, Credentials};
pub use description::{Authentication, NetworkAccess, Vpc, WorkspaceDescription};
pub use failure::{Failure, Reason};
pub use instance_metadata::InstanceMetadata;
pub use new_workspace::NewWorkspace;
pub use operations::Operation;
pub use options::{AbsentLicense, Endpoint, Options};
pub use principal::{ACCOUNT, Principal};
pub use sso::{CachedSignIn, Sso};
pub use sts::{Role, Sts};
pub use transition::Polls;

use crate::faults::Faults;
use crate::journal::Journal;
use crate::server::{self, Server};
use loopback::exports;
use service::Service;

/// A running Amazon Managed Grafana, with one workspace and one credential. Dropping it stops it.
#[derive(Debug)]
pub struct Amazon {
    server: Server,
    service: Arc<Service>,
    journal: Journal,
    faults: Faults,
    tls: Option<server::Tls>,
    region: String,
    credential: Credential,
    workspace_id: String,
}

impl Amazon {
    /// Starts the service on loopback, in a thread of its own.
    ///
    /// # Errors
    /// The port cannot be bound, or the first workspace's Grafana does not start.
    pub fn start(options: Options) -> io::Result<Self> {
        let (journal, faults) = (Journal::default(), Faults::default());
        let credential = Credential::random(Principal::user("simulator"));
        let service = Arc::new(Service::new(options.absent_license));
        service.credentials.add(credential.clone());
        let server = Server::start(
            Arc::clone(&service).router(),
            server::Options {
                port: options.port,
                tls: options.tls,
                journal: journal.clone(),
                faults: faults.clone(),
                identify: Some(Arc::new(service::identify)),
                ..server::Options::default()
            },
        )?;
        let (tls, region) = (options.tls, options.region);
        let mut amazon = Self {
            server,
            service,
            journal,
            faults,
            tls,
            region,
            credential,
            workspace_id: String::new(),
        };
        amazon.workspace_id = amazon.create_workspace(
            NewWorkspace::named("simulator")
                .grafana_version(options.grafana_version)
                .endpoint(options.endpoint),
        )?;
        Ok(amazon)
    }

    /// `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL_GRAFANA`.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// The certificate of the authority behind [`Options::tls`], as PEM.
    pub fn ca_pem(&self) -> Option<&str> {
        self.server.ca_pem()
    }

    /// The HTTP requests that came, good signature or not.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// The calls that came with a good signature, in order.
    pub fn calls(&self) -> Vec<CallRecord> {
        self.service.calls.all()
    }

    /// What goes wrong with requests below the API: connections, proxies.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The credentials that are accepted.
    pub fn credentials(&self) -> &Credentials {
        &self.service.credentials
    }

    /// The service's clock, by which signatures are fresh and credentials end.
    pub fn clock(&self) -> &Clock {
        &self.service.clock
    }

    /// The region of the exports and of the first workspace.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The id of the first workspace.
    pub fn workspace_id(&self) -> &str {
        &self.workspace_id
    }

    /// The credential of the exports, which may do everything.
    pub fn credential(&self) -> &Credential {
        &self.credential
    }

    /// Environment variables that lead an AWS client here, secrets in clear. With
    /// [`Endpoint::Https`], `GRAFANA_CA_CERT` is the certificate, as PEM, to trust for the first
    /// workspace's Grafana.
    pub fn exports(&self) -> Vec<(String, String)> {
        let credential = &self.credential;
        let mut exports = exports([
            ("AWS_ENDPOINT_URL_GRAFANA", self.url()),
            ("AWS_REGION", self.region.clone()),
            ("AWS_ACCESS_KEY_ID", credential.access_key.clone()),
            ("AWS_SECRET_ACCESS_KEY", credential.secret.expose_secret().to_owned()),
            ("GRAFANA_WORKSPACE_ID", self.workspace_id.clone()),
        ]);
        if let Some(grafana) = self.grafana(&self.workspace_id) {
            let ca = grafana.ca_pem().map(|pem| ("GRAFANA_CA_CERT".to_owned(), pem.to_owned()));
            exports.extend(ca);
        }
        exports
    }
}
