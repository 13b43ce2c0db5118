//! `CreateWorkspaceServiceAccount`, `DeleteWorkspaceServiceAccount`, `ListWorkspaceServiceAccounts`.

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, Reply, check_length, grafana_role, refused};
use crate::amazon::account::Accounts;
use crate::amazon::failure::Failure;
use crate::amazon::page;
use crate::grafana::ServiceAccount;

const KIND: &str = "service account";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewServiceAccount {
    name: String,
    grafana_role: String,
}

/// Makes a service account in the workspace's Grafana.
pub(super) fn create(accounts: &mut Accounts, call: &Call<'_>) -> Result<Reply, Failure> {
    let new: NewServiceAccount = call.body()?;
    check_length("name", &new.name, 128)?;
    let role = grafana_role("grafanaRole", &new.grafana_role)?;
    let grafana = call.grafana_to_change(accounts)?;
    let account = grafana
        .create_service_account(&new.name, role)
        .map_err(|why| refused(why, KIND, &new.name))?;
    let body = json!({
        "id": account.id.to_string(),
        "name": new.name,
        "grafanaRole": new.grafana_role,
        "workspaceId": call.path[0],
    });
    Ok((StatusCode::OK, body))
}

/// Deletes a service account and its tokens.
pub(super) fn delete(accounts: &mut Accounts, call: &Call<'_>) -> Result<Reply, Failure> {
    let id = call.path[1];
    let grafana = call.grafana_to_change(accounts)?;
    grafana.delete_service_account(id).map_err(|why| refused(why, KIND, id))?;
    Ok((StatusCode::OK, json!({ "serviceAccountId": id, "workspaceId": call.path[0] })))
}

/// Shows the service accounts, ordered by id.
pub(super) fn list(accounts: &mut Accounts, call: &Call<'_>) -> Result<Reply, Failure> {
    let grafana = call.grafana(accounts)?;
    let all = grafana.service_accounts().map_err(|why| refused(why, KIND, ""))?;
    let page = page::of(call.request, all, |account| format!("{:020}", account.id))?;
    let shown: Vec<Value> = page.items.iter().map(show).collect();
    let mut body = json!({ "serviceAccounts": shown, "workspaceId": call.path[0] });
    page.add_token(&mut body);
    Ok((StatusCode::OK, body))
}

/// `isDisabled` is text in the service model.
fn show(account: &ServiceAccount) -> Value {
    json!({
        "id": account.id.to_string(),
        "name": account.name,
        "isDisabled": account.disabled.to_string(),
        "grafanaRole": account.role.name().to_uppercase(),
    })
}
