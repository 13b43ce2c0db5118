//! Loading of the AWS configuration: endpoints, region and credentials of all calls.

use aws_config::SdkConfig;
use aws_config::identity::IdentityCache;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::connections::{self, behavior, http_client};
use super::credentials;
use super::error::{Error, ErrorKind};
use super::profile::Profiles;
use super::region::{self, Region};
use super::settings::{Settings, given, is_endpoint};

/// The configuration for all regions. Services that credentials come from are asked in the
/// default region if one is configured, otherwise in `region`, that of the first call.
pub(super) async fn load(settings: &Settings, region: &Region) -> Result<SdkConfig, Error> {
    settings.endpoint().map_or(Ok(()), is_endpoint)?;
    let profiles = Profiles::load(settings).await?;
    let http = http_client(trusted(&profiles).await?, &settings.redactor);
    let region = region::configured(settings, &profiles).await?.unwrap_or_else(|| region.clone());
    let source = credentials::source(settings, &profiles, &region, &http).await?;
    let identities = IdentityCache::lazy().load_timeout(2 * credentials::LIMIT).build();
    let mut loader = aws_config::defaults(behavior())
        .region(aws_config::Region::from(&region))
        .retry_config(connections::retries())
        .timeout_config(connections::timeouts())
        .http_client(http)
        .profile_files(profiles.files)
        .credentials_provider(source)
        .identity_cache(identities);
    if let Some(profile) = settings.profile() {
        loader = loader.profile_name(profile);
    }
    let config = loader.load().await;
    match &settings.assume_role {
        Some(role) => {
            let source = credentials::role(role, &config, &settings.redactor).await;
            Ok(config.into_builder().credentials_provider(source).build())
        }
        None => Ok(config),
    }
}

/// The certificates that `AWS_CA_BUNDLE` or `ca_bundle` of the profile name, as for the AWS CLI.
async fn trusted(profiles: &Profiles) -> Result<Option<Vec<u8>>, Error> {
    let variable = std::env::var("AWS_CA_BUNDLE").ok();
    let (path, named_by) = match (given(variable.as_deref()), profiles.get("ca_bundle")) {
        (Some(path), _) => (path, "the environment variable AWS_CA_BUNDLE"),
        (None, Some(path)) => (path, "`ca_bundle` of the AWS profile"),
        (None, None) => return Ok(None),
    };
    let wrong = |why: &str| {
        let message = format!("The file {path:?}, named by {named_by}, {why}.");
        Error::new(ErrorKind::Profile, message)
    };
    let pem = tokio::fs::read(path).await;
    let pem = pem.map_err(|error| wrong(&format!("cannot be read: {error}")))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let added = certificate.map_err(drop).and_then(|it| roots.add(it).map_err(drop));
        added.map_err(|()| wrong("holds a certificate that cannot be decoded"))?;
    }
    match roots.is_empty() {
        true => Err(wrong("holds no certificate (`-----BEGIN CERTIFICATE-----`)")),
        false => Ok(Some(pem)),
    }
}
