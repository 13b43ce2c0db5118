//! `/api/auth/keys`.

use serde::Deserialize;
use serde_json::json;

use super::{
    binding::{self, Bound},
    time,
};
use crate::grafana::{
    Generation, Role,
    answer::{Answer, object},
    call::Call,
    state::State,
    store::{Key, Refusal},
};

const REMOVED: &str = "this endpoint has been removed, please use POST /api/serviceaccounts and \
                       POST /api/serviceaccounts/{id}/tokens instead";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewKey {
    name: String,
    role: String,
    seconds_to_live: Option<i64>,
}

fn offered(state: &State) -> Result<(), Answer> {
    if state.generation.lists_api_keys() { Ok(()) } else { Err(Answer::not_found()) }
}

pub(in crate::grafana) fn list(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    offered(state)?;
    let organization = call.require("apikeys:read")?.organization;
    let expired = call.query_flag("includeExpired");
    let keys = state.database.list_api_keys(state.now(), organization, expired);
    Ok(Answer::ok(keys.into_iter().map(item).collect()))
}

fn item(key: &Key) -> serde_json::Value {
    object([
        ("id", Some(json!(key.id))),
        ("name", Some(json!(key.name))),
        ("role", Some(json!(key.role.name()))),
        ("expiration", key.expires.map(time)),
    ])
}

pub(in crate::grafana) fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    offered(state)?;
    let signed_in = call.require("apikeys:create")?;
    if !state.generation.makes_api_keys() {
        return Err(Answer::message(410, REMOVED));
    }
    let Bound { name, role, seconds_to_live } = bind(state, call)?;
    if !signed_in.may_grant(role) {
        return Err(Answer::message(403, "Cannot assign a role higher than user's role"));
    }
    let now = state.now();
    let created =
        state.database.create_api_key(now, signed_in.organization, &name, role, seconds_to_live);
    let created = created.map_err(refused)?;
    Ok(Answer::ok(json!({"id": created.id, "name": created.name, "key": created.key})))
}

fn bind(state: &State, call: &Call) -> Result<Bound, Answer> {
    let generation = state.generation;
    if generation == Generation::V8_4 {
        return binding::bind(call);
    }
    let new = call.json::<NewKey>().filter(|new| !new.name.is_empty());
    let bound = new.and_then(|NewKey { name, role, seconds_to_live }| {
        let role = Role::requested(&role, generation)?;
        Some(Bound { name, role, seconds_to_live })
    });
    bound.ok_or_else(|| Answer::caused(generation, 400, "bad request data"))
}

fn refused(refusal: Refusal) -> Answer {
    let (status, message) = match refusal {
        Refusal::DuplicateKey => (409, "API key, organization ID and name must be unique"),
        Refusal::NegativeLife => (400, "negative value for SecondsToLive"),
        other => return life_refused(other),
    };
    Answer::message(status, message)
}

/// The limit on life is the same for API keys and tokens.
pub(super) fn life_refused(refusal: Refusal) -> Answer {
    let (status, message) = match refusal {
        Refusal::LifeRequired => (400, "Number of seconds before expiration should be set"),
        Refusal::LifeAboveLimit => {
            (400, "Number of seconds before expiration is greater than the global limit")
        }
        _ => (500, "Failed to add API Key"),
    };
    Answer::message(status, message)
}

pub(in crate::grafana) fn delete(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    offered(state)?;
    let organization = call.require("apikeys:delete")?.organization;
    let generation = state.generation;
    let failed = || Answer::caused(generation, 404, "Failed to delete API key");
    let id = call.id("id").ok_or_else(|| match generation {
        Generation::V8_4 => failed(),
        _ => Answer::caused(generation, 400, "id is invalid"),
    })?;
    state.database.delete_api_key(organization, id).map_err(|_| failed())?;
    Ok(Answer::message(200, "API key deleted"))
}
