//! `DescribeWorkspace` and `ListWorkspaces`.

use http::StatusCode;
use serde_json::json;

use super::{Call, Reply};
use crate::amazon::account::Accounts;
use crate::amazon::failure::Failure;
use crate::amazon::page;

/// Shows the workspace, and counts as one poll.
pub(super) fn describe(accounts: &mut Accounts, call: &Call<'_>) -> Result<Reply, Failure> {
    let workspace = call.workspace(accounts)?;
    workspace.poll(call.now);
    Ok((StatusCode::OK, json!({ "workspace": workspace.description })))
}

/// Shows the workspaces of the caller's account and region; counts as no poll.
pub(super) fn list(accounts: &mut Accounts, call: &Call<'_>) -> Result<Reply, Failure> {
    let theirs = accounts.workspaces.values().filter(|workspace| workspace.is_of(call.caller));
    let descriptions = theirs.map(|workspace| &workspace.description).collect();
    let page = page::of(call.request, descriptions, |description| description.id.clone())?;
    let summaries: Vec<_> = page.items.iter().map(|description| description.summary()).collect();
    let mut body = json!({ "workspaces": summaries });
    page.add_token(&mut body);
    Ok((StatusCode::OK, body))
}
