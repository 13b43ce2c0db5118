//! Lists cut into pages by `maxResults` and `nextToken`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

use super::failure::Failure;
use super::request::Request;

/// What the service model allows for `maxResults`, and what a call without it gets.
const MOST: usize = 100;

/// One page of a list, and the token of the next.
#[derive(Debug)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next_token: Option<String>,
}

impl<T> Page<T> {
    /// Puts `nextToken` into an answer, if there is a next page.
    pub fn add_token(self, body: &mut Value) {
        if let Some(token) = self.next_token {
            body["nextToken"] = token.into();
        }
    }
}

/// The page of `items` that `request` asks for. `key` is the item's own, by which the list is
/// ordered: an item that goes away between two pages hides no other.
pub fn of<T>(
    request: &Request,
    mut items: Vec<T>,
    key: impl Fn(&T) -> String,
) -> Result<Page<T>, Failure> {
    let size = size(request)?;
    items.sort_by_key(&key);
    if let Some(token) = request.parameter("nextToken") {
        let after = decode(&token)
            .ok_or_else(|| Failure::field("nextToken", "Member must be a token of this list"))?;
        items.retain(|item| key(item) > after);
    }
    let more = items.len() > size;
    items.truncate(size);
    let next_token = items.last().filter(|_| more).map(|last| URL_SAFE_NO_PAD.encode(key(last)));
    Ok(Page { items, next_token })
}

fn size(request: &Request) -> Result<usize, Failure> {
    match request.parameter("maxResults") {
        None => Ok(MOST),
        Some(text) => match text.parse() {
            Ok(size) if (1..=MOST).contains(&size) => Ok(size),
            _ => Err(Failure::field(
                "maxResults",
                format!("Member must have value between 1 and {MOST}"),
            )),
        },
    }
}

fn decode(token: &str) -> Option<String> {
    String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()
}
