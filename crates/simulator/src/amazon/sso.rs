//! IAM Identity Center for clients that somebody has signed in: the portal's `GetRoleCredentials`
//! and OIDC's `CreateToken`, which refreshes a sign-in.
//!
//! Sources: the API references of the IAM Identity Center portal and of IAM Identity Center OIDC,
//! and "IAM Identity Center credential provider" in the AWS SDKs and Tools Reference Guide.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use sha1::{Digest, Sha1};

use super::credentials::random_text;
use super::loopback::{Loopback, exports};
use super::signature::hex;
use super::{Amazon, Clock, Credentials, Principal};
use crate::faults::Faults;
use crate::journal::Journal;

/// How long a refreshed sign-in and the credentials of a role last.
const LIFE: SignedDuration = SignedDuration::from_hours(1);

/// A running Identity Center with one signed-in person. Dropping it stops it.
#[derive(Debug)]
pub struct Sso {
    loopback: Loopback,
    region: String,
    center: Arc<Center>,
}

/// What a client keeps of a sign-in: the file `~/.aws/sso/cache/NAME`.
pub struct CachedSignIn {
    /// The file's name: the SHA-1 of the session's name, and `.json`.
    pub file_name: String,
    /// The file's text, with secrets in clear.
    pub text: String,
}

#[derive(Debug)]
struct Center {
    credentials: Credentials,
    clock: Clock,
    client_id: String,
    client_secret: SecretString,
    sign_in: Mutex<SignIn>,
}

#[derive(Debug)]
struct SignIn {
    access_token: SecretString,
    access_ends: Timestamp,
    refresh_token: SecretString,
    /// By account and role name.
    roles: BTreeMap<(String, String), Principal>,
}

impl Sso {
    /// Starts both services at one address on loopback, with HTTPS if `amazon` has it, in the region of `amazon`, which accepts
    /// the credentials they give.
    ///
    /// # Errors
    /// The port cannot be bound.
    pub fn start(amazon: &Amazon) -> io::Result<Self> {
        let secret = || SecretString::from(random_text(64));
        let sign_in = SignIn {
            access_token: secret(),
            access_ends: amazon.clock().now() + LIFE,
            refresh_token: secret(),
            roles: BTreeMap::new(),
        };
        let center = Arc::new(Center {
            credentials: amazon.credentials().clone(),
            clock: amazon.clock().clone(),
            client_id: random_text(22),
            client_secret: secret(),
            sign_in: Mutex::new(sign_in),
        });
        let router = Router::new()
            .route("/federation/credentials", get(get_role_credentials))
            .route("/token", post(create_token))
            .with_state(Arc::clone(&center));
        let region = amazon.region().to_owned();
        Ok(Self { loopback: Loopback::start(router, None, amazon.tls)?, region, center })
    }

    /// The certificate of the authority behind HTTPS, as PEM.
    pub fn ca_pem(&self) -> Option<&str> {
        self.loopback.ca_pem()
    }

    /// `AWS_ENDPOINT_URL_SSO` and `AWS_ENDPOINT_URL_SSO_OIDC`.
    pub fn exports(&self) -> Vec<(String, String)> {
        let url = self.loopback.url();
        exports([("AWS_ENDPOINT_URL_SSO", url.clone()), ("AWS_ENDPOINT_URL_SSO_OIDC", url)])
    }

    /// Gives the person a role in an account (twelve digits). Its credentials act as `principal`.
    pub fn add_role(
        &self,
        account: impl Into<String>,
        role: impl Into<String>,
        principal: Principal,
    ) {
        self.center.sign_in().roles.insert((account.into(), role.into()), principal);
    }

    /// The sign-in as a client's cache has it, for the session `session_name`, ending at `ends`.
    /// A client refreshes one that has ended or soon will.
    pub fn cached_sign_in(&self, session_name: &str, ends: Timestamp) -> CachedSignIn {
        let mut sign_in = self.center.sign_in();
        sign_in.access_ends = ends;
        let text = json!({
            "startUrl": self.start_url(),
            "region": self.region,
            "accessToken": sign_in.access_token.expose_secret(),
            "expiresAt": ends.to_string(),
            "clientId": self.center.client_id,
            "clientSecret": self.center.client_secret.expose_secret(),
            "registrationExpiresAt": (ends + SignedDuration::from_hours(24 * 90)).to_string(),
            "refreshToken": sign_in.refresh_token.expose_secret(),
        });
        let file_name = format!("{}.json", hex(&Sha1::digest(session_name.as_bytes())));
        CachedSignIn { file_name, text: text.to_string() }
    }

    /// The sections of `~/.aws/config` for the profile `profile`, over the session `session_name`.
    pub fn config(&self, profile: &str, session_name: &str, account: &str, role: &str) -> String {
        let (start_url, region) = (self.start_url(), &self.region);
        format!(
            "[profile {profile}]\nsso_session = {session_name}\nsso_account_id = {account}\nsso_role_name = {role}\nregion = {region}\n\n[sso-session {session_name}]\nsso_start_url = {start_url}\nsso_region = {region}\nsso_registration_scopes = sso:account:access\n"
        )
    }

    /// Signs the person out: tokens and their refreshing are refused from now on.
    pub fn sign_out(&self) {
        let mut sign_in = self.center.sign_in();
        sign_in.access_token = SecretString::from(random_text(64));
        sign_in.refresh_token = SecretString::from(random_text(64));
    }

    /// The requests that came.
    pub fn journal(&self) -> &Journal {
        &self.loopback.journal
    }

    /// What goes wrong with requests.
    pub fn faults(&self) -> &Faults {
        &self.loopback.faults
    }

    fn start_url(&self) -> String {
        format!("{}/start", self.loopback.url())
    }
}

impl Center {
    fn sign_in(&self) -> MutexGuard<'_, SignIn> {
        self.sign_in.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Deserialize)]
struct RoleQuery {
    role_name: String,
    account_id: String,
}

async fn get_role_credentials(
    State(center): State<Arc<Center>>,
    Query(query): Query<RoleQuery>,
    headers: HeaderMap,
) -> Response {
    let now = center.clock.now();
    let sign_in = center.sign_in();
    let sent = headers.get("x-amz-sso_bearer_token").map(|value| value.as_bytes());
    if sent != Some(sign_in.access_token.expose_secret().as_bytes()) || sign_in.access_ends <= now {
        let message = "Session token not found or invalid";
        return portal_error(StatusCode::UNAUTHORIZED, "UnauthorizedException", message);
    }
    let Some(principal) = sign_in.roles.get(&(query.account_id, query.role_name)) else {
        return portal_error(StatusCode::FORBIDDEN, "ForbiddenException", "No access");
    };
    let end = now + LIFE;
    let credential = center.credentials.issue(principal.clone(), end);
    Json(json!({ "roleCredentials": {
        "accessKeyId": credential.access_key,
        "secretAccessKey": credential.secret.expose_secret(),
        "sessionToken": credential.token(),
        "expiration": end.as_millisecond(),
    }}))
    .into_response()
}

fn portal_error(status: StatusCode, kind: &'static str, message: &str) -> Response {
    (status, [("x-amzn-errortype", kind)], Json(json!({ "message": message }))).into_response()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TokenRequest {
    client_id: String,
    client_secret: String,
    grant_type: String,
    refresh_token: Option<String>,
}

async fn create_token(
    State(center): State<Arc<Center>>,
    Json(request): Json<TokenRequest>,
) -> Response {
    if request.client_id != center.client_id
        || request.client_secret != center.client_secret.expose_secret()
    {
        return oidc_error(StatusCode::UNAUTHORIZED, "InvalidClientException", "invalid_client");
    }
    if request.grant_type != "refresh_token" {
        return oidc_error(
            StatusCode::BAD_REQUEST,
            "UnsupportedGrantTypeException",
            "unsupported_grant_type",
        );
    }
    let mut sign_in = center.sign_in();
    if request.refresh_token.as_deref() != Some(sign_in.refresh_token.expose_secret()) {
        return oidc_error(StatusCode::BAD_REQUEST, "InvalidGrantException", "invalid_grant");
    }
    sign_in.access_token = SecretString::from(random_text(64));
    sign_in.access_ends = center.clock.now() + LIFE;
    Json(json!({
        "accessToken": sign_in.access_token.expose_secret(),
        "tokenType": "Bearer",
        "expiresIn": LIFE.as_secs(),
        "refreshToken": sign_in.refresh_token.expose_secret(),
    }))
    .into_response()
}

fn oidc_error(status: StatusCode, kind: &'static str, code: &str) -> Response {
    let body = json!({ "error": code, "error_description": "The sign-in is not valid" });
    (status, [("x-amzn-errortype", kind)], Json(body)).into_response()
}
