//! Which handler answers what.

use std::future::{Ready, ready};

use axum::{
    Router,
    extract::{FromRequest as _, Request, State as SharedState},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::{delete, get, post},
};
use http::Method;

use super::{
    answer::Answer,
    call::{Call, Shared},
    endpoints::{accounts, api_keys, instance, licensing, migration, organizations, tokens, users},
    state::State,
};
use crate::server::OutsideSubPath;

/// Answers a request; the error is an answer as well, for `?`.
type Handler = fn(&mut State, &Call) -> Result<Answer, Answer>;

fn on(
    handler: Handler,
) -> impl Fn(SharedState<Shared>, Call) -> Ready<Answer> + Clone + Send + 'static {
    move |SharedState(shared), call| {
        ready(handler(&mut shared.lock(), &call).unwrap_or_else(|answer| answer))
    }
}

pub(super) fn router(shared: Shared) -> Router {
    let accounts = get(on(not_offered)).post(on(accounts::create));
    let account = get(on(accounts::show)).patch(on(accounts::change)).delete(on(accounts::delete));
    let token = get(on(licensing::show)).post(on(licensing::install)).delete(on(licensing::remove));
    Router::new()
        .route("/api/health", get(instance::health))
        .route("/api/frontend/settings", get(on(instance::settings)))
        .route("/api/org", get(on(organizations::current)))
        .route("/api/orgs", get(on(organizations::list)).post(on(organizations::create)))
        .route("/api/user", get(on(users::current)))
        .route("/api/admin/users", post(on(users::create)))
        .route("/api/auth/keys", get(on(api_keys::list)).post(on(api_keys::create)))
        .route("/api/auth/keys/{id}", delete(on(api_keys::delete)))
        .route("/api/serviceaccounts", accounts.clone())
        .route("/api/serviceaccounts/", accounts)
        .route("/api/serviceaccounts/search", get(on(accounts::search)))
        .route("/api/serviceaccounts/migrate", post(on(migration::migrate_all)))
        .route("/api/serviceaccounts/migrate/{id}", post(on(migration::migrate_one)))
        .route("/api/serviceaccounts/{account}", account)
        .route(
            "/api/serviceaccounts/{account}/tokens",
            get(on(tokens::list)).post(on(tokens::create)),
        )
        .route("/api/serviceaccounts/{account}/tokens/{id}", delete(on(tokens::delete)))
        .route("/api/licensing/check", get(on(licensing::check)))
        .route("/api/licensing/token", token)
        .route("/api/licensing/token/renew", post(on(licensing::renew)))
        .route("/api/licensing/refresh-stats", get(on(licensing::refresh_stats)))
        .fallback(on(not_offered))
        .method_not_allowed_fallback(on(not_offered))
        .layer(from_fn_with_state(shared.clone(), outside))
        .with_state(shared)
}

/// Paths nothing is at: an answer below `/api`, elsewhere the page for who has to sign in first.
fn not_offered(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    if call.uri.path().starts_with("/api/") {
        return Ok(Answer::not_found());
    }
    Ok(elsewhere(state, call))
}

fn elsewhere(state: &State, call: &Call) -> Answer {
    if call.method != Method::GET || call.signed_in().is_ok() {
        return Answer::not_found();
    }
    Answer::page(&state.options.index_page)
}

/// A request outside the sub-path finds no endpoint, whatever its path.
async fn outside(
    SharedState(shared): SharedState<Shared>,
    request: Request,
    next: Next,
) -> Response {
    if request.extensions().get::<OutsideSubPath>().is_none() {
        return next.run(request).await;
    }
    let call = Call::from_request(request, &shared).await;
    let answer = call.map(|call| elsewhere(&shared.lock(), &call));
    answer.unwrap_or_else(|answer| answer).into_response()
}
