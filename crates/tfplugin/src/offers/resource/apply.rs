//! Changes of a resource, as they are made.

use super::{Applied, ApplyRequest, Entry};
use crate::diagnostic::Diagnostic;
use crate::diagnostics;
use crate::offers::{Call, Offered, failed};
use crate::outcome::{Outcome, split};
use crate::path::AttributePath;
use crate::plan::draft::{with_write_only, without_write_only};
use crate::plan::result::{differences, keep_planned, with_objects};
use crate::plan::spelling::respelt;
use crate::resource::Resource;
use crate::schema::Model;
use crate::timeouts;
use crate::value::{AnyValue, DecodeError};

impl<C, R: Resource> Entry<C, R> {
    pub(super) async fn create_or_update(
        &self,
        configured: &C,
        request: &ApplyRequest,
        call: &Call,
    ) -> (Outcome<R::Model>, Vec<u8>) {
        let operation = if request.prior.is_null() { "create" } else { "update" };
        let cx = match call.context::<R::Model, R::Private>(operation, &request.planned) {
            Ok(cx) => cx,
            Err(error) => return (Err(failed(error)), call.private.clone()),
        };
        let resource = (self.make)(configured);
        let outcome = match self.decode_change(request) {
            Err(error) => Err(failed(self.offered.undecodable(&error))),
            Ok((None, plan)) => resource.create(plan, &cx).await,
            Ok((Some(prior), plan)) => match self.updating {
                Some(update) => update(&resource, prior, plan, &cx).await,
                None => Err(failed(diagnostics::update_not_supported(R::Model::TYPE_NAME))),
            },
        };
        (outcome, call.private_after(&cx))
    }

    fn decode_change(
        &self,
        request: &ApplyRequest,
    ) -> Result<(Option<R::Model>, R::Model), DecodeError> {
        let plan = with_write_only(&self.offered.members, request.planned.clone(), &request.config);
        let prior = match &request.prior {
            AnyValue::Null => None,
            prior => Some(R::Model::decode(prior.clone())?),
        };
        Ok((prior, R::Model::decode(plan)?))
    }

    /// The state after a create or update. A result that Terraform would refuse is kept, with an error that names where.
    pub(super) fn state_after(
        &self,
        request: &ApplyRequest,
        outcome: Outcome<R::Model>,
    ) -> (AnyValue, Vec<Diagnostic>) {
        let succeeded = outcome.is_ok();
        let (reached, mut diagnostics) = split(outcome);
        let Some(reached) = reached else {
            return (request.prior.clone(), diagnostics);
        };
        let Offered { ty, members, .. } = &self.offered;
        let planned = &request.planned;
        let stored =
            |model: &R::Model| without_write_only(members, self.offered.complete(model, planned));
        let mut state = stored(&reached);
        if succeeded && (state != *planned || !state.is_wholly_known()) {
            state = with_objects(planned, state, ty);
            state = respelt(planned, state, ty, &Self::rewritten);
            if R::KEEPS_PLANNED {
                state = keep_planned(planned, state, ty);
            }
            let mut found = Vec::new();
            differences(planned, &state, ty, &AttributePath::default(), &mut found);
            let differing =
                found.iter().map(|(at, unknown)| diagnostics::inconsistent(at, *unknown));
            diagnostics.extend(differing);
        }
        (state.without_unknowns(), diagnostics)
    }

    pub(super) async fn delete(&self, configured: &C, prior: AnyValue, call: &Call) -> Applied {
        let cx = match call.context::<R::Model, R::Private>("delete", &prior) {
            Ok(cx) => cx,
            Err(error) => return self.kept(prior, call, error),
        };
        let model = match R::Model::decode(prior.clone()) {
            Ok(model) => model,
            Err(error) => return self.kept(prior, call, self.offered.undecodable(&error)),
        };
        let outcome = (self.make)(configured).delete(model, &cx).await;
        let state = if outcome.is_ok() { AnyValue::Null } else { prior };
        let private = if outcome.is_ok() { Vec::new() } else { call.private_after(&cx) };
        let (_, diagnostics) = split(outcome);
        Applied { state, private, diagnostics, ..Applied::default() }
    }

    /// Whether nothing changes but how long operations may take.
    pub(super) fn is_unchanged(&self, request: &ApplyRequest) -> bool {
        let ApplyRequest { prior, planned, .. } = request;
        !prior.is_null()
            && planned.is_wholly_known()
            && !R::Model::timeouts().is_empty()
            && self.offered.members.iter().all(|member| {
                member.name == timeouts::BLOCK
                    || prior.get(&member.name) == planned.get(&member.name)
            })
    }
}
