//! Ephemeral resources: values that live for one run and are never stored.

use async_trait::async_trait;
use jiff::Timestamp;

use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::outcome::{Done, Outcome};
use crate::private::PrivateState;
use crate::schema::Model;

/// An ephemeral resource.
///
/// Terraform does not close it after a failed apply or Ctrl-C: the framework closes what is still
/// open before it answers Shutdown. What `close` needs is remembered in the private state ([`Context::set_private`]).
#[async_trait]
pub trait EphemeralResource: Send + Sync + 'static {
    /// Its schema and typed values.
    type Model: Model;
    /// What `renew` and `close` have to know of what `open` made; `()` where nothing is.
    type Private: PrivateState;

    /// Opens it. After an error of its own it must leave nothing behind: Terraform will not close it.
    async fn open(
        &self,
        config: Self::Model,
        cx: &Context<Self::Private>,
    ) -> Outcome<Opened<Self::Model>>;

    /// Extends its life; the value itself cannot change. Called at the time `open` asked for.
    async fn renew(&self, cx: &Context<Self::Private>) -> Outcome<Option<Timestamp>> {
        let _ = cx;
        Ok(Done::new(None))
    }

    /// Removes what `open` made. The user's stop does not reach it: it must end by itself.
    async fn close(&self, cx: &Context<Self::Private>) -> Outcome<()>;

    /// Checks what no single attribute can: called with the configuration, offline.
    fn validate(config: &Self::Model) -> Vec<Diagnostic> {
        let _ = config;
        Vec::new()
    }
}

/// An opened ephemeral resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened<T> {
    /// The configuration, completed.
    pub model: T,
    /// When Terraform should ask to renew it, if ever.
    pub renew_at: Option<Timestamp>,
}

impl<T> From<T> for Opened<T> {
    fn from(model: T) -> Self {
        Opened { model, renew_at: None }
    }
}
