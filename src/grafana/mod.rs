//! A typed client of the Grafana HTTP API.
//!
//! [`Settings`] say how to reach an instance, [`Client::new`] makes a client of them, or
//! [`Client::with_source`] where address and sign-in are found by a [`SignInSource`], and each part
//! of the API has its own handle: [`Client::api_keys`], [`Client::service_accounts`],
//! [`Client::licensing`], and [`Client::instance`] for what the instance says about itself.
//! [`license_token`] reads a license token without any instance.
//!
//! What holds for every request:
//! - A refused sign-in is never sent twice, because Grafana locks a user after five wrong
//!   passwords.
//! - A request is repeated only when that cannot do anything twice; [`Error::carried_out`] tells
//!   what a failed one may have done.
//! - No error, log line or `Debug` output holds a secret.
//!
//! Nothing here knows of Terraform.

mod answer;
mod api_keys;
mod auth;
mod call;
mod claims;
mod client;
mod error;
mod instance;
mod json;
pub mod license_token;
mod licensing;
mod request;
mod retry;
mod role;
mod service_accounts;
mod session;
mod settings;
mod sign_in;
mod source;
mod status_codes;
mod tls;
mod transport;

pub use api_keys::{ApiKey, ApiKeyList, ApiKeys, CreatedKey, Deletion, LIST_LIMIT, Probe};
pub use auth::Auth;
pub use call::Call;
pub use claims::Claims;
pub use client::Client;
pub use error::{Error, ErrorKind, LifeLimit};
pub use instance::{Edition, Health, Instance, Organization, same_root_url};
pub use licensing::{ActiveUsers, Licensing};
pub use role::{Role, UnknownRole};
pub use service_accounts::{
    ServiceAccount, ServiceAccountChanges, ServiceAccountToken, ServiceAccounts,
};
pub use settings::{Settings, SettingsError};
pub use source::{SignInSource, SignedIn};
pub use status_codes::StatusPattern;
