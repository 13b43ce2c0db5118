//! API keys, up to Grafana 12.0.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{Client, INVALID_API_KEY};
use super::error::{Error, ErrorKind, LifeLimit};
use super::instance::OwnOrganization;
use super::request::{Request, SignedBy};
use super::role::Role;
use super::time;

/// How many rows a list of API keys has at most. Grafana has no paging: absence from a list this
/// long proves nothing.
pub const LIST_LIMIT: usize = 100;

/// `/api/auth/keys` of one organization, from [`Client::api_keys`].
#[derive(Debug, Clone)]
pub struct ApiKeys(Client);

/// An API key as Grafana lists it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct ApiKey {
    /// Number, of one sequence with service account tokens; it survives the migration to one.
    pub id: i64,
    /// Unique in the organization; any characters.
    pub name: String,
    /// `None` if this client does not know the role.
    #[serde(default, deserialize_with = "Role::tolerant")]
    pub role: Option<Role>,
    /// `None` if it never expires.
    #[serde(default, deserialize_with = "time::optional")]
    pub expiration: Option<Timestamp>,
}

/// An answer to [`ApiKeys::list`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKeyList {
    /// Ordered by name.
    pub keys: Vec<ApiKey>,
    /// Whether keys may be missing from it, because it has [`LIST_LIMIT`] rows.
    pub may_be_cut: bool,
}

/// A new key or service account token, with its secret, which Grafana shows this once.
#[derive(Debug, Clone, Deserialize)]
pub struct CreatedKey {
    /// Number.
    pub id: i64,
    /// Name as given.
    pub name: String,
    /// What to sign in with.
    pub key: SecretString,
}

/// How a deletion ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// It was there.
    Deleted,
    /// It was not.
    AlreadyGone,
}

/// What asking with a key itself told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Probe {
    /// It signs in.
    Alive {
        /// Organization it belongs to.
        org_id: i64,
    },
    /// It is there and has expired.
    Expired,
    /// It is there, and Grafana has withdrawn it.
    Revoked,
    /// It is not there.
    Gone,
    /// It is there, and its service account is disabled.
    Disabled,
    /// The answer proves nothing. From 10.4 on Grafana refuses a key that is gone just so, as
    /// [`ErrorKind::Refused`] with the word `Unauthorized` and no id; so does many a proxy.
    Unproven(Error),
}

impl ApiKeys {
    pub(super) fn new(client: Client) -> Self {
        Self(client)
    }

    /// `GET /api/auth/keys`.
    ///
    /// # Errors
    /// [`Error::is_not_offered`] from Grafana 12.1 on; else as every request.
    pub async fn list(&self, include_expired: bool) -> Result<ApiKeyList, Error> {
        let request = Request::list("/api/auth/keys").query("includeExpired", include_expired);
        let wrong = |keys: &Vec<ApiKey>| impossible(keys.iter().map(|key| key.id));
        match self.0.fetch_checked(request, wrong).await {
            Ok(keys) => Ok(ApiKeyList { may_be_cut: keys.len() >= LIST_LIMIT, keys }),
            Err(error) => Err(self.0.explained(error).await),
        }
    }

    /// `POST /api/auth/keys`. It is sent once: see [`Client::attempts`].
    ///
    /// # Errors
    /// [`Error::is_not_offered`] from Grafana 11.3 on; [`ErrorKind::Conflict`] if the name is
    /// taken; [`ErrorKind::LifeLimited`] if the server limits life; else as every request: see
    /// [`Error::carried_out`].
    pub async fn create(
        &self,
        name: &str,
        role: Role,
        seconds_to_live: Option<i64>,
    ) -> Result<CreatedKey, Error> {
        let mut body = json!({"name": name, "role": role});
        with_life(&mut body, seconds_to_live);
        let request = Request::post("/api/auth/keys", body);
        match self.0.fetch_checked(request, |created| wrong_key(created, name)).await {
            Ok(created) => {
                self.0.hide(&created.key);
                Ok(created)
            }
            Err(error) => Err(self.0.explained(life_limited(error)).await),
        }
    }

    /// `DELETE /api/auth/keys/:id`.
    ///
    /// # Errors
    /// [`Error::is_not_offered`] from Grafana 12.1 on, which tells nothing about the key; else as
    /// every request.
    pub async fn delete(&self, id: i64) -> Result<Deletion, Error> {
        match self.0.delete(Request::delete(format!("/api/auth/keys/{id}"))).await {
            Ok(_) => Ok(Deletion::Deleted),
            Err(error) if error.is_missing() => Ok(Deletion::AlreadyGone),
            Err(error) => Err(self.0.explained(error).await),
        }
    }

    /// Asks with a key itself (`GET /api/org`) whether it is there: an API key or a service account
    /// token of any organization. It neither uses nor judges the client's own sign-in.
    pub async fn probe(&self, key: &SecretString) -> Probe {
        let request = OwnOrganization::request().signed_by(SignedBy::Key(key.clone()));
        let request = request.settled(&[INVALID_API_KEY]);
        match self.0.fetch_checked(request, |own: &OwnOrganization| impossible([own.id])).await {
            Ok(own) => Probe::Alive { org_id: own.id },
            Err(error) => probed(error),
        }
    }
}

fn probed(error: Error) -> Probe {
    let (message, id) = (error.message(), error.message_id());
    match error.kind() {
        ErrorKind::Refused => {}
        ErrorKind::Server if message == Some(INVALID_API_KEY) => return Probe::Gone,
        _ => return Probe::Unproven(error),
    }
    let says = |words: &str| message.is_some_and(|text| text.eq_ignore_ascii_case(words));
    if says(INVALID_API_KEY) {
        Probe::Gone
    } else if says("Expired API key") || id == Some("api-key.expired") {
        Probe::Expired
    } else if says("Revoked token") || says("Revoked API key") || id == Some("api-key.revoked") {
        Probe::Revoked
    } else if says("Service account is disabled") || id == Some("identity.disabled") {
        Probe::Disabled
    } else {
        Probe::Unproven(error)
    }
}

/// What is wrong with ids: Grafana counts from 1.
pub(super) fn impossible(ids: impl IntoIterator<Item = i64>) -> Option<&'static str> {
    ids.into_iter().any(|id| id <= 0).then_some("an id is not positive")
}

/// What is wrong with a key that was to have that name.
pub(super) fn wrong_key(created: &CreatedKey, name: &str) -> Option<&'static str> {
    if created.key.expose_secret().is_empty() {
        Some("the new key has no secret")
    } else if created.name != name {
        Some("the new key has another name than was asked for")
    } else {
        impossible([created.id])
    }
}

pub(super) fn with_life(body: &mut Value, seconds_to_live: Option<i64>) {
    if let Some(seconds) = seconds_to_live {
        body["secondsToLive"] = seconds.into();
    }
}

/// Recognises a server that limits how long keys and tokens live.
pub(super) fn life_limited(error: Error) -> Error {
    if *error.kind() != ErrorKind::Invalid {
        return error;
    }
    let says = |words| error.message().is_some_and(|message| message.contains(words));
    if says("Number of seconds before expiration should be set") {
        error.with_kind(ErrorKind::LifeLimited(LifeLimit::Required))
    } else if says("is greater than the global limit") {
        error.with_kind(ErrorKind::LifeLimited(LifeLimit::TooLong))
    } else {
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grafana::call::Call;
    use crate::http::{Quoted, Redactor};

    fn answer(kind: ErrorKind, message: &str) -> Error {
        Error::of(&Call::example(), kind).says(Some(Redactor::default().quote(message)))
    }

    fn refused(message: &str) -> Probe {
        probed(answer(ErrorKind::Refused, message))
    }

    fn failed(message: &str) -> Probe {
        probed(answer(ErrorKind::Server, message))
    }

    #[test]
    fn a_probe_believes_only_known_answers() {
        assert_eq!(refused("Expired API key"), Probe::Expired);
        assert_eq!(refused("Service account is disabled"), Probe::Disabled);
        for revoked in ["Revoked token", "Revoked API key"] {
            assert_eq!(refused(revoked), Probe::Revoked);
        }
        for dead in ["invalid API key", "Invalid API key"] {
            assert_eq!(refused(dead), Probe::Gone);
        }
        assert_eq!(failed("invalid API key"), Probe::Gone);
        let disabled = answer(ErrorKind::Refused, "Unauthorized");
        let disabled = disabled.with_message_id(Some(Quoted::constant("identity.disabled")));
        assert_eq!(probed(disabled), Probe::Disabled);
        assert!(matches!(refused("Unauthorized"), Probe::Unproven(_)));
        assert!(matches!(failed("Expired API key"), Probe::Unproven(_)));
        assert!(matches!(failed("database is locked"), Probe::Unproven(_)));
        let other = answer(ErrorKind::Forbidden { permission: None }, "");
        assert_eq!(probed(other.clone()), Probe::Unproven(other));
    }

    #[test]
    fn limits_on_life_are_recognised() {
        let limit = |message: &str| match life_limited(answer(ErrorKind::Invalid, message)).kind() {
            ErrorKind::LifeLimited(limit) => Some(*limit),
            _ => None,
        };
        assert_eq!(
            limit("Number of seconds before expiration should be set"),
            Some(LifeLimit::Required)
        );
        assert_eq!(
            limit("Number of seconds before expiration is greater than the global limit"),
            Some(LifeLimit::TooLong)
        );
        assert_eq!(limit("bad request data"), None);
    }

    #[test]
    fn a_created_key_hides_its_secret() {
        let created: CreatedKey =
            serde_json::from_value(json!({"id": 1, "name": "a", "key": "hunter2"})).unwrap();
        assert!(!format!("{created:?}").contains("hunter2"));
    }
}
