//! What a change will bring, as far as that can be known before it is applied.

use jiff::Timestamp;
use tfplugin::{Diagnostic, Failure, IntoDiagnostic, Limits, Outcome, Plan, Value, path};

use super::install::already_satisfied_by;
use super::instance::{self, AtPlan};
use super::model::LicenseModel;
use super::{
    Concerns, GivenToken, LicensePrivate, Licenses, Observation, diagnostics, license_id,
    plan_diagnostics, renew_diagnostics, validity,
};
use crate::access::ahead;
use crate::diagnostics::loss::not_creatable_again;
use crate::grafana::{Claims, same_root_url};

/// A change that sends a token.
#[derive(Clone, Copy, Debug)]
struct Change<'a> {
    given: &'a GivenToken,
    /// `instance` of the configuration, if it is set and known.
    instance: Option<&'a str>,
    replace_existing: bool,
    /// What the state shows; `None` for a create.
    prior: Option<&'a Observation>,
    /// Whether the license goes to another instance.
    is_moved: bool,
    /// The ids of other licenses that resources are planned to have on the instance.
    others: &'a [String],
}

type Warnings = Result<Vec<Diagnostic>, Failure<()>>;

/// What a change will meet.
struct Checked {
    warnings: Vec<Diagnostic>,
    there: There,
}

/// Whether a new resource will show what its token says. It is planned again when it is applied, and what was known
/// before must be the same then, though the license may be gone, or the instance not answer.
enum There {
    /// The license that is taken over: what differs from the token is not known.
    Adopted(Box<Claims>),
    /// The instance is not known yet, so the next plan may see the license.
    Later,
    /// None that is taken over, as far as is known.
    Other,
}

impl Licenses {
    /// Refines the plan of a license resource, and says what its reviewer should know.
    pub(crate) async fn plan<M: LicenseModel>(
        &self,
        plan: &mut Plan<M>,
        private: &mut LicensePrivate,
        limits: &Limits,
    ) -> Outcome<()> {
        let given = plan.planned.given_token()?;
        let warnings = match plan.prior().cloned() {
            None => self.plan_creation(plan, &given, private, limits).await?,
            Some(prior) => self.plan_update(plan, &prior, &given, private, limits).await?,
        };
        warnings.into_iter().for_each(|warning| plan.warn(warning));
        Ok(().into())
    }

    /// Registers a planned removal. A warning if the instance loses its license by it, as far as is known.
    pub(crate) fn plan_removal(
        &self,
        state: &impl LicenseModel,
        private: &mut LicensePrivate,
    ) -> Option<Diagnostic> {
        let in_state = self.of_state(state.claims());
        let own = private.own_id(&in_state);
        let loses = self.slot().plan_removal(&own, &mut private.holding);
        let instance = state.attributes().instance.known().map_or("The instance", String::as_str);
        (loses && !private.is_drifted(&in_state))
            .then(|| plan_diagnostics::removes(&in_state, instance))
    }

    async fn plan_creation<M: LicenseModel>(
        &self,
        plan: &mut Plan<M>,
        given: &GivenToken,
        private: &mut LicensePrivate,
        limits: &Limits,
    ) -> Warnings {
        expect(&mut plan.planned, given);
        let instance = match plan.config().attributes().instance {
            Value::Null => subject(given),
            configured => configured.clone(),
        };
        let planned = plan.planned.computed();
        (*planned.id, *planned.instance) = (instance.clone(), instance);

        let id = given.claims().map_or("", license_id);
        let before = self.slot().plan_creation(id, &mut private.holding);
        let change = Change::of(plan.config(), given, &before.other_objects);
        let checked = match given.is_none() {
            true => Err(diagnostics::no_token().into()),
            false => self.check(change, private, limits).await,
        };
        let Checked { mut warnings, there } = match checked {
            Err(failure) if before.loss => {
                let found = failure.diagnostics.into_iter().map(not_creatable_again);
                Checked { warnings: found.collect(), there: There::Other }
            }
            checked => checked?,
        };
        match there {
            There::Adopted(claims) => plan.planned.doubt(&claims),
            There::Later => plan.planned.expect_renewal(),
            There::Other => {}
        }
        if before.removal {
            warnings.push(plan_diagnostics::planned_after_removal());
        }
        Ok(warnings)
    }

    async fn plan_update<M: LicenseModel>(
        &self,
        plan: &mut Plan<M>,
        prior: &M,
        given: &GivenToken,
        private: &mut LicensePrivate,
        limits: &Limits,
    ) -> Warnings {
        let (slot, in_state) = (self.slot(), self.of_state(prior.claims()));
        let own = private.own_id(&in_state);
        slot.plan_to_stay(&own, &mut private.holding);
        let Concerns { mut terms, token } =
            self.concerns().remove(&private.holding.mark()).unwrap_or_default();
        let change = plan.planned.token_change(prior, given, &in_state, private);
        let is_renewed = plan.planned.is_renewed(prior, &change);
        if change.is_sent() {
            plan.force_change();
            expect(&mut plan.planned, given);
            if is_renewed {
                plan.planned.expect_renewal();
            }
            let is_moved = plan_instance(plan, prior, subject(given));
            let id = given.claims().map_or("", license_id);
            let others = match is_moved {
                true => Vec::new(),
                false => slot.plan_object(id, &mut private.holding),
            };
            let claims = Some(in_state.clone());
            let observation = Observation { claims, ..prior.observation() };
            let change = Change::of(plan.config(), given, &others);
            let change = Change { prior: Some(&observation), is_moved, ..change };
            let Checked { mut warnings, .. } = self.check(change, private, limits).await?;
            // What the plan changes needs no warning any more.
            terms.retain(|_| !is_renewed && has_same_terms(&plan.planned.claims(), &in_state));
            warnings.append(&mut terms);
            return Ok(warnings);
        }
        let mut warnings = Vec::from_iter(change.unsent().map(|token| {
            let mut expected = prior.clone();
            expected.expect(token.claims(), false);
            plan_diagnostics::unsent_token(token.claims(), expected == *prior)
        }));
        if !is_renewed {
            warnings.extend(terms.into_iter().chain(token));
        }
        if given.is_none() && private.is_drifted(&in_state) {
            if is_renewed {
                return Err(renew_diagnostics::other_license_not_renewed(&in_state, &own))?;
            }
            warnings.push(plan_diagnostics::another_license_now(&in_state, &own));
        } else {
            let others = slot.plan_object(&own, &mut private.holding);
            if !others.is_empty() {
                warnings.push(plan_diagnostics::planned_twice(&in_state, &others));
            }
        }
        if private.must_reassert() {
            if given.is_none() {
                return Err(plan_diagnostics::cannot_reassert())?;
            }
            warnings.push(plan_diagnostics::reasserts());
            plan.force_change();
        }
        if plan.is_changed() || private.must_reassert() {
            plan.planned = plan.planned.clone().keeping(prior);
            if is_renewed {
                plan.planned.expect_renewal();
                *plan.planned.computed().status = Value::Unknown;
            }
            if is_renewed || private.must_reassert() {
                *plan.planned.computed().valid = Value::Unknown;
            }
            plan_instance(plan, prior, Value::Unknown);
        }
        Ok(warnings)
    }

    /// Checks what a change will meet. Of a license that stays on its instance the apply finds that out too.
    ///
    /// # Errors
    /// What would be an error at apply as well.
    async fn check(
        &self,
        change: Change<'_>,
        private: &LicensePrivate,
        limits: &Limits,
    ) -> Result<Checked, Failure<()>> {
        let limits = &if change.is_moved { limits.clone() } else { ahead(limits) };
        let token = change.given.known();
        let (mut found, mut there) = (Vec::new(), There::Other);
        let mut seen = change.prior.cloned();
        match self.connect_at_plan(limits).await? {
            AtPlan::Later => there = There::Later,
            AtPlan::Unreachable(error) if change.is_moved => {
                found.push(plan_diagnostics::new_instance_not_there(&error));
            }
            AtPlan::Unreachable(error) => found.push(plan_diagnostics::not_checked(&error)),
            AtPlan::Reached(reached) => {
                found.extend(reached.refuses(token, change.instance));
                if seen.is_none() && token.is_some() {
                    match Observation::make(&reached.licensing).await {
                        Ok(observation) => seen = Some(observation),
                        Err(error) if instance::is_lasting(&error) => {
                            return Err(error.into_diagnostic())?;
                        }
                        Err(error) => found.push(plan_diagnostics::not_checked(&error)),
                    }
                }
            }
        }
        if let Some(token) = token {
            if !found.iter().any(Diagnostic::is_error) {
                found.extend(change.instance.and_then(|url| instance::refuses(token, url)));
            }
            let seen = seen.as_ref();
            let is_there = seen.and_then(|seen| already_satisfied_by(seen, token.claims()));
            let adopted = is_there.filter(|_| change.prior.is_none());
            if let Some(active) = adopted {
                let id = license_id(active);
                let is_news = !private.owns(id) && !self.slot().is_held(id);
                found.extend(is_news.then(|| plan_diagnostics::adopts(active).at(token.path())));
                there = There::Adopted(Box::new(active.clone()));
            } else {
                found.extend(validity::of_token(token, Timestamp::now()));
            }
            let active = seen.and_then(Observation::valid_license);
            let compared = active.filter(|_| adopted.is_none() && change.others.is_empty());
            let compared =
                compared.and_then(|active| self.compare(active, token.claims(), change, private));
            found.extend(compared.map(|warning| warning.at(token.path())));
            if !change.others.is_empty() {
                found.push(plan_diagnostics::planned_twice(token.claims(), change.others));
            }
        }
        if found.iter().any(Diagnostic::is_error) {
            found.retain(Diagnostic::is_error);
            return Err(Failure::all(found));
        }
        Ok(Checked { warnings: found, there })
    }

    /// What a reviewer should know of a license that comes in the place of a valid one.
    fn compare(
        &self,
        active: &Claims,
        new: &Claims,
        change: Change<'_>,
        private: &LicensePrivate,
    ) -> Option<Diagnostic> {
        let lost = lost_terms(active, new);
        let id = license_id(active);
        // The other half of the replacement has been compared; of one that moves there is nothing here.
        if change.is_moved || (change.prior.is_none() && private.owns(id)) {
            return None;
        }
        if id == license_id(new) && new.license_id.is_some() {
            return match (new.issued_at, active.issued_at) {
                (Some(issued), Some(newer)) if issued < newer => {
                    Some(plan_diagnostics::older_token(new, issued, newer, &lost))
                }
                _ => (!lost.is_empty()).then(|| plan_diagnostics::reduced(new, &lost)),
            };
        }
        let may_replace =
            change.prior.is_some() || change.replace_existing || self.slot().is_released(id);
        Some(plan_diagnostics::replaces(active, new, &lost, may_replace))
    }
}

impl<'a> Change<'a> {
    fn of(config: &'a impl LicenseModel, given: &'a GivenToken, others: &'a [String]) -> Self {
        let attributes = config.attributes();
        Change {
            given,
            instance: attributes.instance.known().map(String::as_str),
            replace_existing: *attributes.replace_existing == Value::Known(true),
            prior: None,
            is_moved: false,
            others,
        }
    }
}

/// Plans the claims of the token; what only the server knows is unknown.
fn expect(planned: &mut impl LicenseModel, given: &GivenToken) {
    if let Some(claims) = given.claims() {
        planned.expect(claims, given.is_stored());
    }
}

fn subject(given: &GivenToken) -> Value<String> {
    let subject = given.claims().and_then(|claims| claims.subject.clone());
    subject.map_or(Value::Unknown, Value::Known)
}

/// Plans the instance of an update: another one, as URLs go, replaces the resource.
fn plan_instance<M: LicenseModel>(plan: &mut Plan<M>, prior: &M, of_token: Value<String>) -> bool {
    let configured = plan.config().attributes().instance.clone();
    let is_configured = !configured.is_null();
    let asked = if is_configured { configured } else { of_token };
    let before = prior.attributes().instance;
    let is_moved = match (&asked, before) {
        (Value::Known(asked), Value::Known(before)) => !same_root_url(asked, before),
        _ => false,
    };
    if is_moved {
        *plan.planned.computed().instance = asked;
        plan.require_replace(path!(instance));
    } else if !is_configured {
        plan.planned.computed().instance.clone_from(before);
    }
    is_moved
}

/// Whether both end at the same time and are for as many users.
fn has_same_terms(one: &Claims, other: &Claims) -> bool {
    let terms = |claims: &Claims| {
        let users = (claims.included_users, claims.included_admins, claims.included_viewers);
        (claims.expires_at, users)
    };
    terms(one) == terms(other)
}

/// What a license has less of than the one that it replaces.
fn lost_terms(active: &Claims, new: &Claims) -> Vec<String> {
    let counts = [
        ("users", active.included_users, new.included_users),
        ("administrators and editors", active.included_admins, new.included_admins),
        ("viewers", active.included_viewers, new.included_viewers),
    ];
    let fewer = counts.into_iter().filter_map(|(kind, before, after)| {
        let (before, after) = (before?, after?);
        (after < before).then(|| format!("fewer {kind} ({after} instead of {before})"))
    });
    let mut lost: Vec<String> = fewer.collect();
    if let Some(end) = new.expires_at
        && active.expires_at.is_none_or(|before| end < before)
    {
        lost.push(match active.expires_at {
            Some(before) => format!("an earlier end ({end} instead of {before})"),
            None => format!("an end ({end})"),
        });
    }
    lost
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_users_and_an_earlier_end_are_lost() {
        let of = |users, end: Option<i64>| Claims {
            included_users: users,
            expires_at: end.map(|end| Timestamp::from_second(end).unwrap()),
            ..Claims::default()
        };
        assert_eq!(lost_terms(&of(Some(80), Some(2)), &of(Some(80), Some(2))), [""; 0]);
        assert_eq!(lost_terms(&of(Some(80), Some(1)), &of(Some(90), Some(2))), [""; 0]);
        assert_eq!(lost_terms(&of(None, Some(1)), &of(Some(90), None)), [""; 0]);
        let lost = lost_terms(&of(Some(80), Some(2)), &of(Some(15), Some(1)));
        assert_eq!(lost.len(), 2);
        assert_eq!(lost[0], "fewer users (15 instead of 80)");
        assert_eq!(lost_terms(&of(None, None), &of(None, Some(1))).len(), 1);
    }
}
