//! `/api/licensing`, which Grafana Enterprise has.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::grafana::{
    Generation, LicenseClaims,
    answer::Answer,
    call::Call,
    claims::zeros,
    licensing::{is_valid, refreshed, status},
    options::NoLicense,
    state::State,
};

/// Claims the answer to a renewal lacks.
const NOT_IN_RENEWAL: [&str; 4] = ["exp", "iat", "lexp", "status"];

#[derive(Deserialize)]
struct Install {
    token: String,
}

#[derive(Deserialize)]
struct Remove {
    instance: String,
}

/// Tokens of any kind have no licensing permission, whatever their role.
fn permit(state: &State, call: &Call, permission: &str) -> Result<(), Answer> {
    if !state.is_licensed_edition() {
        return Err(Answer::not_found());
    }
    call.require(permission).map(drop)
}

/// What changing a license needs: older versions call it an update.
fn write_permission(generation: Generation) -> &'static str {
    if generation == Generation::V8_4 { "licensing:update" } else { "licensing:write" }
}

fn license(state: &mut State, call: &Call) -> Option<LicenseClaims> {
    let moment = state.moment();
    state.licensing.known_to(call.node, moment)
}

pub(in crate::grafana) fn check(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    permit(state, call, "licensing:read")?;
    let now = state.now();
    let valid = license(state, call).is_some_and(|license| is_valid(&license, now));
    Ok(Answer::ok(json!(valid)))
}

pub(in crate::grafana) fn show(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    permit(state, call, "licensing:read")?;
    let Some(license) = license(state, call) else {
        return match state.licensing.no_license {
            NoLicense::NotFound => Err(Answer::message(404, "No license token found")),
            NoLicense::Zeros => Ok(Answer::ok(Value::Object(zeros(state.generation)))),
        };
    };
    let mut shown = license.shown(state.generation);
    shown.insert("status".to_owned(), json!(status(&license, state.now())));
    Ok(Answer::ok(Value::Object(shown)))
}

/// The answer shows nothing of the license.
pub(in crate::grafana) fn install(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    permit(state, call, write_permission(state.generation))?;
    let generation = state.generation;
    let bad = |message: &str| Answer::caused(generation, 400, message);
    let request = call.json::<Install>().ok_or_else(|| bad("bad request data"))?;
    let moment = state.moment();
    let license = state.licensing.accept(&request.token, &state.root_url, moment.time);
    let license = license.map_err(|error| bad(&error.to_string()))?;
    state.licensing.tell(call.node, moment, Some(license));
    Ok(Answer::ok(Value::Object(zeros(generation))))
}

pub(in crate::grafana) fn renew(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    permit(state, call, write_permission(state.generation))?;
    let moment = state.moment();
    let license =
        license(state, call).ok_or_else(|| Answer::message(404, "No license token found"))?;
    if !state.licensing.issuer_reachable {
        return Err(Answer::caused(state.generation, 500, "Failed to renew license token"));
    }
    let renewed = refreshed(&license, moment.time);
    let mut shown = renewed.shown(state.generation);
    shown.retain(|claim, _| !NOT_IN_RENEWAL.contains(&claim.as_str()));
    state.licensing.tell(call.node, moment, Some(renewed));
    Ok(Answer::ok(Value::Object(shown)))
}

/// 202 whether or not there was a license, if the instance is the one it is (or would be) for.
pub(in crate::grafana) fn remove(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    permit(state, call, "licensing:delete")?;
    let request = call.json::<Remove>().filter(|request| !request.instance.is_empty());
    let request =
        request.ok_or_else(|| Answer::caused(state.generation, 400, "bad request data"))?;
    let licensed = state.licensing.stored().and_then(|license| license.sub.as_ref());
    if request.instance != *licensed.unwrap_or(&state.root_url) {
        return Err(Answer::caused(state.generation, 422, "Incorrect instance URL"));
    }
    let moment = state.moment();
    state.licensing.tell(call.node, moment, None);
    Ok(Answer::handler(202, json!({})))
}

pub(in crate::grafana) fn refresh_stats(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    permit(state, call, "licensing:read")?;
    Ok(Answer::ok(serde_json::to_value(state.licensing.users).unwrap_or_default()))
}
