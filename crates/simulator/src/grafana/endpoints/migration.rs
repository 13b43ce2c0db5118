//! `/api/serviceaccounts/migrate`.

use serde_json::json;

use crate::grafana::{Generation, answer::Answer, call::Call, state::State};

/// There while there are both API keys and service accounts.
fn offered(state: &State) -> Result<(), Answer> {
    let both = state.generation.has_service_accounts() && state.generation.lists_api_keys();
    if both { Ok(()) } else { Err(Answer::not_found()) }
}

pub(in crate::grafana) fn migrate_one(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    offered(state)?;
    let organization = call.require("serviceaccounts:create")?.organization;
    let generation = state.generation;
    let id = call.id("id").ok_or_else(|| Answer::caused(generation, 400, "Key ID is invalid"))?;
    let now = state.now();
    let migrated = state.database.migrate_key(now, organization, id);
    migrated.map_err(|_| Answer::caused(generation, 500, "Error migrating API key"))?;
    Ok(Answer::message(200, "Service accounts migrated"))
}

pub(in crate::grafana) fn migrate_all(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    offered(state)?;
    let organization = call.require("serviceaccounts:create")?.organization;
    let now = state.now();
    let (total, failed) = state.database.migrate_keys(now, organization);
    if state.generation == Generation::V9_4 {
        return Ok(Answer::message(200, "API keys migrated to service accounts"));
    }
    Ok(Answer::ok(json!({
        "total": total, "migrated": total - failed.len(), "failed": failed.len(), "failedApikeyIDs": failed,
        "failedDetails": [],
    })))
}
