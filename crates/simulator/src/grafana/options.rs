//! How to start a simulated Grafana.

use std::{fmt, time::Duration};

use super::{Generation, Issuer};
use crate::server::Tls;

/// Which node of a cluster answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Routing {
    /// Each request goes to the next node.
    #[default]
    PerRequest,
    /// Each connection goes to the next node and stays there.
    PerConnection,
}

/// How far a node of a cluster is behind the one before it in noticing a license.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lag {
    /// So many requests to the cluster.
    Requests(u64),
    /// So much time by the clock of the simulation.
    Time(Duration),
}

impl Default for Lag {
    fn default() -> Self {
        Self::Requests(2)
    }
}

/// What `GET /api/licensing/token` answers without a license.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NoLicense {
    /// 404.
    #[default]
    NotFound,
    /// 200 with claims that are all zero, empty or null.
    Zeros,
}

/// Options of [`super::Grafana::start`].
#[derive(Clone)]
pub struct Options {
    /// What it behaves like.
    pub generation: Generation,
    /// Grafana Enterprise; else Grafana OSS, which has no licensing API.
    pub enterprise: bool,
    /// The Grafana of an Amazon Managed Grafana workspace: no basic sign-in, no licensing API, keys of at most 30 days.
    pub managed: bool,
    /// `buildInfo.version`; [`Generation::version`] if `None`.
    pub version: Option<String>,
    /// `buildInfo.commit`.
    pub commit: String,
    /// `root_url`, which licenses must be for; the real address if `None`.
    pub root_url: Option<String>,
    /// Path it is served from, like `/grafana`; empty for none.
    pub sub_path: String,
    /// Port on 127.0.0.1; 0 lets the system pick one.
    pub port: u16,
    /// HTTPS, if wanted.
    pub tls: Option<Tls>,
    /// Nodes behind the one address; they share the database.
    pub nodes: usize,
    /// Which node answers.
    pub routing: Routing,
    /// How nodes other than the one that was told notice a license.
    pub lag: Lag,
    /// Password of the server administrator `admin`.
    pub admin_password: String,
    /// `api_key_max_seconds_to_live`; `None` is no limit. Managed mode has 2592000 if `None`.
    pub api_key_max_seconds_to_live: Option<i64>,
    /// Starts with a license in the database.
    pub licensed: bool,
    /// Starts with a license from `license_path`, which `DELETE` does not remove.
    pub license_from_disk: bool,
    /// Who signs licenses this Grafana trusts; one of its own if `None`.
    pub issuer: Option<Issuer>,
    /// Whether `POST /api/licensing/token/renew` reaches grafana.com.
    pub issuer_reachable: bool,
    /// What is answered without a license.
    pub no_license: NoLicense,
    /// The page people get in the browser.
    pub index_page: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            generation: Generation::V12_1,
            enterprise: true,
            managed: false,
            version: None,
            commit: "0000000000".to_owned(),
            root_url: None,
            sub_path: String::new(),
            port: 0,
            tls: None,
            nodes: 1,
            routing: Routing::default(),
            lag: Lag::default(),
            admin_password: "admin".to_owned(),
            api_key_max_seconds_to_live: None,
            licensed: false,
            license_from_disk: false,
            issuer: None,
            issuer_reachable: true,
            no_license: NoLicense::default(),
            index_page:
                "<!DOCTYPE html><html><head><title>Grafana</title></head><body></body></html>"
                    .to_owned(),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { generation, enterprise, managed, sub_path, nodes, .. } = self;
        f.debug_struct("Options")
            .field("generation", generation)
            .field("enterprise", enterprise)
            .field("managed", managed)
            .field("sub_path", sub_path)
            .field("nodes", nodes)
            .finish_non_exhaustive()
    }
}
