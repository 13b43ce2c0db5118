//! Plans to create again what a refresh has found gone.

use tfplugin::Diagnostic;

/// What would keep such a creation from succeeding, as a warning: `terraform destroy` makes that plan first, and an
/// error in it would keep Terraform from destroying the rest.
pub(crate) fn not_creatable_again(why: Diagnostic) -> Diagnostic {
    let Diagnostic { summary, detail, path, .. } = why;
    let detail = format!(
        "{detail} What this resource had is gone, so the plan creates it again, and an apply fails unless this has \
         changed by then. To drop the resource, remove it from the configuration, or destroy it."
    );
    Diagnostic::warning(summary, detail).at(path)
}

/// Every diagnostic of such plans.
#[cfg(test)]
pub(crate) fn samples() -> Vec<(&'static str, Diagnostic)> {
    let why = Diagnostic::error("Not found", "The workspace does not exist.");
    vec![("not_creatable_again", not_creatable_again(why))]
}
