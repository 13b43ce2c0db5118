//! `/api/health` and `/api/frontend/settings`.

use axum::extract::State as SharedState;
use serde_json::{Map, Value, json};

use crate::grafana::{
    Generation,
    answer::Answer,
    call::{Call, Shared},
    licensing::is_valid,
    state::State,
};

/// Needs no sign-in; wrong credentials do not matter.
pub(in crate::grafana) async fn health(SharedState(shared): SharedState<Shared>) -> Answer {
    let state = shared.lock();
    let commit = &state.options.commit;
    Answer::context(200, json!({"commit": commit, "database": "ok", "version": state.version()}))
}

pub(in crate::grafana) fn settings(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    call.signed_in()?;
    let sub_path = state.options.sub_path.trim_end_matches('/').to_owned();
    Ok(Answer::context(
        200,
        json!({
            "appUrl": state.root_url,
            "appSubUrl": sub_path,
            "buildInfo": build_info(state),
            "licenseInfo": license_info(state, call.node),
            "enabled": null,
        }),
    ))
}

fn edition(state: &State) -> &'static str {
    if state.options.enterprise { "Enterprise" } else { "Open Source" }
}

fn build_info(state: &State) -> Value {
    let mut info = Map::from_iter([
        ("buildstamp".to_owned(), json!(1_795_325_732)),
        ("commit".to_owned(), json!(state.options.commit)),
        ("edition".to_owned(), json!(edition(state))),
        ("env".to_owned(), json!("production")),
        ("hasUpdate".to_owned(), json!(false)),
        ("hideVersion".to_owned(), json!(false)),
        ("latestVersion".to_owned(), json!("")),
        ("version".to_owned(), json!(state.version())),
    ]);
    if state.generation == Generation::V8_4 {
        info.insert("isEnterprise".to_owned(), json!(state.options.enterprise));
    }
    Value::Object(info)
}

fn license_info(state: &mut State, node: usize) -> Value {
    let moment = state.moment();
    let license = state.licensing.known_to(node, moment).filter(|_| state.is_licensed_edition());
    let valid = license.as_ref().is_some_and(|license| is_valid(license, moment.time));
    let expiry = license.as_ref().and_then(|license| license.lexp).unwrap_or(0);
    let (url, info) = match (state.is_licensed_edition(), valid) {
        (false, _) => ("/admin/upgrading", ""),
        (true, true) => ("/admin/licensing", "Licensed"),
        (true, false) => ("/admin/licensing", "Free & unlicensed"),
    };
    let edition = edition(state);
    if state.generation == Generation::V8_4 {
        return json!({
            "edition": edition, "expiry": expiry, "hasLicense": license.is_some(), "hasValidLicense": valid,
            "licenseUrl": url, "stateInfo": info,
        });
    }
    json!({"edition": edition, "enabledFeatures": {}, "expiry": expiry, "licenseUrl": url, "stateInfo": info})
}
