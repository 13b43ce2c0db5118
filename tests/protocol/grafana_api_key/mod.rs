//! `grafana_api_key`, in every case that Terraform can bring about.

mod cancel;
mod concurrent;
mod condition;
mod create;
mod delete;
mod delete_on_destroy;
mod import;
mod lost_answers;
mod organization;
mod plan;
mod read;
mod requests;
mod rotation;
mod secrets;
mod update;
mod upgrade;
mod validate;

use serde_json::{Value as Json, json};
use simulator::grafana::{Generation, Grafana as Simulated, Options, Role};
use terraform_provider_grafana::provider::Grafana;
use tfplugin::proto::tfplugin6::{Diagnostic, diagnostic::Severity};
use tfplugin::testing::{Client, Planned, State};

pub const TYPE: &str = "grafana_api_key";

/// Where a key is a token of a service account.
pub const IN_ACCOUNTS: [Generation; 3] = [Generation::V11_3, Generation::V12_1, Generation::V12_4];

/// A simulated Grafana, and the provider configured for it with the server administrator's password.
pub struct Setup {
    pub grafana: Simulated,
    pub client: Client,
}

impl Setup {
    pub async fn new(generation: Generation) -> Self {
        Self::with(Options { generation, ..Options::default() }).await
    }

    pub async fn with(options: Options) -> Self {
        let grafana = Simulated::start(options).expect("starts");
        let setup = Setup { grafana, client: Client::start(Grafana).await };
        setup.configure().await;
        setup
    }

    /// A new ConfigureProvider call: what was read before is read again.
    pub async fn configure(&self) {
        self.configure_with(json!({ "auth": "admin:admin" })).await;
    }

    pub async fn configure_with(&self, mut config: Json) {
        config["url"] = self.grafana.url().into();
        config["retries"] = json!(2);
        let said = self.client.configure(config).await;
        assert!(said.is_empty(), "{said:?}");
    }

    /// Creates a key, and expects no word about it.
    pub async fn create(&self, config: Json) -> State {
        let state = self.try_create(config).await;
        assert!(state.diagnostics.is_empty(), "{:?}", state.diagnostics);
        state
    }

    pub async fn try_create(&self, config: Json) -> State {
        self.client.plan_and_apply(TYPE, &State::none(), config).await
    }

    /// What the next plan sees: configured and read anew.
    pub async fn refresh(&self, state: &State) -> State {
        self.configure().await;
        self.client.read(TYPE, state).await
    }

    pub async fn plan(&self, state: &State, config: Json) -> Planned {
        self.client.plan(TYPE, state, config).await
    }

    /// Refreshes, and expects the plan to change nothing.
    pub async fn assert_unchanged(&self, state: &State, config: Json) -> State {
        let read = self.refresh(state).await;
        assert!(read.diagnostics.is_empty(), "{:?}", read.diagnostics);
        assert_no_change(&self.plan(&read, config).await, &read);
        read
    }

    pub async fn destroy(&self, state: &State) -> State {
        self.client.plan_and_apply(TYPE, state, Json::Null).await
    }

    /// Destroys it, and expects nothing to be left in organization 1.
    pub async fn assert_destroyed(&self, state: &State) {
        let gone = self.destroy(state).await;
        assert!(gone.diagnostics.is_empty() && gone.value.is_null(), "{gone:?}");
        self.assert_nothing_left();
    }

    pub fn assert_nothing_left(&self) {
        assert_eq!(self.grafana.api_keys(1), []);
        assert_eq!(self.grafana.service_accounts(1), []);
    }

    /// How many requests that match the journal has.
    pub fn requests(&self, method: &str, path: &str) -> usize {
        self.grafana.journal().count(method, path)
    }
}

pub fn assert_no_change(plan: &Planned, prior: &State) {
    assert!(plan.diagnostics.is_empty(), "{:?}", plan.diagnostics);
    assert_eq!(plan.value, prior.value);
    assert!(plan.requires_replace.is_empty(), "{:?}", plan.requires_replace);
}

pub fn viewer(name: &str) -> Json {
    json!({ "name": name, "role": "Viewer" })
}

pub fn only(said: &[Diagnostic], severity: Severity) -> &Diagnostic {
    assert_eq!(said.len(), 1, "{said:?}");
    assert_eq!(said[0].severity(), severity, "{said:?}");
    &said[0]
}

pub fn only_error(said: &[Diagnostic]) -> &Diagnostic {
    only(said, Severity::Error)
}

pub fn only_warning(said: &[Diagnostic]) -> &Diagnostic {
    only(said, Severity::Warning)
}

/// The attribute a diagnostic points at.
pub fn attribute(diagnostic: &Diagnostic) -> String {
    diagnostic.path().to_string()
}

/// The key's number.
pub fn number(state: &State) -> i64 {
    let id = state.value["id"].as_str().expect("an id");
    id.split_once(':').and_then(|(_, key)| key.parse().ok()).expect("ORG:ID")
}

/// A key in an account that somebody made by hand, imported.
pub async fn imported(setup: &Setup, account: &str, key: &str) -> (i64, State) {
    let account = setup.grafana.create_service_account(1, account, Role::Viewer).expect("new").id;
    let token = setup.grafana.create_token(1, account, key, None).expect("new").id;
    let imported = setup.client.import(TYPE, &token.to_string()).await;
    (account, setup.refresh(&imported).await)
}
