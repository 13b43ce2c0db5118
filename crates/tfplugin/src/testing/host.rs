//! Terraform's side of the handshake: it starts a program with a certificate of its own, and calls it.
//!
//! What cannot be done fails the test with a panic.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper_util::rt::TokioIo;
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, PKCS_ECDSA_P521_SHA512};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use tempfile::TempDir;
use tokio::net::UnixStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tonic::transport::{Channel, Endpoint, Uri};

/// What Terraform sets as TF_PLUGIN_MAGIC_COOKIE.
pub const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// A certificate as Terraform makes one, with its key.
pub struct Identity {
    certificate: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
    pem: String,
}

impl Identity {
    /// A new ECDSA P-521 certificate, which is its own authority.
    pub fn generate() -> Self {
        Self::lasting_until(4096)
    }

    /// The same, of which the time is over.
    pub fn expired() -> Self {
        Self::lasting_until(2001)
    }

    fn lasting_until(year: i32) -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        let certificate = params.self_signed(&key).unwrap();
        Identity {
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            key: PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        }
    }
}

/// A program started with the environment that Terraform gives it.
pub struct Started {
    /// The process.
    pub child: Child,
    /// The handshake line.
    pub line: String,
    /// The certificate that the program was told to accept.
    pub identity: Identity,
    stdout: BufReader<ChildStdout>,
    /// Where its socket is, so that killing it leaves nothing behind.
    _sockets: Option<TempDir>,
}

/// A command that starts a program as Terraform does, without a client certificate yet.
pub fn command(program: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("PLUGIN_PROTOCOL_VERSIONS", "5,6")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for variable in ["TF_LOG", "TF_LOG_PROVIDER"] {
        command.env_remove(variable);
    }
    command
}

impl Started {
    /// Starts a program and reads its handshake line.
    pub fn new(program: &Path) -> Self {
        Self::with(command(program))
    }

    /// The same with a command of the test's own making.
    pub fn with(command: Command) -> Self {
        Self::identified(command, Identity::generate())
    }

    /// The same for a client of that certificate.
    pub fn identified(mut command: Command, identity: Identity) -> Self {
        let sockets = tempfile::tempdir().unwrap();
        command.env("PLUGIN_UNIX_SOCKET_DIR", sockets.path());
        Self::start(command, identity, Some(sockets))
    }

    /// The same, with the socket where the program puts it.
    pub fn with_sockets_of_its_own(command: Command) -> Self {
        Self::start(command, Identity::generate(), None)
    }

    fn start(mut command: Command, identity: Identity, sockets: Option<TempDir>) -> Self {
        command.env("PLUGIN_CLIENT_CERT", &identity.pem);
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        Started { child, line, identity, stdout, _sockets: sockets }
    }

    fn field(&self, number: usize) -> &str {
        self.line.trim_end().split('|').nth(number).unwrap_or_default()
    }

    /// Where it listens.
    pub fn socket(&self) -> PathBuf {
        self.field(3).into()
    }

    /// Agrees on TLS as `identity`, or as nobody.
    ///
    /// # Errors
    /// When the program refuses.
    pub async fn tls(&self, identity: Option<&Identity>) -> std::io::Result<TlsStream<UnixStream>> {
        let certificate = STANDARD_NO_PAD.decode(self.field(5)).unwrap();
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier =
            Arc::new(ExactServer { expected: certificate.into(), provider: provider.clone() });
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match identity {
            Some(identity) => config
                .with_client_auth_cert(vec![identity.certificate.clone()], identity.key.clone_key())
                .unwrap(),
            None => config.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"h2".to_vec()];
        let stream = UnixStream::connect(self.socket()).await?;
        let name = ServerName::try_from("localhost").unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await
    }

    /// A channel as Terraform has one.
    pub async fn channel(&self) -> Channel {
        self.channel_as(Some(&self.identity)).await.unwrap()
    }

    /// A channel as `identity`, or as nobody.
    ///
    /// # Errors
    /// When the program refuses the connection.
    pub async fn channel_as(
        &self,
        identity: Option<&Identity>,
    ) -> Result<Channel, tonic::transport::Error> {
        let mut stream = Some(self.tls(identity).await);
        let connector = tower::service_fn(move |_: Uri| {
            let again = || Err(std::io::Error::other("the connection has ended"));
            let stream = stream.take().unwrap_or_else(again).map(TokioIo::new);
            std::future::ready(stream)
        });
        Endpoint::from_static("http://localhost").connect_with_connector(connector).await
    }

    /// Everything that came on stdout after the first line, once the program has closed it.
    pub fn rest_of_stdout(&mut self) -> String {
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        rest
    }

    /// Waits for the end and returns the exit status and stderr.
    pub fn ended(mut self) -> (ExitStatus, String) {
        let mut stderr = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        (self.child.wait().unwrap(), stderr)
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Trusts the certificate of the handshake line only, which is its own authority.
#[derive(Debug)]
struct ExactServer {
    expected: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for ExactServer {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        assert_eq!(end_entity.as_ref(), self.expected.as_ref());
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
