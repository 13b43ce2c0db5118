//! Service accounts and their tokens, from Grafana 9.1 on.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::api_keys::{CreatedKey, Deletion, impossible, life_limited, with_life, wrong_key};
use super::client::Client;
use super::error::{Error, ErrorKind};
use super::request::Request;
use super::role::Role;
use super::time;

const PAGE_SIZE: usize = 1000;

/// How many pages of accounts are read. No instance has as many.
const MAX_PAGES: usize = 100;

/// How many accounts are read, on pages of whatever size.
const MAX_ACCOUNTS: usize = PAGE_SIZE * MAX_PAGES;

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
    /// `None` if this client does not know the role.
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
    #[serde(default, deserialize_with = "time::optional")]
    pub created: Option<Timestamp>,
    /// When it was last used.
    #[serde(default, deserialize_with = "time::optional")]
    pub last_used_at: Option<Timestamp>,
    /// `None` if it never expires.
    #[serde(default, deserialize_with = "time::optional")]
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
pub(super) struct Page {
    total_count: usize,
    #[serde(default)]
    service_accounts: Option<Vec<ServiceAccount>>,
}

/// All pages of a search.
struct Pages {
    accounts: BTreeMap<i64, ServiceAccount>,
    /// How many there are, by the last page.
    count: usize,
    /// Whether all pages say the same.
    is_same_count: bool,
}

impl Page {
    fn accounts(&self) -> impl Iterator<Item = &ServiceAccount> {
        self.service_accounts.iter().flatten()
    }
}

#[derive(Deserialize)]
pub(super) struct Patched {
    serviceaccount: ServiceAccount,
}

impl ServiceAccounts {
    pub(super) fn new(client: Client) -> Self {
        Self(client)
    }

    /// `POST /api/serviceaccounts`. It is sent once: see [`Client::attempts`].
    ///
    /// # Errors
    /// [`ErrorKind::Conflict`] if the name is taken; else as every request: see [`Error::carried_out`].
    pub async fn create(&self, name: &str, role: Role) -> Result<ServiceAccount, Error> {
        let body = json!({"name": name, "role": role});
        let request = Request::post("/api/serviceaccounts", body);
        let wrong = |account: &ServiceAccount| match account.name == name {
            true => impossible([account.id]),
            false => Some("the new account has another name than was asked for"),
        };
        match self.0.fetch_checked(request, wrong).await {
            Ok(account) => Ok(account),
            Err(error) => Err(self.0.explained(name_taken(error)).await),
        }
    }

    /// `GET /api/serviceaccounts/:id`; `None` if it is not there.
    ///
    /// # Errors
    /// As every request.
    pub async fn get(&self, id: i64) -> Result<Option<ServiceAccount>, Error> {
        let wrong = |account: &ServiceAccount| other_account(account, id);
        match self.0.fetch_checked(Request::get(account_path(id)), wrong).await {
            Ok(account) => Ok(Some(account)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(self.0.explained(error).await),
        }
    }

    /// Every account whose name or login contains a text, `""` for all; ordered by id, whatever the
    /// number of pages.
    ///
    /// # Errors
    /// [`ErrorKind::TooMany`] for more than 100,000; [`ErrorKind::Unexpected`] if there are fewer
    /// than Grafana counts; else as every request.
    pub async fn search(&self, query: &str) -> Result<Vec<ServiceAccount>, Error> {
        let mut found = BTreeMap::new();
        // An account that is deleted meanwhile moves the others to other pages: one that comes to stand on a
        // page that was read before is seen the second time.
        for is_last in [false, true] {
            let Pages { accounts, count, is_same_count } = self.read_pages(query).await?;
            found.extend(accounts);
            if found.len() >= count && (is_last || is_same_count) {
                return Ok(found.into_values().collect());
            }
        }
        let reason = Some("it has fewer service accounts than it counts".to_owned());
        Err(Error::new(ErrorKind::Unexpected { reason }))
    }

    async fn read_pages(&self, query: &str) -> Result<Pages, Error> {
        let mut pages = Pages { accounts: BTreeMap::new(), count: 0, is_same_count: true };
        for number in 1..=MAX_PAGES {
            let request = Request::list("/api/serviceaccounts/search")
                .query("query", query)
                .query("perpage", PAGE_SIZE)
                .query("page", number);
            let wrong = |page: &Page| impossible(page.accounts().map(|account| account.id));
            let page = match self.0.fetch_checked(request, wrong).await {
                Ok(page) => page,
                Err(error) => return Err(self.0.explained(error).await),
            };
            let before = pages.accounts.len();
            pages.is_same_count &= number == 1 || page.total_count == pages.count;
            pages.count = page.total_count;
            let accounts = page.service_accounts.unwrap_or_default();
            pages.accounts.extend(accounts.into_iter().map(|account| (account.id, account)));
            let found = pages.accounts.len();
            if found >= pages.count || found == before {
                return Ok(pages);
            }
            if found > MAX_ACCOUNTS {
                break;
            }
        }
        let (what, limit) = ("service accounts", MAX_ACCOUNTS);
        Err(Error::new(ErrorKind::TooMany { what, limit }))
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
        let wrong = |patched: &Patched| other_account(&patched.serviceaccount, id);
        match self.0.fetch_checked(Request::patch(account_path(id), body), wrong).await {
            Ok(patched) => Ok(patched.serviceaccount),
            Err(error) => Err(self.0.explained(name_taken(error)).await),
        }
    }

    /// `DELETE /api/serviceaccounts/:id`, with all its tokens: it is sent once, see
    /// [`Client::attempts`].
    ///
    /// # Errors
    /// As every request.
    pub async fn delete(&self, id: i64) -> Result<Deletion, Error> {
        let request =
            Request::delete(account_path(id)).settled(&[ACCOUNT_NOT_DELETED]).repeats(false);
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
        let wrong = |tokens: &Option<Vec<ServiceAccountToken>>| {
            impossible(tokens.iter().flatten().map(|token| token.id))
        };
        match self.0.fetch_checked(Request::list(tokens_path(account)), wrong).await {
            Ok(tokens) => Ok(tokens.unwrap_or_default()),
            Err(error) if error.is_missing() => Ok(Vec::new()),
            Err(error) => Err(self.0.explained(error).await),
        }
    }

    /// `POST /api/serviceaccounts/:id/tokens`. It is sent once: see [`Client::attempts`].
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
        let request = Request::post(tokens_path(account), body);
        match self.0.fetch_checked(request, |created| wrong_key(created, name)).await {
            Ok(created) => {
                self.0.hide(&created.key);
                Ok(created)
            }
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
        match self.0.delete(request).await {
            Ok(_) => Ok(Deletion::Deleted),
            Err(error) if error.is_missing() => Ok(Deletion::AlreadyGone),
            Err(error) => Err(self.0.explained(error).await),
        }
    }
}

/// What is wrong with an account that was to have that id.
fn other_account(account: &ServiceAccount, id: i64) -> Option<&'static str> {
    (account.id != id).then_some("it is about another service account than was asked for")
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
