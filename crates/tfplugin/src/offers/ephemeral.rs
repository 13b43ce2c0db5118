//! Ephemeral resources, with their types erased.

use async_trait::async_trait;
use jiff::Timestamp;

use super::{Call, Make, Offered, failed};
use crate::diagnostic::Diagnostic;
use crate::ephemeral::EphemeralResource;
use crate::outcome::split;
use crate::schema::Model;
use crate::value::AnyValue;

/// An opened ephemeral resource.
#[derive(Default)]
pub(crate) struct OpenedAny {
    pub(crate) result: AnyValue,
    /// Whether it is open now, and must be closed.
    pub(crate) is_open: bool,
    pub(crate) renew_at: Option<Timestamp>,
    pub(crate) private: Vec<u8>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

#[async_trait]
pub(crate) trait AnyEphemeral<C>: Send + Sync {
    fn offered(&self) -> &Offered;
    fn validate(&self, config: AnyValue) -> Vec<Diagnostic>;
    async fn open(&self, configured: &C, config: AnyValue, call: &Call) -> OpenedAny;
    async fn renew(&self, configured: &C, call: &Call) -> OpenedAny;
    async fn close(&self, configured: &C, call: &Call) -> Vec<Diagnostic>;
}

pub(crate) struct Entry<C, E> {
    make: Make<C, E>,
    offered: Offered,
}

impl<C, E: EphemeralResource> Entry<C, E> {
    pub(crate) fn new(make: Make<C, E>) -> Self {
        Entry { make, offered: Offered::of::<E::Model>() }
    }
}

fn not_opened(diagnostic: Diagnostic) -> OpenedAny {
    OpenedAny { diagnostics: vec![diagnostic], ..OpenedAny::default() }
}

#[async_trait]
impl<C: Send + Sync + 'static, E: EphemeralResource> AnyEphemeral<C> for Entry<C, E> {
    fn offered(&self) -> &Offered {
        &self.offered
    }

    fn validate(&self, config: AnyValue) -> Vec<Diagnostic> {
        self.offered.validate::<E::Model>(config, true, E::validate)
    }

    async fn open(&self, configured: &C, config: AnyValue, call: &Call) -> OpenedAny {
        let cx = match call.context::<E::Model, E::Private>("open", &config) {
            Ok(cx) => cx,
            Err(error) => return not_opened(error),
        };
        let outcome = match E::Model::decode(config.clone()) {
            Ok(model) => (self.make)(configured).open(model, &cx).await,
            Err(error) => Err(failed(self.offered.invalid(&error))),
        };
        let is_open = outcome.is_ok();
        let (opened, diagnostics) = split(outcome);
        let Some(opened) = opened.filter(|_| is_open) else {
            return OpenedAny { diagnostics, ..OpenedAny::default() };
        };
        OpenedAny {
            result: self.offered.complete(&opened.model, &config).without_unknowns(),
            is_open,
            renew_at: opened.renew_at,
            private: call.private_after(&cx),
            diagnostics,
        }
    }

    async fn renew(&self, configured: &C, call: &Call) -> OpenedAny {
        let cx = match call.context::<E::Model, E::Private>("renew", &AnyValue::Null) {
            Ok(cx) => cx,
            Err(error) => return OpenedAny { private: call.private.clone(), ..not_opened(error) },
        };
        let (renew_at, diagnostics) = split((self.make)(configured).renew(&cx).await);
        let private = call.private_after(&cx);
        OpenedAny { renew_at: renew_at.flatten(), private, diagnostics, ..OpenedAny::default() }
    }

    async fn close(&self, configured: &C, call: &Call) -> Vec<Diagnostic> {
        match call.context::<E::Model, E::Private>("close", &AnyValue::Null) {
            Ok(cx) => split((self.make)(configured).close(&cx).await).1,
            Err(error) => vec![error],
        }
    }
}
