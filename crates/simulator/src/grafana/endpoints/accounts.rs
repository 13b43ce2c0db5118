//! `/api/serviceaccounts`.

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{avatar, time};
use crate::grafana::{
    Generation, Role,
    answer::Answer,
    call::Call,
    state::State,
    store::{Account, AccountChange, NewAccount},
};

/// Rows of a page unless the request says otherwise.
const PER_PAGE: usize = 1000;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Form {
    name: Option<String>,
    role: Option<String>,
    is_disabled: Option<bool>,
}

pub(super) fn offered(state: &State) -> Result<(), Answer> {
    if state.generation.has_service_accounts() { Ok(()) } else { Err(Answer::not_found()) }
}

/// The login that follows from a name: later generations put the organization in.
pub(in crate::grafana) fn login(generation: Generation, organization: i64, name: &str) -> String {
    let dashed = name.to_lowercase().replace(' ', "-");
    if generation.has_coded_errors() {
        format!("sa-{organization}-{dashed}")
    } else {
        format!("sa-{dashed}")
    }
}

pub(in crate::grafana) fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    offered(state)?;
    let signed_in = call.require("serviceaccounts:create")?;
    let generation = state.generation;
    let form = call.json::<Form>().ok_or_else(|| bad_request(generation))?;
    let name = form
        .name
        .as_deref()
        .filter(|name| !name.is_empty())
        .ok_or_else(|| bad_request(generation))?;
    let role = form.role.as_deref().map(|role| read_role(generation, role)).transpose()?;
    let role = role.unwrap_or(Role::Viewer);
    if !signed_in.may_grant(role) {
        return Err(role_too_high(generation));
    }
    let (now, organization) = (state.now(), signed_in.organization);
    let login = login(generation, organization, name);
    let disabled = form.is_disabled.unwrap_or(false);
    let account = state
        .database
        .create_account(now, NewAccount { organization, name, login, role, disabled });
    let account = account.map_err(|_| match generation.has_coded_errors() {
        true => {
            Answer::coded(400, "serviceaccounts.ErrAlreadyExists", "service account already exists")
        }
        false => Answer::caused(generation, 400, "Failed to create service account"),
    })?;
    let mut body = common(account, generation);
    body.extend([("tokens".to_owned(), json!(0)), ("avatarUrl".to_owned(), json!(""))]);
    Ok(Answer::handler(201, Value::Object(body)))
}

pub(in crate::grafana) fn show(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    offered(state)?;
    let organization = call.require("serviceaccounts:read")?.organization;
    let id = account_id(state.generation, call)?;
    let account =
        state.database.account(organization, id).map_err(|_| unknown(state.generation))?;
    let mut body = profile(account, state.generation);
    let tokens = state.database.list_tokens(organization, id).len();
    if tokens > 0 {
        body.insert("tokens".to_owned(), json!(tokens));
    }
    Ok(Answer::ok(Value::Object(body)))
}

pub(in crate::grafana) fn change(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    offered(state)?;
    let signed_in = call.require("serviceaccounts:write")?;
    let generation = state.generation;
    let id = account_id(generation, call)?;
    let form = call.json::<Form>().ok_or_else(|| bad_request(generation))?;
    let role = form.role.as_deref().map(|role| read_role(generation, role)).transpose()?;
    if role.is_some_and(|role| !signed_in.may_grant(role)) {
        return Err(role_too_high(generation));
    }
    let name = form.name.filter(|name| !name.is_empty());
    let (now, organization) = (state.now(), signed_in.organization);
    let change = AccountChange { name, role, disabled: form.is_disabled };
    let account = state.database.change_account(now, organization, id, change);
    let account = account.map_err(|_| unknown(generation))?;
    Ok(Answer::ok(json!({
        "id": account.id, "message": "Service account updated", "name": account.name,
        "serviceaccount": profile(account, generation),
    })))
}

pub(in crate::grafana) fn delete(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    offered(state)?;
    let organization = call.require("serviceaccounts:delete")?.organization;
    let generation = state.generation;
    let id = account_id(generation, call)?;
    state.database.delete_account(organization, id).map_err(|_| {
        match generation.has_coded_errors() {
            true => unknown(generation),
            false => Answer::caused(generation, 500, "Service account deletion error"),
        }
    })?;
    Ok(Answer::message(200, "Service account deleted"))
}

pub(in crate::grafana) fn search(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    offered(state)?;
    let organization = call.require("serviceaccounts:read")?.organization;
    let number = |name: &str| call.query(name).and_then(|value| value.parse::<usize>().ok());
    let per_page = number("perpage").filter(|rows| *rows > 0).unwrap_or(PER_PAGE);
    let page = number("page").filter(|page| *page > 0).unwrap_or(1);
    let found =
        state.database.search_accounts(organization, &call.query("query").unwrap_or_default());
    let total = found.len();
    let rows = found.into_iter().skip((page - 1).saturating_mul(per_page)).take(per_page);
    let rows: Vec<_> = rows.map(|account| row(state, account)).collect();
    Ok(Answer::ok(
        json!({"totalCount": total, "serviceAccounts": rows, "page": page, "perPage": per_page}),
    ))
}

fn row(state: &State, account: &Account) -> Value {
    let tokens = state.database.list_tokens(account.organization, account.id).len();
    let mut row = common(account, state.generation);
    row.extend([
        ("tokens".to_owned(), json!(tokens)),
        ("avatarUrl".to_owned(), json!(avatar(&account.name))),
    ]);
    Value::Object(row)
}

fn common(account: &Account, generation: Generation) -> Map<String, Value> {
    let mut fields = Map::from_iter([
        ("id".to_owned(), json!(account.id)),
        ("name".to_owned(), json!(account.name)),
        ("login".to_owned(), json!(account.login)),
        ("orgId".to_owned(), json!(account.organization)),
        ("isDisabled".to_owned(), json!(account.disabled)),
        ("role".to_owned(), json!(account.role.name())),
    ]);
    if generation >= Generation::V11_3 {
        fields.insert("uid".to_owned(), json!(format!("sa{:012x}", account.id)));
    }
    fields
}

fn profile(account: &Account, generation: Generation) -> Map<String, Value> {
    let mut fields = common(account, generation);
    fields.extend([
        ("createdAt".to_owned(), time(account.created)),
        ("updatedAt".to_owned(), time(account.updated)),
        ("avatarUrl".to_owned(), json!(avatar(&account.name))),
        ("teams".to_owned(), Value::Null),
    ]);
    fields
}

pub(super) fn account_id(generation: Generation, call: &Call) -> Result<i64, Answer> {
    call.id("account")
        .ok_or_else(|| Answer::caused(generation, 400, "Service Account ID is invalid"))
}

pub(super) fn bad_request(generation: Generation) -> Answer {
    Answer::caused(generation, 400, "Bad request data")
}

/// No such account in the organization.
pub(super) fn unknown(generation: Generation) -> Answer {
    if generation.has_coded_errors() {
        return Answer::coded(404, "serviceaccounts.ErrNotFound", "service account not found");
    }
    Answer::caused(generation, 404, "Failed to retrieve service account")
}

fn read_role(generation: Generation, role: &str) -> Result<Role, Answer> {
    Role::requested(role, generation).ok_or_else(|| match generation.has_coded_errors() {
        true => {
            Answer::coded(400, "serviceaccounts.ErrInvalidRoleSpecified", "invalid role specified")
        }
        false => bad_request(generation),
    })
}

fn role_too_high(generation: Generation) -> Answer {
    let message = "can not assign a role higher than user's role";
    if generation.has_coded_errors() {
        return Answer::coded(403, "serviceaccounts.ErrRoleForbidden", message);
    }
    Answer::message(403, "Cannot assign a role higher than user's role")
}
