//! Tokens: an ephemeral resource that is given back when the run ends.

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
pub struct Issued {
    zone: String,
    id: String,
}

/// The ephemeral resource `zones_token`.
pub struct TokenResource(pub Client);

#[async_trait]
impl EphemeralResource for TokenResource {
    type Model = Token;
    type Private = Issued;

    async fn open(&self, config: Token, cx: &Context<Issued>) -> Outcome<Opened<Token>> {
        let zone = config.zone.known().cloned().unwrap_or_default();
        let issued = self.0.create_token(&zone).await.at(path!(zone))?;
        cx.set_private(Issued { zone, id: issued.id });
        Ok(Done::new(Token { token: Secret::from(issued.token).into(), ..config }.into()))
    }

    async fn close(&self, cx: &Context<Issued>) -> Outcome<()> {
        let Issued { zone, id } = cx.private();
        Ok(Done::new(self.0.revoke_token(&zone, &id).await?))
    }
}
