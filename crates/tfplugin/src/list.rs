//! List resources, for `terraform query` (Terraform 1.14+).

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::outcome::Outcome;
use crate::resource::Resource;
use crate::schema::Model;

/// Finds the remote objects that a managed resource could manage. Its type is the resource's.
#[async_trait]
pub trait ListResource: Send + Sync + 'static {
    /// The schema and typed values of the `config` block.
    type Config: Model;
    /// The managed resource whose objects it finds; it must have an identity.
    type Resource: Resource;

    /// Finds them, and hands each to `found` until that wants no more.
    async fn list(
        &self,
        config: Self::Config,
        found: &Found<Self::Resource>,
        cx: &Context,
    ) -> Outcome<()>;

    /// Checks what no single attribute can: called with the configuration, offline.
    fn validate(config: &Self::Config) -> Vec<Diagnostic> {
        let _ = config;
        Vec::new()
    }
}

/// One object found.
pub struct Listed<R: Resource> {
    /// What names it for good.
    pub identity: R::Identity,
    /// What people know it by.
    pub display_name: String,
    /// Its whole state, if [`Found::wants_resource`].
    pub resource: Option<R::Model>,
}

/// Takes what is found.
pub struct Found<R: Resource> {
    sender: mpsc::Sender<Listed<R>>,
    wants_resource: bool,
}

impl<R: Resource> Found<R> {
    pub(crate) fn new(sender: mpsc::Sender<Listed<R>>, wants_resource: bool) -> Self {
        Found { sender, wants_resource }
    }

    /// Whether the whole state of each is asked for, not only its identity.
    pub fn wants_resource(&self) -> bool {
        self.wants_resource
    }

    /// Hands one over; `false` if no more are wanted.
    pub async fn push(&self, listed: Listed<R>) -> bool {
        self.sender.send(listed).await.is_ok()
    }
}
