//! The provider signed in to a managed workspace with AWS credentials alone.

mod cancel;
mod concurrent;
mod errors;
mod expiry;
mod lost_answers;
mod plan;
mod rotation;
mod sign_in;
mod validate;

use std::sync::Arc;

use serde_json::{Value as Json, json};
use simulator::amazon::{Amazon, Operation, Options};
use simulator::grafana::{Grafana as SimulatedGrafana, Key};
use terraform_provider_grafana::provider::Grafana;
use tfplugin::testing::{Client, State};

use crate::managed_workspace_license::{provider, texts};

const KEY: &str = "grafana_api_key";

/// The service account of the default role.
const ACCOUNT: &str = "terraform-provider-grafana-admin";

const TOKENS: &str = "/workspaces/*/serviceaccounts/*/tokens";

/// A service with one workspace, and its Grafana.
struct Stage {
    amazon: Amazon,
    grafana: Arc<SimulatedGrafana>,
}

impl Stage {
    fn new(version: &str) -> Self {
        let options = Options { grafana_version: version.to_owned(), ..Options::default() };
        let amazon = Amazon::start(options).expect("starts");
        let grafana = amazon.grafana(amazon.workspace_id()).expect("is there");
        Stage { amazon, grafana }
    }

    fn id(&self) -> &str {
        self.amazon.workspace_id()
    }

    /// The provider's configuration, with these attributes of `managed_workspace` more.
    fn config(&self, more: Json) -> Json {
        let mut config = provider(&self.amazon);
        let mut workspace = json!({ "workspace_id": self.id() });
        let more = more.as_object().expect("an object").clone();
        workspace.as_object_mut().expect("an object").extend(more);
        config["managed_workspace"] = workspace;
        config
    }

    /// A process of the provider, configured.
    async fn run(&self) -> Client {
        self.run_with(json!({})).await
    }

    async fn run_with(&self, more: Json) -> Client {
        configured(self.config(more)).await
    }

    /// Tokens of the provider's account and API keys that are named as tokens are.
    fn ours(&self) -> Vec<Key> {
        let accounts = self.grafana.service_accounts(1).into_iter();
        let accounts = accounts.filter(|account| account.name.starts_with("terraform-provider"));
        let tokens = accounts.flat_map(|account| self.grafana.tokens(1, account.id));
        let keys = self.grafana.api_keys(1).into_iter();
        tokens.chain(keys.filter(|key| key.name.starts_with("terraform-provider"))).collect()
    }

    /// How often an operation was called.
    fn count(&self, operation: Operation) -> usize {
        self.amazon.calls().iter().filter(|call| call.operation == operation).count()
    }

    /// Makes the service account as a former run has left it; its id.
    fn account(&self) -> i64 {
        let role = simulator::grafana::Role::Admin;
        self.grafana.create_service_account(1, ACCOUNT, role).expect("new").id
    }
}

async fn configured(config: Json) -> Client {
    let client = Client::start(Grafana).await;
    let said = client.configure(config).await;
    assert_eq!(texts(&said), [""; 0]);
    client
}

fn key(name: &str) -> Json {
    json!({ "name": name, "role": "Viewer", "seconds_to_live": 3600 })
}

async fn create(client: &Client, name: &str) -> State {
    client.plan_and_apply(KEY, &State::none(), key(name)).await
}

/// Creates a key, which must go well.
async fn created(client: &Client, name: &str) -> State {
    let state = create(client, name).await;
    assert_eq!(texts(&state.diagnostics), [""; 0]);
    state
}

/// Asks the workspace's Grafana for something that nobody has read before.
async fn ask(client: &Client) -> Vec<String> {
    let (_, said) = client.read_data("grafana_api_keys", json!({})).await;
    texts(&said)
}

/// Sends one more request, which must go well.
async fn asked(client: &Client) {
    assert_eq!(ask(client).await, [""; 0]);
}

/// Waits until a condition holds.
pub(crate) async fn until(what: impl Fn() -> bool) {
    for _ in 0..3000 {
        if what() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("it never held");
}
