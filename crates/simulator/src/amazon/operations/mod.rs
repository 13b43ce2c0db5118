//! The operations of Amazon Managed Grafana, one function each.

mod api_keys;
mod licenses;
mod service_account_tokens;
mod service_accounts;
mod workspaces;

use std::fmt;

use http::{Method, StatusCode};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::account::{Accounts, Workspace};
use super::failure::{Failure, Reason};
use super::managed_grafana::{ManagedGrafana, Refused};
use super::options::AbsentLicense;
use super::request::Request;
use super::signature::Caller;
use super::transition::refuses_changes;
use crate::grafana::Role;

/// The longest life of a key or token, in seconds: 30 days.
const LONGEST_LIFE: u32 = 2_592_000;

/// The name of an operation, as in the service model and, behind `grafana:`, in IAM policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are the API's")]
pub enum Operation {
    AssociateLicense,
    DisassociateLicense,
    DescribeWorkspace,
    ListWorkspaces,
    CreateWorkspaceApiKey,
    DeleteWorkspaceApiKey,
    CreateWorkspaceServiceAccount,
    DeleteWorkspaceServiceAccount,
    ListWorkspaceServiceAccounts,
    CreateWorkspaceServiceAccountToken,
    DeleteWorkspaceServiceAccountToken,
    ListWorkspaceServiceAccountTokens,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// One call of an operation by somebody who may call it.
pub(super) struct Call<'a> {
    pub operation: Operation,
    /// The variable segments of the path, decoded: the workspace id first.
    pub path: Vec<&'a str>,
    pub caller: &'a Caller,
    pub request: &'a Request,
    pub now: Timestamp,
    pub absent_license: AbsentLicense,
}

/// Status and body of a success.
pub(super) type Reply = (StatusCode, Value);

/// The operation that a method and path stand for, and the variable segments of the path.
pub(super) fn route<'a>(
    method: &Method,
    segments: &[&'a str],
) -> Option<(Operation, Vec<&'a str>)> {
    use Operation as O;
    let ["workspaces", rest @ ..] = segments else {
        return None;
    };
    Some(match (method.as_str(), rest) {
        ("GET", []) => (O::ListWorkspaces, vec![]),
        ("GET", [id]) => (O::DescribeWorkspace, vec![id]),
        ("POST", [id, "licenses", kind]) => (O::AssociateLicense, vec![id, kind]),
        ("DELETE", [id, "licenses", kind]) => (O::DisassociateLicense, vec![id, kind]),
        ("POST", [id, "apikeys"]) => (O::CreateWorkspaceApiKey, vec![id]),
        ("DELETE", [id, "apikeys", name]) => (O::DeleteWorkspaceApiKey, vec![id, name]),
        (method, [id, "serviceaccounts", rest @ ..]) => {
            let (operation, mut tail) = route_service_accounts(method, rest)?;
            tail.insert(0, *id);
            (operation, tail)
        }
        _ => return None,
    })
}

fn route_service_accounts<'a>(method: &str, rest: &[&'a str]) -> Option<(Operation, Vec<&'a str>)> {
    use Operation as O;
    Some(match (method, rest) {
        ("GET", []) => (O::ListWorkspaceServiceAccounts, vec![]),
        ("POST", []) => (O::CreateWorkspaceServiceAccount, vec![]),
        ("DELETE", [account]) => (O::DeleteWorkspaceServiceAccount, vec![account]),
        ("GET", [account, "tokens"]) => (O::ListWorkspaceServiceAccountTokens, vec![account]),
        ("POST", [account, "tokens"]) => (O::CreateWorkspaceServiceAccountToken, vec![account]),
        ("DELETE", [account, "tokens", token]) => {
            (O::DeleteWorkspaceServiceAccountToken, vec![account, token])
        }
        _ => return None,
    })
}

/// Carries the call out.
pub(super) fn carry_out(accounts: &mut Accounts, call: &Call<'_>) -> Result<Reply, Failure> {
    match call.operation {
        Operation::AssociateLicense => licenses::associate(accounts, call),
        Operation::DisassociateLicense => licenses::disassociate(accounts, call),
        Operation::DescribeWorkspace => workspaces::describe(accounts, call),
        Operation::ListWorkspaces => workspaces::list(accounts, call),
        Operation::CreateWorkspaceApiKey => api_keys::create(accounts, call),
        Operation::DeleteWorkspaceApiKey => api_keys::delete(accounts, call),
        Operation::CreateWorkspaceServiceAccount => service_accounts::create(accounts, call),
        Operation::DeleteWorkspaceServiceAccount => service_accounts::delete(accounts, call),
        Operation::ListWorkspaceServiceAccounts => service_accounts::list(accounts, call),
        Operation::CreateWorkspaceServiceAccountToken => {
            service_account_tokens::create(accounts, call)
        }
        Operation::DeleteWorkspaceServiceAccountToken => {
            service_account_tokens::delete(accounts, call)
        }
        Operation::ListWorkspaceServiceAccountTokens => {
            service_account_tokens::list(accounts, call)
        }
    }
}

impl Call<'_> {
    fn workspace<'w>(&self, accounts: &'w mut Accounts) -> Result<&'w mut Workspace, Failure> {
        accounts.workspace(self.caller, self.path[0])
    }

    /// The Grafana of a workspace that takes changes.
    fn grafana_to_change(&self, accounts: &mut Accounts) -> Result<ManagedGrafana, Failure> {
        let workspace = self.workspace(accounts)?;
        let status = &workspace.description.status;
        if refuses_changes(status) {
            let id = &workspace.description.id;
            return Err(Failure::conflict("workspace", id, busy_message(id, status)));
        }
        self.grafana(accounts)
    }

    fn grafana(&self, accounts: &mut Accounts) -> Result<ManagedGrafana, Failure> {
        self.workspace(accounts)?.grafana.clone().ok_or_else(Failure::internal)
    }

    /// The body, as the operation's request.
    fn body<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.request.body).map_err(|error| {
            Failure::validation(
                Reason::CannotParse,
                format!("The request cannot be parsed: {error}"),
            )
        })
    }
}

fn busy_message(id: &str, status: &str) -> String {
    format!("Workspace {id} cannot be changed while its status is {status}")
}

/// `name` must have `1..=most` characters.
fn check_length(field: &str, value: &str, most: usize) -> Result<(), Failure> {
    match value.chars().count() {
        0 => Err(Failure::field(field, "Member must have length greater than or equal to 1")),
        length if length > most => Err(Failure::field(
            field,
            format!("Member must have length less than or equal to {most}"),
        )),
        _ => Ok(()),
    }
}

/// A life in seconds, 1 to [`LONGEST_LIFE`].
fn check_life(seconds: i64) -> Result<u32, Failure> {
    match u32::try_from(seconds) {
        Ok(seconds @ 1..=LONGEST_LIFE) => Ok(seconds),
        _ => Err(Failure::field(
            "secondsToLive",
            format!("Member must have value between 1 and {LONGEST_LIFE}"),
        )),
    }
}

/// `ADMIN`, `EDITOR` or `VIEWER`, in capitals only.
fn grafana_role(field: &str, role: &str) -> Result<Role, Failure> {
    match role {
        "ADMIN" => Ok(Role::Admin),
        "EDITOR" => Ok(Role::Editor),
        "VIEWER" => Ok(Role::Viewer),
        _ => Err(Failure::field(
            field,
            "Member must satisfy enum value set: [ADMIN, EDITOR, VIEWER]",
        )),
    }
}

/// The answer for what the workspace's Grafana does not do.
fn refused(refused: Refused, resource_type: &str, resource_id: &str) -> Failure {
    match refused {
        Refused::NameTaken => Failure::conflict(
            resource_type,
            resource_id,
            format!("There is a {resource_type} with the name {resource_id} already"),
        ),
        Refused::NotFound => Failure::not_found(resource_type, resource_id),
        Refused::NotOffered => Failure::validation(
            Reason::Other,
            format!("A workspace of this Grafana version has no {resource_type}s"),
        ),
        Refused::Failed => Failure::internal(),
    }
}
