//! A provider for a small HTTP service of DNS zones (`example.tf`): a resource with a list, nested blocks,
//! an identity and a wait; a list resource, an ephemeral resource and a function.

mod client;
mod token;
mod zone;

use std::process::ExitCode;

use client::Client;
use tfplugin::{
    Done, Function, FunctionError, Offers, Outcome, Parameters, Provider, Run, Schema, Secret,
    Value, async_trait, rules,
};

/// Manages the zones of a DNS service.
#[derive(Schema)]
#[provider]
pub struct Config {
    /// Where the service is, such as `https://dns.example.com/api`.
    #[attr(optional, env = "ZONES_ENDPOINT", validate = rules::url(&["http", "https"]))]
    endpoint: Value<String>,
    /// The token that it asks for.
    #[attr(optional, sensitive, env = "ZONES_TOKEN")]
    token: Value<Secret>,
}

pub(crate) struct Zones;

#[async_trait]
impl Provider for Zones {
    type Config = Config;
    type Configured = Client;

    fn address(&self) -> &str {
        "registry.terraform.io/example/zones"
    }

    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn offers(&self) -> Offers<Client> {
        Offers::new()
            .resource(|client: &Client| zone::ZoneResource(client.clone()))
            .list(|client: &Client| zone::ZoneList(client.clone()))
            .ephemeral(|client: &Client| token::TokenResource(client.clone()))
            .function(AbsoluteName)
    }

    // Asks the service nothing: its address may be unknown before apply, and a plan may not need it.
    async fn configure(&self, Config { endpoint, token }: Config, _: &Run) -> Outcome<Client> {
        Ok(Done::new(Client { http: reqwest::Client::new(), endpoint, token }))
    }
}

/// What a domain must be: labels of letters, digits, `-` and `_`, between dots.
fn domain(text: &str) -> Result<(), String> {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_label = |label: &str| matches!(label.len(), 1..=63) && label.chars().all(is_inner);
    let is_domain = text.split('.').all(is_label) && text.len() <= 253;
    let why = || format!("Expected a domain such as \"www.example.com\", but got {text:?}.");
    is_domain.then_some(()).ok_or_else(why)
}

/// The whole name of something in a zone: `provider::zones::absolute_name("www", "example.com")` is `www.example.com`.
#[derive(Parameters)]
#[function("absolute_name")]
struct AbsoluteNameOf {
    /// The name in the zone.
    name: String,
    /// The zone's domain.
    zone: String,
}

struct AbsoluteName;

impl Function for AbsoluteName {
    type Parameters = AbsoluteNameOf;
    type Return = String;

    fn call(&self, AbsoluteNameOf { name, zone }: AbsoluteNameOf) -> Result<String, FunctionError> {
        domain(&zone).map_err(|why| FunctionError::in_argument(1, why))?;
        domain(&name).map_err(|why| FunctionError::in_argument(0, why))?;
        Ok(format!("{name}.{zone}"))
    }
}

fn main() -> ExitCode {
    tfplugin::serve(Zones, &["zones"])
}
