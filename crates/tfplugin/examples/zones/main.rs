//! A provider for a small HTTP service that serves DNS zones: a resource with a list, nested blocks, an
//! identity and a wait, a list resource, an ephemeral resource and a function.
//!
//! ```terraform
//! resource "zones_zone" "example" {
//!   name    = "example.com"
//!   servers = ["ns1.example.net", "ns2.example.net"]
//!
//!   record {
//!     name   = provider::zones::absolute_name("www", "example.com")
//!     type   = "A"
//!     values = ["192.0.2.1"]
//!   }
//! }
//!
//! ephemeral "zones_token" "update" {
//!   zone = zones_zone.example.id
//! }
//! ```

mod client;
mod name;
mod token;
mod zone;

use std::process::ExitCode;

use client::{Client, Endpoint};
use tfplugin::{Done, Offers, Outcome, Provider, Run, Schema, Secret, Value, async_trait};

/// Manages the zones of a DNS service.
#[derive(Schema)]
#[provider]
pub struct Config {
    /// Where the service is, such as `https://dns.example.com/api`.
    #[attr(optional, env = "ZONES_ENDPOINT")]
    endpoint: Value<Endpoint>,
    /// The token that it asks for.
    #[attr(optional, sensitive, env = "ZONES_TOKEN")]
    token: Value<Secret>,
}

/// The provider.
pub struct Zones;

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
            .function(name::AbsoluteName)
    }

    /// Nothing is asked of the service here: its address may not be known before apply, and a plan that
    /// does not need it must not fail for it.
    async fn configure(&self, config: Config, _: &Run) -> Outcome<Client> {
        Ok(Done::new(Client::new(config.endpoint, config.token)))
    }
}

fn main() -> ExitCode {
    // The crates whose logs Terraform may show: this one.
    tfplugin::serve(Zones, &["zones"])
}
