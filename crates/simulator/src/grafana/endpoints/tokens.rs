//! `/api/serviceaccounts/:id/tokens`.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    accounts::{account_id, bad_request, offered, unknown},
    api_keys::life_refused,
    time,
};
use crate::grafana::{
    Generation,
    answer::Answer,
    call::Call,
    state::State,
    store::{Key, Refusal},
};

/// The remaining life is told only within the last seven days.
const SOON: i64 = 7 * 86_400;

/// Rows a list of tokens has at most, by name; there is no paging.
const LIST_LIMIT: usize = 300;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewToken {
    name: String,
    seconds_to_live: Option<i64>,
}

/// An account that does not exist has no tokens either.
pub(in crate::grafana) fn list(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    offered(state)?;
    let organization = call.require("serviceaccounts:read")?.organization;
    let id = account_id(state.generation, call)?;
    let now = state.now();
    let tokens = state.database.list_tokens(organization, id);
    Ok(Answer::ok(tokens.into_iter().take(LIST_LIMIT).map(|token| item(token, now)).collect()))
}

fn item(token: &Key, now: Timestamp) -> Value {
    let left = token.expires.map_or(0, |end| end.as_second() - now.as_second());
    let expired = token.expired(now);
    json!({
        "id": token.id, "name": token.name, "created": time(token.created),
        "lastUsedAt": token.last_used.map(time), "expiration": token.expires.map(time),
        "secondsUntilExpiration": if expired || left > SOON { 0 } else { left },
        "hasExpired": expired, "isRevoked": token.revoked,
    })
}

pub(in crate::grafana) fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    offered(state)?;
    let organization = call.require("serviceaccounts:write")?.organization;
    let generation = state.generation;
    let account = account_id(generation, call)?;
    state.database.account(organization, account).map_err(|_| unknown(generation))?;
    let new = call.json::<NewToken>().filter(|new| !new.name.is_empty());
    let NewToken { name, seconds_to_live } = new.ok_or_else(|| bad_request(generation))?;
    let now = state.now();
    let created = state.database.create_token(now, organization, account, &name, seconds_to_live);
    let created = created.map_err(|refusal| refused(generation, refusal))?;
    Ok(Answer::ok(json!({"id": created.id, "name": created.name, "key": created.key})))
}

fn refused(generation: Generation, refusal: Refusal) -> Answer {
    let taken = "service account token with given name already exists in the organization";
    let negative = "invalid SecondsToLive value";
    match (refusal, generation.has_coded_errors()) {
        (Refusal::DuplicateKey, false) => Answer::message(409, taken),
        (Refusal::DuplicateKey, true) => {
            Answer::coded(400, "serviceaccounts.ErrTokenAlreadyExists", taken)
        }
        (Refusal::NegativeLife, false) => Answer::message(400, negative),
        (Refusal::NegativeLife, true) => {
            Answer::coded(400, "serviceaccounts.ErrInvalidInput", negative)
        }
        (Refusal::NotFound, _) => unknown(generation),
        (other, _) => life_refused(other),
    }
}

pub(in crate::grafana) fn delete(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    offered(state)?;
    let organization = call.require("serviceaccounts:write")?.organization;
    let generation = state.generation;
    let account = account_id(generation, call)?;
    let id = call.id("id").ok_or_else(|| Answer::caused(generation, 400, "Token ID is invalid"))?;
    state.database.account(organization, account).map_err(|_| unknown(generation))?;
    state.database.delete_token(organization, account, id).map_err(|_| {
        match generation.has_coded_errors() {
            true => Answer::coded(
                404,
                "serviceaccounts.ErrTokenNotFound",
                "service account token not found",
            ),
            false => Answer::caused(generation, 500, "Failed to delete service account token"),
        }
    })?;
    Ok(Answer::message(200, "Service account token deleted"))
}
