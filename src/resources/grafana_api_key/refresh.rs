//! What a refresh finds, and how it is told.

use jiff::{SignedDuration, Timestamp};
use tfplugin::{Diagnostic, Value, path};

use super::address::Address;
use super::schema::{ApiKey, BACKEND_API_KEY, BACKEND_SERVICE_ACCOUNT};
use crate::grafana::Error;
use crate::keys::{Home, Key, Removed};

/// The state of a key that is there, without its secret.
pub fn state_of(org: i64, key: &Key) -> ApiKey {
    let address = Address { org, key: key.id };
    let mut state = ApiKey {
        id: address.to_string().into(),
        org_id: org.to_string().into(),
        ..ApiKey::default()
    };
    found(&mut state, key);
    state
}

/// Takes over what Grafana shows.
pub(super) fn found(state: &mut ApiKey, key: &Key) {
    state.name = key.name.clone().into();
    if let Some(role) = key.role {
        state.role = role.to_string().into();
    }
    if time(&state.expiration) != key.expiration {
        state.expiration = key.expiration.map(|end| end.to_string()).into();
    }
    set_home(state, &key.home);
    judge(state, key.has_expired);
}

pub(crate) fn backend(home: &Home) -> &'static str {
    match home {
        Home::ApiKey => BACKEND_API_KEY,
        Home::ServiceAccount { .. } => BACKEND_SERVICE_ACCOUNT,
    }
}

pub(super) fn set_home(state: &mut ApiKey, home: &Home) {
    state.backend = backend(home).into();
    state.service_account_id = home.account().into();
}

/// Looks at the clock: is the key's time over, or nearly?
pub(super) fn judge(state: &mut ApiKey, has_expired: bool) {
    let now = Timestamp::now();
    let end = time(&state.expiration);
    let window = state.early_rotation_window_seconds.known().copied().unwrap_or(0);
    // A window that begins before time does is open.
    let opens = |end: Timestamp| end.checked_sub(SignedDuration::from_secs(window));
    let due = end.map(|end| opens(end).unwrap_or(Timestamp::MIN));
    let has_expired = has_expired || end.is_some_and(|end| end <= now);
    state.has_expired = has_expired.into();
    state.ready_for_rotation = (has_expired || due.is_some_and(|due| due <= now)).into();
}

/// A time in whatever spelling: the state may come from another provider.
fn time(text: &Value<String>) -> Option<Timestamp> {
    text.known()?.parse().ok()
}

/// The warning for a key that signs in though the lists that should show it do not.
pub(super) fn hidden(address: Address) -> Diagnostic {
    Diagnostic::warning(
        "Grafana does not list this key",
        format!(
            "No list of organization {} shows the key {}, but asked with it, Grafana knows it. Its state is kept as it is. Does \
             the key belong to another organization than `org_id` says, or the provider's sign-in to another one than before?",
            address.org, address.key
        ),
    )
}

/// The warning for a key that cannot be told to be there or gone.
pub(super) fn unproven(address: Address, error: Option<&Error>) -> Diagnostic {
    let asked = match error {
        Some(error) => format!("Asking with the key itself proved nothing: {error}."),
        None => "Its secret is not known, so that Grafana cannot be asked with it.".to_owned(),
    };
    Diagnostic::warning(
        "It cannot be told whether this key is there",
        format!(
            "No list shows the key {address}, which proves nothing: Grafana lists a hundred API keys at most, by name, and from \
             12.1 on none that has not been migrated to a service account. {asked} Its state is kept as it is. If the \
             key is gone, remove it with `terraform state rm`."
        ),
    )
}

/// The error for a key that has left its service account since the last refresh.
pub(super) fn moved_meanwhile(address: Address) -> Diagnostic {
    let detail = format!(
        "The key {address} is not in the service account that it was last seen in, so that nothing has been changed. Plan again: the refresh finds \
         where it is."
    );
    Diagnostic::error("The key is not where it was", detail).at(path!(role))
}

/// The error for a key to import that no list shows.
pub(super) fn not_found(address: Address) -> Diagnostic {
    Diagnostic::error(
        "No such key to import",
        format!(
            "No list of organization {} shows a key or token {}. Import the id of the key itself: where Grafana keeps keys in \
             service accounts, that is the id of the token, not of its account. Grafana lists a hundred API keys at most, by name: \
             one beyond them can be imported once it is migrated to a service account.",
            address.org, address.key
        ),
    )
}

/// What there is to say of a removal.
pub(crate) fn after_removal(removed: &Removed, name: &str) -> Option<Diagnostic> {
    match removed {
        Removed::Whole => None,
        Removed::TokenOnly { account, name: account_name, holds_others } => {
            let why = if *holds_others {
                "it holds other tokens"
            } else {
                "it was not made for this key"
            };
            Some(Diagnostic::warning(
                "The key's service account stays",
                format!(
                    "The key {name:?} is deleted. The service account {account_name:?} (id {account}) that held it stays, because {why}."
                ),
            ))
        }
        Removed::Unseen => Some(Diagnostic::warning(
            "It cannot be told whether the key is gone",
            format!(
                "No list shows the key {name:?}, and asking with it proved nothing: there was nothing to delete."
            ),
        )),
        Removed::StillThere { has_expired } => Some(Diagnostic::error(
            if *has_expired { "The key is still there" } else { "The key still signs in" },
            format!(
                "Grafana knows the key {name:?}, but lists it nowhere in its organization, so that it cannot be deleted. From \
                 12.1 on, a key that was not migrated to a service account is kept so: migrate it (Grafana does at its \
                 start, or `POST /api/serviceaccounts/migrate`), and destroy it again. Or does it belong to another organization?"
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(expiration: &str, window: i64) -> ApiKey {
        ApiKey {
            expiration: expiration.into(),
            early_rotation_window_seconds: window.into(),
            ..ApiKey::default()
        }
    }

    fn key(expiration: &str) -> Key {
        Key {
            id: 1,
            name: "ci".to_owned(),
            role: None,
            expiration: expiration.parse().ok(),
            has_expired: false,
            home: Home::ApiKey,
        }
    }

    #[test]
    fn times_are_compared_as_times() {
        let stored = "2026-12-22T05:38:52.000Z";
        let mut state = state(stored, 0);
        found(&mut state, &key("2026-12-22T05:38:52Z"));
        assert_eq!(state.expiration, stored.into());
        found(&mut state, &key("2026-12-22T05:38:53Z"));
        assert_eq!(state.expiration, "2026-12-22T05:38:53Z".into());
    }

    #[test]
    fn the_window_opens_before_the_end() {
        let at = |offset: i64| (Timestamp::now() + SignedDuration::from_secs(offset)).to_string();
        let judged = |offset, window| {
            let mut state = state(&at(offset), window);
            judge(&mut state, false);
            let known = |value: Value<bool>| value.into_known().unwrap();
            (known(state.has_expired), known(state.ready_for_rotation))
        };
        assert_eq!(judged(3600, 0), (false, false));
        assert_eq!(judged(3600, 7200), (false, true));
        assert_eq!(judged(-1, 0), (true, true));
        assert_eq!(judged(3600, i64::MAX), (false, true), "longer than time is");
    }

    #[test]
    fn what_never_ends_is_never_due() {
        let mut state = ApiKey { early_rotation_window_seconds: 60.into(), ..ApiKey::default() };
        judge(&mut state, false);
        assert_eq!(state.ready_for_rotation, false.into());
    }
}
