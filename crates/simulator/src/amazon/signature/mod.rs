//! Checks of AWS Signature Version 4, as a service makes them.
//!
//! Source: "Create a signed AWS API request" in the IAM User Guide. Only signing by the
//! `Authorization` header is known here; the clients of these services do not presign.

mod authorization;
mod canonical;
mod refusal;

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp, Zoned, fmt::strtime, tz::TimeZone};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use super::credentials::{Credential, Credentials};
use super::request::Request;
use authorization::Authorization;
pub use refusal::Refusal;

/// How far the client's clock may be off, either way.
const ALLOWED_SKEW: SignedDuration = SignedDuration::from_mins(5);

/// Who signed a request, and for which region.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The credential that signed.
    pub credential: Credential,
    /// The region of the credential scope, such as `eu-central-1`.
    pub region: String,
}

/// Finds out who signed `request` for `service`, at `now` on the service's clock.
///
/// # Errors
/// The reason why AWS would not take the request. The checks run in AWS's order: is there a
/// signature, is it complete, is it fresh, is the key known, does the scope fit, does the
/// signature fit, have the credentials expired.
pub fn verify(
    request: &Request,
    service: &str,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<Caller, Refusal> {
    let authorization = Authorization::of(request)?;
    let signed_at = signing_time(request)?;
    check_freshness(&signed_at, now)?;
    let scope = &authorization.scope;
    let credential = credentials
        .find(&scope.access_key)
        .filter(|known| known.accepts_session_token(request.header("x-amz-security-token")))
        .ok_or(Refusal::UnknownKey)?;
    scope.check(service, &signed_at)?;
    authorization.check_signed_headers(request)?;

    let canonical = canonical::request(request, &authorization.signed_headers)?;
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{signed_at}\n{}\n{}",
        scope.without_key(),
        hex(&Sha256::digest(canonical.as_bytes()))
    );
    let key = signing_key(credential.secret.expose_secret(), &scope.date, &scope.region, service);
    let signature = hex(&hmac(&key, to_sign.as_bytes()));
    if signature != authorization.signature {
        let canonical = refusal::without_secrets(&canonical);
        return Err(Refusal::Mismatch { canonical, to_sign });
    }
    if credential.expires.is_some_and(|end| end <= now) {
        return Err(Refusal::Expired);
    }
    Ok(Caller { region: scope.region.clone(), credential })
}

/// `X-Amz-Date`, such as `20261122T135500Z`.
fn signing_time(request: &Request) -> Result<String, Refusal> {
    request.header("x-amz-date").map(str::to_owned).ok_or_else(|| {
        Refusal::Incomplete(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
                .into(),
        )
    })
}

fn check_freshness(signed_at: &str, now: Timestamp) -> Result<(), Refusal> {
    let signed = strtime::parse("%Y%m%dT%H%M%SZ", signed_at)
        .and_then(|parts| parts.to_datetime())
        .and_then(|time| time.to_zoned(TimeZone::UTC))
        .map_err(|_| {
            Refusal::Incomplete(format!(
                "Date must be in ISO-8601 'basic format'. Got '{signed_at}'. See http://en.wikipedia.org/wiki/ISO_8601"
            ))
        })?
        .timestamp();
    let (earliest, latest) = (now - ALLOWED_SKEW, now + ALLOWED_SKEW);
    if signed < earliest {
        return Err(Refusal::Invalid(format!(
            "Signature expired: {signed_at} is now earlier than {} ({} - 5 min.)",
            basic(earliest),
            basic(now)
        )));
    }
    if signed > latest {
        return Err(Refusal::Invalid(format!(
            "Signature not yet current: {signed_at} is still later than {} ({} + 5 min.)",
            basic(latest),
            basic(now)
        )));
    }
    Ok(())
}

fn basic(time: Timestamp) -> String {
    Zoned::new(time, TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn signing_key(secret: &str, date: &str, region: &str, service: &str) -> Vec<u8> {
    [date, region, service, "aws4_request"]
        .iter()
        .fold(format!("AWS4{secret}").into_bytes(), |key, part| hmac(&key, part.as_bytes()))
}

fn hmac(key: &[u8], data: &[u8]) -> Vec<u8> {
    let Ok(mac) = Hmac::<Sha256>::new_from_slice(key) else {
        unreachable!("HMAC takes keys of every length");
    };
    mac.chain_update(data).finalize().into_bytes().to_vec()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
