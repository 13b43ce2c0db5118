//! What can go wrong with keys, in words for users.

#[cfg(test)]
pub(crate) mod samples;

use tfplugin::{Diagnostic, IntoDiagnostic, path};

use super::delete::{DeleteError, KeptAccount};
use super::id::{InvalidKeyId, KeyId};
use super::new_key::{CreateError, Left};
use super::organization::OtherOrganization;
use crate::grafana::Error;

impl IntoDiagnostic for CreateError {
    fn into_diagnostic(self) -> Diagnostic {
        match self {
            CreateError::Failed(error) => error.into_diagnostic(),
            CreateError::NameTaken { name, number } => name_taken(&name, number).at(path!(name)),
            CreateError::Left { error, left } => something_left(&error, &left),
        }
    }
}

impl IntoDiagnostic for OtherOrganization {
    fn into_diagnostic(self) -> Diagnostic {
        let OtherOrganization { asked, own } = self;
        let detail = format!(
            "The provider signs in with a token of organization {own}, which gives access to that organization only, but \
             organization {asked} is asked for. Correct `org_id`, or sign in with a token of organization {asked} or with \
             `user:password`."
        );
        Diagnostic::error("The sign-in belongs to another organization", detail).at(path!(org_id))
    }
}

fn name_taken(name: &str, number: Option<i64>) -> Diagnostic {
    let (holder, import) = match number {
        Some(number) => (format!(" (id {number})"), format!("terraform import ADDRESS {number}")),
        None => (String::new(), "terraform import ADDRESS ORG:ID".to_owned()),
    };
    Diagnostic::error(
        "The name is taken",
        format!(
            "The organization already has a key or service account token named {name:?}{holder}. Choose another name, or \
             manage that one: `{import}`. Its secret stays unknown then; `terraform apply -replace=ADDRESS` creates it anew. \
             If an interrupted run has left it and nobody uses it, you can also delete it in Grafana. To create the new key \
             before the old one is destroyed, use `name_prefix` instead of `name`."
        ),
    )
}

fn something_left(error: &Error, left: &Left) -> Diagnostic {
    let (summary, detail) = match left {
        Left::ApiKey { name, number: Some(number) } => (
            "A key may be left in Grafana",
            format!(
                "An API key named {name:?} (id {number}) is there now. Grafana does not show whether this request created it \
                 or somebody else did at the same time, so it was not deleted. If nobody else created it, delete it \
                 (`DELETE /api/auth/keys/{number}`) and apply again, or take it over: `terraform import ADDRESS {number}`, \
                 then `terraform apply -replace=ADDRESS`. With `name_prefix` instead of `name` such a key is recognised and \
                 deleted."
            ),
        ),
        Left::ApiKey { name, number: None } => (
            "A key may be left in Grafana",
            format!(
                "An API key named {name:?} may be there whose secret nobody has. Look for it in Grafana under \
                 Administration > API keys (`GET /api/auth/keys?includeExpired=true`). If nobody else created it, delete it \
                 (`DELETE /api/auth/keys/ID`) and apply again."
            ),
        ),
        Left::ServiceAccount { name, id: Some(id) } => (
            "A service account may be left in Grafana",
            format!(
                "The service account {name:?} (id {id}) was created for the key and could not be deleted again. Delete it in \
                 Grafana under Administration > Service accounts (`DELETE /api/serviceaccounts/{id}`) unless tokens are in \
                 it that somebody uses; then apply again."
            ),
        ),
        Left::ServiceAccount { name, id: None } => (
            "A service account may be left in Grafana",
            format!(
                "A service account named {name:?} may be there, without a token. Look for it in Grafana under \
                 Administration > Service accounts (`GET /api/serviceaccounts/search`) and delete it (`DELETE \
                 /api/serviceaccounts/ID`). The next apply does not need that: it takes the account up or creates another."
            ),
        ),
    };
    Diagnostic::error(summary, format!("{error}. {detail}"))
}

impl IntoDiagnostic for DeleteError {
    fn into_diagnostic(self) -> Diagnostic {
        match self {
            DeleteError::Failed(error) => error.into_diagnostic(),
            DeleteError::Unproven(error) => Diagnostic::error(
                "Cannot determine whether the key still exists",
                format!(
                    "{} Nothing was deleted: the key of this id may be another one by now. If the key is gone, or after you \
                     have deleted it in Grafana, remove it from the state with `terraform state rm ADDRESS`.",
                    proves_nothing(error.as_ref())
                ),
            ),
            DeleteError::Unlisted { has_expired } => Diagnostic::error(
                if has_expired { "The key is still there" } else { "The key still signs in" },
                "Grafana accepts the key's secret but lists the key nowhere in its organization, so it cannot be deleted. From \
                 12.1 on, this is how Grafana treats an API key that was not migrated to a service account: migrate it \
                 (Grafana does so when it starts, or `POST /api/serviceaccounts/migrate`), then destroy it again. Otherwise, \
                 check that the key belongs to the organization in `org_id`.",
            ),
        }
    }
}

fn proves_nothing(error: Option<&Error>) -> String {
    let secret = match error {
        Some(error) => format!("Asking with its secret proved nothing: {error}."),
        None => "Its secret is not known, so Grafana cannot be asked with it.".to_owned(),
    };
    format!(
        "No list shows the key, which proves nothing: Grafana lists at most 100 API keys, or 300 tokens of a service account, \
         by name, and from 12.1 on no API key that was not migrated to a service account. {secret}"
    )
}

/// The warning for a service account that a deleted key leaves.
pub(crate) fn account_kept(key: &str, account: &KeptAccount) -> Diagnostic {
    let KeptAccount { id, name, has_other_tokens } = account;
    let why = match has_other_tokens {
        true => "it holds other tokens",
        false => "it was not created for this key",
    };
    Diagnostic::warning(
        "The key's service account is kept",
        format!(
            "The key {key:?} is deleted. The service account {name:?} (id {id}) that held it is kept, because {why}."
        ),
    )
}

/// The warning for a key whose secret is accepted, though the lists that should show it do not.
pub(crate) fn not_listed(id: KeyId) -> Diagnostic {
    Diagnostic::warning(
        "Grafana does not list this key",
        format!(
            "No list of organization {} shows key {}, but Grafana accepts its secret. The state is kept as it is. Does the key \
             belong to another organization than `org_id` says, or the provider's sign-in to another one than before?",
            id.org, id.number
        ),
    )
}

/// The warning for a key that may be there or gone.
pub(crate) fn presence_unproven(error: Option<&Error>) -> Diagnostic {
    Diagnostic::warning(
        "Cannot determine whether the key still exists",
        format!(
            "{} The state is kept as it is. If the key is gone, remove it from the state with `terraform state rm ADDRESS`.",
            proves_nothing(error)
        ),
    )
}

/// The warning for a service account whose token is gone.
pub(crate) fn token_deleted(name: &str, account: i64) -> Diagnostic {
    Diagnostic::warning(
        "The key was deleted outside of Terraform",
        format!(
            "The service account {account} that was created for the key {name:?} no longer has a token. The next apply deletes \
             it and creates the key again."
        ),
    )
}

/// The error for a key that has left its service account since the last refresh, or shares it.
pub(crate) fn role_not_changed(id: KeyId) -> Diagnostic {
    let detail = format!(
        "Key {id} is no longer the only token of the service account that it was last seen in, so the account's role was not \
         changed. Plan again: the refresh reads where the key is now."
    );
    Diagnostic::error("The role was not changed", detail).at(path!(role))
}

/// The error for a key to import that no list shows.
pub(crate) fn not_found(id: KeyId) -> Diagnostic {
    Diagnostic::error(
        "No such key to import",
        format!(
            "No list of organization {} shows a key or token {}. Where Grafana keeps keys in service accounts, import the id of \
             the token, not of its account. Grafana lists at most 100 API keys, or 300 tokens of a service account, by name: \
             one beyond them cannot be imported.",
            id.org, id.number
        ),
    )
}

/// The error for a state whose `id` is not one.
pub(crate) fn unexpected_id(error: InvalidKeyId) -> Diagnostic {
    Diagnostic::error("Unexpected id in the state", error.to_string()).at(path!(id))
}

/// The error for an id to import that cannot be one.
pub(crate) fn invalid_import_id(error: InvalidKeyId) -> Diagnostic {
    Diagnostic::error("Invalid import ID", error.to_string())
}

/// The warning for a list that Grafana cuts.
pub(crate) fn list_cut(org: super::OrgId) -> Diagnostic {
    Diagnostic::warning(
        "There may be more keys",
        format!(
            "Grafana lists at most 100 API keys, and 300 tokens of a service account, by name, and organization {org} reaches \
             such a limit. Keys beyond it are not shown and cannot be imported."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_name_offers_import() {
        let error = CreateError::NameTaken { name: "ci".to_owned(), number: Some(7) };
        let diagnostic = error.into_diagnostic();
        assert_eq!(diagnostic.path, path!(name));
        assert!(diagnostic.detail.contains("terraform import ADDRESS 7"), "{diagnostic}");
    }
}
