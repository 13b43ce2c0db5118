//! What is still there when a key is gone, or was to go.

use tfplugin::Diagnostic;

use super::super::delete::KeptAccount;
use super::super::id::KeyId;
use crate::grafana::RootUrl;
use crate::http::Quoted;

/// The warning for a service account that a deleted key leaves.
pub(crate) fn account_kept(key: &Quoted, account: &KeptAccount) -> Diagnostic {
    let KeptAccount { id, name, has_other_tokens } = account;
    let why = match has_other_tokens {
        true => "it holds other tokens",
        false => "it was not created for this key",
    };
    Diagnostic::warning(
        "The key's service account is kept",
        format!(
            "The key \"{key}\" is deleted. The service account \"{name}\" (ID {id}) that held it is kept, because {why}."
        ),
    )
}

/// The warning for an ephemeral key that could not be deleted, which nobody will try again.
pub(crate) fn ephemeral_key_kept(id: KeyId, end: Option<&str>) -> Diagnostic {
    let end = end.map_or_else(String::new, |end| format!(" until {end}"));
    Diagnostic::warning(
        "An ephemeral key is left in Grafana",
        format!(
            "The ephemeral key {id} was not deleted and works{end}. Delete it in Grafana if that is too long."
        ),
    )
}

/// The warning for a key that another Grafana does not have than the one that created it.
pub(crate) fn created_elsewhere(id: KeyId, creator: &str, url: &RootUrl) -> Diagnostic {
    Diagnostic::warning(
        "The key was created at another URL",
        format!(
            "Grafana at {url} has no key {id}. It was created at {creator}, and may still be there. If so, correct the \
             provider's `url` before you apply: with the apply, the state forgets the key and its secret."
        ),
    )
}
