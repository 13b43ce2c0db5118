//! An HTTP server on loopback with a runtime of its own, so that sync and async tests alike can hold one.

mod broken;
mod connection;
mod echo;
mod link;
mod tls;

use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    thread::JoinHandle,
};

use axum::Router;
use http::request::Parts;
use tokio::{net::TcpListener, sync::oneshot};
use tokio_rustls::TlsAcceptor;

pub use self::tls::{ClientIdentity, Flaw, Tls};
use self::{connection::Service, tls::Authority};
use crate::{faults::Faults, journal::Journal};

/// Says in clear words who sent a request, for [`crate::journal::Entry::who`]. Must not give a secret away.
pub type Identify = Arc<dyn Fn(&Parts) -> String + Send + Sync>;

/// Extension of every request: the connection it came on, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionId(pub u64);

/// Extension of a request whose path is not below [`Options::sub_path`]; its path is left as it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutsideSubPath;

/// How to start a [`Server`].
#[derive(Clone, Default)]
pub struct Options {
    /// The port on 127.0.0.1; 0 lets the system pick one.
    pub port: u16,
    /// HTTPS, if wanted.
    pub tls: Option<Tls>,
    /// The path everything is served below, like `/grafana`; empty for none. Routes do not see it.
    pub sub_path: String,
    /// Where requests are written down.
    pub journal: Journal,
    /// What goes wrong.
    pub faults: Faults,
    /// Who sent a request. Without it, `anonymous` or `signed in`, by whether there is an `Authorization` header.
    pub identify: Option<Identify>,
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { port, tls, sub_path, .. } = self;
        f.debug_struct("Options")
            .field("port", port)
            .field("tls", tls)
            .field("sub_path", sub_path)
            .finish_non_exhaustive()
    }
}

/// A running server. Dropping it stops it, closes its connections and frees its port.
pub struct Server {
    addr: SocketAddr,
    sub_path: String,
    authority: Option<Authority>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("url", &self.url()).finish_non_exhaustive()
    }
}

impl Server {
    /// Binds the port and serves `router` from a background thread. May be called inside and outside a tokio runtime.
    ///
    /// # Errors
    /// If the port cannot be bound, or a thread, runtime or certificate cannot be made.
    pub fn start(router: Router, options: Options) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, options.port))?;
        Self::start_on(listener, router, options)
    }

    /// The same on a listener bound before, for services that must know their own address first.
    /// [`Options::port`] is not looked at.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_on(
        listener: std::net::TcpListener,
        router: Router,
        options: Options,
    ) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let authority = options.tls.as_ref().map(Authority::new).transpose()?;
        let acceptor = authority.as_ref().map(|authority| authority.acceptor.clone());
        let sub_path = options.sub_path.trim_end_matches('/').to_owned();
        let service = Service::new(router, Options { sub_path: sub_path.clone(), ..options });

        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let name = format!("simulator {}", addr.port());
        let thread = std::thread::Builder::new().name(name).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    () = accept(listener, acceptor, service) => {}
                    _ = stopped => {}
                }
            });
            runtime.shutdown_background();
        })?;
        Ok(Self { addr, sub_path, authority, stop: Some(stop), thread: Some(thread) })
    }

    /// The URL with sub-path, without a slash at the end: `http://127.0.0.1:40123/grafana`.
    pub fn url(&self) -> String {
        let scheme = if self.authority.is_some() { "https" } else { "http" };
        format!("{scheme}://{}{}", self.addr, self.sub_path)
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The certificate of the authority that signed the server's, as PEM; `None` without TLS.
    pub fn ca_pem(&self) -> Option<&str> {
        self.authority.as_ref().map(|authority| authority.ca_pem.as_str())
    }

    /// A certificate the server accepts from clients; `None` unless it asks for one ([`Tls::mutual`]).
    pub fn client_identity(&self) -> Option<&ClientIdentity> {
        self.authority.as_ref()?.client.as_ref()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic on that thread has been printed already.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: std::net::TcpListener, acceptor: Option<TlsAcceptor>, service: Service) {
    let Ok(listener) = TcpListener::from_std(listener) else {
        return;
    };
    loop {
        // What fails here is one client's connection, never the listener.
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(service.connect().serve(stream, acceptor.clone()));
        }
    }
}
