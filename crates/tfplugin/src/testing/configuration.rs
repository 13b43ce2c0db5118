//! The provider's configuration as a test writes it.

use serde_json::Value as Json;

use super::value::read_block;
use crate::diagnostic::Diagnostic;
use crate::offers::Offered;
use crate::schema::Model;

/// The model of a provider's configuration, completed from these environment variables, as `configure`
/// gets it; [`unknown`](super::unknown) may stand anywhere.
///
/// ```
/// use tfplugin::testing::{configuration, json};
/// use tfplugin::{Schema, Value};
///
/// /// Manages machines.
/// #[derive(Schema)]
/// #[provider]
/// struct Config {
///     /// Where the service is.
///     #[attr(optional, env = "CLOUD_URL")]
///     url: Value<String>,
/// }
///
/// let config: Config = configuration(&json!({}), &[("CLOUD_URL", "http://localhost")]).unwrap();
/// assert_eq!(config.url, "http://localhost".into());
/// ```
///
/// # Errors
/// What is said of a configuration or a variable that breaks a rule of the schema.
pub fn configuration<M: Model>(
    config: &Json,
    environment: &[(&str, &str)],
) -> Result<M, Vec<Diagnostic>> {
    let offered = Offered::of::<M>();
    let lookup = |variable: &str| {
        let found = environment.iter().find(|(name, _)| *name == variable);
        found.map(|(_, value)| (*value).into())
    };
    let completed = offered.completed_by(read_block(config, &offered.schema.block), lookup);
    let found = offered.validate::<M>(completed.config.clone(), true, |_| Vec::new());
    let found = [completed.errors.clone(), found].concat();
    if found.is_empty() { offered.decode_completed(&completed) } else { Err(found) }
}
