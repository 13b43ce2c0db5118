//! `/api/org` and `/api/orgs`.

use serde::Deserialize;
use serde_json::json;

use crate::grafana::{
    Generation, Role, access::Who, answer::Answer, call::Call, state::State, store::Organization,
};

#[derive(Deserialize)]
struct NewOrganization {
    #[serde(default)]
    name: String,
}

pub(in crate::grafana) fn current(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let signed_in = call.require("orgs:read")?;
    let organization = state.database.organization(signed_in.organization);
    let Organization { id, name } =
        organization.ok_or_else(|| Answer::message(404, "Organization not found"))?;
    let address = json!({"address1": "", "address2": "", "city": "", "zipCode": "", "state": "", "country": ""});
    Ok(Answer::ok(json!({"id": id, "name": name, "address": address})))
}

pub(in crate::grafana) fn list(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    call.require("orgs:create")?;
    let all = state.database.organizations();
    Ok(Answer::ok(all.map(|one| json!({"id": one.id, "name": one.name})).collect()))
}

/// Who makes an organization becomes its administrator.
pub(in crate::grafana) fn create(state: &mut State, call: &Call) -> Result<Answer, Answer> {
    let signed_in = call.require("orgs:create")?;
    let new = call.json::<NewOrganization>().filter(|new| !new.name.is_empty());
    let new = new.ok_or_else(|| bad_request(state.generation))?;
    let id = state.database.create_organization(&new.name);
    let id = id.map_err(|_| Answer::message(409, "Organization name taken"))?;
    if let Who::User(user) = signed_in.who
        && let Some(user) = state.database.user_mut(user)
    {
        user.organizations.insert(id, Role::Admin);
    }
    Ok(Answer::ok(json!({"message": "Organization created", "orgId": id})))
}

fn bad_request(generation: Generation) -> Answer {
    if generation == Generation::V8_4 {
        let error = json!({"fieldNames": ["Name"], "classification": "RequiredError", "message": "Required"});
        return Answer::binding(422, vec![error]);
    }
    Answer::caused(generation, 400, "bad request data")
}
