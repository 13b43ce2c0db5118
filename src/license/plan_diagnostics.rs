//! What a reviewer should know of a planned change, in words.

#[cfg(test)]
pub(crate) mod samples;

use jiff::Timestamp;
use tfplugin::{Diagnostic, path};

use super::description::{describe, name, shown};
use super::diagnostics::by_id;
use crate::grafana::{Claims, Error};

pub(super) fn older_token(
    claims: &Claims,
    issued: Timestamp,
    active: Timestamp,
    lost: &[String],
) -> Diagnostic {
    let detail = format!(
        "Grafana has a token of license {} that was issued at {active}. This one was issued at {issued}, and would undo what has been refreshed since.{} \
         Download a fresh token if something has to change.",
        name(claims),
        lost_terms(lost)
    );
    Diagnostic::warning("The license token is older than the active one", detail)
}

pub(super) fn unsent_token(claims: &Claims, brings_nothing: bool) -> Diagnostic {
    let what = if brings_nothing {
        format!("another token of the same license ({}), with the same terms", describe(claims))
    } else {
        format!("the token of {}", describe(claims))
    };
    let detail = format!(
        "`token_wo` changed but `token_wo_version` did not: the new token will not be installed. It is {what}. Raise `token_wo_version` to install it."
    );
    Diagnostic::warning("The changed token will not be installed", detail).at(path!(token_wo))
}

pub(super) fn not_checked(error: &Error) -> Diagnostic {
    let detail = format!(
        "The instance did not answer while planning, so neither its root URL nor the license that it has was checked: {error}. If the instance is there already, \
         check the provider's `url`, with its sub-path if there is one."
    );
    Diagnostic::warning("The instance could not be checked", detail).at(path!(instance))
}

pub(super) fn new_instance_not_there(error: &Error) -> Diagnostic {
    let detail = format!(
        "The license is to be replaced by one of another instance, which did not answer while planning: {error}. Check the provider's `url`, with its sub-path if \
         there is one."
    );
    Diagnostic::error("The new instance could not be checked", detail).at(path!(instance))
}

pub(super) fn replaces(
    active: &Claims,
    new: &Claims,
    lost: &[String],
    is_allowed: bool,
) -> Diagnostic {
    let (summary, puts, next) = match is_allowed {
        true => ("This replaces another license", "puts", ""),
        false => (
            "The instance has another license",
            "would put",
            " The apply fails unless `replace_existing = true` or this plan removes the resource that installed it. To manage the license that is there, import it.",
        ),
    };
    let detail = format!(
        "The instance has {}. This {puts} {} in its place.{}{next}",
        describe(active),
        describe(new),
        lost_terms(lost)
    );
    Diagnostic::warning(summary, detail)
}

pub(super) fn reduced(new: &Claims, lost: &[String]) -> Diagnostic {
    let detail = format!("The new token of license {} grants less.{}", name(new), lost_terms(lost));
    Diagnostic::warning("The license is reduced", detail)
}

fn lost_terms(lost: &[String]) -> String {
    if lost.is_empty() { String::new() } else { format!(" It has {}.", lost.join(" and ")) }
}

pub(super) fn planned_twice(planned: &Claims, others: &[String]) -> Diagnostic {
    let detail = format!(
        "This plan has license {} and license {} for the same instance, which has one license at a time: one would replace the other, or apply fails for one of \
         the two. Keep one of the resources.",
        others.join(", "),
        name(planned)
    );
    Diagnostic::warning("Two licenses for one instance", detail)
}

pub(super) fn adopts(active: &Claims) -> Diagnostic {
    let detail = format!(
        "The instance already has {}. This resource takes it over and sends nothing. Destroying this resource will remove the license.",
        describe(active)
    );
    Diagnostic::warning("The license is already installed", detail)
}

pub(super) fn removes(license: &Claims, instance: &str) -> Diagnostic {
    let detail = format!(
        "{instance} loses {}, unless another resource has the same license or installs one. Enterprise features and Enterprise plugins stop working there. To keep \
         the license, use a `removed` block with `destroy = false`, or `terraform state rm`.",
        describe(license)
    );
    Diagnostic::warning("This removes the Enterprise license", detail)
}

pub(super) fn planned_after_removal() -> Diagnostic {
    let detail = "The removal of the present license by another resource was planned before this resource. If Terraform removes it first, the instance is without \
                  a license for a moment. To rename a resource, use a `moved` block.";
    Diagnostic::warning("The license is removed and installed again", detail)
}

/// The license was replaced, and no token says that it should be put back.
pub(super) fn another_license_now(active: &Claims, own: &str) -> Diagnostic {
    let own = by_id(&shown(active, own));
    let detail = format!(
        "The instance now has {}; this resource had {own}. Without a token nothing is changed, and destroying this resource leaves the license alone. To \
         manage it, remove this resource from the state (`terraform state rm`) and import it again; to put the former one back, set its token.",
        describe(active)
    );
    Diagnostic::warning("The instance has another license now", detail)
}

pub(super) fn reasserts() -> Diagnostic {
    let detail = "An instance has one license, and its removal was planned before this resource was read. This resource is updated, so that the \
                  license is in place in the end.";
    Diagnostic::warning("Another resource with this license is removed", detail)
}

pub(super) fn cannot_reassert() -> Diagnostic {
    let detail = "Another resource with the same license of the same instance is to be removed. The license would go with it, and without a token this resource \
                  could not put it back. To drop only the other resource, use a `removed` block with `destroy = false`, or `terraform state rm`.";
    Diagnostic::error("Two resources have this license, and one is removed", detail)
}
