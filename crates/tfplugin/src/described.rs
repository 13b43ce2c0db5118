//! What a provider offers, for whoever documents it: with the defaults, rules and timeouts that the
//! protocol's own schema answer leaves out.

use crate::function::FunctionSignature;
use crate::offers::Offered;
use crate::provider::Provider;
use crate::schema::{Attribute, Model, Schema};

/// Everything a provider offers, each kind in the order of the names.
///
/// ```
/// # use tfplugin::{Done, Offers, Outcome, Provider, Run, Schema, Value, async_trait};
/// # /// Manages machines.
/// # #[derive(Schema)]
/// # #[provider]
/// # struct Config {
/// #     /// Where the service is.
/// #     #[attr(optional)]
/// #     url: Value<String>,
/// # }
/// # struct CloudProvider;
/// # #[async_trait]
/// # impl Provider for CloudProvider {
/// #     type Config = Config;
/// #     type Configured = ();
/// #     fn address(&self) -> &str { "registry.terraform.io/example/cloud" }
/// #     fn version(&self) -> &str { "1.0.0" }
/// #     fn offers(&self) -> Offers<()> { Offers::new() }
/// #     async fn configure(&self, _: Config, _: &Run) -> Outcome<()> { Ok(Done::new(())) }
/// # }
/// use tfplugin::described::Described;
///
/// let described = Described::of(&CloudProvider);
/// let page: Vec<String> = described
///     .provider
///     .block
///     .attributes
///     .iter()
///     .map(|attribute| format!("- `{}`: {}", attribute.name, attribute.description))
///     .collect();
/// assert_eq!(page, ["- `url`: Where the service is."]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Described {
    /// The `provider` block.
    pub provider: Schema,
    /// Managed resources.
    pub resources: Vec<DescribedType>,
    /// Data sources.
    pub data_sources: Vec<DescribedType>,
    /// Ephemeral resources.
    pub ephemeral_resources: Vec<DescribedType>,
    /// List resources.
    pub list_resources: Vec<DescribedType>,
    /// Actions.
    pub actions: Vec<DescribedType>,
    /// Functions.
    pub functions: Vec<FunctionSignature>,
}

/// One type of a provider.
#[derive(Clone, Debug, Default)]
pub struct DescribedType {
    /// Such as `grafana_api_key`.
    pub name: String,
    /// Its schema, the `timeouts` block included.
    pub schema: Schema,
    /// The attributes of its identity; none if it has none.
    pub identity: Vec<Attribute>,
}

impl Described {
    /// What `provider` offers. Nothing is configured or called for it.
    pub fn of<P: Provider>(provider: &P) -> Self {
        let offers = provider.offers();
        let resources = offers.resources.iter().map(|(name, resource)| DescribedType {
            identity: resource.identity_schema().1.to_vec(),
            ..described((name, resource.offered()))
        });
        let ephemerals = offers.ephemerals.iter().map(|(name, e)| (name, e.offered()));
        let functions = offers.functions.iter().map(|(name, function)| function.signature(name));
        Described {
            provider: P::Config::schema(),
            resources: resources.collect(),
            data_sources: all(offers.data_sources.iter().map(|(name, d)| (name, d.offered()))),
            ephemeral_resources: all(ephemerals),
            list_resources: all(offers.lists.iter().map(|(name, list)| (name, list.offered()))),
            actions: all(offers.actions.iter().map(|(name, action)| (name, action.offered()))),
            functions: functions.collect(),
        }
    }
}

fn all<'a>(offered: impl Iterator<Item = (&'a &'static str, &'a Offered)>) -> Vec<DescribedType> {
    offered.map(described).collect()
}

fn described((name, offered): (&&'static str, &Offered)) -> DescribedType {
    DescribedType { name: (*name).to_owned(), schema: offered.schema.clone(), identity: Vec::new() }
}
