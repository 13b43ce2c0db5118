//! Certificates made on the spot: an authority, a server certificate for 127.0.0.1, and a client's.

use std::{fmt, io, net::Ipv4Addr, sync::Arc};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, SanType, date_time_ymd,
};
use rustls::{
    RootCertStore, ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    server::WebPkiClientVerifier,
};
use tokio_rustls::TlsAcceptor;

/// HTTPS of a simulated service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tls {
    client_certificates: bool,
    flaw: Option<Flaw>,
}

/// What is wrong with a server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It was valid in the year 2000.
    Expired,
    /// It is valid from the year 4000 on.
    NotYetValid,
    /// It is that of another host.
    OtherName,
    /// It is that of a client.
    OtherPurpose,
}

impl Tls {
    /// Clients need no certificate.
    pub fn server_only() -> Self {
        Self { client_certificates: false, flaw: None }
    }

    /// The server's certificate has this flaw.
    pub fn flawed(flaw: Flaw) -> Self {
        Self { flaw: Some(flaw), ..Self::server_only() }
    }

    /// Clients must show a certificate of the same authority ([`super::Server::client_identity`]).
    pub fn mutual() -> Self {
        Self { client_certificates: true, flaw: None }
    }
}

/// A client's certificate and key, as PEM.
#[derive(Clone)]
pub struct ClientIdentity {
    /// The certificate.
    pub cert_pem: String,
    /// Its private key (PKCS #8).
    pub key_pem: String,
}

impl fmt::Debug for ClientIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientIdentity").field("cert_pem", &self.cert_pem).finish_non_exhaustive()
    }
}

pub(super) struct Authority {
    pub(super) ca_pem: String,
    pub(super) client: Option<ClientIdentity>,
    pub(super) acceptor: TlsAcceptor,
}

impl Authority {
    pub(super) fn new(tls: &Tls) -> io::Result<Self> {
        Self::make(tls).map_err(io::Error::other)
    }

    fn make(tls: &Tls) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let ca_key = KeyPair::generate()?;
        let mut ca = params("Simulator CA");
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca_certificate = ca.self_signed(&ca_key)?;
        let issuer = Issuer::new(ca, ca_key);

        let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
        let builder = builder.with_safe_default_protocol_versions()?;
        let mut client = None;
        let builder = if tls.client_certificates {
            client = Some(client_identity(&issuer)?);
            let mut roots = RootCertStore::empty();
            roots.add(ca_certificate.der().clone())?;
            let provider = Arc::new(aws_lc_rs::default_provider());
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build()?)
        } else {
            builder.with_no_client_auth()
        };

        let key = KeyPair::generate()?;
        let mut server = params("127.0.0.1");
        server.subject_alt_names = vec![
            SanType::IpAddress(Ipv4Addr::LOCALHOST.into()),
            SanType::DnsName("localhost".try_into()?),
        ];
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        match tls.flaw {
            Some(Flaw::Expired) => server.not_after = date_time_ymd(2000, 12, 31),
            Some(Flaw::NotYetValid) => server.not_before = date_time_ymd(4000, 1, 1),
            Some(Flaw::OtherName) => {
                server.subject_alt_names =
                    vec![SanType::DnsName("grafana.example.com".try_into()?)];
            }
            Some(Flaw::OtherPurpose) => {
                server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            }
            None => {}
        }
        let certificate = server.signed_by(&key, &issuer)?;
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut config = builder.with_single_cert(vec![certificate.der().clone()], key)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            ca_pem: ca_certificate.pem(),
            client,
            acceptor: TlsAcceptor::from(Arc::new(config)),
        })
    }
}

fn client_identity(issuer: &Issuer<'_, KeyPair>) -> Result<ClientIdentity, rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut client = params("client");
    client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let certificate = client.signed_by(&key, issuer)?;
    Ok(ClientIdentity { cert_pem: certificate.pem(), key_pem: key.serialize_pem() })
}

fn params(common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.use_authority_key_identifier_extension = true;
    params
}
