//! Grafana servers of each generation, with Enterprise licensing.
//!
//! ```
//! use simulator::grafana::{Generation, Grafana, Options, Role};
//!
//! # fn main() -> std::io::Result<()> {
//! let grafana = Grafana::start(Options { generation: Generation::V9_4, ..Options::default() })?;
//! let key = grafana.create_api_key(1, "ci", Role::Viewer, None).map_err(std::io::Error::other)?;
//! assert_eq!(grafana.api_keys(1)[0].id, key.id);
//! // GET {grafana.url()}/api/auth/keys with admin:admin lists it.
//! # Ok(())
//! # }
//! ```

mod access;
mod answer;
mod call;
mod claims;
mod control;
mod endpoints;
mod generation;
mod issuer;
mod licensing;
mod options;
mod role;
mod routes;
mod sign_in;
mod state;
mod store;

use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::Arc,
};

use http::request::Parts;

use self::{call::Shared, licensing::Licensing, state::State};
pub use self::{
    claims::LicenseClaims,
    control::{Key, ServiceAccount},
    generation::{Generation, Migration, UnknownGeneration},
    issuer::{Issuer, Signature},
    licensing::ActiveUsers,
    options::{Lag, NoLicense, Options, Routing},
    role::{Role, UnknownRole},
    store::{CreatedKey, Refusal},
};
use crate::{
    faults::Faults,
    journal::Journal,
    server::{self, ClientIdentity, Server},
};

/// The organization every Grafana starts with.
pub const MAIN_ORGANIZATION: i64 = 1;

/// A running Grafana. Dropping it stops it. Its methods act behind the back of its clients, without HTTP.
pub struct Grafana {
    shared: Shared,
    issuer: Issuer,
    journal: Journal,
    faults: Faults,
    server: Server,
}

impl fmt::Debug for Grafana {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grafana").field("url", &self.url()).finish_non_exhaustive()
    }
}

impl Grafana {
    /// Starts it with organization 1, `Main Org.`, and in it the server administrator `admin`.
    ///
    /// # Errors
    /// If the port cannot be bound, or keys or certificates cannot be made.
    pub fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        let root_url = root_url(&options, listener.local_addr()?);
        let issuer =
            options.issuer.clone().map_or_else(|| Issuer::new(Signature::default()), Ok)?;
        let state = initial_state(options.clone(), root_url, issuer.clone())?;
        let shared = Shared::new(state);
        let (journal, faults) = (Journal::default(), Faults::default());
        let described = shared.clone();
        let identify = move |parts: &Parts| sign_in::describe(&mut described.lock(), parts);
        let server = Server::start_on(
            listener,
            routes::router(shared.clone()),
            server::Options {
                tls: options.tls,
                sub_path: options.sub_path,
                journal: journal.clone(),
                faults: faults.clone(),
                identify: Some(Arc::new(identify)),
                ..server::Options::default()
            },
        )?;
        Ok(Self { shared, issuer, journal, faults, server })
    }

    /// The URL clients are given, without a slash at the end.
    pub fn url(&self) -> String {
        self.server.url()
    }

    /// `appUrl`, with a slash at the end: what `sub` of a license must be.
    pub fn root_url(&self) -> String {
        self.shared.lock().root_url.clone()
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// The certificate to trust, as PEM; `None` without TLS.
    pub fn ca_pem(&self) -> Option<&str> {
        self.server.ca_pem()
    }

    /// A certificate for clients; `None` unless the server asks for one.
    pub fn client_identity(&self) -> Option<&ClientIdentity> {
        self.server.client_identity()
    }

    /// The requests it got.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    /// What goes wrong.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Who signs the licenses it trusts.
    pub fn issuer(&self) -> &Issuer {
        &self.issuer
    }
}

fn root_url(options: &Options, addr: SocketAddr) -> String {
    let scheme = if options.tls.is_some() { "https" } else { "http" };
    let real = || format!("{scheme}://{addr}{}", options.sub_path);
    let url = options.root_url.clone().unwrap_or_else(real);
    format!("{}/", url.trim_end_matches('/'))
}

fn initial_state(options: Options, root_url: String, issuer: Issuer) -> io::Result<State> {
    let mut licensing = Licensing::new(issuer, &options);
    if options.licensed {
        licensing.tell_all(Some(LicenseClaims::for_instance(&root_url)));
    }
    if options.license_from_disk {
        licensing.put_on_disk(Some(LicenseClaims::for_instance(&root_url)));
    }
    let password = options.admin_password.clone();
    let mut state = State::new(options, root_url, licensing);
    let now = state.now();
    let organization = state.database.create_organization("Main Org.").map_err(io::Error::other)?;
    let admin = state.database.create_user(now, "admin", &password).map_err(io::Error::other)?;
    admin.server_admin = true;
    admin.email = "admin@localhost".to_owned();
    admin.organizations.insert(organization, Role::Admin);
    Ok(state)
}
