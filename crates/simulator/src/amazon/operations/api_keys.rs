//! `CreateWorkspaceApiKey` and `DeleteWorkspaceApiKey`.

use http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use super::{Call, Reply, check_length, check_life, grafana_role, refused};
use crate::amazon::account::Accounts;
use crate::amazon::failure::Failure;

const KIND: &str = "API key";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewKey {
    key_name: String,
    key_role: String,
    seconds_to_live: i64,
}

/// Makes an API key in the workspace's Grafana.
pub(super) fn create(accounts: &mut Accounts, call: &Call<'_>) -> Result<Reply, Failure> {
    let new: NewKey = call.body()?;
    check_length("keyName", &new.key_name, 100)?;
    let role = grafana_role("keyRole", &new.key_role)?;
    let life = check_life(new.seconds_to_live)?;
    let grafana = call.grafana_to_change(accounts)?;
    let key = grafana
        .create_api_key(&new.key_name, role, life)
        .map_err(|why| refused(why, KIND, &new.key_name))?;
    Ok((
        StatusCode::OK,
        json!({ "keyName": new.key_name, "key": key, "workspaceId": call.path[0] }),
    ))
}

/// Deletes an API key by name.
pub(super) fn delete(accounts: &mut Accounts, call: &Call<'_>) -> Result<Reply, Failure> {
    let name = call.path[1];
    check_length("keyName", name, 100)?;
    let grafana = call.grafana_to_change(accounts)?;
    grafana.delete_api_key(name).map_err(|why| refused(why, KIND, name))?;
    Ok((StatusCode::OK, json!({ "keyName": name, "workspaceId": call.path[0] })))
}
