//! Installing a license, and waiting until every node has it.

use std::future::ready;

use jiff::Timestamp;
use tfplugin::{Context, Diagnostic, Done, Failure, IntoDiagnostic, Outcome, Secret, Value, path};

use super::every_node::{shows, wait_for_all_nodes};
use super::instance::LicensedInstance;
use super::observation::{Answers, Observation, Tally, look, look_once};
use super::planning::license_in_words;
use super::run::Record;
use super::token::{Given, Remembered, Source, license_id, sends};
use super::{EnterpriseLicense, EnterpriseLicenses, refusals};
use crate::claims::ClaimAttributes;
use crate::grafana::{Claims, Error, ErrorKind, same_root_url};
use crate::http::CarriedOut;
use crate::resources::holders;

/// A license token that is to be sent.
struct Sending<'a> {
    token: &'a Secret,
    source: Source,
    claims: Claims,
}

impl EnterpriseLicenses {
    pub(super) async fn create_license(
        &self,
        plan: EnterpriseLicense,
        cx: &Context<Remembered>,
    ) -> Outcome<EnterpriseLicense> {
        cx.update_private(|private| private.replacing = false);
        holders::mark(cx);
        let reached = LicensedInstance::connect_in_time(&self.grafana, cx).await?;
        let sending = given(&plan).map_err(Failure::all)?;
        not_elsewhere(&sending, &plan, &reached).map_err(Failure::all)?;
        let mut has_waited = false;
        loop {
            let mut record = self.run.turn(cx).await?;
            let active = match look(&reached.licensing, cx).await? {
                Answers::Agree(observation) => *observation,
                Answers::Differ(tally) => strangest(tally, &sending.claims),
            };
            if let Some(there) = same_and_enough(&active, &sending.claims) {
                record.installed.insert(license_id(there).to_owned());
                remember(cx, &sending);
                return Ok(Done::new(state(plan.clone(), &active, &reached)));
            }
            acceptable(&sending).map_err(Failure::all)?;
            let Some(other) = different(&active, &sending.claims) else {
                return self.install(plan.clone(), sending, &reached, &mut record, cx).await;
            };
            match may_replace(other, &plan, &record, &reached) {
                Ok(()) => {
                    return self.install(plan.clone(), sending, &reached, &mut record, cx).await;
                }
                Err(refusal) if has_waited => {
                    record.stood_in_the_way.insert(license_id(other).to_owned());
                    return Err(refusal)?;
                }
                Err(_) => drop(record),
            }
            self.run.wait_for_removal(license_id(other), cx).await?;
            has_waited = true;
        }
    }

    pub(super) async fn update_license(
        &self,
        prior: EnterpriseLicense,
        plan: EnterpriseLicense,
        cx: &Context<Remembered>,
    ) -> Outcome<EnterpriseLicense> {
        let secures = holders::secures(cx);
        holders::secured(cx);
        if !secures && !sends(&prior, &plan, &cx.private()) {
            return Ok(Done::new(kept(prior, plan, cx)));
        }
        let reached = LicensedInstance::connect_in_time(&self.grafana, cx).await?;
        let sending = given(&plan).map_err(Failure::all)?;
        not_elsewhere(&sending, &plan, &reached).map_err(Failure::all)?;
        acceptable(&sending).map_err(Failure::all)?;
        let mut record = self.run.turn(cx).await?;
        let active = look_once(&reached.licensing, cx).await?;
        if secures && let Some(there) = same_and_enough(&active, &sending.claims) {
            record.installed.insert(license_id(there).to_owned());
            return Ok(Done::new(kept(prior, plan, cx)));
        }
        if let Some(other) = different(&active, &sending.claims)
            && Some(license_id(other)) != prior.license_id.known().map(String::as_str)
        {
            may_replace(other, &plan, &record, &reached)?;
        }
        self.install(plan.clone(), sending, &reached, &mut record, cx).await
    }

    async fn install(
        &self,
        plan: EnterpriseLicense,
        sending: Sending<'_>,
        reached: &LicensedInstance,
        record: &mut Record,
        cx: &Context<Remembered>,
    ) -> Outcome<EnterpriseLicense> {
        cx.wait(ready(())).await.map_err(IntoDiagnostic::into_diagnostic)?;
        let sent = reached.licensing.install(&sending.token.clone().into()).await;
        if let Err(error) = sent {
            self.unless_carried_out(error, &sending, reached, record).await?;
        }
        record.installed.insert(license_id(&sending.claims).to_owned());
        remember(cx, &sending);
        match wait_for_all_nodes(&reached.licensing, &sending.claims, cx).await {
            Ok(observation) => Ok(Done::new(state(plan, &observation, reached))),
            Err(unfinished) => {
                let observation = unfinished.observation(&sending.claims);
                let (why, next) = unfinished.in_words(&sending.claims);
                let state = state(plan, &observation, reached);
                Ok(Done::accepted_but_not_finished(state, why, next))
            }
        }
    }

    /// An answer that was lost may have been a success: what is there decides.
    async fn unless_carried_out(
        &self,
        error: Error,
        sending: &Sending<'_>,
        reached: &LicensedInstance,
        record: &mut Record,
    ) -> Result<(), Diagnostic> {
        if matches!(error.kind(), ErrorKind::Connect { .. }) {
            return Err(refused(error, sending, reached));
        }
        let mut there = reached.licensing.claims().await;
        if error.carried_out() != CarriedOut::No
            && let Ok(Some(active)) = &there
            && shows(active, &sending.claims)
        {
            return Ok(());
        }
        if let Ok(None) = there {
            put_back(record, reached).await;
            there = reached.licensing.claims().await;
        }
        let mut diagnostic = refused(error, sending, reached);
        if let Ok(there) = there {
            diagnostic.detail.push_str(&what_is_there(there.as_ref(), record, reached));
        }
        Err(diagnostic)
    }
}

/// The token of a configuration, which has to be known by now.
fn given(plan: &EnterpriseLicense) -> Result<Sending<'_>, Vec<Diagnostic>> {
    let given = Given::in_plan(plan).ok_or_else(|| vec![no_token()])?;
    let claims = given.claims().map_err(|error| vec![error])?;
    let (Some(token), Some(claims)) = (given.token, claims) else {
        return Err(vec![no_token()]);
    };
    Ok(Sending { token, source: given.source, claims })
}

/// Refuses a token of another instance.
fn not_elsewhere(
    sending: &Sending<'_>,
    plan: &EnterpriseLicense,
    reached: &LicensedInstance,
) -> Result<(), Vec<Diagnostic>> {
    let (claims, at) = (&sending.claims, sending.source.path());
    let other = refusals::other_instance(claims, &reached.instance, &at);
    let configured = plan.instance.known();
    let other = other.or_else(|| refusals::not_for(claims, configured?, &at));
    other.map_or(Ok(()), |error| Err(vec![error]))
}

/// Refuses a token that Grafana would refuse: only one that is sent.
fn acceptable(sending: &Sending<'_>) -> Result<(), Vec<Diagnostic>> {
    let at = sending.source.path();
    let mut errors = refusals::of_token(&sending.claims, Timestamp::now(), &at);
    errors.retain(Diagnostic::is_error);
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

pub(super) fn no_token() -> Diagnostic {
    Diagnostic::error(
        "No license token",
        "Installing a license needs its token: set `token`, or `token_wo` with `token_wo_version`, to the content of `license.jwt` as Grafana Labs issued it. \
         Only an imported license needs none.",
    )
    .at(path!(token))
}

/// A license in words, for messages about one that is there.
pub(super) fn described(claims: &Claims) -> String {
    license_in_words(claims)
}

/// The active license if it is the one to install, for the same URL, and the token brings nothing more.
pub(super) fn same_and_enough<'a>(active: &'a Observation, sent: &Claims) -> Option<&'a Claims> {
    let there = active.claims.as_ref().filter(|_| active.valid)?;
    let same_url = match (&there.subject, &sent.subject) {
        (Some(there), Some(sent)) => same_root_url(there, sent),
        (there, sent) => there == sent,
    };
    let same = same_url && license_id(there) == license_id(sent) && there.license_id.is_some();
    let more = sent.expires_at > there.expires_at
        || sent.included_users > there.included_users
        || sent.included_admins > there.included_admins
        || sent.included_viewers > there.included_viewers;
    (same && !more).then_some(there)
}

/// The active license if it is a valid one other than that to install.
fn different<'a>(active: &'a Observation, sent: &Claims) -> Option<&'a Claims> {
    let there = active.claims.as_ref().filter(|_| active.valid)?;
    (license_id(there) != license_id(sent)).then_some(there)
}

/// Of answers that differ, the one that speaks most against installing.
fn strangest(tally: Tally, sent: &Claims) -> Observation {
    let mut observations = tally.observations();
    let other = observations.find(|observation| different(observation, sent).is_some());
    other.cloned().unwrap_or(Observation { claims: None, valid: false })
}

fn may_replace(
    other: &Claims,
    plan: &EnterpriseLicense,
    record: &Record,
    reached: &LicensedInstance,
) -> Result<(), Diagnostic> {
    let id = license_id(other);
    let url = &reached.instance.app_url;
    let license = described(other);
    if record.installed.contains(id) {
        let detail = format!(
            "Another resource has just installed {license} on {url}. An instance has one license: keep one of the two resources."
        );
        return Err(Diagnostic::error("Two licenses for one instance", detail));
    }
    if plan.replace_existing == Value::Known(true) || record.to_be_replaced.contains(id) {
        return Ok(());
    }
    let detail = format!(
        "{url} has {license}, and this would replace it. Nothing has been changed. To manage that license, import it \
         (`terraform import ADDRESS {url}`); to replace it, set `replace_existing = true`, which a resource with `create_before_destroy` needs too when \
         it is replaced with another license."
    );
    Err(Diagnostic::error("The instance has another license", detail))
}

fn refused(error: Error, sending: &Sending<'_>, reached: &LicensedInstance) -> Diagnostic {
    let subject = sending.claims.subject.as_deref().unwrap_or("no instance");
    let urls = format!(
        " The token is for {subject}; this instance's own root URL is {}.",
        reached.instance.app_url
    );
    let about_the_token = *error.kind() == ErrorKind::Invalid;
    let mut diagnostic = error.into_diagnostic().at(sending.source.path());
    if about_the_token {
        diagnostic.summary = "Grafana refused the license token".to_owned();
        diagnostic.detail.push_str(&urls);
    }
    diagnostic
}

/// Puts back what this run has removed before it was known that something is to come in its place.
async fn put_back(record: &mut Record, reached: &LicensedInstance) {
    while let Some((id, token)) = record.removed.pop_last() {
        if let Some(token) = token
            && reached.licensing.install(&token.into()).await.is_ok()
        {
            record.to_be_replaced.insert(id);
            return;
        }
    }
}

/// What is there after a refusal, and how to go on with it.
fn what_is_there(there: Option<&Claims>, record: &Record, reached: &LicensedInstance) -> String {
    let Some(there) = there else { return " The instance has no license now.".to_owned() };
    let mut text = format!(" The instance still has {}.", described(there));
    if record.to_be_replaced.contains(license_id(there)) {
        text.push_str(&format!(
            " Terraform has dropped it from the state already. To go on, either import it (`terraform import ADDRESS {}`), or set `replace_existing = true`; \
             then apply again.",
            reached.instance.app_url
        ));
    }
    text
}

fn remember(cx: &Context<Remembered>, sending: &Sending<'_>) {
    Remembered::license(cx, &sending.claims);
    Remembered::token(cx, sending.token);
}

/// The state of a change that leaves the license alone.
fn kept(
    prior: EnterpriseLicense,
    plan: EnterpriseLicense,
    cx: &Context<Remembered>,
) -> EnterpriseLicense {
    if let Some(Given { token: Some(token), source }) = Given::in_plan(&plan)
        && (source == Source::Stored || cx.private().fingerprint.is_none())
    {
        Remembered::token(cx, token);
    }
    let mut state = plan;
    state.keep(&prior);
    state.status = prior.status;
    state.valid = prior.valid;
    if !state.instance.is_known() {
        state.instance = prior.instance;
    }
    state
}

fn state(
    plan: EnterpriseLicense,
    observation: &Observation,
    reached: &LicensedInstance,
) -> EnterpriseLicense {
    let mut state = plan;
    let none = Claims::default();
    let claims = observation.claims.as_ref().unwrap_or(&none);
    state.show(claims);
    state.status = claims.status.into();
    state.valid = observation.valid.into();
    if !state.instance.is_known() {
        let instance = claims.subject.as_ref().unwrap_or(&reached.instance.app_url);
        state.instance = instance.clone().into();
    }
    if !state.id.is_known() {
        state.id = state.instance.clone();
    }
    state
}
