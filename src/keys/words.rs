//! What can go wrong with keys, in words for people.

use tfplugin::{Diagnostic, IntoDiagnostic, path};

use super::make::{Holder, MakeError};
use super::organization::OtherOrganization;

impl IntoDiagnostic for MakeError {
    fn into_diagnostic(self) -> Diagnostic {
        match self {
            MakeError::Failed(error) => error.into_diagnostic(),
            MakeError::Interrupted(interrupted) => interrupted.into_diagnostic(),
            MakeError::OtherOrganization(other) => other.into_diagnostic(),
            MakeError::NameTaken { name, by } => taken(&name, by).at(path!(name)),
            MakeError::Left { error, what } => Diagnostic::error(
                "A key may be left in Grafana",
                format!("{error}. It cannot be told what became of the request. {what}."),
            ),
        }
    }
}

impl IntoDiagnostic for OtherOrganization {
    fn into_diagnostic(self) -> Diagnostic {
        let OtherOrganization { asked, own } = self;
        let detail = format!(
            "The key is to be in organization {asked}, but the provider signs in with a token of organization {own}, and a token acts in its own \
             organization only. Correct `org_id`, or sign in with a token of organization {asked}, or with `user:password`."
        );
        Diagnostic::error("The sign-in belongs to another organization", detail).at(path!(org_id))
    }
}

fn taken(name: &str, by: Holder) -> Diagnostic {
    let detail = match by {
        Holder::Key(Some(id)) => format!(
            "The organization has a key named {name:?} already, with id {id}. Give this one another name, or manage that \
             one: `terraform import ADDRESS {id}` (its secret stays unknown then). A key that is replaced before \
             the old one is destroyed needs `name_prefix` in place of `name`."
        ),
        Holder::Key(None) => format!(
            "The organization has a key or a service account token named {name:?} already. Give this one another name, or \
             manage that one: `terraform import ADDRESS ORG:ID`, with the id that Grafana's list of keys or tokens shows. A \
             key that is replaced before the old one is destroyed needs `name_prefix` in place of `name`."
        ),
        Holder::ServiceAccount(Some(id)) => format!(
            "This Grafana keeps keys in service accounts named after them, and the organization has a service account named \
             {name:?} already (id {id}). Give this key another name, or import the token that is in the account: \
             `terraform import ADDRESS ORG:TOKEN_ID`."
        ),
        Holder::EmptyServiceAccount(id) => format!(
            "This Grafana keeps keys in service accounts named after them, and the organization has a service account named \
             {name:?} already (id {id}), without a token: perhaps of a run that was killed. Delete it in Grafana under \
             Administration > Service accounts (or `DELETE /api/serviceaccounts/{id}`) if nobody needs it, or give this \
             key another name."
        ),
        Holder::ServiceAccount(None) => format!(
            "This Grafana keeps keys in service accounts named after them, and has one already whose login is the one that \
             follows from {name:?}: case and spaces make no difference there. Give this key another name."
        ),
    };
    Diagnostic::error("The name is taken", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_offers_import() {
        let name = "ci".to_owned();
        let error = MakeError::NameTaken { name, by: Holder::Key(Some(7)) };
        let diagnostic = error.into_diagnostic();
        assert_eq!(diagnostic.path, path!(name));
        assert!(diagnostic.detail.contains("terraform import ADDRESS 7"), "{diagnostic}");
    }
}
