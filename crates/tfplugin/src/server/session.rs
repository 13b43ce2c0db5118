//! Sessions: what one connection of Terraform's has configured, opened and set going.

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::FutureExt;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection::ConnectionId;
use crate::deferral::Deferral;
use crate::offers::{Call, Offered, Offers};
use crate::provider::Provider;

/// How long giving back what runs hold may take in all.
const RELEASE_BOUND: Duration = Duration::from_secs(75);

/// How much of that may be spent on waiting for operations under way: a stop ends their waits, so what
/// remains is one request each, and giving back what it made.
const OPERATIONS_BOUND: Duration = Duration::from_secs(45);

/// How much of it may be spent on closing ephemeral resources.
const CLOSING_BOUND: Duration = Duration::from_secs(20);

/// One connection's state. Under `--debug`, and with several provider blocks, there are several.
pub(crate) struct Session<C> {
    state: Mutex<State<C>>,
    /// Operations under way; they outlive a caller that no longer waits for them.
    pub(crate) running: TaskTracker,
    /// Whether the connection is gone, and with it whoever waits for an answer.
    gone: AtomicBool,
}

struct State<C> {
    /// What ConfigureProvider made, the newest last.
    configured: Vec<Arc<C>>,
    stop: CancellationToken,
    open: Vec<OpenEphemeral<C>>,
    ended: bool,
    /// Why nothing can be done in this run yet, if the provider has said so.
    deferral: Option<Deferral>,
}

/// An ephemeral resource that is open.
pub(crate) struct OpenEphemeral<C> {
    pub(crate) type_name: String,
    pub(crate) private: Vec<u8>,
    pub(crate) configured: Arc<C>,
}

impl<C> Default for Session<C> {
    fn default() -> Self {
        let stop = CancellationToken::new();
        let state =
            State { configured: Vec::new(), stop, open: Vec::new(), ended: false, deferral: None };
        Session {
            state: Mutex::new(state),
            running: TaskTracker::new(),
            gone: AtomicBool::new(false),
        }
    }
}

impl<C> Session<C> {
    fn lock(&self) -> MutexGuard<'_, State<C>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a run, which a stop of the one before does not concern; what stops it.
    pub(crate) fn begin(&self) -> CancellationToken {
        let mut state = self.lock();
        if state.stop.is_cancelled() {
            state.stop = CancellationToken::new();
        }
        state.stop.clone()
    }

    pub(crate) fn configure(&self, configured: C) {
        let mut state = self.lock();
        state.configured.push(Arc::new(configured));
        state.deferral = None;
    }

    /// Nothing can be done in this run yet.
    pub(crate) fn defer(&self, deferral: Deferral) {
        self.lock().deferral = Some(deferral);
    }

    /// Why nothing can be done in this run yet.
    pub(crate) fn deferral(&self) -> Option<Deferral> {
        self.lock().deferral
    }

    /// What the newest ConfigureProvider made.
    pub(crate) fn configured(&self) -> Option<Arc<C>> {
        self.lock().configured.last().cloned()
    }

    /// Whether nobody can receive an answer any more.
    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }

    /// Ends waits under way, and those still to come in this run.
    pub(crate) fn stop(&self) {
        self.lock().stop.cancel();
    }

    /// A call that the user can stop.
    pub(crate) fn call(&self, private: Vec<u8>) -> Call {
        Call::new(self.lock().stop.clone(), private)
    }

    /// Remembers an ephemeral resource that is open now; gives it back if the session has ended
    /// meanwhile, and nobody will close it any more.
    pub(crate) fn opened(&self, ephemeral: OpenEphemeral<C>) -> Result<(), OpenEphemeral<C>> {
        let mut state = self.lock();
        if state.ended {
            return Err(ephemeral);
        }
        state.open.push(ephemeral);
        Ok(())
    }

    /// Forgets an ephemeral resource that has been closed.
    pub(crate) fn closed(&self, type_name: &str, private: &[u8]) {
        let open = &mut self.lock().open;
        if let Some(at) = open.iter().position(|o| o.type_name == type_name && o.private == private)
        {
            open.remove(at);
        }
    }

    /// What an open ephemeral resource was opened with.
    pub(crate) fn configured_for(&self, type_name: &str, private: &[u8]) -> Option<Arc<C>> {
        let state = self.lock();
        let open = state.open.iter().find(|o| o.type_name == type_name && o.private == private);
        open.map(|open| open.configured.clone()).or_else(|| state.configured.last().cloned())
    }

    /// Gives back everything this session holds, once operations under way have ended.
    async fn end<P: Provider<Configured = C>>(&self, provider: &P, offers: &Offers<C>) {
        self.stop();
        self.running.close();
        // What does not end in time must not keep the rest from being given back.
        let _ = tokio::time::timeout(OPERATIONS_BOUND, self.running.wait()).await;
        let (open, configured) = {
            let mut state = self.lock();
            state.ended = true;
            (std::mem::take(&mut state.open), std::mem::take(&mut state.configured))
        };
        // Side by side, so that one that hangs or panics does not keep the others.
        let closing = open.iter().map(|ephemeral| surviving(close(offers, ephemeral)));
        let closed = tokio::time::timeout(CLOSING_BOUND, futures::future::join_all(closing)).await;
        if closed.is_err() {
            tracing::error!("not every ephemeral resource could be closed in time");
        }
        let releasing = configured.iter().map(|it| surviving(provider.release(it)));
        futures::future::join_all(releasing).await;
    }
}

/// Closes an ephemeral resource that Terraform has left open. The user's stop is not for clean-up.
pub(crate) async fn close<C>(offers: &Offers<C>, ephemeral: &OpenEphemeral<C>) {
    let Some(entry) = offers.ephemerals.get(ephemeral.type_name.as_str()) else { return };
    let call = Call::new(CancellationToken::new(), ephemeral.private.clone());
    for diagnostic in entry.close(&ephemeral.configured, &call).await {
        let type_name = ephemeral.type_name.as_str();
        let (summary, detail) = (diagnostic.summary, diagnostic.detail);
        tracing::warn!(tf_resource_type = type_name, summary, detail, "closing");
    }
}

/// Clean-up that ends here even if it panics; the panic itself has been logged.
async fn surviving(work: impl Future<Output = ()>) {
    let _ = AssertUnwindSafe(work).catch_unwind().await;
}

/// All sessions of a server.
pub(crate) struct Sessions<P: Provider> {
    pub(crate) provider: P,
    /// The schema of the provider's own configuration.
    pub(crate) config: Offered,
    pub(crate) offers: Offers<P::Configured>,
    by_connection: Mutex<HashMap<ConnectionId, Arc<Session<P::Configured>>>>,
    /// Sessions that are giving back what they hold, their connection being gone.
    ending: TaskTracker,
}

impl<P: Provider> Sessions<P> {
    pub(crate) fn new(provider: P) -> Self {
        let (config, offers) = (Offered::of::<P::Config>(), provider.offers());
        let ending = TaskTracker::new();
        Sessions { provider, config, offers, by_connection: Mutex::default(), ending }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConnectionId, Arc<Session<P::Configured>>>> {
        self.by_connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn of(&self, connection: ConnectionId) -> Arc<Session<P::Configured>> {
        self.lock().entry(connection).or_default().clone()
    }

    /// Ends the session of a connection that is gone.
    pub(crate) async fn end(&self, connection: ConnectionId) {
        // Under the lock, so that it is never found neither open nor ending.
        let ending = {
            let mut sessions = self.lock();
            let session = sessions.remove(&connection);
            if let Some(session) = &session {
                session.gone.store(true, Ordering::Release);
            }
            session.map(|session| self.ending.track_future(self.bounded(vec![session])))
        };
        if let Some(ending) = ending {
            ending.await;
        }
    }

    /// Ends all sessions, and waits for those that are ending already.
    pub(crate) async fn end_all(&self) {
        let sessions = self.lock().drain().map(|(_, session)| session).collect();
        self.bounded(sessions).await;
        self.ending.close();
        // Each is bounded by itself.
        self.ending.wait().await;
    }

    async fn bounded(&self, sessions: Vec<Arc<Session<P::Configured>>>) {
        let ends = sessions.iter().map(|session| session.end(&self.provider, &self.offers));
        let all = futures::future::join_all(ends);
        if tokio::time::timeout(RELEASE_BOUND, all).await.is_err() {
            tracing::error!("what runs were holding could not be given back in time");
        }
    }
}
