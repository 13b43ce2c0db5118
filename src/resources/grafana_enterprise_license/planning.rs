//! What a change will bring, as far as it can be known.

use jiff::Timestamp;
use tfplugin::{Context, Diagnostic, Outcome, Plan, Value, path};

use super::instance::{LicensedInstance, unless_it_may_pass};
use super::observation::Observation;
use super::token::{Given, Remembered, Source, fingerprint, license_id, own_id, sends, state_id};
use super::{EnterpriseLicense, EnterpriseLicenses, installation, refusals};
use crate::claims::{self, ClaimAttributes};
use crate::grafana::{Claims, same_root_url};
use crate::resources::holders;

impl EnterpriseLicenses {
    pub(super) async fn plan_license(
        &self,
        plan: &mut Plan<EnterpriseLicense>,
        cx: &Context<Remembered>,
    ) -> Outcome<()> {
        let remembered = cx.private();
        let Some(prior) = plan.prior().cloned() else {
            cx.update_private(|private| private.replacing = true);
            self.run.note_create();
            return self.plan_create(plan, &remembered, cx).await;
        };
        cx.update_private(|private| private.replacing = false);
        self.run.holders.note_holder(&own_id(&prior, cx), cx);
        if !sends(&prior, &plan.planned, &remembered) {
            warn_of_unsent_token(plan, &prior, &remembered);
            warn_of_another(plan, &prior, &remembered);
            let secures = holders::secures(cx);
            if secures {
                plan_to_secure(plan)?;
            }
            keep_license(plan, &prior, secures);
            return Ok(().into());
        }
        plan.force_change();
        self.plan_update(plan, &prior).await
    }

    pub(super) async fn plan_removal(&self, state: &EnterpriseLicense, cx: &Context<Remembered>) {
        self.run.plan_removal(&own_id(state, cx), cx).await;
    }

    async fn plan_create(
        &self,
        plan: &mut Plan<EnterpriseLicense>,
        remembered: &Remembered,
        cx: &Context<Remembered>,
    ) -> Outcome<()> {
        let Some(given) = Given::in_plan(&plan.planned) else {
            return Err(installation::no_token())?;
        };
        let (source, claims) = (given.source, given.claims()?);
        plan.planned.id = Value::Unknown;
        expect(&mut plan.planned, source, claims.as_ref());
        if plan.config().instance.is_null() {
            plan.planned.instance = subject(claims.as_ref());
        }
        plan.planned.id = plan.planned.instance.clone();
        let there = self.active_at_plan(claims.as_ref()).await?;
        let adopted = there
            .as_ref()
            .zip(claims.as_ref())
            .is_some_and(|(there, claims)| installation::same_and_enough(there, claims).is_some());
        self.judge(plan, source, claims.as_ref(), !adopted).await?;
        if let (Some(there), Some(sent), false) = (there, claims, adopted) {
            self.warn_of_existing(plan, source, &sent, there, remembered, cx).await?;
        }
        Ok(().into())
    }

    async fn plan_update(
        &self,
        plan: &mut Plan<EnterpriseLicense>,
        prior: &EnterpriseLicense,
    ) -> Outcome<()> {
        let Some(given) = Given::in_plan(&plan.planned) else { return Ok(().into()) };
        let (source, claims) = (given.source, given.claims()?);
        expect(&mut plan.planned, source, claims.as_ref());
        plan_instance(plan, prior, claims.as_ref());
        self.judge(plan, source, claims.as_ref(), true).await?;
        let active = Claims {
            license_id: prior.license_id.known().cloned(),
            issued_at: prior.issued_at.known().copied(),
            ..Claims::default()
        };
        let older = claims.and_then(|claims| refusals::older(&claims, &active, &source.path()));
        older.into_iter().for_each(|warning| plan.warn(warning));
        Ok(().into())
    }

    /// Refuses what Grafana would refuse, and warns of what it might. Of a token that is not sent
    /// only the instance is looked at.
    async fn judge(
        &self,
        plan: &mut Plan<EnterpriseLicense>,
        source: Source,
        claims: Option<&Claims>,
        is_sent: bool,
    ) -> Result<(), tfplugin::Failure<()>> {
        let at = source.path();
        let mut found = Vec::new();
        if let Some(claims) = claims {
            if is_sent {
                found = refusals::of_token(claims, Timestamp::now(), &at);
            }
            if let Some(instance) = plan.config().instance.known() {
                found.extend(refusals::not_for(claims, instance, &at));
            }
        }
        if let Some(reached) = LicensedInstance::at_plan(&self.grafana).await?
            && !found.iter().any(Diagnostic::is_error)
        {
            let instance = &reached.instance;
            let other = claims.and_then(|claims| refusals::other_instance(claims, instance, &at));
            found.extend(other.or_else(|| wrong_instance(plan.config(), &instance.app_url)));
        }
        let (errors, warnings): (Vec<_>, Vec<_>) =
            found.into_iter().partition(Diagnostic::is_error);
        warnings.into_iter().for_each(|warning| plan.warn(warning));
        if errors.is_empty() { Ok(()) } else { Err(tfplugin::Failure::all(errors)) }
    }

    /// The license that is there while a create is planned; `None` if it cannot be asked for yet.
    async fn active_at_plan(
        &self,
        claims: Option<&Claims>,
    ) -> Result<Option<Observation>, Diagnostic> {
        if claims.is_none() {
            return Ok(None);
        }
        let Some(reached) = LicensedInstance::at_plan(&self.grafana).await? else {
            return Ok(None);
        };
        unless_it_may_pass(Observation::make(&reached.licensing).await)
    }

    /// Tells a reviewer of a license that is there already and is not the resource's own.
    async fn warn_of_existing(
        &self,
        plan: &mut Plan<EnterpriseLicense>,
        source: Source,
        sent: &Claims,
        there: Observation,
        remembered: &Remembered,
        cx: &Context<Remembered>,
    ) -> Result<(), Diagnostic> {
        let Observation { claims: Some(active), valid: true } = there else { return Ok(()) };
        let id = license_id(&active);
        if id == license_id(sent) {
            let older = refusals::older(sent, &active, &source.path());
            older.into_iter().for_each(|warning| plan.warn(warning));
            return Ok(());
        }
        let own = remembered.license.as_deref() == Some(id);
        if !own && !self.run.turn(cx).await?.lets_go_of(id) {
            plan.warn(existing(&active, plan.config(), source));
        }
        Ok(())
    }
}

/// Plans the claims of the token; what it lacks, and what only the server knows, is unknown.
fn expect(planned: &mut EnterpriseLicense, source: Source, claims: Option<&Claims>) {
    if let Some(claims) = claims {
        planned.expect(claims, source == Source::Stored);
    }
}

fn subject(claims: Option<&Claims>) -> Value<String> {
    let subject = claims.and_then(|claims| claims.subject.clone());
    subject.map_or(Value::Unknown, Value::Known)
}

/// Plans the instance of an update: another one, as URLs go, is another resource.
fn plan_instance(
    plan: &mut Plan<EnterpriseLicense>,
    prior: &EnterpriseLicense,
    claims: Option<&Claims>,
) {
    let asked = match &plan.config().instance {
        Value::Null => subject(claims),
        instance => instance.clone(),
    };
    let stays = match (&asked, &prior.instance) {
        (Value::Known(asked), Value::Known(prior)) => same_root_url(asked, prior),
        _ => true,
    };
    if !stays {
        plan.planned.instance = asked;
        plan.require_replace(path!(instance));
    } else if plan.config().instance.is_null() {
        plan.planned.instance = prior.instance.clone();
    }
}

/// Plans a change that leaves the license alone: what is known of it stays.
fn keep_license(plan: &mut Plan<EnterpriseLicense>, prior: &EnterpriseLicense, secures: bool) {
    if !plan.is_changed() && !secures {
        return;
    }
    plan.planned.keep(prior);
    plan.planned.status = prior.status.clone();
    if !secures {
        plan.planned.valid = prior.valid.clone();
    }
    plan_instance(plan, prior, None);
}

/// Plans an update that ends with the license in place, whatever the removal of another resource did.
fn plan_to_secure(plan: &mut Plan<EnterpriseLicense>) -> Result<(), Diagnostic> {
    if Given::in_plan(&plan.planned).is_none() {
        let detail = "Another resource with the same license of the same instance is to be removed. The license would go with it, and without a token this resource \
                      could not put it back. To drop only the other resource, use a `removed` block with `destroy = false`, or `terraform state rm`.";
        return Err(Diagnostic::error(
            "Two resources have this license, and one is removed",
            detail,
        ));
    }
    plan.force_change();
    plan.warn(holders::securing());
    Ok(())
}

fn wrong_instance(config: &EnterpriseLicense, app_url: &str) -> Option<Diagnostic> {
    let instance = config.instance.known()?;
    (!same_root_url(instance, app_url)).then(|| {
        let detail = format!(
            "`instance` is {instance}, but this instance's own root URL is {app_url} (`root_url` in its configuration). Correct `instance`, or point \
             the provider's `url` at the other instance.",
        );
        Diagnostic::error("Another instance answers", detail).at(path!(instance))
    })
}

fn existing(active: &Claims, config: &EnterpriseLicense, source: Source) -> Diagnostic {
    let license = installation::described(active);
    if config.replace_existing == Value::Known(true) {
        let detail =
            format!("The instance has {license}. `replace_existing` is set, so this replaces it.");
        return Diagnostic::warning("This replaces another license", detail)
            .at(path!(replace_existing));
    }
    let detail = format!(
        "The instance has {license}, and applying stops rather than replace it, unless the same apply removes the resource that has installed it. Import that \
         license, or set `replace_existing = true`."
    );
    Diagnostic::warning("The instance has another license", detail).at(source.path())
}

/// Tells that a write-only token has changed without a new version, if that changes the license.
fn warn_of_unsent_token(
    plan: &mut Plan<EnterpriseLicense>,
    prior: &EnterpriseLicense,
    remembered: &Remembered,
) {
    let planned = plan.planned.clone();
    let Some(Given { source: Source::WriteOnly, token: Some(token) }) = Given::in_plan(&planned)
    else {
        return;
    };
    if remembered.fingerprint.as_ref() == Some(&fingerprint(token)) {
        return;
    }
    let Ok(Some(claims)) = (Given { source: Source::WriteOnly, token: Some(token) }).claims()
    else {
        plan.warn(unsent("It is no license token."));
        return;
    };
    let mut expected = prior.clone();
    expected.expect(&claims, false);
    let holds = installation::described(&claims);
    plan.warn(unsent(&if expected == *prior {
        format!("It is another token of the same license ({holds}), with nothing new but the token itself.")
    } else {
        format!("It holds {holds}.")
    }));
}

/// Tells that the license was replaced, where no token says that it should be put back.
fn warn_of_another(
    plan: &mut Plan<EnterpriseLicense>,
    prior: &EnterpriseLicense,
    remembered: &Remembered,
) {
    if Given::in_plan(&plan.planned).is_some() || !remembered.is_drifted(prior) {
        return;
    }
    let detail = format!(
        "The instance has license {}; this resource has had {}. Without a token nothing is changed, and destroying this resource leaves that license alone. \
         To manage it, remove this resource from the state (`terraform state rm`) and import it again; to put the former one back, give its token.",
        in_words(state_id(prior)),
        in_words(remembered.license.as_deref().unwrap_or_default()),
    );
    plan.warn(Diagnostic::warning("The instance has another license by now", detail));
}

fn in_words(id: &str) -> &str {
    if id.is_empty() { "without id" } else { id }
}

fn unsent(holds: &str) -> Diagnostic {
    let detail = format!(
        "`token_wo` is not what was sent last, but `token_wo_version` is the same, so it is not sent. {holds} Raise `token_wo_version` to send it.",
    );
    Diagnostic::warning("A changed token is not sent", detail).at(path!(token_wo))
}

/// A license's end in words.
pub(super) fn until(claims: &Claims) -> String {
    claims.expires_at.map_or_else(String::new, |end| format!(", valid until {end}"))
}

/// A license in words.
pub(super) fn license_in_words(claims: &Claims) -> String {
    format!("license {}{}", claims::name(claims), until(claims))
}
