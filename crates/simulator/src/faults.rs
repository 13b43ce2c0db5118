//! Scripted faults: what a network, a proxy or a busy server does to a request.
//!
//! ```
//! use simulator::faults::{Fault, Faults};
//!
//! let faults = Faults::default();
//! faults.push(Fault::on("POST", "/api/auth/keys").times(2).status(503).retry_after("2"));
//! faults.push(Fault::on("GET", "/api/**").skip(1).reset_after());
//! assert_eq!(faults.unused().len(), 2);
//! ```

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use tokio::sync::watch;

use crate::journal::Pattern;

/// An answer a fault gives in place of the service's own.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) carried_out: bool,
    pub(crate) echo: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum Action {
    Handle,
    Answer(Answer),
    ResetBefore,
    ResetAfter,
    Truncate,
    Hang,
}

/// What somebody else does behind the client's back.
#[derive(Clone)]
struct Act(Arc<dyn Fn() + Send + Sync>);

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Act")
    }
}

/// One fault: which requests it hits, how often, and what happens to them.
#[derive(Debug, Clone)]
pub struct Fault {
    pattern: Pattern,
    skip: usize,
    left: Option<usize>,
    delay: Duration,
    act: Option<Act>,
    action: Action,
}

impl Fault {
    /// A fault for requests with this method (`*` is any) and path (`*` is any text in a segment, `**` any number of
    /// segments; without the sub-path). It hits once and, until something else is said, does nothing but delay.
    ///
    /// # Panics
    /// If `path_pattern` is no valid pattern.
    pub fn on(method: &str, path_pattern: &str) -> Self {
        let pattern = Pattern::new(method, path_pattern);
        Self {
            pattern,
            skip: 0,
            left: Some(1),
            delay: Duration::ZERO,
            act: None,
            action: Action::Handle,
        }
    }

    /// Hits this many requests (1 if not said).
    pub fn times(self, times: usize) -> Self {
        Self { left: Some(times), ..self }
    }

    /// Hits every request that matches.
    pub fn always(self) -> Self {
        Self { left: None, ..self }
    }

    /// Lets the first `requests` that match pass.
    pub fn skip(self, requests: usize) -> Self {
        Self { skip: requests, ..self }
    }

    /// Waits before anything else happens to the request. Adds up with other faults.
    pub fn delay(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// Somebody else does something before anything else happens to the request. Adds up with other faults.
    pub fn meanwhile(self, act: impl Fn() + Send + Sync + 'static) -> Self {
        Self { act: Some(Act(Arc::new(act))), ..self }
    }

    /// Answers with this status and a JSON body with a `message`; the request is not carried out.
    ///
    /// # Panics
    /// If `status` is not between 100 and 999.
    pub fn status(mut self, status: u16) -> Self {
        let status =
            StatusCode::from_u16(status).unwrap_or_else(|error| panic!("{status}: {error}"));
        if let Action::Answer(answer) = &mut self.action {
            answer.status = status;
            return self;
        }
        let reason = status.canonical_reason().unwrap_or("fault");
        let body = format!(r#"{{"message":"{reason}"}}"#);
        self.answer(status, "application/json; charset=UTF-8", body)
    }

    /// Answers with this body and content type; 200 if no status was given before.
    pub fn body(self, content_type: &str, body: impl Into<String>) -> Self {
        let status = match &self.action {
            Action::Answer(answer) => answer.status,
            _ => StatusCode::OK,
        };
        self.answer(status, content_type, body.into())
    }

    /// Answers with an HTML page, as a proxy does.
    pub fn html(self, status: u16) -> Self {
        self.status(status).body(
            "text/html; charset=utf-8",
            "<!DOCTYPE html><html><body>Please wait</body></html>",
        )
    }

    /// Answers with this status and nothing else.
    pub fn empty(self, status: u16) -> Self {
        let mut fault = self.status(status).body("text/plain", "");
        if let Action::Answer(answer) = &mut fault.action {
            answer.headers.remove(header::CONTENT_TYPE);
        }
        fault
    }

    /// Answers 302 to `location`, as a proxy does that wants people to sign in.
    pub fn redirect(self, location: &str) -> Self {
        self.html(302).header("location", location)
    }

    /// Adds `Retry-After`: seconds, or a date as in RFC 9110. Answers 429 if no status was given before.
    pub fn retry_after(self, value: &str) -> Self {
        self.header("retry-after", value)
    }

    /// Adds a header to the answer. Answers 429 if no status was given before.
    ///
    /// # Panics
    /// If name or value cannot be sent in a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        let value = HeaderValue::try_from(value).unwrap_or_else(|error| panic!("{value}: {error}"));
        self.answering(429, |answer| {
            answer.headers.insert(name, value);
        })
    }

    /// Answers with what the request has said, headers and body, in every field of the body and in headers.
    /// Answers 500 if no status was given before.
    pub fn echo(self) -> Self {
        self.answering(500, |answer| answer.echo = true)
    }

    /// The request is carried out all the same before the fault answers: a gateway that lost patience.
    /// Answers 504 if no status was given before.
    pub fn carried_out(self) -> Self {
        self.answering(504, |answer| answer.carried_out = true)
    }

    /// Changes its answer, which has that status if none was given before.
    fn answering(mut self, status: u16, change: impl FnOnce(&mut Answer)) -> Self {
        if !matches!(self.action, Action::Answer(_)) {
            self = self.status(status);
        }
        if let Action::Answer(answer) = &mut self.action {
            change(answer);
        }
        self
    }

    /// Resets the connection; the request is not carried out.
    pub fn reset_before(self) -> Self {
        Self { action: Action::ResetBefore, ..self }
    }

    /// Carries the request out, then resets the connection: the answer is lost.
    pub fn reset_after(self) -> Self {
        Self { action: Action::ResetAfter, ..self }
    }

    /// Carries the request out and closes the connection halfway through the answer's body.
    pub fn truncate(self) -> Self {
        Self { action: Action::Truncate, ..self }
    }

    /// Holds the request back until [`Faults::release`], then carries it out.
    pub fn hang(self) -> Self {
        Self { action: Action::Hang, ..self }
    }

    fn answer(mut self, status: StatusCode, content_type: &str, body: String) -> Self {
        let (mut headers, carried_out, echo) = match self.action {
            Action::Answer(answer) => (answer.headers, answer.carried_out, answer.echo),
            _ => (HeaderMap::new(), false, false),
        };
        let content_type = HeaderValue::try_from(content_type);
        let content_type = content_type.unwrap_or_else(|error| panic!("{error}"));
        headers.insert(header::CONTENT_TYPE, content_type);
        self.action = Action::Answer(Answer { status, headers, body, carried_out, echo });
        self
    }

    fn hit(&mut self) -> bool {
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        match &mut self.left {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let action = match &self.action {
            Action::Handle => "delay".to_owned(),
            Action::Answer(answer) => format!("answer {}", answer.status.as_u16()),
            Action::ResetBefore => "reset before".to_owned(),
            Action::ResetAfter => "reset after".to_owned(),
            Action::Truncate => "truncate".to_owned(),
            Action::Hang => "hang".to_owned(),
        };
        write!(f, "{}: {action}", self.pattern)
    }
}

/// What is to happen to one request.
pub(crate) struct Fate {
    pub(crate) delay: Duration,
    acts: Vec<Act>,
    pub(crate) action: Action,
}

impl Fate {
    /// Does what others do meanwhile.
    pub(crate) fn act(&self) {
        self.acts.iter().for_each(|Act(act)| act());
    }
}

struct Shared {
    script: Mutex<Vec<Fault>>,
    releases: watch::Sender<u64>,
}

/// The faults in store for a simulated service. Clones are cheap and share one script.
///
/// A request gets the delays of every delaying fault that matches, and the first other fault that does.
#[derive(Clone)]
pub struct Faults {
    shared: Arc<Shared>,
}

impl Default for Faults {
    fn default() -> Self {
        let shared = Shared { script: Mutex::default(), releases: watch::channel(0).0 };
        Self { shared: Arc::new(shared) }
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.script().iter()).finish()
    }
}

impl Faults {
    /// Adds a fault behind those there are.
    pub fn push(&self, fault: Fault) {
        self.script().push(fault);
    }

    /// Takes all faults away and releases what hangs.
    pub fn clear(&self) {
        self.script().clear();
        self.release();
    }

    /// The faults that are still waiting for a request, in words. [`Fault::always`] ones are not listed.
    pub fn unused(&self) -> Vec<String> {
        let script = self.script();
        let unused = script.iter().filter(|fault| fault.left.is_some_and(|left| left > 0));
        unused.map(Fault::to_string).collect()
    }

    /// Lets the requests go on that hang now.
    pub fn release(&self) {
        self.shared.releases.send_modify(|count| *count += 1);
    }

    pub(crate) fn meet(&self, method: &str, path: &str) -> Fate {
        let mut fate = Fate { delay: Duration::ZERO, acts: Vec::new(), action: Action::Handle };
        for fault in self.script().iter_mut() {
            let delays_only = matches!(fault.action, Action::Handle);
            let taken = !delays_only && !matches!(fate.action, Action::Handle);
            if taken || !fault.pattern.matches(method, path) || !fault.hit() {
                continue;
            }
            fate.delay += fault.delay;
            fate.acts.extend(fault.act.clone());
            if !delays_only {
                fate.action = fault.action.clone();
            }
        }
        fate
    }

    pub(crate) fn releases(&self) -> watch::Receiver<u64> {
        let mut releases = self.shared.releases.subscribe();
        releases.mark_unchanged();
        releases
    }

    fn script(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.shared.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
