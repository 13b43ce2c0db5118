//! Answers of the query protocol.

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use serde::Serialize;

use crate::amazon::credentials::{Credential, random_text};
use crate::amazon::signature::Refusal;

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// The result of an action; the variant is the element.
#[derive(Serialize)]
pub(super) enum Answer {
    #[serde(rename = "AssumeRoleResult", rename_all = "PascalCase")]
    AssumeRole { assumed_role_user: AssumedRoleUser, credentials: IssuedCredentials },
    #[serde(rename = "AssumeRoleWithWebIdentityResult", rename_all = "PascalCase")]
    AssumeRoleWithWebIdentity {
        subject_from_web_identity_token: String,
        audience: String,
        provider: String,
        assumed_role_user: AssumedRoleUser,
        credentials: IssuedCredentials,
    },
    #[serde(rename = "GetCallerIdentityResult", rename_all = "PascalCase")]
    GetCallerIdentity { arn: String, user_id: String, account: String },
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct AssumedRoleUser {
    pub assumed_role_id: String,
    pub arn: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct IssuedCredentials {
    access_key_id: String,
    secret_access_key: String,
    session_token: String,
    expiration: Timestamp,
}

impl From<&Credential> for IssuedCredentials {
    fn from(credential: &Credential) -> Self {
        Self {
            access_key_id: credential.access_key.clone(),
            secret_access_key: credential.secret.expose_secret().to_owned(),
            session_token: credential.token().to_owned(),
            expiration: credential.expires.unwrap_or(Timestamp::MAX),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metadata {
    request_id: String,
}

#[derive(Serialize)]
struct Envelope<'a> {
    #[serde(rename = "@xmlns")]
    namespace: &'static str,
    #[serde(rename = "$value")]
    result: &'a Answer,
    #[serde(rename = "ResponseMetadata")]
    metadata: Metadata,
}

impl Answer {
    fn root(&self) -> &'static str {
        match self {
            Self::AssumeRole { .. } => "AssumeRoleResponse",
            Self::AssumeRoleWithWebIdentity { .. } => "AssumeRoleWithWebIdentityResponse",
            Self::GetCallerIdentity { .. } => "GetCallerIdentityResponse",
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let metadata = Metadata { request_id: random_text(32) };
        let envelope = Envelope { namespace: NAMESPACE, result: &self, metadata };
        xml(StatusCode::OK, self.root(), &envelope)
    }
}

/// An error of the query protocol.
#[derive(Debug)]
pub(super) struct Error {
    pub status: StatusCode,
    pub code: &'static str,
    pub message: String,
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self {
            status: StatusCode::FORBIDDEN,
            code: refusal.query_code(),
            message: refusal.message(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ErrorResponse<'a> {
    #[serde(rename = "@xmlns")]
    namespace: &'static str,
    error: ErrorElement<'a>,
    request_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ErrorElement<'a> {
    r#type: &'static str,
    code: &'a str,
    message: &'a str,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let error = ErrorElement { r#type: "Sender", code: self.code, message: &self.message };
        let body = ErrorResponse { namespace: NAMESPACE, error, request_id: random_text(32) };
        xml(self.status, "ErrorResponse", &body)
    }
}

fn xml(status: StatusCode, root: &str, body: &impl Serialize) -> Response {
    match quick_xml::se::to_string_with_root(root, body) {
        Ok(text) => (status, [(header::CONTENT_TYPE, "text/xml")], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}
