//! Service accounts and their tokens, from Grafana 9.1 on.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::api_keys::{CreatedKey, Deletion, life_limited, with_life};
use super::client::Client;
use super::error::{Error, ErrorKind};
use super::json::time;
use super::request::Request;
use super::role::Role;

const PAGE_SIZE: usize = 1000;

/// 9.4 says this, with 500, of an account that is not there.
const ACCOUNT_NOT_DELETED: &str = "Service account deletion error";

/// 9.4 says this, with 500, of a token that is not there.
const TOKEN_NOT_DELETED: &str = "Failed to delete service account token";

/// `/api/serviceaccounts` of one organization, from [`Client::service_accounts`]. Every call fails
/// with [`ErrorKind::NotOffered`] on Grafana 8.4.
#[derive(Debug, Clone)]
pub struct ServiceAccounts(Client);

/// A service account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccount {
    /// Number.
    pub id: i64,
    /// Unique in the organization.
    pub name: String,
    /// `sa-` and a form of the name; `sa-autogen-ORG-NAME` if Grafana made the account of an API
    /// key.
    #[serde(default)]
    pub login: String,
    /// Organization.
    #[serde(default)]
    pub org_id: i64,
    /// Whether its tokens are refused.
    #[serde(default)]
    pub is_disabled: bool,
    /// Nothing if it is a role not known here.
    #[serde(default, deserialize_with = "Role::tolerant")]
    pub role: Option<Role>,
    /// How many tokens it has; only a search tells.
    #[serde(default)]
    pub tokens: Option<i64>,
}

/// A token of a service account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccountToken {
    /// Number, of one sequence with API keys.
    pub id: i64,
    /// Unique in the organization, API keys included.
    pub name: String,
    /// When it was made.
    #[serde(default, deserialize_with = "time")]
    pub created: Option<Timestamp>,
    /// When it was last used.
    #[serde(default, deserialize_with = "time")]
    pub last_used_at: Option<Timestamp>,
    /// When it expires; nothing if never.
    #[serde(default, deserialize_with = "time")]
    pub expiration: Option<Timestamp>,
    /// Whether that is past.
    #[serde(default)]
    pub has_expired: bool,
    /// Whether Grafana has withdrawn it.
    #[serde(default)]
    pub is_revoked: Option<bool>,
}

/// What to change of a service account; what is absent stays.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccountChanges {
    /// New name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// New role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// Whether its tokens are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_disabled: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    total_count: usize,
    #[serde(default)]
    service_accounts: Option<Vec<ServiceAccount>>,
}

#[derive(Deserialize)]
struct Patched {
    serviceaccount: ServiceAccount,
}

impl ServiceAccounts {
    pub(super) fn new(client: Client) -> Self {
        Self(client)
    }

    /// `POST /api/serviceaccounts`. Sent again only if it was certainly not carried out.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if the name is taken; else as every request: see [`Error::carried_out`].
    pub async fn create(&self, name: &str, role: Role) -> Result<ServiceAccount, Error> {
        let body = json!({"name": name, "role": role});
        match self.0.fetch(Request::post("/api/serviceaccounts", body)).await {
            Ok(account) => Ok(account),
            Err(error) => Err(self.0.explained(name_taken(error)).await),
        }
    }

    /// `GET /api/serviceaccounts/:id`; nothing if it is not there.
    ///
    /// # Errors
    /// As every request.
    pub async fn get(&self, id: i64) -> Result<Option<ServiceAccount>, Error> {
        match self.0.fetch(Request::get(account_path(id))).await {
            Ok(account) => Ok(Some(account)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(self.0.explained(error).await),
        }
    }

    /// Every account whose name or login contains a text, `""` for all; ordered by id, whatever the
    /// number of pages.
    ///
    /// # Errors
    /// As every request.
    pub async fn search(&self, query: &str) -> Result<Vec<ServiceAccount>, Error> {
        let mut found = BTreeMap::new();
        for page in 1.. {
            let page = self.page(query, page).await?;
            let before = found.len();
            let accounts = page.service_accounts.unwrap_or_default();
            found.extend(accounts.into_iter().map(|account| (account.id, account)));
            if found.len() == before || found.len() >= page.total_count {
                break;
            }
        }
        Ok(found.into_values().collect())
    }

    async fn page(&self, query: &str, page: usize) -> Result<Page, Error> {
        let request = Request::get("/api/serviceaccounts/search")
            .query("query", query)
            .query("perpage", PAGE_SIZE)
            .query("page", page);
        match self.0.fetch(request).await {
            Ok(page) => Ok(page),
            Err(error) => Err(self.0.explained(error).await),
        }
    }

    /// `PATCH /api/serviceaccounts/:id`; the account as it is afterwards.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if it is not there; [`ErrorKind::Conflict`] if the new name is taken; else
    /// as every request.
    pub async fn update(
        &self,
        id: i64,
        changes: &ServiceAccountChanges,
    ) -> Result<ServiceAccount, Error> {
        let body = json!(changes);
        match self.0.fetch::<Patched>(Request::patch(account_path(id), body)).await {
            Ok(patched) => Ok(patched.serviceaccount),
            Err(error) => Err(self.0.explained(name_taken(error)).await),
        }
    }

    /// `DELETE /api/serviceaccounts/:id`, with all its tokens.
    ///
    /// # Errors
    /// As every request.
    pub async fn delete(&self, id: i64) -> Result<Deletion, Error> {
        let request = Request::delete(account_path(id)).settled(&[ACCOUNT_NOT_DELETED]);
        let error = match self.deleted(request).await {
            Err(error) if says(&error, ACCOUNT_NOT_DELETED) => error,
            settled => return settled,
        };
        match self.get(id).await? {
            Some(_) => Err(error),
            None => Ok(Deletion::AlreadyGone),
        }
    }

    /// `GET /api/serviceaccounts/:id/tokens`. An account that is not there has none either.
    ///
    /// # Errors
    /// As every request.
    pub async fn tokens(&self, account: i64) -> Result<Vec<ServiceAccountToken>, Error> {
        match self.0.fetch::<Option<Vec<_>>>(Request::get(tokens_path(account))).await {
            Ok(tokens) => Ok(tokens.unwrap_or_default()),
            Err(error) if error.is_missing() => Ok(Vec::new()),
            Err(error) => Err(self.0.explained(error).await),
        }
    }

    /// `POST /api/serviceaccounts/:id/tokens`. Sent again only if it was certainly not carried out.
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if any token or API key of the organization has the name;
    /// [`ErrorKind::NotFound`] if there is no such account; [`ErrorKind::LifeLimited`] if the server limits
    /// life; else as every request: see [`Error::carried_out`].
    pub async fn create_token(
        &self,
        account: i64,
        name: &str,
        seconds_to_live: Option<i64>,
    ) -> Result<CreatedKey, Error> {
        let mut body = json!({"name": name});
        with_life(&mut body, seconds_to_live);
        match self.0.fetch(Request::post(tokens_path(account), body)).await {
            Ok(created) => Ok(created),
            Err(error) => Err(self.0.explained(name_taken(life_limited(error))).await),
        }
    }

    /// `DELETE /api/serviceaccounts/:id/tokens/:tokenId`.
    ///
    /// # Errors
    /// As every request.
    pub async fn delete_token(&self, account: i64, token: i64) -> Result<Deletion, Error> {
        let path = format!("{}/{token}", tokens_path(account));
        let request = Request::delete(path).settled(&[TOKEN_NOT_DELETED]);
        let error = match self.deleted(request).await {
            Err(error) if says(&error, TOKEN_NOT_DELETED) => error,
            settled => return settled,
        };
        let tokens = self.tokens(account).await?;
        if tokens.iter().any(|left| left.id == token) {
            Err(error)
        } else {
            Ok(Deletion::AlreadyGone)
        }
    }

    async fn deleted(&self, request: Request) -> Result<Deletion, Error> {
        match self.0.send(request).await {
            Ok(_) => Ok(Deletion::Deleted),
            Err(error) if error.is_missing() => Ok(Deletion::AlreadyGone),
            Err(error) => Err(self.0.explained(error).await),
        }
    }
}

fn account_path(id: i64) -> String {
    format!("/api/serviceaccounts/{id}")
}

fn tokens_path(account: i64) -> String {
    format!("/api/serviceaccounts/{account}/tokens")
}

fn says(error: &Error, words: &str) -> bool {
    *error.kind() == ErrorKind::Server && error.message() == Some(words)
}

/// Grafana answers 400 to a name that is taken: 9.4 in words that say little, later versions
/// plainly.
fn name_taken(error: Error) -> Error {
    let is_taken = error.message().is_some_and(|message| {
        message == "Failed to create service account" || message.contains("already exists")
    });
    match error.kind() {
        ErrorKind::Invalid if is_taken => error.with_kind(ErrorKind::Conflict),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changes_is_sent() {
        let changes = ServiceAccountChanges { role: Some(Role::Editor), ..Default::default() };
        assert_eq!(json!(changes), json!({"role": "Editor"}));
    }

    #[test]
    fn an_unknown_role_does_not_spoil_a_list() {
        let account: ServiceAccount =
            serde_json::from_value(json!({"id": 1, "name": "a", "role": "Boss"})).unwrap();
        assert_eq!(account.role, None);
    }
}
