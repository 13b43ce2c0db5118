//! How to start a simulated Amazon Managed Grafana.

use crate::server::Tls;

/// What the service says to `DisassociateLicense` on a workspace without that license. It is not
/// documented, so clients have to bear each of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AbsentLicense {
    /// `ValidationException`, 400: the choice made here, as the operation's documented errors name
    /// a missing *workspace* only as not found.
    #[default]
    Invalid,
    /// `ResourceNotFoundException`, 404, of resource type `license`.
    NotFound,
    /// 202, and the workspace is UPDATING for a while all the same.
    Accepted,
}

/// Where the Grafana of a workspace is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Endpoint {
    /// `endpoint` is `http://127.0.0.1:PORT`. Amazon's endpoints have no scheme and mean HTTPS;
    /// a client that puts `https://` before an endpoint only if it has no scheme can use this one.
    #[default]
    Http,
    /// `endpoint` is `127.0.0.1:PORT`, without a scheme as Amazon's, and speaks HTTPS with a
    /// certificate of an authority of its own
    /// ([`Grafana::ca_pem`](crate::grafana::Grafana::ca_pem)), which the exports have too.
    Https,
    /// `endpoint` is a name below `amazonaws.com` and no Grafana is there: operations on keys and
    /// service accounts answer 500. For tests that need many workspaces.
    Nowhere,
}

/// How to start an [`Amazon`](super::Amazon).
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 lets the system pick one.
    pub port: u16,
    /// HTTPS for the AWS API, if wanted.
    pub tls: Option<Tls>,
    /// The region of the exports and of the first workspace.
    pub region: String,
    /// The Grafana version of the first workspace: `8.4`, `9.4`, `10.4` or `12.4`.
    pub grafana_version: String,
    /// Where the Grafana of the first workspace is.
    pub endpoint: Endpoint,
    /// The answer to removing a license that is not there.
    pub absent_license: AbsentLicense,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            tls: None,
            region: "us-east-1".into(),
            grafana_version: "10.4".into(),
            endpoint: Endpoint::default(),
            absent_license: AbsentLicense::default(),
        }
    }
}
