//! What a change brings: checks offline, replacements, renewal.

use tfplugin::{Diagnostic, Plan, Value, path};

use super::schema::ApiKey;

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

/// Refines a plan. `has_own_account`: a service account that belongs to the key alone has its role.
pub(super) fn refine(plan: &mut Plan<ApiKey>, has_own_account: bool) {
    let Some(prior) = plan.prior().cloned() else {
        return;
    };
    renew(plan, &prior);
    if prior.role != plan.planned.role && !has_own_account {
        plan.replace_because_of(path!(role));
    }
    if prior.key.is_null() {
        adopt(plan, &prior);
    }
}

/// Replaces a key that the last refresh found expired, or due. The clock has no say here: plan and
/// apply must come to the same.
fn renew(plan: &mut Plan<ApiKey>, prior: &ApiKey) {
    if prior.has_expired == Value::Known(true) {
        plan.force_change();
        plan.planned.has_expired = Value::Unknown;
        plan.replace_because_of(path!(has_expired));
    } else if prior.ready_for_rotation == Value::Known(true) {
        plan.force_change();
        plan.planned.ready_for_rotation = Value::Unknown;
        plan.replace_because_of(path!(ready_for_rotation));
    }
}

/// An imported key is not replaced because the configuration says what could not be read of it.
fn adopt(plan: &mut Plan<ApiKey>, prior: &ApiKey) {
    if prior.seconds_to_live.is_null() && !plan.planned.seconds_to_live.is_null() {
        plan.update_despite(path!(seconds_to_live));
    }
    let fits = match (&prior.name, &plan.planned.name_prefix) {
        (Value::Known(name), Value::Known(prefix)) => name.starts_with(prefix.as_str()),
        _ => false,
    };
    if prior.name_prefix.is_null() && fits {
        plan.update_despite(path!(name_prefix));
    }
}
