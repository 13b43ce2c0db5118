//! Everything a simulated Grafana knows.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{Generation, Options, licensing::Licensing, options::Routing, store::Database};
use crate::server::ConnectionId;

/// Amazon Managed Grafana's limit on the life of keys: 30 days.
const MANAGED_MAX_LIFE: i64 = 2_592_000;

pub(super) struct State {
    pub(super) generation: Generation,
    pub(super) options: Options,
    /// With a slash at the end, as `appUrl` has it.
    pub(super) root_url: String,
    pub(super) database: Database,
    pub(super) licensing: Licensing,
    requests: u64,
    ahead: SignedDuration,
}

/// A point in the life of a cluster.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) request: u64,
    pub(super) time: Timestamp,
}

impl State {
    pub(super) fn new(options: Options, root_url: String, licensing: Licensing) -> Self {
        let max_life = match options.api_key_max_seconds_to_live {
            None if options.managed => Some(MANAGED_MAX_LIFE),
            limit => limit,
        };
        let database = Database::new(max_life);
        let generation = options.generation;
        let (requests, ahead) = (0, SignedDuration::ZERO);
        Self { generation, options, root_url, database, licensing, requests, ahead }
    }

    /// The time by the clock of the simulation.
    pub(super) fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        now.checked_add(self.ahead).unwrap_or(now)
    }

    pub(super) fn advance(&mut self, by: Duration) {
        let by = SignedDuration::try_from(by).unwrap_or(SignedDuration::MAX);
        self.ahead = self.ahead.saturating_add(by);
    }

    pub(super) fn moment(&self) -> Moment {
        Moment { request: self.requests, time: self.now() }
    }

    /// Counts a request and says which node answers it.
    pub(super) fn next_node(&mut self, connection: Option<ConnectionId>) -> usize {
        self.requests += 1;
        let turn = match (self.options.routing, connection) {
            (Routing::PerConnection, Some(ConnectionId(id))) => id,
            _ => self.requests,
        };
        let nodes = self.options.nodes.max(1) as u64;
        // The remainder is below the number of nodes, which is a usize.
        usize::try_from(turn.wrapping_sub(1) % nodes).unwrap_or_default()
    }

    /// Whether there is a licensing API.
    pub(super) fn is_licensed_edition(&self) -> bool {
        self.options.enterprise && !self.options.managed
    }

    pub(super) fn version(&self) -> String {
        self.options.version.clone().unwrap_or_else(|| self.generation.version())
    }
}
