//! A request as handlers see it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    RequestExt as _,
    body::Bytes,
    extract::{FromRequest, Path, Request},
};
use http::{HeaderMap, Method, Uri, header};
use serde::de::DeserializeOwned;

use super::{
    Generation,
    access::SignedIn,
    answer::Answer,
    sign_in::{Attempt, sign_in},
    state::State,
};
use crate::server::ConnectionId;

/// The state all handlers share.
#[derive(Clone)]
pub(super) struct Shared(Arc<Mutex<State>>);

impl Shared {
    pub(super) fn new(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request, read to its end, with its sign-in tried.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) node: usize,
    generation: Generation,
    signed_in: Result<SignedIn, Answer>,
    headers: HeaderMap,
    parameters: HashMap<String, String>,
    body: Bytes,
}

impl FromRequest<Shared> for Call {
    type Rejection = Answer;

    async fn from_request(mut request: Request, shared: &Shared) -> Result<Self, Answer> {
        let parameters = request.extract_parts::<Path<HashMap<String, String>>>().await;
        let parameters = parameters.map(|Path(parameters)| parameters).unwrap_or_default();
        let connection = request.extensions().get::<ConnectionId>().copied();
        let (parts, body) = request.into_parts();
        // A client that goes away while sending does not wait for an answer.
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();

        let mut state = shared.lock();
        let node = state.next_node(connection);
        let generation = state.generation;
        let Attempt { signed_in, rejected } = sign_in(&mut state, &parts.headers);
        match signed_in {
            // Up to 9.4 wrong credentials end a request before its path is looked at.
            Err(answer) if rejected && !generation.has_coded_errors() => Err(answer),
            signed_in => Ok(Self {
                method: parts.method,
                uri: parts.uri,
                node,
                generation,
                signed_in,
                headers: parts.headers,
                parameters,
                body,
            }),
        }
    }
}

impl Call {
    /// Whoever signed in.
    pub(super) fn signed_in(&self) -> Result<&SignedIn, Answer> {
        self.signed_in.as_ref().map_err(Clone::clone)
    }

    /// Whoever signed in, if they have the permission.
    pub(super) fn require(&self, permission: &str) -> Result<&SignedIn, Answer> {
        let signed_in = self.signed_in()?;
        if signed_in.allows(permission) {
            return Ok(signed_in);
        }
        Err(Answer::forbidden(self.generation, permission))
    }

    /// A part of the path, decoded.
    pub(super) fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    /// A part of the path as a number.
    pub(super) fn id(&self, name: &str) -> Option<i64> {
        self.parameter(name).parse().ok()
    }

    /// A parameter of the query, decoded; the first of several.
    pub(super) fn query(&self, name: &str) -> Option<String> {
        let query = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&self.uri).ok()?;
        query.0.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// As Go reads booleans; anything else is `false`.
    pub(super) fn query_flag(&self, name: &str) -> bool {
        let value = self.query(name);
        matches!(value.as_deref(), Some("1" | "t" | "T" | "true" | "True" | "TRUE"))
    }

    /// The media type of the body in lower case, without parameters.
    pub(super) fn content_type(&self) -> Option<String> {
        let value = self.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
        let essence = value.split(';').next().unwrap_or(value);
        Some(essence.trim().to_ascii_lowercase())
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body, if it is JSON of this shape and says so.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Option<T> {
        let is_json = self.content_type().as_deref() == Some("application/json");
        is_json.then(|| serde_json::from_slice(&self.body).ok()).flatten()
    }
}
