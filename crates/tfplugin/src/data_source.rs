//! Data sources.

use async_trait::async_trait;

use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::outcome::Outcome;
use crate::schema::Model;

/// A data source: what Terraform only reads.
#[async_trait]
pub trait DataSource: Send + Sync + 'static {
    /// Its schema and typed values.
    type Model: Model;

    /// Reads it: the configuration, completed.
    async fn read(&self, config: Self::Model, cx: &Context) -> Outcome<Self::Model>;

    /// Checks what no single attribute can: called with the configuration, offline.
    fn validate(config: &Self::Model) -> Vec<Diagnostic> {
        let _ = config;
        Vec::new()
    }
}
