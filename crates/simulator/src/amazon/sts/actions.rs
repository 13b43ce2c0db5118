//! The actions of the Security Token Service.

use std::collections::BTreeMap;

use http::StatusCode;
use jiff::SignedDuration;
use secrecy::ExposeSecret;

use super::xml::{Answer, AssumedRoleUser, Error, IssuedCredentials};
use super::{Role, Service};
use crate::amazon::credentials::{Credential, random_text};
use crate::amazon::request::Request;
use crate::amazon::signature::{self, Caller};

/// The signing name of the service.
const SERVICE: &str = "sts";

/// Seconds that a session lasts if nothing is said, and the longest for a role that is assumed
/// with another role's session.
const HOUR: u32 = 3600;

type Parameters = BTreeMap<String, String>;

/// Carries out the action that the request's body names.
pub(super) fn carry_out(service: &Service, request: &Request) -> Result<Answer, Error> {
    let sent = if request.body.is_empty() { request.query.as_bytes() } else { &request.body };
    let parameters: Parameters = form_urlencoded::parse(sent).into_owned().collect();
    match parameters.get("Action").map(String::as_str) {
        Some("AssumeRole") => assume_role(service, &signed(service, request)?, &parameters),
        Some("AssumeRoleWithWebIdentity") => assume_role_with_web_identity(service, &parameters),
        Some("GetCallerIdentity") => Ok(get_caller_identity(&signed(service, request)?)),
        action => Err(Error {
            status: StatusCode::BAD_REQUEST,
            code: "InvalidAction",
            message: format!(
                "Could not find operation {} for version 2011-06-15",
                action.unwrap_or("")
            ),
        }),
    }
}

fn signed(service: &Service, request: &Request) -> Result<Caller, Error> {
    Ok(signature::verify(request, SERVICE, &service.credentials, service.clock.now())?)
}

fn get_caller_identity(caller: &Caller) -> Answer {
    let principal = &caller.credential.principal;
    Answer::GetCallerIdentity {
        arn: principal.arn().to_owned(),
        user_id: caller.credential.access_key.clone(),
        account: principal.account().to_owned(),
    }
}

/// AWS does not tell a role that is not there from one that may not be assumed, nor a wrong
/// external id from either.
fn assume_role(
    service: &Service,
    caller: &Caller,
    parameters: &Parameters,
) -> Result<Answer, Error> {
    const ACTION: &str = "sts:AssumeRole";
    let arn = required(parameters, "RoleArn")?;
    let session = session_name(parameters)?;
    let seconds = seconds(parameters)?;
    let principal = &caller.credential.principal;
    let external_id = parameters.get("ExternalId").map(String::as_str);
    let trust = service.trust();
    let role = trust
        .roles
        .get(arn)
        .filter(|role| {
            role.takes_external_id(external_id) && principal.allows(ACTION, &caller.region)
        })
        .ok_or_else(|| {
            let who = principal.arn();
            denied(format!("User: {who} is not authorized to perform: {ACTION} on resource: {arn}"))
        })?;
    if caller.credential.session_token.is_some() && seconds > HOUR {
        return Err(invalid(
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
        ));
    }
    let credential = issue(service, role, session, seconds)?;
    Ok(Answer::AssumeRole {
        assumed_role_user: assumed(&credential, session),
        credentials: IssuedCredentials::from(&credential),
    })
}

fn assume_role_with_web_identity(
    service: &Service,
    parameters: &Parameters,
) -> Result<Answer, Error> {
    let arn = required(parameters, "RoleArn")?;
    let session = session_name(parameters)?;
    let token = required(parameters, "WebIdentityToken")?;
    let seconds = seconds(parameters)?;
    let trust = service.trust();
    let identity = trust
        .web_identities
        .iter()
        .find(|identity| identity.token.expose_secret() == token)
        .ok_or_else(|| {
            bad(
                "InvalidIdentityToken",
                "Couldn't retrieve verification key from your identity provider",
            )
        })?;
    if identity.expired {
        return Err(bad("ExpiredTokenException", "Token expired"));
    }
    let role =
        trust.roles.get(arn).filter(|role| role.trusts(&identity.subject)).ok_or_else(|| {
            denied("Not authorized to perform sts:AssumeRoleWithWebIdentity".into())
        })?;
    let credential = issue(service, role, session, seconds)?;
    Ok(Answer::AssumeRoleWithWebIdentity {
        subject_from_web_identity_token: identity.subject.clone(),
        audience: "sts.amazonaws.com".into(),
        provider: "arn:aws:iam::123456789012:oidc-provider/issuer.example".into(),
        assumed_role_user: assumed(&credential, session),
        credentials: IssuedCredentials::from(&credential),
    })
}

fn issue(service: &Service, role: &Role, session: &str, seconds: u32) -> Result<Credential, Error> {
    if !role.allows_session_of(seconds) {
        return Err(invalid(
            "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        ));
    }
    let end = service.clock.now() + SignedDuration::from_secs(seconds.into());
    Ok(service.credentials.issue(role.session(session), end))
}

fn assumed(credential: &Credential, session: &str) -> AssumedRoleUser {
    AssumedRoleUser {
        assumed_role_id: format!("AROA{}:{session}", random_text(16).to_uppercase()),
        arn: credential.principal.arn().to_owned(),
    }
}

fn required<'a>(parameters: &'a Parameters, name: &str) -> Result<&'a str, Error> {
    parameters.get(name).map(String::as_str).filter(|value| !value.is_empty()).ok_or_else(|| {
        let field = name[..1].to_lowercase() + &name[1..];
        invalid(&format!("1 validation error detected: Value null at '{field}' failed to satisfy constraint: Member must not be null"))
    })
}

fn session_name(parameters: &Parameters) -> Result<&str, Error> {
    let name = required(parameters, "RoleSessionName")?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if (2..=64).contains(&name.len()) && name.chars().all(allowed) {
        return Ok(name);
    }
    Err(invalid(&format!(
        "1 validation error detected: Value '{name}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]{{2,64}}"
    )))
}

fn seconds(parameters: &Parameters) -> Result<u32, Error> {
    match parameters.get("DurationSeconds").map(|text| text.parse()) {
        None => Ok(HOUR),
        Some(Ok(seconds @ 900..=43200)) => Ok(seconds),
        Some(_) => Err(invalid(
            "1 validation error detected: Value at 'durationSeconds' failed to satisfy constraint: Member must have value between 900 and 43200",
        )),
    }
}

fn invalid(message: &str) -> Error {
    bad("ValidationError", message)
}

fn bad(code: &'static str, message: &str) -> Error {
    Error { status: StatusCode::BAD_REQUEST, code, message: message.into() }
}

fn denied(message: String) -> Error {
    Error { status: StatusCode::FORBIDDEN, code: "AccessDenied", message }
}
