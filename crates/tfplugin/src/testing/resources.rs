//! Managed resources, asked about as Terraform's core does.

use serde_json::Value as Json;

use super::client::Client;
use super::core_rules::{
    assert_conforms, assert_identity, assert_paths, assert_plan_valid, assert_stored, proposed,
};
use super::value::write;
use crate::codec;
use crate::proto::tfplugin6::*;
use crate::resource::MoveSource;

/// A resource's state, with what Terraform stores beside it.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The attributes; null once it is gone.
    pub value: Json,
    /// What the provider remembers beside it.
    pub private: Vec<u8>,
    /// What names the object for good; null if it has no identity.
    pub identity: Json,
    /// What was said.
    pub diagnostics: Vec<Diagnostic>,
    /// Why reading or importing it is put off, if it is.
    pub deferral: Option<deferred::Reason>,
}

/// A planned change.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The planned attributes; of a replacement, those of the new object.
    pub value: Json,
    /// The attributes that require replacement, as they read in a configuration.
    pub requires_replace: Vec<String>,
    /// What was said.
    pub diagnostics: Vec<Diagnostic>,
    /// Why it is put off, if it is.
    pub deferral: Option<deferred::Reason>,
    /// What the provider remembers of it until apply: core hands it to both halves of a replacement.
    pub private: Vec<u8>,
    type_name: String,
    config: Json,
    prior: State,
    identity: Option<ResourceIdentityData>,
}

impl State {
    /// The state of a resource that does not exist.
    pub fn none() -> Self {
        State::default()
    }
}

impl Planned {
    fn has_failed(&self) -> bool {
        !self.diagnostics.iter().all(is_warning)
    }

    /// The same as a client applies it that keeps no private state.
    #[must_use]
    pub fn without_private(self) -> Self {
        Planned { private: Vec::new(), ..self }
    }

    fn is_replacement(&self) -> bool {
        !self.requires_replace.is_empty() && !self.prior.value.is_null()
    }
}

impl Client {
    /// Validates a resource's configuration.
    pub async fn validate(&self, type_name: &str, config: Json) -> Vec<Diagnostic> {
        let request = validate_resource_config::Request {
            type_name: type_name.to_owned(),
            config: self.schemas.resource(type_name).encoded(&config),
            client_capabilities: self.capabilities(),
        };
        let answer = self.rpcs().validate_resource_config(request).await.expect("answers");
        answer.into_inner().diagnostics
    }

    /// Plans a change of `prior` to `config` (null to destroy), as core does: a replacement is planned
    /// a second time, as a create. Fails the test where core would find the plan invalid.
    pub async fn plan(&self, type_name: &str, prior: &State, config: Json) -> Planned {
        let planned = self.plan_once(type_name, prior, config, &[]).await;
        if planned.has_failed() || !planned.is_replacement() {
            return planned;
        }
        let Planned { requires_replace, diagnostics, config, .. } = planned;
        let mut planned = self.plan_once(type_name, &State::none(), config, &[]).await;
        planned.diagnostics.extend(diagnostics);
        Planned { requires_replace, prior: prior.clone(), ..planned }
    }

    async fn plan_once(
        &self,
        type_name: &str,
        prior: &State,
        config: Json,
        planned_private: &[u8],
    ) -> Planned {
        let schema = self.schemas.resource(type_name);
        let (before, set) = (schema.read(&prior.value), schema.read(&config));
        let proposal = proposed(&schema.members, &before, &set);
        let request = plan_resource_change::Request {
            type_name: type_name.to_owned(),
            prior_state: schema.encoded(&prior.value),
            proposed_new_state: Some(codec::encode(&proposal, &schema.ty)),
            config: schema.encoded(&config),
            prior_private: prior.private.clone(),
            client_capabilities: self.capabilities(),
            prior_identity: schema.encoded_identity(&prior.identity),
            planned_private: planned_private.to_owned(),
            provider_meta: self.meta(),
        };
        let answer = self.rpcs().plan_resource_change(request).await.expect("answers").into_inner();
        let planned = codec::decode(answer.planned_state.as_ref(), &schema.ty);
        let planned = planned.expect("a value of the schema");
        let deferral = answer.deferred.map(|deferred| deferred.reason());
        if deferral.is_none() && answer.diagnostics.iter().all(is_warning) {
            assert_eq!(planned.is_null(), set.is_null(), "core: planned as absent, or present");
            if !set.is_null() {
                assert_plan_valid(&schema.members, [&before, &set, &planned], type_name);
            }
            assert_paths(&schema.ty, &answer.requires_replace, type_name);
            let identity = schema.decoded_identity(answer.planned_identity.as_ref());
            if !before.is_null() && !set.is_null() {
                assert_identity(&prior.identity, &identity, type_name);
            }
        }
        Planned {
            value: write(&planned),
            requires_replace: (answer.requires_replace.iter())
                .map(|path| crate::AttributePath::from_wire(path).to_string())
                .collect(),
            diagnostics: answer.diagnostics,
            deferral,
            type_name: type_name.to_owned(),
            config,
            prior: prior.clone(),
            private: answer.planned_private,
            identity: answer.planned_identity,
        }
    }

    /// Applies a planned change as core does: plans it again, and fails the test where core would
    /// find one of the results inconsistent with what was planned. A replacement deletes first.
    pub async fn apply(&self, planned: &Planned) -> State {
        self.apply_with(planned, planned.config.clone()).await
    }

    /// Applies a planned change with what has become known of its configuration meanwhile.
    pub async fn apply_with(&self, planned: &Planned, config: Json) -> State {
        let schema = self.schemas.resource(&planned.type_name);
        let mut prior = planned.prior.clone();
        if planned.is_replacement() {
            prior = self.plan_and_apply(&planned.type_name, &prior, Json::Null).await;
            if !prior.value.is_null() {
                return prior;
            }
            prior = State { diagnostics: prior.diagnostics, ..State::none() };
        }
        let kept = if self.stores_planned_private { planned.private.as_slice() } else { &[] };
        let again = self.plan_once(&planned.type_name, &prior, config, kept).await;
        if again.has_failed() {
            return State { diagnostics: again.diagnostics, ..prior };
        }
        let (first, second) = (schema.read(&planned.value), schema.read(&again.value));
        assert_conforms(&first, &second, &format!("{} (final plan)", planned.type_name));
        let mut state = self.apply_planned(&again).await;
        state.diagnostics.extend(prior.diagnostics);
        state
    }

    /// Applies a planned change without planning it again, as core does with a removal.
    pub async fn apply_planned(&self, planned: &Planned) -> State {
        let type_name = &planned.type_name;
        let schema = self.schemas.resource(type_name);
        let request = apply_resource_change::Request {
            type_name: type_name.clone(),
            prior_state: schema.encoded(&planned.prior.value),
            planned_state: schema.encoded(&planned.value),
            config: schema.encoded(&planned.config),
            planned_private: planned.private.clone(),
            provider_meta: self.meta(),
            planned_identity: planned.identity.clone(),
        };
        let answer =
            self.rpcs().apply_resource_change(request).await.expect("answers").into_inner();
        let state = codec::decode(answer.new_state.as_ref(), &schema.ty);
        let state = state.expect("a value of the schema");
        self.check_result(&answer.diagnostics);
        assert_stored(&schema.members, &state, type_name);
        let identity = schema.decoded_identity(answer.new_identity.as_ref());
        if answer.diagnostics.iter().all(is_warning) {
            let is_gone = planned.value.is_null();
            assert_eq!(state.is_null(), is_gone, "core: {type_name} is absent, or still there");
            let planned_identity = schema.decoded_identity(planned.identity.as_ref());
            let known = if is_gone { &Json::Null } else { &planned_identity };
            assert_identity(known, &identity, type_name);
            assert_conforms(&schema.read(&planned.value), &state, type_name);
        }
        State {
            value: write(&state),
            private: answer.private,
            identity,
            diagnostics: answer.diagnostics,
            deferral: None,
        }
    }

    /// Plans and applies in one go; a plan with errors is answered as it is, with the prior state.
    pub async fn plan_and_apply(&self, type_name: &str, prior: &State, config: Json) -> State {
        // A delete of a replacement comes by here as well, which would be a type without end.
        let planned = Box::pin(self.plan(type_name, prior, config)).await;
        if planned.has_failed() {
            return State { diagnostics: planned.diagnostics, ..prior.clone() };
        }
        Box::pin(self.apply(&planned)).await
    }

    /// Refreshes a state.
    pub async fn read(&self, type_name: &str, state: &State) -> State {
        let schema = self.schemas.resource(type_name);
        let request = read_resource::Request {
            type_name: type_name.to_owned(),
            current_state: schema.encoded(&state.value),
            private: state.private.clone(),
            provider_meta: self.meta(),
            client_capabilities: self.capabilities(),
            current_identity: schema.encoded_identity(&state.identity),
        };
        let answer = self.rpcs().read_resource(request).await.expect("answers").into_inner();
        let value = schema.stored(answer.new_state.as_ref(), type_name);
        let identity = schema.decoded_identity(answer.new_identity.as_ref());
        if !value.is_null() && answer.diagnostics.iter().all(is_warning) {
            assert_identity(&state.identity, &identity, type_name);
        }
        let deferral = answer.deferred.map(|deferred| deferred.reason());
        State {
            value,
            private: answer.private,
            identity,
            diagnostics: answer.diagnostics,
            deferral,
        }
    }

    /// Imports by id, without the refresh that core does next.
    pub async fn import(&self, type_name: &str, id: &str) -> State {
        self.import_target(type_name, id, &Json::Null).await
    }

    /// Imports by identity, without the refresh that core does next.
    pub async fn import_identity(&self, type_name: &str, identity: &Json) -> State {
        self.import_target(type_name, "", identity).await
    }

    async fn import_target(&self, type_name: &str, id: &str, identity: &Json) -> State {
        let schema = self.schemas.resource(type_name);
        let request = import_resource_state::Request {
            type_name: type_name.to_owned(),
            id: id.to_owned(),
            client_capabilities: self.capabilities(),
            identity: schema.encoded_identity(identity),
        };
        let answer =
            self.rpcs().import_resource_state(request).await.expect("answers").into_inner();
        let deferral = answer.deferred.map(|deferred| deferred.reason());
        let imported = answer.imported_resources.into_iter().next().unwrap_or_default();
        if deferral.is_none() && answer.diagnostics.iter().all(is_warning) {
            let state = schema.stored(imported.state.as_ref(), type_name);
            assert!(!state.is_null(), "core: nothing is imported, and nothing is said");
        }
        State {
            value: schema.decoded(imported.state.as_ref()),
            private: imported.private,
            identity: schema.decoded_identity(imported.identity.as_ref()),
            diagnostics: answer.diagnostics,
            deferral,
        }
    }

    /// Reads a stored state, as core does on every refresh.
    pub async fn upgrade(&self, type_name: &str, version: i64, stored: &Json) -> State {
        let request = upgrade_resource_state::Request {
            type_name: type_name.to_owned(),
            version,
            raw_state: raw(stored),
        };
        let answer =
            self.rpcs().upgrade_resource_state(request).await.expect("answers").into_inner();
        let schema = self.schemas.resource(type_name);
        State {
            value: schema.stored(answer.upgraded_state.as_ref(), type_name),
            diagnostics: answer.diagnostics,
            ..State::default()
        }
    }

    /// Takes over the state of another resource, as for a `moved` block.
    pub async fn move_state(&self, type_name: &str, source: &MoveSource) -> State {
        let request = move_resource_state::Request {
            source_provider_address: source.provider_address.clone(),
            source_type_name: source.type_name.clone(),
            source_schema_version: source.schema_version,
            source_state: raw(&source.state),
            target_type_name: type_name.to_owned(),
            ..Default::default()
        };
        let answer = self.rpcs().move_resource_state(request).await.expect("answers").into_inner();
        let schema = self.schemas.resource(type_name);
        let value = schema.stored(answer.target_state.as_ref(), type_name);
        let is_told = !value.is_null() || !answer.diagnostics.iter().all(is_warning);
        assert!(is_told, "core: nothing is moved, and nothing is said");
        State {
            value,
            private: answer.target_private,
            identity: schema.decoded_identity(answer.target_identity.as_ref()),
            diagnostics: answer.diagnostics,
            deferral: None,
        }
    }

    /// The configuration that `-generate-config-out` would write for a state.
    pub async fn generate_config(&self, type_name: &str, state: &State) -> Json {
        let schema = self.schemas.resource(type_name);
        let request = generate_resource_config::Request {
            type_name: type_name.to_owned(),
            state: schema.encoded(&state.value),
        };
        let answer = self.rpcs().generate_resource_config(request).await.expect("answers");
        schema.decoded(answer.into_inner().config.as_ref())
    }
}

fn raw(stored: &Json) -> Option<RawState> {
    Some(RawState { json: stored.to_string().into_bytes(), ..Default::default() })
}

pub(super) fn is_warning(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity() == diagnostic::Severity::Warning
}
