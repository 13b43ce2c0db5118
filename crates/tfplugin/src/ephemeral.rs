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
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use tfplugin::testing::{Client, json};
/// use tfplugin::{Context, Done, EphemeralResource, Offers, Opened, Outcome, Schema, Secret, Value, async_trait};
///
/// /// A password for one run.
/// #[derive(Schema)]
/// #[ephemeral("cloud_password")]
/// struct Password {
///     /// Whose.
///     #[attr(required)]
///     user: Value<String>,
///     /// The password.
///     #[attr(computed, sensitive)]
///     password: Value<Secret>,
/// }
///
/// /// What closing needs; never a secret, since Terraform keeps it in clear.
/// #[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
/// struct Issued {
///     id: u32,
/// }
///
/// struct Passwords;
///
/// #[async_trait]
/// impl EphemeralResource for Passwords {
///     type Model = Password;
///     type Private = Issued;
///
///     async fn open(&self, config: Password, cx: &Context<Issued>) -> Outcome<Opened<Password>> {
///         cx.set_private(Issued { id: 7 });
///         Ok(Done::new(Password { password: Secret::from("hunter2").into(), ..config }.into()))
///     }
///
///     async fn close(&self, cx: &Context<Issued>) -> Outcome<()> {
///         assert_eq!(cx.private().id, 7, "here it is deleted");
///         Ok(Done::new(()))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let client = Client::of(Offers::new().ephemeral(|_| Passwords), ()).await;
/// let (value, private, errors) = client.open("cloud_password", json!({ "user": "jo" })).await;
/// assert_eq!(value["password"], "hunter2");
/// assert!(errors.is_empty());
/// assert!(client.close("cloud_password", private).await.is_empty());
/// # }
/// ```
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
///
/// ```
/// use tfplugin::{Opened, Timestamp};
///
/// let for_good = Opened::from("a value");
/// assert_eq!(for_good.renew_at, None);
/// let renew_at: Timestamp = "2030-01-01T00:00:00Z".parse().unwrap();
/// let renewed = Opened { model: "a value", renew_at: Some(renew_at) };
/// assert!(renewed.renew_at > for_good.renew_at);
/// ```
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
