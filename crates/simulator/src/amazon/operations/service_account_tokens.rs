//! `CreateWorkspaceServiceAccountToken`, `DeleteWorkspaceServiceAccountToken`,
//! `ListWorkspaceServiceAccountTokens`.

use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Call, Reply, check_length, check_life, refused};
use crate::amazon::account::Accounts;
use crate::amazon::description::seconds;
use crate::amazon::failure::Failure;
use crate::amazon::managed_grafana::Refused;
use crate::amazon::page;
use crate::grafana::Key;

const ACCOUNT: &str = "service account";
const TOKEN: &str = "service account token";

/// AWS does not publish the code of this quota.
const TOKEN_QUOTA: &str = "L-00000000";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewToken {
    name: String,
    seconds_to_live: i64,
}

/// Makes a token; its key is in this answer and nowhere else.
pub(super) fn create(accounts: &mut Accounts, call: &Call<'_>) -> Result<Reply, Failure> {
    let new: NewToken = call.body()?;
    check_length("name", &new.name, 128)?;
    let life = check_life(new.seconds_to_live)?;
    let account = call.path[1];
    let grafana = call.grafana_to_change(accounts)?;
    let workspace = call.workspace(accounts)?;
    if workspace.token_quota.is_some_and(|quota| grafana.count_tokens() >= quota) {
        return Err(Failure::quota("workspace", call.path[0], TOKEN_QUOTA));
    }
    let token = grafana.create_token(account, &new.name, life).map_err(|why| match why {
        Refused::NotFound => Failure::not_found(ACCOUNT, account),
        why => refused(why, TOKEN, &new.name),
    })?;
    let body = json!({
        "serviceAccountToken": { "id": token.id.to_string(), "name": token.name, "key": token.key },
        "serviceAccountId": account,
        "workspaceId": call.path[0],
    });
    Ok((StatusCode::OK, body))
}

/// Deletes a token.
pub(super) fn delete(accounts: &mut Accounts, call: &Call<'_>) -> Result<Reply, Failure> {
    let (account, token) = (call.path[1], call.path[2]);
    let grafana = call.grafana_to_change(accounts)?;
    grafana.delete_token(account, token).map_err(|why| refused(why, TOKEN, token))?;
    Ok((
        StatusCode::OK,
        json!({ "tokenId": token, "serviceAccountId": account, "workspaceId": call.path[0] }),
    ))
}

/// Shows the tokens of a service account, ordered by id, without their keys.
pub(super) fn list(accounts: &mut Accounts, call: &Call<'_>) -> Result<Reply, Failure> {
    let account = call.path[1];
    let grafana = call.grafana(accounts)?;
    let all = grafana.tokens(account).map_err(|why| refused(why, ACCOUNT, account))?;
    let page = page::of(call.request, all, |token| format!("{:020}", token.id))?;
    let shown: Vec<Value> = page.items.iter().map(show).collect();
    let mut body = json!({
        "serviceAccountTokens": shown,
        "serviceAccountId": account,
        "workspaceId": call.path[0],
    });
    page.add_token(&mut body);
    Ok((StatusCode::OK, body))
}

/// A token made by the service ends; one made behind its back need not, and shows no end then.
fn show(token: &Key) -> Value {
    let mut shown = json!({
        "id": token.id.to_string(),
        "name": token.name,
        "createdAt": seconds(token.created),
    });
    if let Some(end) = token.expires {
        shown["expiresAt"] = seconds(end).into();
    }
    if let Some(used) = token.last_used {
        shown["lastUsedAt"] = seconds(used).into();
    }
    shown
}
