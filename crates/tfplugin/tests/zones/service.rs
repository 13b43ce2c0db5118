//! The service that the provider is for, on loopback.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::AUTHORIZATION;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The token that it takes.
pub const TOKEN: &str = "of-the-service";

/// What it holds.
#[derive(Default)]
pub struct World {
    /// By their names.
    pub zones: BTreeMap<String, Value>,
    /// The tokens that are valid.
    pub tokens: Vec<String>,
    /// How many tokens there have been.
    pub issued: usize,
    /// Whether new zones never come to be served.
    pub is_stuck: bool,
}

/// A running service, which ends with the runtime that started it.
#[derive(Clone)]
pub struct Service {
    world: Arc<Mutex<World>>,
    /// Where it is.
    pub endpoint: String,
}

impl Service {
    /// Starts one on a port that the system picks.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}/api/", listener.local_addr().unwrap());
        let service = Service { world: Arc::default(), endpoint };
        let routes = Router::new()
            .route("/zones", get(zones).post(create))
            .route("/zones/{name}", get(zone).put(change).delete(remove))
            .route("/zones/{name}/tokens", post(issue))
            .route("/zones/{name}/tokens/{id}", delete(revoke))
            .layer(axum::middleware::from_fn(authorized))
            .with_state(service.clone());
        let app = Router::new().nest("/api", routes);
        tokio::spawn(async move { axum::serve(listener, app).await });
        service
    }

    /// What it holds now.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }
}

type Answer = Result<Json<Value>, StatusCode>;

async fn authorized(request: Request, next: Next) -> Response {
    let sent = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    match sent == Some(&format!("Bearer {TOKEN}")) {
        true => next.run(request).await,
        false => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn zones(State(service): State<Service>) -> Json<Value> {
    Json(service.world().zones.values().cloned().collect())
}

/// A zone is served from the second look at it on.
async fn zone(State(service): State<Service>, Path(name): Path<String>) -> Answer {
    let mut world = service.world();
    let is_served = !world.is_stuck;
    let zone = world.zones.get_mut(&name).ok_or(StatusCode::NOT_FOUND)?;
    let seen = zone.clone();
    zone["is_served"] = is_served.into();
    Ok(Json(seen))
}

async fn create(State(service): State<Service>, Json(mut zone): Json<Value>) -> Response {
    let name = zone["name"].as_str().unwrap_or_default().to_owned();
    let mut world = service.world();
    if world.zones.contains_key(&name) {
        return (StatusCode::CONFLICT, format!("there is a zone {name} already")).into_response();
    }
    (zone["id"], zone["serial"], zone["is_served"]) = (name.clone().into(), 1.into(), false.into());
    world.zones.insert(name, zone.clone());
    (StatusCode::CREATED, Json(zone)).into_response()
}

async fn change(
    State(service): State<Service>,
    Path(name): Path<String>,
    Json(mut zone): Json<Value>,
) -> Answer {
    let mut world = service.world();
    let former = world.zones.get_mut(&name).ok_or(StatusCode::NOT_FOUND)?;
    zone["serial"] = (former["serial"].as_i64().unwrap_or_default() + 1).into();
    (zone["id"], zone["is_served"]) = (former["id"].clone(), former["is_served"].clone());
    former.clone_from(&zone);
    Ok(Json(zone))
}

async fn remove(State(service): State<Service>, Path(name): Path<String>) -> StatusCode {
    match service.world().zones.remove(&name) {
        Some(_) => StatusCode::NO_CONTENT,
        None => StatusCode::NOT_FOUND,
    }
}

async fn issue(State(service): State<Service>, Path(name): Path<String>) -> Answer {
    let mut world = service.world();
    if !world.zones.contains_key(&name) {
        return Err(StatusCode::NOT_FOUND);
    }
    world.issued += 1;
    let id = world.issued.to_string();
    world.tokens.push(id.clone());
    Ok(Json(json!([id, format!("secret-{id}-of-{name}")])))
}

async fn revoke(
    State(service): State<Service>,
    Path((_, id)): Path<(String, String)>,
) -> StatusCode {
    service.world().tokens.retain(|token| *token != id);
    StatusCode::NO_CONTENT
}
