//! A provider registry on loopback, over HTTPS, made from the protocol's pages:
//! <https://developer.hashicorp.com/terraform/internals/remote-service-discovery> and
//! <https://developer.hashicorp.com/terraform/internals/provider-registry-protocol>. It serves the files of releases as
//! they are, and knows no provider.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use axum::serve::Listener;
use axum::{Json, Router};
use provider_release::{Key, Release};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// A release that is offered, with the public key that its signature is checked with.
struct Offered {
    release: Release,
    platform: String,
    key: Value,
}

#[derive(Default)]
struct Shelf {
    /// By version.
    offered: BTreeMap<String, Offered>,
    /// Paths of all requests.
    asked: Vec<String>,
}

type Shared = Arc<Mutex<Shelf>>;
type Answer = Result<Json<Value>, StatusCode>;

/// A registry with one provider, of whatever namespace and name is asked for. It ends when dropped.
pub struct Registry {
    port: u16,
    authority: NamedTempFile,
    shelf: Shared,
    _runtime: Runtime,
}

impl Registry {
    pub fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let tcp = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let port = tcp.local_addr().unwrap().port();
        let (acceptor, authority) = tls();
        let shelf = Shared::default();
        let service = axum::serve(Tls { tcp, acceptor }, routes(&shelf));
        runtime.spawn(async move { service.await });
        Self { port, authority, shelf, _runtime: runtime }
    }

    /// The host of its providers' addresses.
    pub fn host(&self) -> String {
        format!("localhost:{}", self.port)
    }

    /// The certificate of its authority, as a file.
    pub fn authority(&self) -> PathBuf {
        self.authority.path().to_owned()
    }

    /// Offers a release for one platform, signed by `key` as whoever looks it up is told.
    pub fn offer(&self, release: Release, platform: &str, key: &Key) {
        let key = json!({ "key_id": key.id(), "ascii_armor": key.public_armored().unwrap() });
        let version = release.version().to_owned();
        let offered = Offered { release, platform: platform.to_owned(), key };
        self.shelf.lock().unwrap().offered.insert(version, offered);
    }

    /// Whether a request has come for a path that ends so.
    pub fn was_asked(&self, ending: &str) -> bool {
        self.shelf.lock().unwrap().asked.iter().any(|path| path.ends_with(ending))
    }
}

fn routes(shelf: &Shared) -> Router {
    Router::new()
        .route("/.well-known/terraform.json", get(discovery))
        .route("/v1/providers/{namespace}/{name}/versions", get(versions))
        .route("/v1/providers/{namespace}/{name}/{version}/download/{os}/{arch}", get(download))
        .route("/files/{version}/{file}", get(file))
        .layer(middleware::from_fn_with_state(Arc::clone(shelf), note))
        .with_state(Arc::clone(shelf))
}

async fn note(State(shelf): State<Shared>, request: Request, next: Next) -> Response {
    shelf.lock().unwrap().asked.push(request.uri().path().to_owned());
    next.run(request).await
}

async fn discovery() -> Json<Value> {
    Json(json!({ "providers.v1": "/v1/providers/" }))
}

async fn versions(State(shelf): State<Shared>) -> Json<Value> {
    let shelf = shelf.lock().unwrap();
    let version = |offered: &Offered| {
        json!({
            "version": offered.release.version(),
            "protocols": protocols(&offered.release),
            "platforms": [{ "os": offered.os(), "arch": offered.arch() }],
        })
    };
    let versions: Vec<_> = shelf.offered.values().map(version).collect();
    Json(json!({ "versions": versions }))
}

async fn download(
    State(shelf): State<Shared>,
    Path((_, _, version, os, arch)): Path<(String, String, String, String, String)>,
) -> Answer {
    let shelf = shelf.lock().unwrap();
    let offered = shelf.offered.get(&version).ok_or(StatusCode::NOT_FOUND)?;
    if (os.as_str(), arch.as_str()) != (offered.os(), offered.arch()) {
        return Err(StatusCode::NOT_FOUND);
    }
    let release = &offered.release;
    let zip = name(release.zip(&offered.platform));
    let sums = std::fs::read_to_string(release.checksums()).map_err(|_| StatusCode::NOT_FOUND)?;
    let sum = sums.lines().find_map(|line| line.strip_suffix(&zip)).unwrap_or_default().trim();
    let url = |name: &str| format!("/files/{version}/{name}");
    Ok(Json(json!({
        "protocols": protocols(release),
        "os": os,
        "arch": arch,
        "filename": zip,
        "download_url": url(&zip),
        "shasums_url": url(&name(release.checksums())),
        "shasums_signature_url": url(&name(release.signature())),
        "shasum": sum,
        "signing_keys": { "gpg_public_keys": [offered.key] },
    })))
}

async fn file(
    State(shelf): State<Shared>,
    Path((version, file)): Path<(String, String)>,
) -> Result<Vec<u8>, StatusCode> {
    let shelf = shelf.lock().unwrap();
    let offered = shelf.offered.get(&version).ok_or(StatusCode::NOT_FOUND)?;
    std::fs::read(offered.release.directory().join(file)).map_err(|_| StatusCode::NOT_FOUND)
}

/// What the manifest says, as the public registry reads it when a release is published.
fn protocols(release: &Release) -> Value {
    let manifest = std::fs::read_to_string(release.manifest()).unwrap_or_default();
    let manifest: Value = serde_json::from_str(&manifest).unwrap_or_default();
    manifest["metadata"]["protocol_versions"].clone()
}

fn name(path: PathBuf) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

impl Offered {
    fn os(&self) -> &str {
        self.platform.split_once('_').unwrap_or_default().0
    }

    fn arch(&self) -> &str {
        self.platform.split_once('_').unwrap_or_default().1
    }
}

/// A certificate for `localhost`, by an authority whose own is in the file.
fn tls() -> (TlsAcceptor, NamedTempFile) {
    let authority_key = KeyPair::generate().unwrap();
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority_pem = authority.self_signed(&authority_key).unwrap().pem();
    let key = KeyPair::generate().unwrap();
    let server = CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = server.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .unwrap();
    let file = NamedTempFile::new().unwrap();
    std::fs::write(&file, authority_pem).unwrap();
    (TlsAcceptor::from(Arc::new(config)), file)
}

struct Tls {
    tcp: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for Tls {
    type Io = TlsStream<TcpStream>;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let Ok((stream, address)) = self.tcp.accept().await else { continue };
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}
