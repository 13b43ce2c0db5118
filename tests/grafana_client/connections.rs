//! Sub-paths, headers, proxies' ways, and certificates.

use std::sync::Arc;

use futures::future::join_all;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use serde_json::json;
use terraform_provider_grafana::grafana::{Client, ErrorKind};

use crate::server::{Made, Reply, Server};

fn organization() -> Reply {
    Reply::Json(200, json!({"id": 1, "name": "Main Org."}))
}

#[tokio::test]
async fn a_sub_path_stands_before_every_path() {
    let server = Server::start(|_, _| organization()).await;
    for sub_path in ["grafana", "grafana/", "a%20b/c/"] {
        let url = format!("{}{sub_path}", server.url);
        let client = server.client_with(|settings| {
            settings.url = url.parse().unwrap();
        });
        assert_eq!(client.own_organization().await.unwrap(), 1);
    }
    let paths: Vec<_> = server.journal().into_iter().map(|received| received.path).collect();
    assert_eq!(paths, ["/grafana/api/org", "/grafana/api/org", "/a%20b/c/api/org"]);
}

#[tokio::test]
async fn headers_and_organization_are_sent() {
    let server = Server::start(|_, _| organization()).await;
    let client = server.client_with(|settings| {
        settings.org_id = Some(3);
        settings.http_headers = [("X-Scope".to_owned(), "team".into())].into();
    });
    for (org, expected) in [(None, Some("3")), (Some(7), Some("7")), (Some(0), None)] {
        client.for_org(org).own_organization().await.unwrap();
        let journal = server.journal();
        let last = journal.last().unwrap();
        assert_eq!(last.header("x-grafana-org-id"), expected);
        assert_eq!(last.header("x-scope"), Some("team"));
        assert_eq!(last.header("accept"), Some("application/json"));
        assert!(last.header("user-agent").unwrap().starts_with("terraform-provider-grafana/"));
    }
}

#[tokio::test]
async fn what_an_instance_says_of_itself_is_asked_once() {
    let settings = json!({"appUrl": "https://play.grafana.org/", "buildInfo": {"version": "9.2.0", "edition": "Open Source"}});
    let server = Server::start(move |_, _| Reply::Json(200, settings.clone())).await;
    let client = server.client();
    let views: Vec<_> = (0..10).map(|org| client.for_org(Some(org))).collect();
    let all = join_all(views.iter().map(Client::instance)).await;
    assert!(all.iter().all(|one| one.as_ref().unwrap().app_url == "https://play.grafana.org/"));
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn nobody_there_says_so() {
    let listener = tokio::net::TcpSocket::new_v4().unwrap();
    listener.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let mut made = Made::at(&url);
    made.retries = 0;
    let error = made.client().health().await.unwrap_err();
    let ErrorKind::Connect { tls: false, reason } = error.kind() else { panic!("{error}") };
    assert!(reason.contains("refused"), "{reason}");
}

/// An authority, and what it has issued for a server and a client.
struct Certificates {
    authority: CertifiedIssuer<'static, KeyPair>,
}

impl Certificates {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Self { authority }
    }

    fn issue(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.authority).unwrap(), key)
    }

    fn server(&self, mutual: bool) -> ServerConfig {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.der().clone()).unwrap();
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = if mutual {
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let (certificate, key) = self.issue("localhost");
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        builder.with_single_cert(vec![certificate.der().clone()], key).unwrap()
    }
}

#[tokio::test]
async fn an_own_authority_is_trusted_as_text_and_as_file() {
    let certificates = Certificates::new();
    let server = Server::start_tls(certificates.server(false), |_, _| organization()).await;
    let pem = certificates.authority.pem();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &pem).unwrap();
    for given in [pem, file.path().to_str().unwrap().to_owned()] {
        let client = server.client_with(|settings| settings.ca_cert = Some(given));
        assert_eq!(client.own_organization().await.unwrap(), 1);
    }
}

#[tokio::test]
async fn an_unknown_authority_is_refused_at_once_and_can_be_skipped() {
    let server = Server::start_tls(Certificates::new().server(false), |_, _| organization()).await;
    let other = Certificates::new().authority.pem();
    let strict = server.client_with(|settings| settings.ca_cert = Some(other.clone()));
    let error = strict.own_organization().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect { tls: true, .. }), "{error}");
    assert_eq!(server.count(), 0);
    let skipping = server.client_with(|settings| {
        settings.ca_cert = Some(other);
        settings.insecure_skip_verify = true;
    });
    assert!(skipping.own_organization().await.is_ok());
}

#[tokio::test]
async fn a_client_certificate_is_shown_when_asked_for() {
    let certificates = Certificates::new();
    let server = Server::start_tls(certificates.server(true), |_, _| organization()).await;
    let pem = certificates.authority.pem();
    let without = server.client_with(|settings| settings.ca_cert = Some(pem.clone()));
    let error = without.own_organization().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect { tls: true, .. }), "{error}");
    let (certificate, key) = certificates.issue("client");
    let with = server.client_with(|settings| {
        settings.ca_cert = Some(pem);
        settings.tls_cert = Some(certificate.pem());
        settings.tls_key = Some(key.serialize_pem().into());
    });
    assert!(with.own_organization().await.is_ok());
    assert_eq!(server.count(), 1);
}
