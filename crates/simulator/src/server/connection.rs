//! One connection: every request is written down, meets its fault, and reaches the routes if it is let through.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Body};
use http::{Request, Response, Uri, header, request::Parts, uri::PathAndQuery};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use super::echo::echo;
use super::{ConnectionId, Options, OutsideSubPath, broken::HalfBody, link::Link};
use crate::{
    faults::{Action, Answer, Fate},
    journal::{Note, Outcome},
};

/// Ends a connection without an answer.
#[derive(Debug)]
struct Reset;

impl fmt::Display for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection is to be reset")
    }
}

impl std::error::Error for Reset {}

struct Shared {
    router: Router,
    options: Options,
    connections: AtomicU64,
}

#[derive(Clone)]
pub(super) struct Service {
    shared: Arc<Shared>,
}

impl Service {
    pub(super) fn new(router: Router, options: Options) -> Self {
        Self { shared: Arc::new(Shared { router, options, connections: AtomicU64::new(0) }) }
    }

    pub(super) fn connect(&self) -> Connection {
        let id = self.shared.connections.fetch_add(1, Ordering::Relaxed) + 1;
        Connection { shared: self.shared.clone(), id, reset: Arc::default() }
    }
}

pub(super) struct Connection {
    shared: Arc<Shared>,
    id: u64,
    reset: Arc<AtomicBool>,
}

impl Connection {
    pub(super) async fn serve(self, stream: TcpStream, acceptor: Option<TlsAcceptor>) {
        if stream.set_nodelay(true).is_err() {
            return;
        }
        let link = Link::new(stream, self.reset.clone());
        match acceptor {
            None => self.talk(link).await,
            Some(acceptor) => {
                // A failed handshake is the client's to report.
                if let Ok(stream) = acceptor.accept(link).await {
                    self.talk(stream).await;
                }
            }
        }
    }

    async fn talk(&self, stream: impl AsyncRead + AsyncWrite + Unpin) {
        let answer = service_fn(|request| self.answer(request));
        // An error is a client that went away or a fault that was asked for.
        let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), answer).await;
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, Reset> {
        let (mut parts, body) = request.into_parts();
        self.strip_sub_path(&mut parts);
        parts.extensions.insert(ConnectionId(self.id));
        let options = &self.shared.options;
        let who = match &options.identify {
            Some(identify) => identify(&parts),
            None if parts.headers.contains_key(header::AUTHORIZATION) => "signed in".to_owned(),
            None => "anonymous".to_owned(),
        };
        // Before the request can be seen in the journal, so that no release after that is missed.
        let releases = options.faults.releases();
        let note = options.journal.arrive(self.id, &parts, who);
        let fate = options.faults.meet(parts.method.as_str(), parts.uri.path());
        let request = Request::from_parts(parts, Body::new(body));
        self.suffer(fate, releases, request, note).await
    }

    async fn suffer(
        &self,
        fate: Fate,
        mut releases: tokio::sync::watch::Receiver<u64>,
        request: Request<Body>,
        note: Note,
    ) -> Result<Response<Body>, Reset> {
        if fate.delay > Duration::ZERO {
            tokio::time::sleep(fate.delay).await;
        }
        fate.act();
        let response = match fate.action {
            Action::Handle => self.handle(request).await,
            Action::Hang => {
                // The sender lives as long as the faults do; without it there is nothing to wait for.
                let _ = releases.changed().await;
                self.handle(request).await
            }
            Action::Answer(mut answer) => {
                let request = match answer.echo {
                    true => echo(&mut answer, request).await,
                    false => request,
                };
                if answer.carried_out {
                    self.handle(request).await;
                }
                scripted(answer)
            }
            Action::ResetBefore => return Err(self.reset(note, Outcome::ResetBefore)),
            Action::ResetAfter => {
                self.handle(request).await;
                return Err(self.reset(note, Outcome::ResetAfter));
            }
            Action::Truncate => HalfBody::of(self.handle(request).await).await,
        };
        note.end(Outcome::Answered(response.status().as_u16()));
        Ok(response)
    }

    async fn handle(&self, request: Request<Body>) -> Response<Body> {
        match self.shared.router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(infallible) => match infallible {},
        }
    }

    fn reset(&self, note: Note, outcome: Outcome) -> Reset {
        self.reset.store(true, Ordering::Relaxed);
        note.end(outcome);
        Reset
    }

    fn strip_sub_path(&self, parts: &mut Parts) {
        let sub_path = self.shared.options.sub_path.as_str();
        if sub_path.is_empty() {
            return;
        }
        let rest = parts.uri.path().strip_prefix(sub_path);
        let Some(rest) = rest.filter(|rest| rest.is_empty() || rest.starts_with('/')) else {
            parts.extensions.insert(OutsideSubPath);
            return;
        };
        let rest = if rest.is_empty() { "/" } else { rest };
        let path = match parts.uri.query() {
            Some(query) => format!("{rest}?{query}"),
            None => rest.to_owned(),
        };
        let mut uri = parts.uri.clone().into_parts();
        uri.path_and_query = PathAndQuery::try_from(path).ok();
        if let Ok(uri) = Uri::from_parts(uri) {
            parts.uri = uri;
        }
    }
}

fn scripted(answer: Answer) -> Response<Body> {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}
