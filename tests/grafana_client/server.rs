//! A server on loopback whose answers a test writes, and which keeps what it was asked.

use std::io;
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use axum::serve::Listener;
use serde_json::Value;
use terraform_provider_grafana::grafana::{Auth, Client, RootUrl, Settings};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Barrier;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Received {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

impl Received {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// What to answer.
pub enum Reply {
    Json(u16, Value),
    Text(u16, &'static str, String),
    Headed(u16, &'static str, String),
    /// The connection is closed without an answer.
    Dropped,
    /// The connection is closed within the answer.
    CutOff,
    /// Answers when as many requests as the barrier wants are here.
    Together(Arc<Barrier>, Box<Reply>),
}

type Script = dyn Fn(&Received, usize) -> Reply + Send + Sync;

#[derive(Clone)]
struct Scripted {
    script: Arc<Script>,
    journal: Arc<Mutex<Vec<Received>>>,
}

/// A running server. `script` gets each request and how many came before it.
pub struct Server {
    pub url: String,
    journal: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    pub async fn start(script: impl Fn(&Received, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Self::serve(listener, format!("http://{address}/"), script)
    }

    pub async fn start_tls(
        tls: rustls::ServerConfig,
        script: impl Fn(&Received, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = tcp.local_addr().unwrap().port();
        let acceptor = TlsAcceptor::from(Arc::new(tls));
        let listener = TlsListener { tcp, acceptor };
        Self::serve(listener, format!("https://localhost:{port}/"), script)
    }

    pub fn serve<L>(
        listener: L,
        url: String,
        script: impl Fn(&Received, usize) -> Reply + Send + Sync + 'static,
    ) -> Self
    where
        L: Listener,
        L::Addr: std::fmt::Debug,
    {
        let journal = Arc::default();
        let state = Scripted { script: Arc::new(script), journal: Arc::clone(&journal) };
        let router = Router::new().fallback(answer).with_state(state);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, journal }
    }

    /// Every request so far.
    pub fn journal(&self) -> Vec<Received> {
        self.journal.lock().unwrap().clone()
    }

    /// How many requests came so far.
    pub fn count(&self) -> usize {
        self.journal.lock().unwrap().len()
    }

    pub fn client(&self) -> Client {
        self.client_with(|_| {})
    }

    /// A client with short waits, signed in as `admin:correct horse`, but for what is changed.
    pub fn client_with(&self, change: impl FnOnce(&mut Made)) -> Client {
        let mut made = Made::at(&self.url);
        change(&mut made);
        made.client()
    }
}

/// What a client is made of.
pub struct Made {
    pub url: RootUrl,
    pub auth: Auth,
    settings: Settings,
}

impl Made {
    pub fn at(url: &str) -> Self {
        let retry_wait = std::time::Duration::from_millis(1);
        let auth = Auth::parse(&"admin:correct horse".into()).unwrap();
        let settings = Settings { retry_wait, ..Settings::default() };
        Made { url: url.parse().unwrap(), auth, settings }
    }

    pub fn client(self) -> Client {
        Client::new(&self.url, self.auth, &self.settings).unwrap()
    }
}

impl Deref for Made {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.settings
    }
}

impl DerefMut for Made {
    fn deref_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }
}

async fn answer(
    State(scripted): State<Scripted>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let received = Received {
        method,
        path: uri.to_string(),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let before = {
        let mut journal = scripted.journal.lock().unwrap();
        journal.push(received.clone());
        journal.len() - 1
    };
    let mut reply = (scripted.script)(&received, before);
    while let Reply::Together(barrier, then) = reply {
        barrier.wait().await;
        reply = *then;
    }
    respond(reply)
}

fn respond(reply: Reply) -> Response {
    let response = Response::builder();
    match reply {
        Reply::Json(status, json) => response
            .status(status)
            .header("content-type", "application/json; charset=UTF-8")
            .body(json.to_string().into()),
        Reply::Text(status, content_type, text) => {
            response.status(status).header("content-type", content_type).body(text.into())
        }
        Reply::Headed(status, name, value) => response
            .status(status)
            .header(name, value)
            .header("content-type", "application/json")
            .body(r#"{"message":"headed"}"#.into()),
        Reply::CutOff => {
            let parts = [Ok("{\"id\""), Err(io::Error::other("cut off"))];
            let body = Body::from_stream(futures::stream::iter(parts));
            response.status(200).body(body)
        }
        // Ends the connection's task and with it the connection, without a message of the panic hook.
        Reply::Dropped => std::panic::resume_unwind(Box::new("dropped")),
        Reply::Together(..) => unreachable!("resolved before"),
    }
    .unwrap()
}

struct TlsListener {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = self.tcp.accept().await.unwrap();
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}
