//! `managed_workspace_license` against a simulated Amazon Managed Grafana.

mod cancel;
mod concurrent;
mod create;
mod data_source;
mod delete;
mod import;
mod lost_answers;
mod move_state;
mod plan;
mod query;
mod read;
mod replace;
mod secrets;
mod shared_slot;
mod update;
mod validate;

use secrecy::ExposeSecret;
use serde_json::{Value as Json, json};
use simulator::amazon::{Amazon, Endpoint, Failure, NewWorkspace, Operation, Options, Reason};
use simulator::faults::Fault;
use terraform_provider_grafana::provider::Grafana;
use tfplugin::proto::tfplugin6::{
    Diagnostic, DynamicValue, apply_resource_change, diagnostic::Severity, plan_resource_change,
};
use tfplugin::testing::{Client, State};

use crate::managed_workspace::until;

const TYPE: &str = "managed_workspace_license";

const TOKEN: &str = "labs-token-1";
const OTHER: &str = "labs-token-2";

/// A service with one workspace, whose account is linked with Grafana Labs, and a configured
/// provider. Each run of Terraform is a client of its own.
struct Stage {
    amazon: Amazon,
    client: Client,
}

impl Stage {
    async fn linked() -> Self {
        let stage = Self::unlinked().await;
        stage.amazon.link_account(stage.amazon.region());
        stage
    }

    async fn unlinked() -> Self {
        Self::with(Options { endpoint: Endpoint::Nowhere, ..Options::default() }).await
    }

    async fn with(options: Options) -> Self {
        let amazon = Amazon::start(options).unwrap();
        let client = Client::start(Grafana).await;
        assert_eq!(client.configure(provider(&amazon)).await, []);
        Self { amazon, client }
    }

    /// The same with another process of the provider.
    async fn next_run(self) -> Self {
        let client = Client::start(Grafana).await;
        assert_eq!(client.configure(provider(&self.amazon)).await, []);
        Self { client, ..self }
    }

    fn id(&self) -> &str {
        self.amazon.workspace_id()
    }

    /// The smallest configuration, with these attributes more.
    fn config(&self, more: Json) -> Json {
        let mut config = json!({ "workspace_id": self.id() });
        let more = more.as_object().unwrap().clone();
        config.as_object_mut().unwrap().extend(more);
        config
    }

    async fn create(&self, more: Json) -> State {
        self.apply(&State::none(), more).await
    }

    /// Creates it, which must go well.
    async fn created(&self, more: Json) -> State {
        let state = self.create(more).await;
        assert_eq!(texts(&state.diagnostics), [""; 0]);
        state
    }

    async fn apply(&self, prior: &State, more: Json) -> State {
        self.client.plan_and_apply(TYPE, prior, self.config(more)).await
    }

    async fn destroy(&self, state: &State) -> State {
        self.client.plan_and_apply(TYPE, state, Json::Null).await
    }

    async fn read(&self, state: &State) -> State {
        self.client.read(TYPE, state).await
    }

    /// How often an operation was called.
    fn count(&self, operation: Operation) -> usize {
        self.amazon.calls().iter().filter(|call| call.operation == operation).count()
    }

    fn license(&self) -> Option<String> {
        self.amazon.workspace(self.id()).unwrap().license_type
    }
}

pub fn provider(amazon: &Amazon) -> Json {
    let credential = amazon.credential();
    json!({ "aws": {
        "region": amazon.region(),
        "access_key": credential.access_key,
        "secret_key": credential.secret.expose_secret(),
        "endpoint": amazon.url(),
    }})
}

/// Summaries and details, for reading and searching.
pub fn texts(diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics.iter().map(|d| format!("{}: {}", d.summary, d.detail)).collect()
}

/// The only thing that was said, which must be an error with these parts.
pub fn error(diagnostics: &[Diagnostic], parts: &[&str]) -> Diagnostic {
    only(diagnostics, Severity::Error, parts)
}

/// The only thing that was said, which must be a warning with these parts.
fn warning(diagnostics: &[Diagnostic], parts: &[&str]) -> Diagnostic {
    only(diagnostics, Severity::Warning, parts)
}

/// Two warnings, in this order, each with its part.
fn warnings(diagnostics: &[Diagnostic], parts: [&str; 2]) {
    let said = texts(diagnostics);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said.iter().zip(parts).all(|(said, part)| said.contains(part)), "{said:?}");
}

fn only(diagnostics: &[Diagnostic], severity: Severity, parts: &[&str]) -> Diagnostic {
    let [said] = diagnostics else { panic!("not one: {:?}", texts(diagnostics)) };
    assert_eq!(said.severity(), severity, "{said:?}");
    for part in parts {
        let text = &texts(diagnostics)[0];
        assert!(text.contains(part), "{part:?} in: {text}");
    }
    said.clone()
}

/// The attribute that a diagnostic points at.
pub fn attribute(diagnostic: &Diagnostic) -> String {
    diagnostic.path().to_string()
}

fn add(amazon: &Amazon, name: &str, licensed: bool) -> String {
    let new = NewWorkspace::named(name).endpoint(Endpoint::Nowhere);
    let license_type = licensed.then(|| "ENTERPRISE".to_owned());
    amazon.create_workspace(new.with(|workspace| workspace.license_type = license_type)).unwrap()
}

/// A workspace with the license in the state of a former run.
async fn licensed() -> (Stage, State) {
    let stage = Stage::linked().await;
    let state = stage.created(json!({ "timeouts": { "delete": "30s" } })).await;
    (stage.next_run().await, state)
}

/// Stops the run once so many requests with this method have come.
async fn stop_after(stage: &Stage, method: &str, requests: usize) {
    until(|| stage.amazon.journal().count(method, "/**") >= requests).await;
    stage.client.stop().await;
}

/// Somebody else makes a `change` between the client's last look and its next request with this `method` for the
/// license.
async fn meanwhile(stage: &Stage, method: &str, change: impl FnOnce()) {
    const LICENSES: &str = "/workspaces/*/licenses/*";
    stage.amazon.faults().push(Fault::on(method, LICENSES).hang());
    let before = stage.amazon.journal().count(method, LICENSES);
    until(|| stage.amazon.journal().count(method, LICENSES) > before).await;
    change();
    stage.amazon.faults().release();
}

/// The same, and AWS refuses the request because of the change.
async fn refused_after(stage: &Stage, method: &str, change: impl FnOnce()) {
    let operation = match method {
        "POST" => Operation::AssociateLicense,
        _ => Operation::DisassociateLicense,
    };
    let refusal = Failure::validation(Reason::Other, "The workspace is being updated");
    stage.amazon.fail_next(operation, refusal);
    meanwhile(stage, method, change).await;
}

/// Waits until AWS has accepted the license.
async fn accepted(stage: &Stage) {
    until(|| stage.amazon.workspace(stage.id()).unwrap().status == "UPGRADING").await;
}

/// Plans a removal; what the provider remembers for it.
async fn plan_removal(client: &Client, state: &State) -> Vec<u8> {
    let request = plan_resource_change::Request {
        type_name: TYPE.to_owned(),
        prior_state: dynamic(&state.value),
        proposed_new_state: dynamic(&Json::Null),
        config: dynamic(&Json::Null),
        prior_private: state.private.clone(),
        ..Default::default()
    };
    let planned = client.rpcs().plan_resource_change(request).await.unwrap().into_inner();
    assert!(planned.diagnostics.iter().all(|said| said.severity() == Severity::Warning));
    planned.planned_private
}

/// Removes without another plan, as Terraform does.
async fn remove(client: &Client, state: &State, private: Vec<u8>) -> Vec<Diagnostic> {
    let request = apply_resource_change::Request {
        type_name: TYPE.to_owned(),
        prior_state: dynamic(&state.value),
        planned_state: dynamic(&Json::Null),
        config: dynamic(&Json::Null),
        planned_private: private,
        ..Default::default()
    };
    client.rpcs().apply_resource_change(request).await.unwrap().into_inner().diagnostics
}

fn dynamic(value: &Json) -> Option<DynamicValue> {
    Some(DynamicValue { json: value.to_string().into_bytes(), ..Default::default() })
}
