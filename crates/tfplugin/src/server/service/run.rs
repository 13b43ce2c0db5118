//! How every call is run: logged, apart from its caller, and with panics turned into diagnostics.

use std::cell::RefCell;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::oneshot;
use tonic::{Request, Response, Status};
use tracing::{Instrument, Span, debug, error_span, warn};

use super::Service;
use super::wire::{Answer, Asked};
use crate::diagnostic::{Diagnostic, IntoDiagnostic, Severity};
use crate::diagnostics;
use crate::proto::tfplugin6 as wire;
use crate::provider::Provider;
use crate::server::connection::ConnectionId;
use crate::server::session::{Session, Sessions};

thread_local! {
    /// Where the last panic of this thread was.
    static PANICKED_AT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Notes where a panic happens. Its message is not kept: it may hold a secret.
pub(in crate::server) fn note_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(at, "panic in the provider");
        PANICKED_AT.with_borrow_mut(|place| *place = at);
    }));
}

/// What a call works with.
pub(super) struct Scope<P: Provider> {
    pub(super) sessions: Arc<Sessions<P>>,
    pub(super) session: Arc<Session<P::Configured>>,
    /// What is done if nobody can receive the answer of the call.
    if_undelivered: Arc<Mutex<Option<BoxFuture<'static, ()>>>>,
}

impl<P: Provider> Scope<P> {
    /// What ConfigureProvider made, or an error.
    pub(super) fn configured(&self) -> Result<Arc<P::Configured>, Diagnostic> {
        match (self.session.configured(), self.session.deferral()) {
            (_, Some(deferral)) => Err(deferral.into_diagnostic()),
            (Some(configured), None) => Ok(configured),
            (None, None) => Err(diagnostics::not_configured()),
        }
    }
}

impl<P: Provider> Scope<P> {
    /// Has `work` done should nobody be able to receive the answer of this call.
    pub(super) fn if_undelivered(&self, work: impl Future<Output = ()> + Send + 'static) {
        *lock(&self.if_undelivered) = Some(Box::pin(work));
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<P: Provider> Service<P> {
    pub(super) fn scope<Q>(&self, request: &Request<Q>) -> Scope<P> {
        let connection = request.extensions().get::<ConnectionId>().copied();
        let session = match connection {
            Some(connection) => self.sessions.of(connection),
            None => Arc::default(),
        };
        let if_undelivered = Arc::default();
        Scope { sessions: self.sessions.clone(), session, if_undelivered }
    }

    pub(super) fn span(&self, rpc: &'static str, type_name: &str) -> Span {
        static REQUESTS: AtomicU64 = AtomicU64::new(1);
        // Of the highest level, so that lines of every level have its fields.
        error_span!(
            "rpc",
            tf_rpc = rpc,
            tf_resource_type = type_name,
            tf_req_id = REQUESTS.fetch_add(1, Ordering::Relaxed),
            tf_provider_addr = self.sessions.provider.address(),
        )
    }

    /// Runs a call to its end, even if the caller stops waiting: what it makes must not be forgotten.
    pub(super) async fn run<Q, A, F>(
        &self,
        rpc: &'static str,
        request: Request<Q>,
        work: impl FnOnce(Scope<P>, Q) -> F + Send + 'static,
    ) -> Result<Response<A>, Status>
    where
        Q: Asked,
        A: Answer<Q>,
        F: Future<Output = Result<A, Diagnostic>> + Send + 'static,
    {
        let scope = self.scope(&request);
        let request = request.into_inner();
        let span = self.span(rpc, request.type_name());
        let tracker = scope.session.running.clone();
        let (session, if_undelivered) = (scope.session.clone(), scope.if_undelivered.clone());
        let (answered, answer) = oneshot::channel();
        let started = async move {
            let begun = Instant::now();
            let what = request.clone();
            let done =
                AssertUnwindSafe(async move { work(scope, what).await }).catch_unwind().await;
            let answer = match done {
                Ok(Ok(answer)) => answer,
                Ok(Err(error)) => A::failed(&request, error),
                Err(_) => A::failed(&request, panicked(rpc, request.type_name())),
            };
            log_answer(answer.diagnostics(), begun);
            if lock(&if_undelivered).is_some() {
                tokio::time::sleep(END_IS_SEEN).await;
            }
            // The other end is gone once the caller has cancelled the call, or its connection has ended.
            if (answered.send(answer).is_err() || session.is_gone())
                && let Some(work) = { lock(&if_undelivered).take() }
            {
                warn!("nobody can receive the answer: what was made is given back");
                let _ = AssertUnwindSafe(work).catch_unwind().await;
            }
        };
        tracker.spawn(started.instrument(span));
        answer.await.map(Response::new).map_err(|_| Status::internal("the provider is ending"))
    }
}

/// How long an answer is held back that says what was made: the end of a connection, or a call that
/// is cancelled, may have come before it and be seen only now.
const END_IS_SEEN: Duration = Duration::from_millis(2);

/// The diagnostic for a panic, to be made on the thread that panicked.
pub(super) fn panicked(rpc: &str, type_name: &str) -> Diagnostic {
    PANICKED_AT.with_borrow(|at| diagnostics::panicked(rpc, type_name, at))
}

pub(super) fn log_answer(diagnostics: &[wire::Diagnostic], begun: Instant) {
    for diagnostic in diagnostics {
        let severity = match diagnostic.severity() {
            wire::diagnostic::Severity::Error => Severity::Error,
            _ => Severity::Warning,
        };
        warn!(
            diagnostic_severity = ?severity,
            diagnostic_summary = diagnostic.summary,
            diagnostic_detail = diagnostic.detail,
            "diagnostic"
        );
    }
    let duration_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    debug!(duration_us, diagnostics = diagnostics.len() as u64, "answered");
}

/// Diagnostics as the protocol has them.
pub(super) fn to_wire(diagnostics: &[Diagnostic]) -> Vec<wire::Diagnostic> {
    diagnostics.iter().map(Diagnostic::to_wire).collect()
}
