//! What Terraform has a provider do, and what it has of it afterwards.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use simulator::journal::Entry;
use terraform_provider_grafana::provider::Grafana;
use tfplugin::proto::tfplugin6::{Diagnostic, diagnostic::Severity};
use tfplugin::testing::{Client, State};

use super::worlds::{Start, World};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    Create,
    Read,
    Plan,
    Update,
    Replace,
    Destroy,
    Import,
    Data,
    List,
    /// An ephemeral resource, opened and closed.
    Open,
    Invoke,
}

use Operation::*;

pub const ALL: [Operation; 11] =
    [Create, Read, Plan, Update, Replace, Destroy, Import, Data, List, Open, Invoke];

pub fn errors(said: &[Diagnostic]) -> Vec<&Diagnostic> {
    said.iter().filter(|it| it.severity() == Severity::Error).collect()
}

pub fn texts(said: &[Diagnostic]) -> String {
    said.iter().map(|it| format!("{}: {}\n", it.summary, it.detail)).collect()
}

pub async fn client(provider: Json) -> Client {
    let client = Client::start(Grafana).await;
    assert!(client.configure(provider).await.is_empty());
    client
}

impl Operation {
    /// Whether it changes what a resource manages.
    pub fn changes(self) -> bool {
        matches!(self, Create | Update | Replace | Destroy)
    }

    /// Whether it has requests that change something.
    pub fn sends_changes(self) -> bool {
        self.changes() || matches!(self, Open | Invoke)
    }

    /// Whether what the world manages has to be there before; otherwise what is somebody else's is enough.
    fn is_of_something(self, world: &dyn World) -> bool {
        let is_license = world.resource_type() == "grafana_enterprise_license";
        self != Create && (is_license || !matches!(self, Data | List | Open))
    }

    /// Whether what the world manages is there once the operation has ended well.
    pub fn leaves_something(self, world: &dyn World) -> bool {
        self == Create || self.is_of_something(world) && self != Destroy
    }

    /// What is configured when it runs; null for nothing.
    pub fn config(self, world: &dyn World) -> Json {
        match self {
            Destroy => Json::Null,
            Plan if world.offers(Replace) => world.config(Replace),
            Plan => world.config(Update),
            Update | Replace => world.config(self),
            _ => world.config(Create),
        }
    }

    /// A world in which the operation is what the next run does, and the state there.
    pub async fn prepared(self, start: Start) -> (Arc<dyn World>, State) {
        let (world, mut state) = (start(), State::none());
        if self.is_of_something(&*world) {
            let client = client(world.provider()).await;
            let kind = world.resource_type();
            let said = match world.imported() {
                Some(id) => {
                    state = client.read(kind, &client.import(kind, id).await).await;
                    std::mem::take(&mut state.diagnostics)
                }
                None => run(&client, &*world, &mut state, world.config(Create)).await,
            };
            assert!(errors(&said).is_empty(), "{}: {}", world.name(), texts(&said));
            client.shut_down().await;
        }
        world.journal().clear();
        (world, state)
    }

    /// The requests that the operation takes.
    pub async fn requests(self, start: Start) -> Vec<Entry> {
        let (world, mut state) = self.prepared(start).await;
        let client = client(world.provider()).await;
        let said = self.perform(&client, &*world, &mut state).await;
        assert!(errors(&said).is_empty(), "{} {self:?}: {}", world.name(), texts(&said));
        client.shut_down().await;
        world.journal().entries()
    }

    /// What is said. The state is at any moment what Terraform has of it.
    pub async fn perform(
        self,
        client: &Client,
        world: &dyn World,
        state: &mut State,
    ) -> Vec<Diagnostic> {
        let kind = world.resource_type();
        match self {
            Create | Update | Replace | Destroy => {
                run(client, world, state, self.config(world)).await
            }
            Read => refresh(client, world, state).await,
            Plan => {
                let mut said = refresh(client, world, state).await;
                if errors(&said).is_empty() {
                    said.extend(client.plan(kind, state, self.config(world)).await.diagnostics);
                }
                said
            }
            Import => {
                let imported = client.import(kind, &world.import_id(&state.value)).await;
                let mut said = imported.diagnostics.clone();
                if errors(&said).is_empty() {
                    said.extend(client.read(kind, &imported).await.diagnostics);
                }
                said
            }
            Data => {
                let (data, config) = world.data();
                client.read_data(data, config).await.1
            }
            List => client.list(kind, json!({}), true, 100).await.1,
            Open => {
                let config = json!({ "role": "Viewer", "name_prefix": "e-" });
                let (_, private, mut said) = client.open("grafana_api_key", config).await;
                if errors(&said).is_empty() {
                    said.extend(client.close("grafana_api_key", private).await);
                }
                said
            }
            Invoke => client.invoke("grafana_enterprise_license_renew", json!({})).await.1,
        }
    }
}

async fn refresh(client: &Client, world: &dyn World, state: &mut State) -> Vec<Diagnostic> {
    let mut read = client.read(world.resource_type(), state).await;
    let said = std::mem::take(&mut read.diagnostics);
    if errors(&said).is_empty() {
        *state = read;
    }
    said
}

/// One run of Terraform: refresh, plan, apply.
async fn run(
    client: &Client,
    world: &dyn World,
    state: &mut State,
    config: Json,
) -> Vec<Diagnostic> {
    let kind = world.resource_type();
    let mut said = Vec::new();
    if !state.value.is_null() {
        said = refresh(client, world, state).await;
    }
    if state.value.is_null() && config.is_null() || !errors(&said).is_empty() {
        return said;
    }
    let mut plan = client.plan(kind, state, config.clone()).await;
    said.extend(plan.diagnostics.clone());
    if !errors(&said).is_empty() || plan.value == state.value {
        return said;
    }
    if !plan.requires_replace.is_empty() && !state.value.is_null() {
        *state = client.plan_and_apply(kind, state, Json::Null).await;
        said.append(&mut state.diagnostics);
        if !state.value.is_null() {
            return said;
        }
        plan = client.plan(kind, &State::none(), config).await;
    }
    *state = client.apply(&plan).await;
    said.append(&mut state.diagnostics);
    said
}
