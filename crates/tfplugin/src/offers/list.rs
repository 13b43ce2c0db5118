//! List resources, with their types erased.

use async_trait::async_trait;
use tokio::sync::mpsc;

use super::{Call, Make, Offered};
use crate::diagnostic::Diagnostic;
use crate::list::{Found, ListResource, Listed};
use crate::outcome::{Outcome, split};
use crate::plan::draft::without_write_only;
use crate::schema::Identity;
use crate::value::AnyValue;

/// One object found.
pub(crate) struct ListedAny {
    pub(crate) identity: AnyValue,
    pub(crate) display_name: String,
    pub(crate) resource: Option<AnyValue>,
}

#[async_trait]
pub(crate) trait AnyList<C>: Send + Sync {
    fn offered(&self) -> &Offered;
    fn validate(&self, config: AnyValue) -> Vec<Diagnostic>;
    /// Sends at most `limit` objects to `events`, and answers what there is to say in the end.
    async fn list(
        &self,
        configured: &C,
        config: AnyValue,
        wants: Wants,
        events: mpsc::Sender<ListedAny>,
        call: &Call,
    ) -> Vec<Diagnostic>;
}

/// How much a list is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Wants {
    pub(crate) resource: bool,
    pub(crate) limit: usize,
}

pub(crate) struct Entry<C, L: ListResource> {
    make: Make<C, L>,
    offered: Offered,
    resource: Offered,
}

type ModelOf<L> = <<L as ListResource>::Resource as crate::resource::Resource>::Model;

impl<C, L: ListResource> Entry<C, L> {
    pub(crate) fn new(make: Make<C, L>) -> Self {
        Entry { make, offered: Offered::of::<L::Config>(), resource: Offered::of::<ModelOf<L>>() }
    }

    async fn list_typed(
        &self,
        configured: &C,
        config: AnyValue,
        found: Found<L::Resource>,
        call: &Call,
    ) -> Outcome<()> {
        let cx = call.context::<L::Config, ()>("list", &config)?;
        let config = self.offered.decode::<L::Config>(config)?;
        (self.make)(configured).list(config, &found, &cx).await
    }

    fn state(&self, model: &ModelOf<L>) -> AnyValue {
        let state = self.resource.complete(model, &AnyValue::Null).without_unknowns();
        without_write_only(&self.resource.members, state)
    }

    async fn forward(
        &self,
        mut listed: mpsc::Receiver<Listed<L::Resource>>,
        wants: Wants,
        events: mpsc::Sender<ListedAny>,
    ) {
        for _ in 0..wants.limit {
            let Some(listed) = listed.recv().await else { return };
            let event = ListedAny {
                identity: listed.identity.encode(),
                display_name: listed.display_name,
                resource: listed.resource.filter(|_| wants.resource).map(|r| self.state(&r)),
            };
            if events.send(event).await.is_err() {
                return;
            }
        }
    }
}

#[async_trait]
impl<C: Send + Sync + 'static, L: ListResource> AnyList<C> for Entry<C, L> {
    fn offered(&self) -> &Offered {
        &self.offered
    }

    fn validate(&self, config: AnyValue) -> Vec<Diagnostic> {
        self.offered.validate::<L::Config>(config, true, L::validate)
    }

    async fn list(
        &self,
        configured: &C,
        config: AnyValue,
        wants: Wants,
        events: mpsc::Sender<ListedAny>,
        call: &Call,
    ) -> Vec<Diagnostic> {
        let (sender, receiver) = mpsc::channel(64);
        let found = Found::new(sender, wants.resource);
        let listing = self.list_typed(configured, config, found, call);
        let (outcome, ()) = tokio::join!(listing, self.forward(receiver, wants, events));
        split(outcome).1
    }
}
