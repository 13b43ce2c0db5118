//! Managed resources, with their types erased.

use std::time::Duration;

mod apply;
mod plan;

use super::{Call, Make, Offered, failed};
use crate::JsonObject;
use crate::diagnostic::Diagnostic;
use crate::diagnostics;
use crate::outcome::{Outcome, split};
use crate::path::{AttributePath, Step};
use crate::plan::draft::without_write_only;
use crate::plan::spelling::respelt;
use crate::private;
use crate::resource::{ImportTarget, MoveSource, Resource, Updating};
use crate::schema::{Attribute, Identity, Mode, Model};
use crate::timeouts;
use crate::value::{AnyValue, DecodeError, Type};
use async_trait::async_trait;

/// How long it may take to give back what nobody will know of.
const UNDELIVERED_BOUND: Duration = Duration::from_secs(15);

/// What PlanResourceChange brings.
pub(crate) struct PlanRequest {
    pub(crate) prior: AnyValue,
    pub(crate) proposed: AnyValue,
    pub(crate) config: AnyValue,
    pub(crate) prior_identity: AnyValue,
    /// Whether the plan is only made again at apply (told by Terraform 1.16+).
    pub(crate) is_second: bool,
}

/// What PlanResourceChange answers.
#[derive(Default)]
pub(crate) struct Planned {
    pub(crate) planned: AnyValue,
    pub(crate) replacements: Vec<AttributePath>,
    pub(crate) private: Vec<u8>,
    pub(crate) identity: AnyValue,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// What ApplyResourceChange brings.
pub(crate) struct ApplyRequest {
    pub(crate) prior: AnyValue,
    pub(crate) planned: AnyValue,
    pub(crate) config: AnyValue,
    pub(crate) planned_identity: AnyValue,
}

/// A state with what goes with it.
#[derive(Default)]
pub(crate) struct Applied {
    pub(crate) state: AnyValue,
    pub(crate) private: Vec<u8>,
    pub(crate) identity: AnyValue,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

#[async_trait]
pub(crate) trait AnyResource<C>: Send + Sync {
    fn offered(&self) -> &Offered;
    /// The version and attributes of its identity; no attributes if it has none.
    fn identity_schema(&self) -> (i64, &[Attribute]);
    fn identity_type(&self) -> &Type;
    fn validate(&self, config: AnyValue, write_only_allowed: bool) -> Vec<Diagnostic>;
    /// Brings a stored state from `version` to the next.
    fn upgrade(&self, version: i64, state: &mut JsonObject) -> Vec<Diagnostic>;
    /// Brings a stored identity from `version` to the next.
    fn upgrade_identity(&self, version: i64, identity: &mut JsonObject) -> Vec<Diagnostic>;
    /// The state of another type or provider; `None` if none of its kind is taken over.
    fn move_from(&self, source: &MoveSource) -> Option<Applied>;
    /// The state of the same type of whatever address of the provider, in its present form, with its private
    /// state and identity; `None` if it lacks what is required.
    fn move_same(&self, state: AnyValue, private: &[u8], identity: AnyValue) -> Option<Applied>;
    fn unsupported_move(&self, source: &MoveSource) -> Diagnostic;
    async fn plan(&self, configured: &C, request: PlanRequest, call: &Call) -> Planned;
    /// What can be planned without the provider's configuration.
    fn draft(&self, request: PlanRequest) -> AnyValue;
    async fn apply(&self, configured: &C, request: ApplyRequest, call: &Call) -> Applied;
    /// Gives back what a create or update has made, whose answer nobody can receive.
    async fn undelivered(
        &self,
        configured: &C,
        prior: AnyValue,
        state: AnyValue,
        call: &Call,
    ) -> Vec<Diagnostic>;
    async fn read(
        &self,
        configured: &C,
        state: AnyValue,
        identity: AnyValue,
        call: &Call,
    ) -> Applied;
    async fn import(&self, configured: &C, id: String, identity: AnyValue, call: &Call) -> Applied;
}

pub(crate) struct Entry<C, R: Resource> {
    make: Make<C, R>,
    updating: Option<Updating<R>>,
    offered: Offered,
    identity: Vec<Attribute>,
    identity_type: Type,
}

impl<C, R: Resource> Entry<C, R> {
    pub(crate) fn new(make: Make<C, R>, updating: Option<Updating<R>>) -> Self {
        let identity = R::Identity::attributes();
        let identity_type = Type::object(identity.iter().map(|a| (a.name.clone(), a.kind.ty())));
        Entry { make, updating, offered: Offered::of::<R::Model>(), identity, identity_type }
    }

    /// What is to be imported: all that its identity requires must be there.
    fn import_target(
        &self,
        id: String,
        identity: AnyValue,
    ) -> Result<ImportTarget<R::Identity>, DecodeError> {
        if identity.is_null() {
            return Ok(ImportTarget::Id(id));
        }
        for required in self.identity.iter().filter(|part| part.mode == Mode::Required) {
            let part = identity.get(&required.name);
            if part.is_null() || !part.is_wholly_known() {
                let missing = DecodeError::shape("a value", part);
                return Err(missing.within(Step::Attribute(required.name.clone())));
            }
        }
        R::Identity::decode(identity).map(ImportTarget::Identity)
    }

    /// The identity to tell: the one Terraform has, which must not change, else that of the state.
    fn identity_of(&self, known: AnyValue, state: &AnyValue) -> AnyValue {
        if state.is_null() || self.identity.is_empty() {
            return AnyValue::Null;
        }
        if !known.is_null() && known.is_wholly_known() {
            return known;
        }
        let model = R::Model::decode(state.clone()).ok();
        let identity = model.and_then(|model| R::identity(&model));
        let identity = identity.map_or(AnyValue::Null, |identity| identity.encode());
        if identity.is_wholly_known() { identity } else { AnyValue::Null }
    }

    /// A model as it is stored, with the `timeouts` block that stands in `beside`.
    fn stored(&self, model: &R::Model, beside: &AnyValue) -> AnyValue {
        let state = self.offered.complete(model, beside).without_unknowns();
        without_write_only(&self.offered.members, state)
    }

    /// A value as the model writes what it has read: equal for what means the same.
    fn rewritten(value: AnyValue) -> Option<AnyValue> {
        R::Model::decode(value).ok().map(|model| model.encode())
    }

    fn kept(&self, state: AnyValue, call: &Call, error: Diagnostic) -> Applied {
        Applied {
            state,
            private: call.private.clone(),
            diagnostics: vec![error],
            ..Applied::default()
        }
    }

    /// A state that comes from elsewhere: an import, an upgrade or a move. `beside` is the state it comes from.
    fn taken_over(&self, outcome: Outcome<R::Model>, beside: &AnyValue) -> Applied {
        let failed = outcome.is_err();
        let (model, diagnostics) = split(outcome);
        let Some(model) = model.filter(|_| !failed) else {
            return Applied { diagnostics, ..Applied::default() };
        };
        let state = self.stored(&model, beside);
        let identity = self.identity_of(AnyValue::Null, &state);
        Applied { state, identity, diagnostics, ..Applied::default() }
    }
}

#[async_trait]
impl<C: Send + Sync + 'static, R: Resource> AnyResource<C> for Entry<C, R> {
    fn offered(&self) -> &Offered {
        &self.offered
    }

    fn identity_schema(&self) -> (i64, &[Attribute]) {
        (R::Identity::VERSION, &self.identity)
    }

    fn identity_type(&self) -> &Type {
        &self.identity_type
    }

    fn validate(&self, config: AnyValue, write_only_allowed: bool) -> Vec<Diagnostic> {
        self.offered.validate::<R::Model>(config, write_only_allowed, R::validate)
    }

    fn upgrade(&self, version: i64, state: &mut JsonObject) -> Vec<Diagnostic> {
        split(R::upgrade(version, state)).1
    }

    fn upgrade_identity(&self, version: i64, identity: &mut JsonObject) -> Vec<Diagnostic> {
        split(R::upgrade_identity(version, identity)).1
    }

    fn move_from(&self, source: &MoveSource) -> Option<Applied> {
        let is_of = |&(provider, name): &(&str, &str)| source.is(provider, name);
        let timeouts = || timeouts::stored(&source.state, R::Model::timeouts());
        let is_known = R::MOVES_FROM.iter().any(is_of);
        is_known.then(|| self.taken_over(R::move_from(source), &timeouts()))
    }

    fn move_same(&self, state: AnyValue, private: &[u8], identity: AnyValue) -> Option<Applied> {
        let is_required = |member: &&Attribute| member.mode == Mode::Required && !member.write_only;
        let mut required = self.offered.schema.block.attributes.iter().filter(is_required);
        let fits = required.all(|member| !state.get(&member.name).is_null())
            && R::Model::decode(state.clone()).is_ok();
        fits.then(|| Applied {
            private: private::encode(&private::decode::<R::Private>(private)),
            identity: self.identity_of(identity, &state),
            state,
            diagnostics: Vec::new(),
        })
    }

    fn unsupported_move(&self, source: &MoveSource) -> Diagnostic {
        diagnostics::unsupported_move(source, R::Model::TYPE_NAME, R::MOVES_FROM)
    }

    async fn plan(&self, configured: &C, request: PlanRequest, call: &Call) -> Planned {
        if request.proposed.is_null() {
            return self.plan_destroy(configured, &request, call).await;
        }
        let prior = request.prior.clone();
        match self.plan_change(configured, request, call).await {
            Ok(planned) => planned,
            Err(diagnostics) => Planned {
                planned: prior,
                private: call.private.clone(),
                diagnostics,
                ..Planned::default()
            },
        }
    }

    fn draft(&self, request: PlanRequest) -> AnyValue {
        let PlanRequest { prior, proposed, config, .. } = request;
        if proposed.is_null() { proposed } else { self.drafted(prior, proposed, config).planned }
    }

    async fn apply(&self, configured: &C, request: ApplyRequest, call: &Call) -> Applied {
        if request.planned.is_null() {
            let deleted = self.delete(configured, request.prior, call).await;
            let identity = self.identity_of(request.planned_identity, &deleted.state);
            return Applied { identity, ..deleted };
        }
        if self.is_unchanged(&request) {
            return Applied {
                identity: self.identity_of(request.planned_identity, &request.planned),
                state: request.planned,
                private: call.private.clone(),
                diagnostics: Vec::new(),
            };
        }
        let (outcome, private) = self.create_or_update(configured, &request, call).await;
        let (state, diagnostics) = self.state_after(&request, outcome);
        let identity = self.identity_of(request.planned_identity, &state);
        Applied { state, private, identity, diagnostics }
    }

    async fn undelivered(
        &self,
        configured: &C,
        prior: AnyValue,
        state: AnyValue,
        call: &Call,
    ) -> Vec<Diagnostic> {
        let decode = |value: AnyValue| match value {
            AnyValue::Null => Ok(None),
            value => R::Model::decode(value).map(Some),
        };
        let (prior, state) = match (decode(prior), decode(state)) {
            (Ok(prior), Ok(Some(state))) => (prior, state),
            (_, Ok(None)) => return Vec::new(),
            (Err(error), _) | (_, Err(error)) => return vec![self.offered.undecodable(&error)],
        };
        let cx = call.context_within(UNDELIVERED_BOUND);
        split((self.make)(configured).undelivered(prior, state, &cx).await).1
    }

    async fn read(
        &self,
        configured: &C,
        state: AnyValue,
        identity: AnyValue,
        call: &Call,
    ) -> Applied {
        let cx = match call.context::<R::Model, R::Private>("read", &state) {
            Ok(cx) => cx,
            Err(error) => return self.kept(state, call, error),
        };
        let model = match R::Model::decode(state.clone()) {
            Ok(model) => model,
            Err(error) => return self.kept(state, call, self.offered.undecodable(&error)),
        };
        let resource = (self.make)(configured);
        let outcome = cx.unless_stopped(resource.read(model, &cx)).await;
        let has_failed = outcome.is_err();
        let (reached, diagnostics) = split(outcome);
        let state = match reached.flatten().map(|model| self.stored(&model, &state)) {
            Some(read) => respelt(&state, read, &self.offered.ty, &Self::rewritten),
            None if has_failed => state,
            None => AnyValue::Null,
        };
        let identity = self.identity_of(identity, &state);
        Applied { state, private: call.private_after(&cx), identity, diagnostics }
    }

    async fn import(&self, configured: &C, id: String, identity: AnyValue, call: &Call) -> Applied {
        let cx = match call.context::<R::Model, R::Private>("import", &AnyValue::Null) {
            Ok(cx) => cx,
            Err(error) => return self.kept(AnyValue::Null, call, error),
        };
        let target = self.import_target(id, identity.clone());
        let resource = (self.make)(configured);
        let outcome = match target {
            Ok(target) => cx.unless_stopped(resource.import(target, &cx)).await,
            Err(error) => Err(failed(self.offered.invalid(&error))),
        };
        let mut imported = self.taken_over(outcome, &AnyValue::Null);
        if imported.identity.is_null() {
            imported.identity = self.identity_of(identity, &imported.state);
        }
        Applied { private: call.private_after(&cx), ..imported }
    }
}
