//! What can go wrong with keys, in words for users.

mod kept;
#[cfg(test)]
pub(crate) mod samples;

use jiff::Timestamp;
use tfplugin::{Diagnostic, IntoDiagnostic, path};

pub(crate) use self::kept::{account_kept, created_elsewhere, ephemeral_key_kept};
use super::Key;
use super::delete::DeleteError;
use super::find::{KeyRef, Presence};
use super::id::{InvalidKeyId, KeyId};
use super::new_key::{CreateError, Left};
use super::organization::OtherOrganization;
use super::update::UpdateError;
use crate::diagnostics::command;
use crate::diagnostics::grafana::managed_lifetime;
use crate::grafana::Error;
use crate::http::Quoted;

impl IntoDiagnostic for CreateError {
    fn into_diagnostic(self) -> Diagnostic {
        match self {
            CreateError::Failed(error) => error.into_diagnostic(),
            CreateError::NoSuchRole(error) => no_such_role(&error),
            CreateError::NameTaken { name, id } => name_taken(&name, id).at(path!(name)),
            CreateError::Left { error, left } => something_left(&error, &left),
        }
    }
}

impl IntoDiagnostic for OtherOrganization {
    fn into_diagnostic(self) -> Diagnostic {
        let OtherOrganization { asked, own } = self;
        let detail = format!(
            "The provider's sign-in gives access to organization {own} only, but organization {asked} was requested. Correct `org_id`, \
             or sign in with a token of organization {asked} or with `user:password`."
        );
        Diagnostic::error("The sign-in belongs to another organization", detail).at(path!(org_id))
    }
}

fn name_taken(name: &str, id: Option<KeyId>) -> Diagnostic {
    let (holder, import) = match id {
        Some(id) => (format!(" (ID {})", id.number), id.to_string()),
        None => (String::new(), "ORG:ID".to_owned()),
    };
    let import = command(&format!("terraform import ADDRESS {import}"));
    Diagnostic::error(
        "The name is taken",
        format!(
            "The organization already has a key or service account token named {name:?}{holder}. Choose another name, or \
             import that one:{import}The secret of an imported key is unknown; `terraform apply -replace=ADDRESS` creates the key \
             again. If an interrupted run has left it and nobody uses it, you can also delete it in Grafana. A key that was left \
             until it expires (`delete_on_destroy = false`) keeps its name until then. If another resource of the same plan gives \
             up the name, apply that first (`-target`): Terraform does not order the two. To create the new key before the old \
             one is destroyed, use `name_prefix` instead of `name`."
        ),
    )
}

fn something_left(error: &Error, left: &Left) -> Diagnostic {
    let (summary, detail) = match left {
        Left::ApiKey { name, id: Some(id) } => (
            "A key may be left in Grafana",
            format!(
                "An API key named {name:?} (ID {}) is there now. Grafana does not show whether this request created it \
                 or somebody else did at the same time, so it was not deleted. If nobody else created it, delete it \
                 (`DELETE /api/auth/keys/{}`) and apply again, or take it over:{}With `name_prefix` instead of `name`, \
                 such a key is recognized and deleted.",
                id.number,
                id.number,
                command(&format!(
                    "terraform import ADDRESS {id}\n    terraform apply -replace=ADDRESS"
                ))
            ),
        ),
        Left::ApiKey { name, id: None } => (
            "A key may be left in Grafana",
            format!(
                "An API key named {name:?} may be there whose secret nobody has. Look for it in Grafana under \
                 Administration > API keys (`GET /api/auth/keys?includeExpired=true`). If nobody else created it, delete it \
                 (`DELETE /api/auth/keys/ID`) and apply again."
            ),
        ),
        Left::ServiceAccount { name, id: Some(id), is_disabled } => (
            "A service account may be left in Grafana",
            format!(
                "The service account {name:?} (ID {id}) was created for the key and could not be deleted again.{} Delete it in \
                 Grafana under Administration > Service accounts (`DELETE /api/serviceaccounts/{id}`) unless somebody \
                 uses tokens in it; then apply again.",
                if *is_disabled {
                    " It had to be disabled for that and could not be enabled again: its tokens may be refused now."
                } else {
                    ""
                }
            ),
        ),
        Left::ServiceAccount { name, id: None, .. } => (
            "A service account may be left in Grafana",
            format!(
                "A service account named {name:?} may be there, without a token. Look for it in Grafana under \
                 Administration > Service accounts (`GET /api/serviceaccounts/search`) and delete it (`DELETE \
                 /api/serviceaccounts/ID`). The next apply does not need that: it uses that account or creates another."
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
                    "{} Nothing was deleted: the key with this ID may be another one by now. If the key is gone, or after you \
                     have deleted it in Grafana, remove it from the state with `terraform state rm ADDRESS`.",
                    proves_nothing(error.as_ref())
                ),
            ),
            DeleteError::LeftDisabled { account, error } => Diagnostic::error(
                "The key's service account may stay disabled",
                format!(
                    "{error}. The key was to be deleted with its service account {account}, which had to be disabled first \
                     and could not be enabled again: its tokens may be refused now. Destroy the key again or, if others use \
                     tokens of the account, enable it in Grafana under Administration > Service accounts."
                ),
            ),
            DeleteError::Unlisted { works } => Diagnostic::error(
                if works {
                    "The key still works and cannot be deleted"
                } else {
                    "The key cannot be deleted"
                },
                "Grafana knows the key's secret but lists the key nowhere in its organization, so it cannot be deleted. From \
                 12.1 on, this is how Grafana treats an API key that was not migrated to a service account: migrate it \
                 (Grafana does so when it starts, or `POST /api/serviceaccounts/migrate`), then destroy it again. Otherwise, \
                 check that the key belongs to the organization in `org_id`.",
            ),
        }
    }
}

fn proves_nothing(error: Option<&Error>) -> String {
    let secret = match error {
        Some(error) => format!("A request with the key's secret did not settle it: {error}."),
        None => "The key's secret is not in the state, so it cannot be tried.".to_owned(),
    };
    format!(
        "No list shows the key, but it may exist: Grafana lists at most the first 100 API keys, or 300 tokens of a service \
         account, by name, and from 12.1 on only API keys that were migrated to service accounts. {secret}"
    )
}

/// What a user should know of a key that was looked for.
///
/// # Errors
/// For a key to import that no list shows: nothing is known of it but its number.
pub(crate) fn of_presence(
    id: KeyId,
    key: &KeyRef,
    presence: &Presence,
    quote: impl Fn(&str) -> Quoted,
) -> Result<Option<Diagnostic>, Diagnostic> {
    let name = || quote(key.name.as_deref().unwrap_or_default());
    Ok(match presence {
        Presence::Listed(Key { condition, backend, name, .. })
            if condition.is_disabled && !backend.is_alone_in_account() =>
        {
            Some(account_disabled(&quote(name), backend.service_account_id()))
        }
        Presence::Unlisted { condition, .. } if condition.is_disabled => {
            Some(account_disabled(&name(), key.account))
        }
        Presence::Unlisted { contradicts_lists: true, .. } => Some(not_listed(id)),
        Presence::OnlyAccount => Some(token_deleted(&name(), key.account.unwrap_or_default())),
        Presence::Unproven(_) if key.name.is_none() => return Err(not_found(id)),
        Presence::Unproven(error) => Some(presence_unproven(error.as_ref())),
        Presence::Listed(_) | Presence::Unlisted { .. } | Presence::Gone => None,
    })
}

fn not_listed(id: KeyId) -> Diagnostic {
    Diagnostic::warning(
        "Grafana does not list this key",
        format!(
            "No list of organization {} shows key {}, but Grafana accepts its secret. The state is kept as it is. Does the key \
             belong to another organization than `org_id` says, or the provider's sign-in to another one than before?",
            id.org, id.number
        ),
    )
}

fn presence_unproven(error: Option<&Error>) -> Diagnostic {
    Diagnostic::warning(
        "Cannot determine whether the key still exists",
        format!(
            "{} The state is kept as it is. If the key is gone, remove it from the state with `terraform state rm ADDRESS`.",
            proves_nothing(error)
        ),
    )
}

fn token_deleted(name: &str, account: i64) -> Diagnostic {
    Diagnostic::warning(
        "The key was deleted outside of Terraform",
        format!(
            "The service account {account} that was created for the key {name:?} no longer has a token. The next apply deletes \
             it and creates the key again."
        ),
    )
}

fn account_disabled(name: &str, account: Option<i64>) -> Diagnostic {
    let account = account.map(|id| format!(" {id}")).unwrap_or_default();
    Diagnostic::warning(
        "The key's service account is disabled",
        format!(
            "Grafana refuses the key {name:?} because the service account{account} that holds it is disabled. It is not enabled \
             here because it holds other tokens too: enable it in Grafana under Administration > Service accounts."
        ),
    )
    .at(path!(is_disabled))
}

impl IntoDiagnostic for UpdateError {
    fn into_diagnostic(self) -> Diagnostic {
        match self {
            UpdateError::Failed(error) => error.into_diagnostic(),
            UpdateError::NoSuchRole(error) => no_such_role(&error),
            UpdateError::NotAlone(number) => Diagnostic::error(
                "The service account was not changed",
                format!(
                    "Key {number} is no longer the only token of the service account that it was last seen in. Plan again: the \
                     refresh reads where the key is now."
                ),
            ),
        }
    }
}

fn no_such_role(error: &Error) -> Diagnostic {
    let detail = format!(
        "{error}. Keys without a basic role are tokens of service accounts, which have the role `None` from Grafana 10.2 on. Set \
         `Viewer`, `Editor` or `Admin`, or upgrade Grafana."
    );
    Diagnostic::error("Role None is not available", detail).at(path!(role))
}

fn not_found(id: KeyId) -> Diagnostic {
    Diagnostic::error(
        "No such key to import",
        format!(
            "No list of organization {} shows a key or token {}. Where Grafana keeps keys in service accounts, import the ID of \
             the token, not of its account. Grafana lists at most 100 API keys, or 300 tokens of a service account, by name: \
             one beyond them cannot be imported.",
            id.org, id.number
        ),
    )
}

/// The warning for a key that is destroyed or replaced, and works until it expires.
pub(crate) fn left_until(end: Timestamp) -> Diagnostic {
    Diagnostic::warning(
        "The key stays valid after it is destroyed",
        format!(
            "`delete_on_destroy` is false in the state: Grafana accepts the key until {end}, when it expires. To end it at once, \
             set `delete_on_destroy` to true and apply first."
        ),
    )
    .at(path!(delete_on_destroy))
}

/// The error for a replacement under the name of a key that is left.
pub(crate) fn name_taken_until(end: Timestamp) -> Diagnostic {
    Diagnostic::error(
        "The name is taken until the old key expires",
        format!(
            "`delete_on_destroy` is false in the state, so the old key is there until {end}, and Grafana does not create another \
             key of the same name until then. Use `name_prefix` instead of `name`, or set `delete_on_destroy` to true and apply \
             first, after `terraform untaint` if the key is tainted. To rename a resource, use a `moved` block."
        ),
    )
    .at(path!(name))
}

/// The warning for a replacement that could not be checked; without an error, because the provider's configuration
/// is not known yet.
pub(crate) fn not_checked(error: Option<&Error>) -> Diagnostic {
    let why = match error {
        Some(error) => format!("{error}."),
        None => "The provider's configuration is not known yet.".to_owned(),
    };
    let detail = format!(
        "{why} So it was not checked that the organization is accessible and that the name and role are available there. \
         If they are not, the apply deletes the old key and then fails. Plan again once Grafana can be reached."
    );
    Diagnostic::warning("The replacement could not be checked", detail)
}

/// The warning for a new key that could not be created as things are.
pub(crate) fn not_creatable_now(why: Diagnostic) -> Diagnostic {
    let Diagnostic { summary, detail, path, .. } = why;
    let detail = format!(
        "{summary}. {detail} The apply fails unless it changes that before it creates the key: name what does so in `depends_on`."
    );
    Diagnostic::warning("The key could not be created now", detail).at(path)
}

/// The error for a key of Amazon Managed Grafana without a lifetime, or with one that is too long.
pub(crate) fn lifetime_not_allowed() -> Diagnostic {
    let detail = format!("{}: set `seconds_to_live`.", managed_lifetime());
    Diagnostic::error("Key lifetime not allowed", detail).at(path!(seconds_to_live))
}

/// The error for a key that may be in an organization, or not.
pub(crate) fn organization_unproven(org: super::OrgId) -> Diagnostic {
    let detail = format!(
        "`org_id` is {org} now, which may be another way to write the organization that the key is in, but Grafana lists neither the key \
         there nor all keys. If it is the same, the key must not be replaced. Set `org_id` as it was. For a key in another organization, \
         add another resource and remove this one."
    );
    Diagnostic::error("Cannot determine the key's organization", detail).at(path!(org_id))
}

/// The error for a key that would be left for ever.
pub(crate) fn left_without_end() -> Diagnostic {
    let detail = "`delete_on_destroy = false` leaves the key to its expiry, but this key never expires. Set `seconds_to_live`.";
    Diagnostic::error("The key never expires", detail).at(path!(delete_on_destroy))
}

/// The error for a key that is to be replaced while it is left, under its own name.
pub(crate) fn left_with_fixed_name() -> Diagnostic {
    let detail = "Within `early_rotation_window_seconds` the old key is left until it expires (`delete_on_destroy = false`), and \
                  Grafana does not create another key of the same name until then. Use `name_prefix` instead of `name`.";
    Diagnostic::error("A fixed name prevents the rotation", detail).at(path!(name))
}

/// The error for a key that would always be due.
pub(crate) fn window_too_long(window: i64, lifetime: i64) -> Diagnostic {
    let detail = format!(
        "Expected a window shorter than `seconds_to_live` ({lifetime}), but got {window}: every plan would replace the key."
    );
    Diagnostic::error("The rotation window is too long", detail)
        .at(path!(early_rotation_window_seconds))
}

/// The warning for a replacement without the lifetime that the old key had.
pub(crate) fn new_key_never_expires() -> Diagnostic {
    let detail = "The key that is replaced had an expiration, but the configuration gives the new one no lifetime. Set \
                  `seconds_to_live` if it should expire.";
    Diagnostic::warning("The new key never expires", detail).at(path!(seconds_to_live))
}

/// The error for a state whose `id` is not one.
pub(crate) fn unexpected_id(error: InvalidKeyId) -> Diagnostic {
    Diagnostic::error("Invalid ID in the state", error.to_string()).at(path!(id))
}

/// The error for an id to import that cannot be one.
pub(crate) fn invalid_import_id(error: InvalidKeyId) -> Diagnostic {
    Diagnostic::error("Invalid import ID", error.to_string())
}

/// The warning for a list that Grafana cuts.
pub(crate) fn list_cut(org: super::OrgId) -> Diagnostic {
    Diagnostic::warning(
        "The list of keys may be incomplete",
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
        let id = KeyId { org: 2.into(), number: 7 };
        let error = CreateError::NameTaken { name: "ci".to_owned(), id: Some(id) };
        let diagnostic = error.into_diagnostic();
        assert_eq!(diagnostic.path, path!(name));
        assert!(diagnostic.detail.contains("terraform import ADDRESS 2:7"), "{diagnostic}");
    }
}
