//! Actions, with their types erased.

use async_trait::async_trait;

use super::{Call, Make, Offered};
use crate::action::{Action, Progress};
use crate::diagnostic::Diagnostic;
use crate::outcome::{Outcome, split};

use crate::value::AnyValue;

#[async_trait]
pub(crate) trait AnyAction<C>: Send + Sync {
    fn offered(&self) -> &Offered;
    fn validate(&self, config: AnyValue) -> Vec<Diagnostic>;
    async fn plan(&self, configured: &C, config: AnyValue, call: &Call) -> Vec<Diagnostic>;
    async fn invoke(
        &self,
        configured: &C,
        config: AnyValue,
        progress: Progress,
        call: &Call,
    ) -> Vec<Diagnostic>;
}

pub(crate) struct Entry<C, A> {
    make: Make<C, A>,
    offered: Offered,
}

impl<C, A: Action> Entry<C, A> {
    pub(crate) fn new(make: Make<C, A>) -> Self {
        Entry { make, offered: Offered::of::<A::Config>() }
    }

    async fn plan_typed(&self, configured: &C, config: AnyValue, call: &Call) -> Outcome<()> {
        let cx = call.context::<A::Config, ()>("plan", &config)?;
        let config = self.offered.decode::<A::Config>(config)?;
        (self.make)(configured).plan(&config, &cx).await
    }

    async fn invoke_typed(
        &self,
        configured: &C,
        config: AnyValue,
        progress: &Progress,
        call: &Call,
    ) -> Outcome<()> {
        let cx = call.context::<A::Config, ()>("invoke", &config)?;
        let config = self.offered.decode::<A::Config>(config)?;
        (self.make)(configured).invoke(config, progress, &cx).await
    }
}

#[async_trait]
impl<C: Send + Sync + 'static, A: Action> AnyAction<C> for Entry<C, A> {
    fn offered(&self) -> &Offered {
        &self.offered
    }

    fn validate(&self, config: AnyValue) -> Vec<Diagnostic> {
        self.offered.validate::<A::Config>(config, true, A::validate)
    }

    async fn plan(&self, configured: &C, config: AnyValue, call: &Call) -> Vec<Diagnostic> {
        split(self.plan_typed(configured, config, call).await).1
    }

    async fn invoke(
        &self,
        configured: &C,
        config: AnyValue,
        progress: Progress,
        call: &Call,
    ) -> Vec<Diagnostic> {
        split(self.invoke_typed(configured, config, &progress, call).await).1
    }
}
