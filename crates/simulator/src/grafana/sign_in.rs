//! Signing in with a password, an API key or a token.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::{HeaderMap, header, request::Parts};

use super::{
    Generation,
    access::{SignedIn, Who},
    answer::Answer,
    state::State,
    store::{Login, Lookup},
};

/// The user name that turns a basic sign-in into one with a key.
const KEY_USER: &str = "api_key";

enum Credentials {
    Nobody,
    Password { login: String, password: String },
    Bearer(String),
    Malformed,
}

/// Why a sign-in failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failure {
    Nobody,
    Malformed,
    WrongPassword,
    Locked,
    InvalidKey,
    KeyGone,
    KeyExpired,
    KeyRevoked,
    AccountDisabled,
    OtherOrganization,
}

/// The outcome: an answer stands for a failed sign-in.
pub(super) struct Attempt {
    pub(super) signed_in: Result<SignedIn, Answer>,
    /// Whether credentials were given that are wrong.
    pub(super) rejected: bool,
}

pub(super) fn sign_in(state: &mut State, headers: &HeaderMap) -> Attempt {
    let outcome = match credentials(headers) {
        Credentials::Nobody => Err(Failure::Nobody),
        Credentials::Malformed => Err(Failure::Malformed),
        Credentials::Password { .. } if state.options.managed => Err(Failure::Nobody),
        Credentials::Password { login, password } => by_password(state, headers, &login, &password),
        Credentials::Bearer(secret) => by_key(state, headers, &secret),
    };
    let rejected = !matches!(outcome, Ok(_) | Err(Failure::Nobody));
    Attempt { signed_in: outcome.map_err(|failure| answer(state.generation, failure)), rejected }
}

/// Who a request says it is from, in clear words and without secrets.
pub(super) fn describe(state: &mut State, parts: &Parts) -> String {
    match credentials(&parts.headers) {
        Credentials::Nobody => "anonymous".to_owned(),
        Credentials::Malformed => "malformed".to_owned(),
        Credentials::Password { login, .. } => format!("basic {login}"),
        Credentials::Bearer(secret) => match state.database.look_up(&secret) {
            Lookup::Key(key) => format!("token {}", key.name),
            Lookup::Gone => "token that is gone".to_owned(),
            Lookup::Invalid => "token that is invalid".to_owned(),
        },
    }
}

fn credentials(headers: &HeaderMap) -> Credentials {
    let Some(value) = headers.get(header::AUTHORIZATION) else {
        return Credentials::Nobody;
    };
    let Some((scheme, rest)) = value.to_str().ok().and_then(|value| value.split_once(' ')) else {
        return Credentials::Nobody;
    };
    match scheme {
        "Bearer" => Credentials::Bearer(rest.to_owned()),
        "Basic" => basic(rest).unwrap_or(Credentials::Malformed),
        _ => Credentials::Nobody,
    }
}

fn basic(encoded: &str) -> Option<Credentials> {
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (login, password) = decoded.split_once(':')?;
    let (login, password) = (login.to_owned(), password.to_owned());
    Some(if login == KEY_USER {
        Credentials::Bearer(password)
    } else {
        Credentials::Password { login, password }
    })
}

/// A value that is no positive number is ignored.
fn requested_organization(headers: &HeaderMap) -> Option<i64> {
    let value = headers.get("x-grafana-org-id")?.to_str().ok()?;
    value.parse().ok().filter(|organization| *organization > 0)
}

fn by_password(
    state: &mut State,
    headers: &HeaderMap,
    login: &str,
    password: &str,
) -> Result<SignedIn, Failure> {
    let (now, forgiving) = (state.now(), state.generation.has_coded_errors());
    let id = match state.database.log_in(now, login, password, forgiving) {
        Login::User(id) => id,
        Login::Wrong => return Err(Failure::WrongPassword),
        Login::Locked => return Err(Failure::Locked),
    };
    let user = state.database.user(id).ok_or(Failure::WrongPassword)?;
    let own = user.organizations.keys().next().copied();
    let organization = requested_organization(headers).or(own).unwrap_or_default();
    let permissions =
        if state.options.enterprise { user.permissions.clone() } else { Default::default() };
    Ok(SignedIn {
        who: Who::User(id),
        organization,
        role: user.organizations.get(&organization).copied(),
        server_admin: user.server_admin,
        permissions,
    })
}

fn by_key(state: &mut State, headers: &HeaderMap, secret: &str) -> Result<SignedIn, Failure> {
    let (now, generation) = (state.now(), state.generation);
    let key = match state.database.look_up(secret) {
        Lookup::Key(key) => key,
        Lookup::Gone => return Err(Failure::KeyGone),
        Lookup::Invalid => return Err(Failure::InvalidKey),
    };
    if key.expired(now) {
        return Err(Failure::KeyExpired);
    }
    if key.revoked {
        return Err(Failure::KeyRevoked);
    }
    let organization = key.organization;
    let other = requested_organization(headers).is_some_and(|requested| requested != organization);
    if other && generation.has_coded_errors() {
        return Err(Failure::OtherOrganization);
    }
    let (account, own_role, previous) = (key.account, key.role, key.last_used.replace(now));
    if account.is_some_and(|account| state.database.account_disabled(account)) {
        if let Lookup::Key(key) = state.database.look_up(secret) {
            key.last_used = previous;
        }
        return Err(Failure::AccountDisabled);
    }
    let role = account.map_or(Some(own_role), |account| state.database.account_role(account));
    Ok(SignedIn {
        who: Who::Key,
        organization,
        role,
        server_admin: false,
        permissions: Default::default(),
    })
}

fn answer(generation: Generation, failure: Failure) -> Answer {
    if generation.has_coded_errors() {
        coded(generation, failure)
    } else {
        plain(generation, failure)
    }
}

/// 8.4 and 9.4, which differ in what they answer to a key that is gone.
fn plain(generation: Generation, failure: Failure) -> Answer {
    let caused = |status, message| Answer::context_caused(generation, status, message);
    let message = |message: &str| Answer::context(401, serde_json::json!({"message": message}));
    match failure {
        Failure::Nobody | Failure::OtherOrganization => Answer::unauthorized(generation),
        Failure::Malformed => caused(401, "Invalid Basic Auth Header"),
        Failure::WrongPassword | Failure::Locked => caused(401, "invalid username or password"),
        Failure::KeyGone if generation >= Generation::V9_4 => caused(500, "invalid API key"),
        Failure::KeyGone | Failure::InvalidKey => caused(401, "invalid API key"),
        Failure::KeyExpired => message("Expired API key"),
        Failure::KeyRevoked => message("Revoked token"),
        Failure::AccountDisabled => message("Service account is disabled"),
    }
}

/// 10.4 and later. A key that is gone has no message of its own there.
fn coded(generation: Generation, failure: Failure) -> Answer {
    match failure {
        Failure::Nobody => Answer::unauthorized(generation),
        Failure::Malformed => {
            Answer::coded_401("basic-auth.invalid-header", "Invalid Basic Auth Header")
        }
        Failure::WrongPassword => {
            Answer::coded_401("password-auth.failed", "Invalid username or password")
        }
        Failure::Locked => {
            Answer::coded_401("login-attempt.blocked", "Invalid username or password")
        }
        Failure::InvalidKey => Answer::coded_401("api-key.invalid", "Invalid API key"),
        Failure::KeyGone => Answer::context_caused(generation, 401, "Unauthorized"),
        Failure::KeyExpired => Answer::coded_401("api-key.expired", "Expired API key"),
        Failure::KeyRevoked => Answer::coded_401("api-key.revoked", "Revoked API key"),
        Failure::AccountDisabled => Answer::coded_401("identity.disabled", "Unauthorized"),
        Failure::OtherOrganization => Answer::coded_401(
            "api-key.organization-mismatch",
            "API key does not belong to the requested organization",
        ),
    }
}
