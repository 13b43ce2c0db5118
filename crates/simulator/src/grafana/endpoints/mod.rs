//! The handlers, by what they are about.

pub(super) mod accounts;
pub(super) mod api_keys;
mod binding;
pub(super) mod instance;
pub(super) mod licensing;
pub(super) mod migration;
pub(super) mod organizations;
pub(super) mod tokens;
pub(super) mod users;

use jiff::Timestamp;
use md5::{Digest as _, Md5};
use serde_json::{Value, json};

/// Path of the picture shown for a name without an address.
fn avatar(name: &str) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let address = format!("{}@localhost", letters.to_ascii_lowercase());
    let hash = u128::from_be_bytes(Md5::digest(address).into());
    format!("/avatar/{hash:032x}")
}

/// RFC 3339 in whole seconds, as Grafana's database keeps them.
fn time(time: Timestamp) -> Value {
    let seconds = Timestamp::from_second(time.as_second()).unwrap_or(time);
    json!(seconds.to_string())
}
