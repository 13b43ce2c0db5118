//! List resources, with their types erased.

use async_trait::async_trait;
use tokio::sync::mpsc;

use super::{Call, Make, Offered, undecodable};
use crate::diagnostic::Diagnostic;
use crate::list::{Found, ListResource, Listed};
use crate::outcome::{Outcome, split};
use crate::schema::{Identity, Model};
use crate::validate::validate;
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
        let cx = call.context::<L::Config>("list", &config)?;
        let config = L::Config::decode(config)?;
        (self.make)(configured).list(config, &found, &cx).await
    }

    async fn forward(
        &self,
        mut listed: mpsc::Receiver<Listed<L::Resource>>,
        limit: usize,
        events: mpsc::Sender<ListedAny>,
    ) {
        for _ in 0..limit {
            let Some(listed) = listed.recv().await else { return };
            let complete =
                |model| self.resource.complete(&model, &AnyValue::Null).without_unknowns();
            let event = ListedAny {
                identity: listed.identity.encode(),
                display_name: listed.display_name,
                resource: listed.resource.map(complete),
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
        let mut found = validate(&self.offered.schema.block, &config, true);
        match L::Config::decode(config) {
            Ok(config) => found.extend(L::validate(&config)),
            Err(error) => found.push(undecodable(&error)),
        }
        found
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
        let (outcome, ()) = tokio::join!(listing, self.forward(receiver, wants.limit, events));
        split(outcome).1
    }
}
