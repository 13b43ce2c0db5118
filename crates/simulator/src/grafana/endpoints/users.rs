//! `/api/user` and `/api/admin/users`.

use serde::Deserialize;
use serde_json::json;

use super::{avatar, time};
use crate::grafana::{Role, access::Who, answer::Answer, call::Call, state::State};

/// The organization new users are put into.
const MAIN_ORGANIZATION: i64 = 1;
/// Shorter passwords are refused.
const PASSWORD_LENGTH: usize = 4;

#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct NewUser {
    name: String,
    login: String,
    email: String,
    password: String,
    #[serde(rename = "OrgId")]
    organization: i64,
}

impl Default for NewUser {
    fn default() -> Self {
        let [name, login, email, password] = Default::default();
        Self { name, login, email, password, organization: MAIN_ORGANIZATION }
    }
}

pub(in crate::grafana) fn current(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let signed_in = call.signed_in()?;
    let user = match signed_in.who {
        Who::User(id) => state.database.user(id),
        Who::Key => None,
    };
    let user = user.ok_or_else(|| Answer::message(404, "user not found"))?;
    Ok(Answer::ok(json!({
        "id": user.id, "email": user.email, "name": user.name, "login": user.login, "theme": "",
        "orgId": signed_in.organization, "isGrafanaAdmin": user.server_admin, "isDisabled": false,
        "isExternal": false, "authLabels": [], "updatedAt": time(user.created), "createdAt": time(user.created),
        "avatarUrl": avatar(&user.login),
    })))
}

pub(in crate::grafana) fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    call.require("users:create")?;
    let generation = state.generation;
    let new = call
        .json::<NewUser>()
        .ok_or_else(|| Answer::caused(generation, 400, "bad request data"))?;
    let login = if new.login.is_empty() { &new.email } else { &new.login };
    if login.is_empty() {
        return Err(Answer::message(
            400,
            "Validation error, need specify either username or email",
        ));
    }
    if new.password.len() < PASSWORD_LENGTH {
        return Err(Answer::message(400, "Password is missing or too short"));
    }
    if state.database.organization(new.organization).is_none() {
        return Err(Answer::caused(generation, 400, "organization not found"));
    }
    let now = state.now();
    let exists =
        format!("User with email '{}' or username '{}' already exists", new.email, new.login);
    let user = state.database.create_user(now, login, &new.password);
    let user = user.map_err(|_| Answer::caused(generation, 412, &exists))?;
    (user.name, user.email) = (new.name, new.email);
    user.organizations.insert(new.organization, Role::Viewer);
    Ok(Answer::ok(json!({"id": user.id, "message": "User created"})))
}
