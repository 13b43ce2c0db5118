//! What a provider offers, without the provider.

use serde_json::json;

use super::Client;
use crate::offers::Offers;
use crate::outcome::{Done, Outcome};
use crate::provider::{Provider, Run};
use crate::{Schema, async_trait};

/// A provider that needs no configuration.
struct Of<C> {
    offers: Offers<C>,
    configured: C,
}

/// Nothing to configure.
#[derive(Schema)]
#[provider]
struct Nothing {}

#[async_trait]
impl<C: Clone + Send + Sync + 'static> Provider for Of<C> {
    type Config = Nothing;
    type Configured = C;

    fn address(&self) -> &str {
        "registry.terraform.io/example/test"
    }

    fn version(&self) -> &str {
        "0.0.0"
    }

    fn offers(&self) -> Offers<C> {
        self.offers.clone()
    }

    async fn configure(&self, _: Nothing, _: &Run) -> Outcome<C> {
        Ok(Done::new(self.configured.clone()))
    }
}

impl Client {
    /// Serves what is offered, made from `configured`, as a provider of its own that is configured already: a test of
    /// one resource needs no more.
    ///
    /// ```
    /// use tfplugin::testing::{Client, json};
    /// use tfplugin::{Function, FunctionError, Offers, Parameters};
    ///
    /// /// The length of a text.
    /// #[derive(Parameters)]
    /// #[function("length")]
    /// struct LengthOf {
    ///     /// The text.
    ///     text: String,
    /// }
    ///
    /// struct Length;
    ///
    /// impl Function for Length {
    ///     type Parameters = LengthOf;
    ///     type Return = i64;
    ///
    ///     fn call(&self, LengthOf { text }: LengthOf) -> Result<i64, FunctionError> {
    ///         Ok(text.chars().count() as i64)
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let client = Client::of(Offers::new().function(Length), ()).await;
    /// assert_eq!(client.call("length", &[json!("three")]).await, Ok(json!(5)));
    /// # }
    /// ```
    ///
    /// # Panics
    /// As [`start`](Client::start).
    pub async fn of<C: Clone + Send + Sync + 'static>(offers: Offers<C>, configured: C) -> Self {
        let client = Self::start(Of { offers, configured }).await;
        client.configure(json!({})).await;
        client
    }
}
