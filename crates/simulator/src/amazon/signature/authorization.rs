//! The `Authorization` header of Signature Version 4.

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use super::Refusal;
use crate::amazon::request::Request;

/// `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
#[derive(Debug)]
pub struct Authorization {
    pub scope: Scope,
    /// In lower case, in the order the client gave them.
    pub signed_headers: Vec<String>,
    /// In hexadecimal.
    pub signature: String,
}

/// `KEY/DATE/REGION/SERVICE/aws4_request`.
#[derive(Debug)]
pub struct Scope {
    pub access_key: String,
    pub date: String,
    pub region: String,
    pub service: String,
    pub terminator: String,
}

impl Authorization {
    /// Reads the header of `request`.
    pub fn of(request: &Request) -> Result<Self, Refusal> {
        let header = request.header("authorization").unwrap_or_default();
        if header.is_empty() {
            return Err(Refusal::MissingToken);
        }
        let Some(parameters) = header.strip_prefix("AWS4-HMAC-SHA256") else {
            return Err(Refusal::Incomplete(format!(
                "Unsupported AWS 'algorithm': '{}'.",
                header.split_whitespace().next().unwrap_or_default()
            )));
        };
        let value = |name: &str| {
            parameters
                .split(',')
                .filter_map(|parameter| parameter.trim().split_once('='))
                .find_map(|(key, value)| (key == name).then_some(value))
                .filter(|value| !value.is_empty())
        };
        let found = ["Credential", "Signature", "SignedHeaders"].map(|name| (name, value(name)));
        let [(_, Some(credential)), (_, Some(signature)), (_, Some(signed_headers))] = found else {
            let missing = found.iter().filter(|(_, value)| value.is_none());
            return Err(Refusal::Incomplete(missing_parameters(
                missing.map(|(name, _)| *name),
                header,
            )));
        };
        Ok(Self {
            scope: Scope::parse(credential)?,
            signed_headers: signed_headers.split(';').map(str::to_ascii_lowercase).collect(),
            signature: signature.to_owned(),
        })
    }

    /// `host` and every `x-amz-` header have to be signed.
    pub fn check_signed_headers(&self, request: &Request) -> Result<(), Refusal> {
        let amazon_headers = request
            .headers
            .keys()
            .map(|name| name.as_str())
            .filter(|name| name.starts_with("x-amz-"));
        for name in std::iter::once("host").chain(amazon_headers) {
            if !self.signed_headers.iter().any(|signed| signed == name) {
                let name = if name == "host" {
                    "'Host' or ':authority'".into()
                } else {
                    format!("'{name}'")
                };
                return Err(Refusal::Invalid(format!(
                    "{name} must be a 'SignedHeader' in the AWS Authorization."
                )));
            }
        }
        Ok(())
    }
}

/// AWS shows a hash of the header, which tells two headers apart and gives nothing away.
fn missing_parameters<'a>(names: impl Iterator<Item = &'a str>, header: &str) -> String {
    let parts: String =
        names.map(|name| format!("Authorization header requires '{name}' parameter. ")).collect();
    let hash = STANDARD.encode(Sha256::digest(header.as_bytes()));
    format!("{parts}(Hashed with SHA-256 and encoded with Base64) Authorization={hash}")
}

impl Scope {
    fn parse(credential: &str) -> Result<Self, Refusal> {
        match credential.split('/').collect::<Vec<_>>()[..] {
            [access_key, date, region, service, terminator] => Ok(Self {
                access_key: access_key.into(),
                date: date.into(),
                region: region.into(),
                service: service.into(),
                terminator: terminator.into(),
            }),
            _ => Err(Refusal::Incomplete(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term."
                    .into(),
            )),
        }
    }

    /// `DATE/REGION/SERVICE/aws4_request`.
    pub fn without_key(&self) -> String {
        format!("{}/{}/{}/{}", self.date, self.region, self.service, self.terminator)
    }

    /// Is this a scope for `service`, of the day of `signed_at`?
    pub fn check(&self, service: &str, signed_at: &str) -> Result<(), Refusal> {
        if self.region.is_empty() {
            return Err(Refusal::Invalid("Credential should be scoped to a valid region. ".into()));
        }
        if self.service != service {
            return Err(Refusal::Invalid(format!(
                "Credential should be scoped to correct service: '{service}'. "
            )));
        }
        if self.terminator != "aws4_request" {
            return Err(Refusal::Invalid(format!(
                "Credential should be scoped with a valid terminator: 'aws4_request', not '{}'. ",
                self.terminator
            )));
        }
        let day = signed_at.get(..8).unwrap_or_default();
        if self.date != day {
            return Err(Refusal::Invalid(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{day}', from '{signed_at}'.",
                self.date
            )));
        }
        Ok(())
    }
}
