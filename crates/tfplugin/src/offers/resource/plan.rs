//! Changes of a resource, as they are planned.

use super::{Entry, PlanRequest, Planned};
use crate::diagnostic::Diagnostic;
use crate::offers::Call;
use crate::outcome::split;
use crate::plan::Plan;
use crate::plan::draft::Draft;
use crate::resource::Resource;
use crate::schema::Model;
use crate::timeouts;
use crate::value::AnyValue;

impl<C, R: Resource> Entry<C, R> {
    pub(super) async fn plan_change(
        &self,
        configured: &C,
        request: PlanRequest,
        call: &Call,
    ) -> Result<Planned, Vec<Diagnostic>> {
        // That of the new state may still hang on what is not known.
        let identity = self.identity_of(request.prior_identity, &request.prior);
        let members = self.offered.members.clone();
        let cx =
            call.context::<R::Model, R::Private>("plan", &AnyValue::Null).map_err(|e| vec![e])?;
        let prior = match &request.prior {
            AnyValue::Null => Ok(None),
            prior => R::Model::decode(prior.clone()).map(Some),
        };
        let prior = prior.map_err(|error| vec![self.offered.undecodable(&error)])?;
        let draft = self.drafted(request.prior, request.proposed, request.config);
        // What was not known when the configuration was validated may still not fit.
        let mut plan = Plan::new(prior, draft, members, request.is_second)
            .map_err(|error| vec![self.offered.invalid(&error)])?;
        let resource = (self.make)(configured);
        let outcome = cx.unless_stopped(resource.plan(&mut plan, &cx)).await;
        let has_failed = outcome.is_err();
        let (_, mut diagnostics) = split(outcome);
        if has_failed && !diagnostics.iter().any(|diagnostic| diagnostic.deferral.is_some()) {
            return Err(diagnostics);
        }
        let finished = plan.finish(&self.offered.ty);
        diagnostics.extend(finished.warnings);
        Ok(Planned {
            identity,
            planned: finished.planned,
            replacements: finished.replacements,
            private: call.private_after(&cx),
            diagnostics,
        })
    }

    pub(super) fn drafted(&self, prior: AnyValue, proposed: AnyValue, config: AnyValue) -> Draft {
        let aside = (!R::Model::timeouts().is_empty()).then_some(timeouts::BLOCK);
        let members = &self.offered.members;
        Draft::of_model(members, aside, prior, proposed, config, &Self::rewritten)
    }

    pub(super) async fn plan_destroy(
        &self,
        configured: &C,
        request: &PlanRequest,
        call: &Call,
    ) -> Planned {
        let mut planned = Planned { private: call.private.clone(), ..Planned::default() };
        let model = R::Model::decode(request.prior.clone());
        let cx = call.context::<R::Model, R::Private>("plan", &AnyValue::Null);
        // What cannot be read here is told by the delete.
        if let (Ok(model), Ok(cx)) = (model, cx) {
            let outcome = (self.make)(configured).plan_destroy(&model, &cx).await;
            planned.diagnostics = split(outcome).1;
            planned.diagnostics.retain(|diagnostic| diagnostic.is_error() || !request.is_second);
            planned.private = call.private_after(&cx);
        }
        planned
    }
}
