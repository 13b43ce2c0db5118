//! A provider that uses every ability.

pub mod cabinet;
pub mod everything;
pub mod nested;
pub mod others;
pub mod safe;
pub mod thing;

use std::sync::{Arc, Mutex};

use serde_json::{Value as Json, json};
use tfplugin::testing::Client;
use tfplugin::{
    Deferral, Diagnostic, Done, Offers, Outcome, Provider, Run, Schema, Value, async_trait, path,
};

/// What happened, in order, whichever connection brought it about.
#[derive(Clone, Default)]
pub struct Events(Arc<Mutex<Vec<String>>>);

impl Events {
    pub fn add(&self, event: impl Into<String>) {
        self.0.lock().unwrap().push(event.into());
    }

    pub fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    pub fn has(&self, event: &str) -> bool {
        self.all().iter().any(|it| it == event)
    }

    /// Waits until something has happened.
    pub async fn wait_for(&self, event: &str) {
        let happened = async {
            while !self.has(event) {
                tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            }
        };
        let limit = std::time::Duration::from_secs(60);
        tokio::time::timeout(limit, happened).await.expect("it happens");
    }
}

/// The provider's configuration.
#[derive(Schema)]
#[provider]
pub struct Config {
    /// What this configuration is told apart by.
    #[attr(optional, length(1..=8))]
    pub label: Value<String>,
    /// Whether it panics.
    #[attr(optional)]
    pub broken: Value<bool>,
}

/// What a module says to the provider.
#[derive(Schema)]
#[provider_meta]
pub struct Meta {
    /// Which module it is.
    #[attr(optional)]
    pub module: Value<String>,
}

/// What a configuration makes.
pub struct World {
    pub label: String,
    pub events: Events,
}

#[derive(Default)]
pub struct Everything {
    pub events: Events,
}

#[async_trait]
impl Provider for Everything {
    type Config = Config;
    type Configured = Arc<World>;

    fn address(&self) -> &str {
        "registry.terraform.io/example/test"
    }

    fn version(&self) -> &str {
        "1.2.3"
    }

    fn offers(&self) -> Offers<Arc<World>> {
        Offers::new()
            .resource(|_: &Arc<World>| safe::Safes)
            .resource(|_: &Arc<World>| everything::All)
            .resource(|_: &Arc<World>| cabinet::Cabinets)
            .resource(|_: &Arc<World>| cabinet::Stamps)
            .resource(|world: &Arc<World>| thing::Things(world.clone()))
            .data_source(|world: &Arc<World>| others::Facts(world.clone()))
            .ephemeral(|world: &Arc<World>| others::Loans(world.clone()))
            .list(|_: &Arc<World>| others::ThingList)
            .action(|_: &Arc<World>| others::Ringing)
            .function(others::Joining)
            .function(others::Probing)
            .provider_meta::<Meta>()
    }

    fn validate(config: &Config) -> Vec<Diagnostic> {
        let forbidden = config.label == "no".into();
        let error = || Diagnostic::error("Not this label", "Choose another.").at(path!(label));
        forbidden.then(error).into_iter().collect()
    }

    async fn configure(&self, config: Config, run: &Run) -> Outcome<Arc<World>> {
        assert!(config.broken != Value::Known(true), "configuration breaks it");
        if config.broken.is_unknown() {
            Err(Deferral::ProviderConfigUnknown)?;
        }
        let label = config.label.into_known().unwrap_or_default();
        self.events.add(format!("configure {label:?} for {}", run.terraform_version));
        if label == "refused" {
            Err(Diagnostic::error("Refused", "This label is refused.").at(path!(label)))?;
        }
        Ok(Done::new(Arc::new(World { label, events: self.events.clone() })))
    }

    async fn release(&self, world: &Arc<World>) {
        self.events.add(format!("release {:?}", world.label));
        assert!(world.label != "panics", "release breaks it");
    }
}

/// A connection to a configured provider.
pub async fn client() -> Client {
    client_and_events().await.0
}

/// The same, with what happens.
pub async fn client_and_events() -> (Client, Events) {
    let provider = Everything::default();
    let events = provider.events.clone();
    let client = Client::start(provider).await;
    assert_eq!(client.configure(json!({})).await, []);
    (client, events)
}

/// The summaries of what was said.
pub fn summaries(said: &[tfplugin::proto::tfplugin6::Diagnostic]) -> Vec<&str> {
    said.iter().map(|it| it.summary.as_str()).collect()
}

/// A change of a JSON object.
pub fn with(value: &Json, change: Json) -> Json {
    let (mut value, Json::Object(change)) = (value.clone(), change) else { panic!("no object") };
    for (name, changed) in change {
        value[name] = changed;
    }
    value
}
