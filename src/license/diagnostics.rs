//! What can go wrong with a license, and what a reviewer should know of a change, in words for users.

#[cfg(test)]
pub(crate) mod samples;

use jiff::Timestamp;
use tfplugin::{Diagnostic, Interrupted, path};

use super::description::{PRODUCT, describe, name, shown};
use super::observation::{Observation, Tally};
use super::propagation::{NotEverywhere, NotShown};
use crate::diagnostics::command;
use crate::grafana::license_token::LicenseTokenError;
use crate::grafana::{Claims, Error, InvalidRootUrl, same_root_url, without_userinfo};
use crate::slots::Kept;

const KEEPS_ITS_LICENSE: &str = "The instance keeps its license";
const FRESH_TOKEN: &str = "Download a fresh token of the license from your Grafana Labs account.";

/// A license by its id, which is empty if it has none.
pub(super) fn by_id(id: &str) -> String {
    if id.is_empty() { "a license without an ID".to_owned() } else { format!("license {id}") }
}

// The token.

pub(super) fn invalid_token(error: LicenseTokenError) -> Diagnostic {
    // Its text goes on where a sentence began.
    Diagnostic::error("Invalid license token", format!("This cannot be a license token: {error}."))
}

pub(super) fn no_token() -> Diagnostic {
    let detail = "Installing a license needs its token: set `token`, or `token_wo` with `token_wo_version`, to the contents of `license.jwt` as issued by Grafana \
                  Labs. Only an imported license needs none.";
    Diagnostic::error("No license token", detail).at(path!(token))
}

pub(super) fn expired_token(claims: &Claims, end: Timestamp) -> Diagnostic {
    let detail = format!(
        "License {} expired at {end}, and Grafana refuses it. Get the token of the renewed license from your Grafana Labs account.",
        name(claims)
    );
    Diagnostic::error("The license has expired", detail)
}

pub(super) fn expired_token_of_valid_license(claims: &Claims, end: Timestamp) -> Diagnostic {
    let detail = format!(
        "The token of license {} expired at {end}; the license itself has not, but Grafana may refuse the token. {FRESH_TOKEN}",
        name(claims)
    );
    Diagnostic::warning("The license token has expired", detail)
}

pub(super) fn not_yet_valid(claims: &Claims, begin: Timestamp) -> Diagnostic {
    let detail = format!(
        "The token of license {} is valid from {begin} on, and Grafana refuses it until then. Apply after that time, and check this machine's clock.",
        name(claims)
    );
    Diagnostic::error("The license token is not valid yet", detail)
}

pub(super) fn other_product(claims: &Claims, products: &[String]) -> Diagnostic {
    let found = if products.is_empty() { "none".to_owned() } else { products.join(", ") };
    let detail = format!(
        "License {} must include the product {PRODUCT}, but its products are: {found}. Use the token of a Grafana Enterprise license.",
        name(claims)
    );
    Diagnostic::error("The license is for another product", detail)
}

pub(super) fn refused_token(error: &Error, claims: &Claims, app_url: &str) -> Diagnostic {
    let subject = claims.subject.as_deref().map_or("no instance".to_owned(), without_userinfo);
    let detail = format!(
        "{error}. The token is for {subject}; the root URL of this instance is {app_url} (`root_url` in its configuration). If these differ, get a license for that \
         URL, or correct `root_url`; else download a fresh token. The Grafana server log may say more."
    );
    Diagnostic::error("Grafana refused the license token", detail)
}

// The instance.

pub(super) fn wrong_instance(configured: &str, app_url: &str) -> Diagnostic {
    let detail = format!(
        "`instance` is {configured}, but the root URL of the instance that the provider is configured for is {app_url} (`root_url` in the instance's \
         configuration). Correct `instance`, or the provider's `url`."
    );
    Diagnostic::error("Wrong Grafana instance", detail).at(path!(instance))
}

pub(super) fn license_of_another_instance(
    claims: &Claims,
    subject: &str,
    app_url: &str,
) -> Diagnostic {
    let detail = format!(
        "License {} is for {}, but the root URL of this instance is {app_url} (`root_url` in its configuration). Get a license for that URL, \
         correct `root_url`, or point the provider's `url` at the licensed instance.",
        name(claims),
        without_userinfo(subject)
    );
    Diagnostic::error("The license is for another instance", detail)
}

pub(super) fn license_not_for(claims: &Claims, subject: &str, configured: &str) -> Diagnostic {
    let detail = format!(
        "License {} is for {}, but `instance` is {configured}. Use the token of a license for that URL, or correct `instance`.",
        name(claims),
        without_userinfo(subject)
    );
    Diagnostic::error("The license is for another instance", detail)
}

pub(crate) fn invalid_import_id(error: &InvalidRootUrl) -> Diagnostic {
    let detail = format!("The ID of a license {error}.");
    Diagnostic::error("Invalid import ID", detail).at(path!(instance))
}

pub(crate) fn import_from_another_instance(url: &str, app_url: &str) -> Diagnostic {
    let detail = format!(
        "The license of {url} is to be imported, but the root URL of the instance that the provider is configured for is {app_url}. Import {app_url}, or \
         correct the provider's `url`."
    );
    Diagnostic::error("Wrong Grafana instance", detail).at(path!(instance))
}

pub(crate) fn nothing_to_import(app_url: &str) -> Diagnostic {
    let detail = format!(
        "{app_url} has no license. To install one, leave out the import and set its token."
    );
    Diagnostic::error("Nothing to import", detail)
}

// What nodes report.

pub(crate) fn nodes_differ(tally: &Tally) -> Diagnostic {
    let detail = format!(
        "The answers about the license differ: {tally}. Try again when all nodes of the instance report the same."
    );
    Diagnostic::error("Nodes report different licenses", detail)
}

/// While something is read.
pub(crate) fn nodes_differ_for_now(tally: &Tally, is_in_state: bool) -> Diagnostic {
    let kept = if is_in_state { " The state is kept as it was." } else { "" };
    let detail = format!(
        "The answers about the license differ: {tally}. The nodes of a cluster notice a new license at different moments.{kept} If this does not pass, look at the \
         nodes one by one."
    );
    Diagnostic::warning("Nodes report different licenses", detail)
}

pub(super) fn license_not_shown() -> Diagnostic {
    let detail = "Grafana reports a valid license but does not show it: GET /api/licensing/token answers as it does without a license. The state is kept as it was.";
    Diagnostic::warning("The license is not shown", detail)
}

pub(super) fn not_refreshed_here(instance: &str, app_url: &str) -> Diagnostic {
    let detail = format!(
        "The state has the license of {instance}, but the root URL of the instance that the provider is configured for is {app_url}. The \
         state is kept as it was. Correct the provider's `url`; if {instance} is no more, remove its license from the state (`terraform state rm ADDRESS`)."
    );
    Diagnostic::warning("The license is that of another instance", detail)
}

pub(super) fn not_valid(claims: &Claims, app_url: Option<&str>) -> Diagnostic {
    let status = claims.status.map_or_else(String::new, |status| format!(" (status {status})"));
    let advice = match (&claims.subject, app_url) {
        (Some(subject), Some(url)) if !same_root_url(subject, url) => format!(
            "It is for {}, but the root URL of this instance is {url} (`root_url` in its configuration): get a license for that URL, or correct `root_url`.",
            shown(claims, &without_userinfo(subject))
        ),
        _ => format!("See the Grafana server log. {FRESH_TOKEN}"),
    };
    let detail = format!("Grafana reports license {} as not valid{status}. {advice}", name(claims));
    Diagnostic::warning("The license is not valid", detail).at(path!(valid))
}

pub(super) fn license_expires(claims: &Claims, end: Timestamp, days: Option<i64>) -> Diagnostic {
    let name = name(claims);
    let (summary, when) = match days {
        None => ("The license has expired", format!("License {name} expired at {end}.")),
        Some(days) => (
            "The license expires soon",
            format!("License {name} expires at {end}, in {days} days."),
        ),
    };
    let detail = format!(
        "{when} Get the token of the renewed license from your Grafana Labs account and put it in the configuration. (`expiry_warning_days` says when this warning \
         begins.)"
    );
    Diagnostic::warning(summary, detail)
}

pub(super) fn token_not_refreshed(claims: &Claims, end: Timestamp, is_over: bool) -> Diagnostic {
    let expires = if is_over { "expired" } else { "expires" };
    let detail = format!(
        "The active token of license {} {expires} at {end}, and Grafana has not refreshed it. Is `auto_refresh_license` on, and can Grafana reach grafana.com? \
         Without a fresh token the license stops working then, although it has not expired itself.",
        name(claims)
    );
    Diagnostic::warning("The license token is not being refreshed", detail)
}

/// Each of `over` says how many of which users are active and included.
pub(super) fn too_many_users(claims: &Claims, over: &[String]) -> Diagnostic {
    let detail = format!(
        "License {}: {}. Remove users that are no longer needed, or get a larger license.",
        name(claims),
        over.join("; ")
    );
    Diagnostic::warning("More active users than the license includes", detail)
}

// Installing.

pub(super) fn installed_by_another(active: &Claims, app_url: &str) -> Diagnostic {
    let detail = format!(
        "Another resource has just installed {} on {app_url}. An instance has one license: keep one of the two resources.",
        describe(active)
    );
    Diagnostic::error("Two licenses for one instance", detail)
}

pub(super) fn has_another_license(active: &Claims, app_url: &str) -> Diagnostic {
    let detail = format!(
        "{app_url} has {}, and this would replace it. Nothing has been changed. To manage that license, import it:{}To replace it, set `replace_existing = true`; a resource \
         with `create_before_destroy` needs that too when another license replaces its own.",
        describe(active),
        import(app_url)
    );
    Diagnostic::error("The instance has another license", detail)
}

fn import(app_url: &str) -> String {
    command(&format!("terraform import ADDRESS {app_url}"))
}

/// What is there after an installation that failed.
pub(super) fn there_after_failure(
    there: Option<&Claims>,
    left_state: bool,
    app_url: &str,
) -> Diagnostic {
    let Some(there) = there else {
        let detail = format!("{app_url} has no license now.");
        return Diagnostic::warning("The instance has no license", detail);
    };
    let next = if left_state {
        format!(
            " Terraform has dropped it from the state already. To continue, set `replace_existing = true` and apply again, or import it:{}",
            import(app_url).trim_end()
        )
    } else {
        String::new()
    };
    let detail = format!("{app_url} still has {}.{next}", describe(there));
    Diagnostic::warning("The instance still has its license", detail)
}

pub(super) fn not_everywhere(unfinished: &NotEverywhere, sent: &Claims) -> Diagnostic {
    let tally = &unfinished.tally;
    let license = describe(sent);
    let why = match &unfinished.why {
        NotShown::NotValid => {
            let end = sent.token_expires_at.map_or_else(String::new, |end| {
                format!(" Its token expired at {end}. {FRESH_TOKEN}")
            });
            let detail = format!(
                "Grafana accepted {license} and shows it, but reports it as not valid: {tally}.{end}"
            );
            return Diagnostic::warning("The license is not valid", detail);
        }
        NotShown::Interrupted(interrupted) => why_ended(*interrupted),
        NotShown::Failed(error) => format!("a request failed ({error})"),
    };
    let detail = format!(
        "Grafana accepted {license}, but before every answer showed it, {why}. The answers so far: {tally}. The license is in the state; the next plan looks again."
    );
    Diagnostic::warning("Not every node shows the license yet", detail)
}

pub(super) fn why_ended(interrupted: Interrupted) -> String {
    match interrupted {
        Interrupted::Stopped => "Terraform was asked to stop".to_owned(),
        Interrupted::TimedOut(after) => {
            format!("the time for it ({after:?}, see `timeouts`) ran out")
        }
    }
}

// Removing.

/// Why a removal left the license: an error where its resource stays as well.
pub(super) fn kept(why: Kept) -> Diagnostic {
    const IF_NOT: &str = "Should that fail, import the license (`terraform import`) or set `replace_existing = true`, and apply again.";
    let detail = match why {
        Kept::Replaced => {
            format!("It stays until the next step of this replacement puts the new one in its place. {IF_NOT}")
        }
        Kept::CreationPlanned | Kept::CreationBegun => format!(
            "It stays for the resource that this run creates, which takes it over or puts its own in its place. {IF_NOT}"
        ),
        Kept::HeldThisRun => "This run has installed it, or taken it over, for another resource.".to_owned(),
        Kept::OtherHolder => "Another resource has the same license of the same instance.".to_owned(),
        Kept::Deposed => "This object was left by an interrupted replacement, and Terraform does not tell whether the resource that replaced it has the same \
                          license. If none has it, import the license and destroy it."
            .to_owned(),
        Kept::CreationFailed => {
            let detail = "Another resource of this run was to install its license in place of this one, and failed. This license stays, so that the instance is not \
                          left without one. Apply again; if the order is the same each time, set `replace_existing = true` in the new resource.";
            return Diagnostic::error(KEEPS_ITS_LICENSE, detail);
        }
    };
    left(&detail)
}

pub(super) fn left_other_license(active: &Claims) -> Diagnostic {
    let why = match active.license_id {
        Some(_) => {
            "which this resource did not install. To remove that one with Terraform, import it first."
        }
        None => {
            "which cannot be told apart from another one unless it still has the token in the state. Remove it in Grafana if it should go."
        }
    };
    left(&format!("The instance now has {}, {why}", describe(active)))
}

/// Without private state and without a token in the state.
pub(super) fn left_unproven(in_state: &Claims) -> Diagnostic {
    left(&format!(
        "The state has {}, but neither its token nor the private state that would prove that this resource installed it. To remove it, import it and destroy it.",
        describe(in_state)
    ))
}

pub(super) fn left_unidentified() -> Diagnostic {
    left(
        "Grafana reports a valid license but does not show which one it is. If it should go, remove it in Grafana, under Administration > Stats and license.",
    )
}

pub(super) fn left_on_other_instance(instance: &str, app_url: &str) -> Diagnostic {
    left(&format!(
        "This resource has the license of {instance}, but the root URL of the instance that the provider is configured for is {app_url}. To remove the license, \
         configure the provider for its instance, import it and destroy it."
    ))
}

fn left(why: &str) -> Diagnostic {
    Diagnostic::warning(KEEPS_ITS_LICENSE, format!("{why} Nothing has been removed."))
}

pub(super) fn license_of_other_url(error: &Error, sent: &str, app_url: &str) -> Diagnostic {
    let detail = format!(
        "{error}. The license is for {sent}; the root URL of this instance is {app_url} (`root_url` in its configuration). Set \
         `root_url` to {sent} until the license is removed, or remove it in Grafana, under Administration > Stats and license."
    );
    Diagnostic::error("Grafana's license is for another instance", detail)
}

/// What is there after a removal that failed.
pub(super) fn still_there(there: &Claims) -> Diagnostic {
    Diagnostic::warning(
        "The license is still there",
        format!(
            "The instance has {}. Correct the error, and destroy the resource again.",
            describe(there)
        ),
    )
}

pub(super) fn not_gone_everywhere(tally: &Tally, interrupted: Interrupted) -> Diagnostic {
    let detail = format!(
        "Grafana accepted the removal, but before every answer showed it, {}. The answers so far: {tally}. Nodes that lag behind will notice; a license from disk or \
         environment stays.",
        why_ended(interrupted)
    );
    Diagnostic::warning("Not every node has dropped the license yet", detail)
}

pub(super) fn from_elsewhere(observation: &Observation) -> Diagnostic {
    let detail = format!(
        "The license in Grafana's database has been removed, but the instance still has one: {observation}. It comes from disk or environment (`license_path`, \
         `license_text`); remove it there if it should go too."
    );
    Diagnostic::warning("The instance still has a license", detail)
}
