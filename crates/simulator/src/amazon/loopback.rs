//! What every small server beside the service has: an address, a journal and faults.

use std::io;

use axum::Router;

use crate::faults::Faults;
use crate::journal::Journal;
use crate::server::{Identify, Options, Server, Tls};

#[derive(Debug)]
pub(super) struct Loopback {
    server: Server,
    pub journal: Journal,
    pub faults: Faults,
}

impl Loopback {
    /// Serves `router` on a port that the system picks.
    pub fn start(router: Router, identify: Option<Identify>, tls: Option<Tls>) -> io::Result<Self> {
        let (journal, faults) = (Journal::default(), Faults::default());
        let options = Options {
            journal: journal.clone(),
            faults: faults.clone(),
            identify,
            tls,
            ..Options::default()
        };
        Ok(Self { server: Server::start(router, options)?, journal, faults })
    }

    pub fn ca_pem(&self) -> Option<&str> {
        self.server.ca_pem()
    }

    pub fn url(&self) -> String {
        self.server.url()
    }
}

/// Names and values of environment variables, owned.
pub(super) fn exports<const N: usize>(pairs: [(&str, String); N]) -> Vec<(String, String)> {
    pairs.map(|(name, value)| (name.to_owned(), value)).into()
}
