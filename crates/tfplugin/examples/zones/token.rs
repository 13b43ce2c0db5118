//! Tokens: an ephemeral resource that is given back when the run ends.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use tfplugin::{
    At, Context, Done, EphemeralResource, Opened, Outcome, Schema, Secret, Value, async_trait, path,
};

use super::client::Client;

/// A token for one zone, which is revoked when the run ends.
#[derive(Schema)]
#[ephemeral("zones_token")]
pub struct Token {
    /// The zone's domain.
    #[attr(required)]
    zone: Value<String>,
    /// The token.
    #[attr(computed, sensitive)]
    token: Value<Secret>,
}

/// What closing has to know. It holds no secret: Terraform keeps it in clear.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Open {
    zone: String,
    id: String,
}

pub struct TokenResource(pub Client);

#[async_trait]
impl EphemeralResource for TokenResource {
    type Model = Token;
    type Private = Open;

    async fn open(&self, config: Token, cx: &Context<Open>) -> Outcome<Opened<Token>> {
        let zone = config.zone.known().cloned().unwrap_or_default();
        let issued = self.0.change(Method::POST, &["zones", &zone, "tokens"], &()).await;
        let (id, token): (String, Secret) = issued.at(path!(zone))?;
        cx.set_private(Open { zone, id });
        Ok(Done::new(Token { token: token.into(), ..config }.into()))
    }

    async fn close(&self, cx: &Context<Open>) -> Outcome<()> {
        let Open { zone, id } = cx.private();
        Ok(Done::new(self.0.delete(&["zones", &zone, "tokens", &id]).await?))
    }
}
