//! What a change brings: checks offline, replacements, renewal.

use serde::{Deserialize, Serialize};
use tfplugin::{Diagnostic, Plan, Value, path};

use super::schema::ApiKey;
use crate::keys::Home;

/// Checks what no single attribute can.
pub(super) fn validate(config: &ApiKey) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if config.name.is_null() && config.name_prefix.is_null() {
        let detail = "Set `name`, or `name_prefix` for a name that is made up for each key.";
        found.push(Diagnostic::error("A name is missing", detail).at(path!(name)));
    }
    let window = config.early_rotation_window_seconds.known();
    if let (Some(life), Some(window)) = (config.seconds_to_live.known(), window)
        && *life > 0
        && window >= life
    {
        let detail = format!(
            "Expected a window shorter than `seconds_to_live` ({life}), but got {window}: every plan would replace the key."
        );
        let at = path!(early_rotation_window_seconds);
        found.push(Diagnostic::error("The rotation window is too long", detail).at(at));
    }
    found
}

/// How the role of a key can change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RoleChanges {
    /// Only with another key.
    #[default]
    ByReplacing,
    /// With its service account, in which no other token is.
    InPlace,
    /// Not here: its service account has the name that another one would need, and other tokens.
    Elsewhere,
}

impl RoleChanges {
    pub(super) fn of(home: &Home) -> Self {
        match home {
            Home::ServiceAccount { holds_others: false, .. } => RoleChanges::InPlace,
            Home::ServiceAccount { is_namesake: true, .. } => RoleChanges::Elsewhere,
            _ => RoleChanges::ByReplacing,
        }
    }
}

/// Refines a plan.
pub(super) fn refine(plan: &mut Plan<ApiKey>, role: RoleChanges) -> Result<(), Diagnostic> {
    let Some(prior) = plan.prior().cloned() else {
        return Ok(());
    };
    renew(plan, &prior);
    if prior.role != plan.planned.role {
        match role {
            RoleChanges::InPlace => {}
            RoleChanges::ByReplacing => plan.require_replace(path!(role)),
            RoleChanges::Elsewhere => return Err(shared_account(&prior)),
        }
    }
    if prior.key.is_null() {
        adopt(plan, &prior);
    }
    Ok(())
}

fn shared_account(prior: &ApiKey) -> Diagnostic {
    let account = prior.service_account_id.known().copied().unwrap_or_default();
    let detail = format!(
        "The key is a token of service account {account}, which has the key's name and holds other tokens too. Changing the account's role would \
         change what those may do, and no second account can have that name. Change the role of the account in Grafana, or give this key another name."
    );
    Diagnostic::error("The role is not this key's alone", detail).at(path!(role))
}

/// Replaces a key that the last refresh found expired, or due. The clock has no say here: plan and
/// apply must come to the same.
fn renew(plan: &mut Plan<ApiKey>, prior: &ApiKey) {
    if prior.has_expired == Value::Known(true) {
        plan.force_change();
        plan.planned.has_expired = Value::Unknown;
        plan.require_replace(path!(has_expired));
    } else if prior.ready_for_rotation == Value::Known(true) {
        plan.force_change();
        plan.planned.ready_for_rotation = Value::Unknown;
        plan.require_replace(path!(ready_for_rotation));
    } else {
        return;
    }
    if plan.planned.seconds_to_live.is_null() {
        let detail = "The key that is replaced had an end, but the configuration gives the new one none: it never expires. Set `seconds_to_live` if it should.";
        plan.warn(
            Diagnostic::warning("The new key never expires", detail).at(path!(seconds_to_live)),
        );
    }
}

/// An imported key is not replaced because the configuration says what could not be read of it.
fn adopt(plan: &mut Plan<ApiKey>, prior: &ApiKey) {
    if prior.seconds_to_live.is_null() && !plan.planned.seconds_to_live.is_null() {
        plan.suppress_replace(path!(seconds_to_live));
    }
    let fits = match (&prior.name, &plan.planned.name_prefix) {
        (Value::Known(name), Value::Known(prefix)) => name.starts_with(prefix.as_str()),
        _ => false,
    };
    if prior.name_prefix.is_null() && fits {
        plan.suppress_replace(path!(name_prefix));
    }
}
