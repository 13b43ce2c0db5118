//! A typed client of the Grafana HTTP API.
//!
//! [`Client::new`] makes a client of the instance at a [`RootUrl`], and each part of the API has its
//! own handle: [`Client::api_keys`], [`Client::service_accounts`], [`Client::licensing`], and
//! [`Client::instance`] for what the instance says about itself. [`Limits`] end requests early.
//! [`license_token`] reads a license token without any instance.
//!
//! What holds for every request:
//! - A refused sign-in is not sent again, because Grafana locks a user after five wrong passwords.
//!   Only one that has been good may be, within bounds, where `401` is to be retried.
//! - A request is repeated only when that cannot do anything twice; [`Error::carried_out`] tells
//!   what a failed one may have done. What creates or removes something is sent once: whoever calls
//!   looks, and sends it again as [`Attempts`] allow.
//! - No error, log line or `Debug` output holds a secret.
//!
//! Nothing here knows of Terraform.

mod about;
mod answer;
mod api_keys;
mod auth;
mod call;
mod claims;
mod client;
mod error;
#[cfg(all(unix, any(test, fuzzing)))]
pub(crate) mod hostile;
mod instance;
pub mod license_token;
mod licensing;
mod limits;
mod request;
mod retry;
mod role;
mod root_url;
mod service_accounts;
mod session;
mod settings;
mod sign_in;
mod status_codes;
mod time;
mod tls;
mod transport;

pub use about::{Edition, Health, Instance};
pub use api_keys::{ApiKey, ApiKeyList, ApiKeys, CreatedKey, Deletion, LIST_LIMIT, Probe};
pub use auth::{Auth, InvalidAuth};
pub use call::Call;
pub use claims::{Claims, Shown};
pub use client::{Client, WeakClient};
#[cfg(test)]
pub(crate) use error::samples::samples as error_samples;
pub use error::{Error, ErrorKind, GivenUp, LifeLimit};
pub use licensing::{ActiveUsers, Licensing};
pub use limits::Limits;
pub use retry::Attempts;
pub use role::{Role, UnknownRole};
pub use root_url::{
    InvalidRootUrl, LONGEST_MANAGED_LIFETIME, RootUrl, same_root_url, without_userinfo,
};
pub use service_accounts::{
    ServiceAccount, ServiceAccountChanges, ServiceAccountToken, ServiceAccounts,
};
pub use settings::{Settings, SettingsError};
pub use status_codes::{InvalidStatusPattern, StatusPattern};
