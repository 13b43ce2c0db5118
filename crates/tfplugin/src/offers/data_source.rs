//! Data sources, with their types erased.

use async_trait::async_trait;

use super::{Call, Make, Offered};
use crate::data_source::DataSource;
use crate::diagnostic::Diagnostic;
use crate::outcome::{Outcome, split};
use crate::plan::draft::Draft;
use crate::value::AnyValue;

#[async_trait]
pub(crate) trait AnyDataSource<C>: Send + Sync {
    fn offered(&self) -> &Offered;
    fn validate(&self, config: AnyValue) -> Vec<Diagnostic>;
    /// The configuration with what is read not known yet.
    fn draft(&self, config: AnyValue) -> AnyValue;
    async fn read(
        &self,
        configured: &C,
        config: AnyValue,
        call: &Call,
    ) -> (AnyValue, Vec<Diagnostic>);
}

pub(crate) struct Entry<C, D> {
    make: Make<C, D>,
    offered: Offered,
}

impl<C, D: DataSource> Entry<C, D> {
    pub(crate) fn new(make: Make<C, D>) -> Self {
        Entry { make, offered: Offered::of::<D::Model>() }
    }

    async fn read_model(
        &self,
        configured: &C,
        config: &AnyValue,
        call: &Call,
    ) -> Outcome<D::Model> {
        let cx = call.context::<D::Model, ()>("read", config)?;
        let model = self.offered.decode::<D::Model>(config.clone())?;
        let data_source = (self.make)(configured);
        cx.unless_stopped(data_source.read(model, &cx)).await
    }
}

#[async_trait]
impl<C: Send + Sync + 'static, D: DataSource> AnyDataSource<C> for Entry<C, D> {
    fn offered(&self) -> &Offered {
        &self.offered
    }

    fn validate(&self, config: AnyValue) -> Vec<Diagnostic> {
        self.offered.validate::<D::Model>(config, true, D::validate)
    }

    fn draft(&self, config: AnyValue) -> AnyValue {
        let members = &self.offered.members;
        Draft::new(members, None, AnyValue::Null, config.clone(), config).planned
    }

    async fn read(
        &self,
        configured: &C,
        config: AnyValue,
        call: &Call,
    ) -> (AnyValue, Vec<Diagnostic>) {
        let (model, diagnostics) = split(self.read_model(configured, &config, call).await);
        let state = model.map(|model| self.offered.complete(&model, &config).without_unknowns());
        (state.unwrap_or_default(), diagnostics)
    }
}
