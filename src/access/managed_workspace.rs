//! The sign-in to a workspace of Amazon Managed Grafana that needs nothing but AWS credentials: a
//! token that each process creates for itself, renews in a long run, and removes at its end.
//!
//! AWS is not touched before a request to Grafana needs the token. A run that is killed leaves a
//! token that expires within [`LIFE`]; the next run removes it then.

mod diagnostics;
mod names;
mod stopwatch;
mod sweep;
mod token;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use tfplugin::{Diagnostic, IntoDiagnostic, Limits};
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::diagnostics::SignInFailure;
#[cfg(test)]
pub(crate) use self::diagnostics::samples::samples;
use self::names::TokenNames;
pub(crate) use self::names::is_ours as is_own_sign_in;
use self::stopwatch::Stopwatch;
use self::token::Token;
use crate::amazon::{Amazon, Region};
use crate::diagnostics::ended::wait_for_aws;
use crate::grafana::{self, Client, Settings, WeakClient};

/// How long a token lives.
const LIFE: Duration = Duration::from_secs(900);

/// How old a token is when it is replaced. What is left bounds the slowest request of a run.
const RENEWED_AFTER: Duration = Duration::from_secs(600);

/// How old a token may be used at most, when no other can be made.
const LAST_USE: Duration = Duration::from_secs(840);

/// How long a failure that may pass is the answer to everyone, before AWS is asked again.
const FAILURE_LASTS: Duration = Duration::from_secs(30);

/// How long a workspace that is busy is waited for at most.
const BUSY_LIMIT: Duration = Duration::from_secs(20 * 60);

/// How long a sign-in, and the removal of expired tokens, go on when the run is stopped or ends.
const STOP_GRACE: Duration = Duration::from_secs(2);

/// How long the end of a run waits for the removal of its own tokens.
const RELEASE_LIMIT: Duration = Duration::from_secs(15);

/// The workspace to sign in to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Id, such as `g-0123456789`.
    pub workspace_id: String,
    /// `Admin`, `Editor` or `Viewer`.
    pub role: String,
    /// Region; that of the provider if absent.
    pub region: Option<Region>,
}

/// The sign-in of one configured provider. Clones share the token.
#[derive(Clone)]
pub struct WorkspaceSignIn(Arc<Inner>);

struct Inner {
    amazon: Amazon,
    target: Target,
    /// How to reach Grafana, but for address and sign-in.
    settings: Settings,
    names: TokenNames,
    state: Arc<Mutex<State>>,
    /// Calls to AWS that go on without anybody who waits for them.
    work: TaskTracker,
    /// The user has stopped the run, or it ends.
    ending: CancellationToken,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    /// Tokens that have been replaced, while requests may still use them.
    retired: Vec<(Token, WeakClient)>,
    failed: Option<(SignInFailure, Stopwatch)>,
    closed: bool,
}

struct Held {
    token: Token,
    client: Client,
    made: Stopwatch,
}

/// A client, and when its sign-in ends.
type Usable = (Client, Instant);

impl Held {
    fn usable(&self) -> Usable {
        (self.client.clone(), Instant::now() + LIFE.saturating_sub(self.made.elapsed()))
    }
}

impl WorkspaceSignIn {
    /// The sign-in to a workspace, whose Grafana is reached as the settings say. Nothing is
    /// sent. It comes to an end soon after `ending` is cancelled.
    pub fn new(
        amazon: Amazon,
        target: Target,
        settings: Settings,
        ending: CancellationToken,
    ) -> Self {
        WorkspaceSignIn(Arc::new(Inner {
            amazon: amazon.for_operation(),
            target,
            settings,
            names: TokenNames::default(),
            state: Arc::default(),
            work: TaskTracker::new(),
            ending,
        }))
    }

    /// The organization that its clients work in; 0 is that of the sign-in.
    pub fn org_id(&self) -> i64 {
        self.0.settings.org_id.unwrap_or(0)
    }

    /// Removes the tokens of this run. What cannot be removed is logged, and expires.
    pub async fn release(&self) {
        let inner = &self.0;
        inner.ending.cancel();
        // This waits for a token that is being created.
        let (held, retired) = {
            let mut state = inner.state.lock().await;
            state.closed = true;
            (state.held.take(), std::mem::take(&mut state.retired))
        };
        let tokens = held.map(|held| held.token).into_iter();
        let tokens: Vec<_> = tokens.chain(retired.into_iter().map(|(token, _)| token)).collect();
        let removal = async {
            join_all(tokens.iter().map(|token| inner.remove(token))).await;
            inner.work.close();
            inner.work.wait().await;
        };
        if tokio::time::timeout(RELEASE_LIMIT, removal).await.is_err() {
            tracing::warn!(
                "tokens of this run could not be removed in time; they expire within 15 minutes"
            );
        }
    }

    /// A client with a sign-in that is good for some minutes, which ends as the limits say and with the
    /// sign-in.
    ///
    /// # Errors
    /// When AWS gives no sign-in, or the limits end the wait for it.
    pub async fn client(&self, limits: &Limits) -> Result<Client, Diagnostic> {
        let current = self.current(limits.deadline());
        let current = wait_for_aws(limits, &self.0.amazon, current).await;
        let current = current.map_err(IntoDiagnostic::into_diagnostic)?;
        let (client, expires) = current.map_err(|why| why.diagnostic(&self.0.target))?;
        let deadline = Some(expires.min(limits.deadline()));
        Ok(client.within(grafana::Limits { stop: limits.stop_token(), deadline }))
    }

    async fn current(&self, deadline: Instant) -> Result<Usable, SignInFailure> {
        let mut state = self.0.state.clone().lock_owned().await;
        self.0.remove_unused(&mut state);
        if let Some(answer) = state.answer() {
            return answer;
        }
        // In a task of its own: when Terraform is stopped its operations are dropped, and a token
        // that AWS is just creating must not be lost.
        let renewal = self.0.clone().renew(state, deadline);
        match self.0.work.spawn(renewal).await {
            Ok(answer) => answer,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(_) => Err(SignInFailure::Released),
            },
        }
    }
}

impl fmt::Debug for WorkspaceSignIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WorkspaceSignIn").field(&self.0.target).finish()
    }
}

impl State {
    /// What is known without asking AWS; `None` if it is to be asked.
    fn answer(&self) -> Option<Result<Usable, SignInFailure>> {
        if self.closed {
            return Some(Err(SignInFailure::Released));
        }
        match (&self.held, &self.failed) {
            (Some(held), _) if held.made.elapsed() < RENEWED_AFTER => Some(Ok(held.usable())),
            (held, Some((failure, at))) if failure.is_lasting() || at.elapsed() < FAILURE_LASTS => {
                let usable = held.as_ref().filter(|held| held.made.elapsed() < LAST_USE);
                Some(usable.map(Held::usable).ok_or_else(|| failure.clone()))
            }
            _ => None,
        }
    }

    fn hold(&mut self, held: Held) {
        self.failed = None;
        if let Some(old) = self.held.replace(held) {
            self.retired.push((old.token, old.client.downgrade()));
        }
    }
}

impl Inner {
    async fn renew(
        self: Arc<Self>,
        mut state: OwnedMutexGuard<State>,
        deadline: Instant,
    ) -> Result<Usable, SignInFailure> {
        let made = Stopwatch::start();
        let last = state.held.as_ref().map(|held| held.client.clone());
        let signed_in = self.unless_stopped(self.sign_in(last.as_ref(), deadline)).await;
        match signed_in.unwrap_or(Err(SignInFailure::Stopped)) {
            Ok((token, client)) => {
                self.begin_sweep(&token, &client);
                let held = Held { token, client, made };
                let usable = held.usable();
                state.hold(held);
                Ok(usable)
            }
            Err(failure) => {
                let error = failure.diagnostic(&self.target);
                tracing::warn!(%error, "no token for the managed workspace");
                state.failed = Some((failure.clone(), Stopwatch::start()));
                state.answer().unwrap_or(Err(failure))
            }
        }
    }

    /// What `work` comes to, unless the run ends and a little more time passes before that.
    async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let grace = async {
            self.ending.cancelled().await;
            tokio::time::sleep(STOP_GRACE).await;
        };
        tokio::select! {
            biased;
            reached = work => Some(reached),
            () = grace => None,
        }
    }

    /// Removes tokens that have been replaced and that no request uses any more.
    fn remove_unused(self: &Arc<Self>, state: &mut State) {
        let unused = |(_, client): &mut (Token, WeakClient)| !client.is_in_use();
        for (token, _) in state.retired.extract_if(.., unused) {
            let inner = self.clone();
            self.work.spawn(async move { inner.remove(&token).await });
        }
    }
}
