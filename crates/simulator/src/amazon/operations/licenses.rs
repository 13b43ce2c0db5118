//! `AssociateLicense` and `DisassociateLicense`.

use http::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{Call, Reply, busy_message, check_length};
use crate::amazon::account::{Accounts, Workspace};
use crate::amazon::failure::{Failure, Reason};
use crate::amazon::options::AbsentLicense;
use crate::amazon::transition::{Outcome, refuses_changes};

const NO_TOKEN: &str = "Passed in token cannot be null or empty. Please register for support with GrafanaLabs to get a token.";
const UNKNOWN_TOKEN: &str =
    "Passed in token is not valid. Please register for support with GrafanaLabs to get a token.";
const TRIAL_IS_OVER: &str = "ENTERPRISE_FREE_TRIAL has been deprecated and is no longer offered";

/// Upgrades a workspace. The account and region stay linked with Grafana Labs from the first
/// accepted token on, and need none for later workspaces.
///
/// An empty `Grafana-Token` is as good as none: the service's message speaks of both in one. A
/// workspace that has the license takes it again, as a change of the token would need.
pub(super) fn associate(accounts: &mut Accounts, call: &Call<'_>) -> Result<Reply, Failure> {
    let license_type = license_type(call)?;
    let token = call.request.header("grafana-token").filter(|token| !token.is_empty());
    if let Some(token) = token {
        check_length("grafanaToken", token, 36)?;
    }
    let workspace = call.workspace(accounts)?;
    check_changeable(workspace)?;
    if license_type == "ENTERPRISE_FREE_TRIAL" {
        return Err(Failure::validation(Reason::Other, TRIAL_IS_OVER));
    }
    let grafana_token = link(accounts, call, token)?;
    let outcome = match accounts.upgrade_failures.pop_front() {
        Some(status) => Outcome::Failed(status),
        None => Outcome::Licensed { license_type: license_type.into(), grafana_token },
    };
    accept(accounts, call, "UPGRADING", outcome)
}

/// Takes the license off a workspace.
///
/// What the service says to a workspace without one is not documented: see [`AbsentLicense`].
pub(super) fn disassociate(accounts: &mut Accounts, call: &Call<'_>) -> Result<Reply, Failure> {
    let license_type = license_type(call)?;
    let workspace = call.workspace(accounts)?;
    check_changeable(workspace)?;
    if workspace.description.license_type.as_deref() != Some(license_type) {
        match call.absent_license {
            AbsentLicense::Invalid => {
                let message = format!("Workspace {} has no {license_type} license", call.path[0]);
                return Err(Failure::validation(Reason::Other, message));
            }
            AbsentLicense::NotFound => return Err(Failure::not_found("license", license_type)),
            AbsentLicense::Accepted => return accept(accounts, call, "UPDATING", Outcome::Settled),
        }
    }
    let outcome = match accounts.removal_failures.pop_front() {
        Some(status) => Outcome::Failed(status),
        None => Outcome::Unlicensed,
    };
    accept(accounts, call, "UPDATING", outcome)
}

fn license_type<'a>(call: &Call<'a>) -> Result<&'a str, Failure> {
    match call.path[1] {
        known @ ("ENTERPRISE" | "ENTERPRISE_FREE_TRIAL") => Ok(known),
        _ => Err(Failure::field(
            "licenseType",
            "Member must satisfy enum value set: [ENTERPRISE, ENTERPRISE_FREE_TRIAL]",
        )),
    }
}

/// Neither operation knows a conflict, so a busy workspace makes the call invalid.
fn check_changeable(workspace: &Workspace) -> Result<(), Failure> {
    let description = &workspace.description;
    if refuses_changes(&description.status) {
        return Err(Failure::validation(
            Reason::Other,
            busy_message(&description.id, &description.status),
        ));
    }
    Ok(())
}

/// The token under which the account and region are linked, after linking them with `token` if
/// there is one.
fn link(
    accounts: &mut Accounts,
    call: &Call<'_>,
    token: Option<&str>,
) -> Result<Option<SecretString>, Failure> {
    let place = (call.caller.credential.principal.account().to_owned(), call.caller.region.clone());
    let Some(token) = token else {
        let linked = accounts.linked.get(&place).cloned();
        return linked.ok_or_else(|| Failure::validation(Reason::Other, NO_TOKEN));
    };
    let is_it = |known: &SecretString| known.expose_secret() == token;
    if accounts.grafana_labs_tokens.as_ref().is_some_and(|known| !known.iter().any(is_it)) {
        return Err(Failure::validation(Reason::Other, UNKNOWN_TOKEN));
    }
    let token = Some(SecretString::from(token));
    accounts.linked.insert(place, token.clone());
    Ok(token)
}

fn accept(
    accounts: &mut Accounts,
    call: &Call<'_>,
    status: &str,
    outcome: Outcome,
) -> Result<Reply, Failure> {
    let polls = accounts.polls;
    let workspace = call.workspace(accounts)?;
    workspace.begin(status, polls, outcome, call.now);
    Ok((StatusCode::ACCEPTED, json!({ "workspace": workspace.description })))
}
