//! Installing a license, and waiting until every node has it.

use std::time::Duration;

use jiff::Timestamp;
use tfplugin::{
    Context, Diagnostic, Done, Failure, Interrupted, IntoDiagnostic, Outcome, Secret, Value, path,
};

use super::instance::LicensedInstance;
use super::observation::{Answers, Observation, Tally, look};
use super::planning::license_in_words;
use super::run::{self, Record};
use super::token::{Given, Remembered, Source, license_id, sends};
use super::{EnterpriseLicense, EnterpriseLicenses, refusals};
use crate::claims::ClaimAttributes;
use crate::grafana::{CarriedOut, Claims, Error, Licensing};

/// How many answers in a row have to show a license that was accepted.
const ENOUGH: usize = 5;
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

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
        cx: &Context,
    ) -> Outcome<EnterpriseLicense> {
        cx.private().remove(super::planning::REPLACING);
        let reached = LicensedInstance::connect(&self.grafana).await?;
        let sending = checked(&plan, &reached).map_err(Failure::all)?;
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
        if let Some(other) = different(&active, &sending.claims) {
            may_replace(other, &plan, &record, &reached)?;
        }
        self.install(plan.clone(), sending, &reached, &mut record, cx).await
    }

    pub(super) async fn update_license(
        &self,
        prior: EnterpriseLicense,
        plan: EnterpriseLicense,
        cx: &Context,
    ) -> Outcome<EnterpriseLicense> {
        let secures = run::secures(cx.private());
        run::secured(cx.private());
        if !secures && !sends(&prior, &plan, &Remembered::of(cx.private())) {
            return Ok(Done::new(kept(prior, plan, cx)));
        }
        let reached = LicensedInstance::connect(&self.grafana).await?;
        let sending = checked(&plan, &reached).map_err(Failure::all)?;
        let mut record = self.run.turn(cx).await?;
        let active = Observation::make(&reached.licensing).await?;
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
        cx: &Context,
    ) -> Outcome<EnterpriseLicense> {
        let sent = reached.licensing.install(&sending.token.clone().into()).await;
        if let Err(error) = sent {
            self.unless_carried_out(error, &sending, reached).await?;
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
    ) -> Result<(), Diagnostic> {
        if error.carried_out() != CarriedOut::No
            && let Ok(Some(active)) = reached.licensing.claims().await
            && shows(&active, &sending.claims)
        {
            return Ok(());
        }
        Err(refused(error, sending, reached))
    }
}

/// The token, after everything that speaks against it offline.
fn checked<'a>(
    plan: &'a EnterpriseLicense,
    reached: &LicensedInstance,
) -> Result<Sending<'a>, Vec<Diagnostic>> {
    let given = Given::in_plan(plan).ok_or_else(|| vec![no_token()])?;
    let claims = given.claims().map_err(|error| vec![error])?;
    let (Some(token), Some(claims)) = (given.token, claims) else {
        return Err(vec![no_token()]);
    };
    let at = given.source.path();
    let mut errors = refusals::of_token(&claims, Timestamp::now(), &at);
    errors.retain(Diagnostic::is_error);
    errors.extend(refusals::other_instance(&claims, &reached.instance, &at));
    if let (true, Some(instance)) = (errors.is_empty(), plan.instance.known()) {
        errors.extend(refusals::not_for(&claims, instance, &at));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(Sending { token, source: given.source, claims })
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

/// The active license if it is the one to install and the token brings nothing more.
fn same_and_enough<'a>(active: &'a Observation, sent: &Claims) -> Option<&'a Claims> {
    let there = active.claims.as_ref().filter(|_| active.valid)?;
    let same = license_id(there) == license_id(sent) && there.license_id.is_some();
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
    let about_the_token = matches!(error, Error::Invalid { .. });
    let mut diagnostic = error.into_diagnostic().at(sending.source.path());
    if about_the_token {
        diagnostic.summary = "Grafana refused the license token".to_owned();
        diagnostic.detail.push_str(&urls);
    }
    diagnostic.detail.push_str(" The license that was there before is still there.");
    diagnostic
}

fn remember(cx: &Context, sending: &Sending<'_>) {
    Remembered::license(cx.private(), &sending.claims);
    Remembered::token(cx.private(), sending.token);
}

/// The state of a change that leaves the license alone.
fn kept(prior: EnterpriseLicense, plan: EnterpriseLicense, cx: &Context) -> EnterpriseLicense {
    if let Some(Given { token: Some(token), source }) = Given::in_plan(&plan)
        && (source == Source::Stored || Remembered::of(cx.private()).fingerprint.is_none())
    {
        Remembered::token(cx.private(), token);
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

/// Whether Grafana shows what was sent, or a refreshed token of it.
fn shows(active: &Claims, sent: &Claims) -> bool {
    license_id(active) == license_id(sent)
        && (active.token_id == sent.token_id || active.issued_at >= sent.issued_at)
}

/// Why the wait for all nodes ended early.
struct Unfinished {
    why: Stopped,
    tally: Tally,
    /// The last answer that showed the license.
    shown: Option<Observation>,
}

enum Stopped {
    Interrupted(Interrupted),
    Failed(Box<Error>),
}

impl Unfinished {
    fn observation(&self, sent: &Claims) -> Observation {
        let from_token = || Observation { claims: Some(sent.clone()), valid: false };
        self.shown.clone().unwrap_or_else(from_token)
    }

    fn in_words(&self, sent: &Claims) -> (String, String) {
        let why = match &self.why {
            Stopped::Interrupted(Interrupted::Stopped) => "Terraform was asked to stop".to_owned(),
            Stopped::Interrupted(Interrupted::TimedOut(after)) => {
                format!("the time for it ({after:?}, see `timeouts`) ran out")
            }
            Stopped::Failed(error) => format!("asking for it failed ({error})"),
        };
        let detail = format!(
            "Grafana accepted {}, but before every answer showed it, {why}. The answers so far: {}. The license is in the state; \
             the next plan looks again.",
            license_in_words(sent),
            self.tally
        );
        ("Not every node shows the license yet".to_owned(), detail)
    }
}

/// Waits until enough answers in a row, each over a new connection, show the license and call it valid.
async fn wait_for_all_nodes(
    licensing: &Licensing,
    sent: &Claims,
    cx: &Context,
) -> Result<Observation, Unfinished> {
    let licensing = licensing.over_new_connections();
    let mut progress = Unfinished {
        why: Stopped::Interrupted(Interrupted::Stopped),
        tally: Tally::default(),
        shown: None,
    };
    let (mut in_a_row, mut pause) = (0, SHORTEST_PAUSE);
    for number in 0.. {
        let asked = cx.wait(Observation::make_nth(&licensing, number)).await;
        match asked {
            Err(interrupted) => return Err(progress.ended(Stopped::Interrupted(interrupted))),
            Ok(Err(error)) if may_pass(&error) => {
                progress.tally.count_failure(&error);
                in_a_row = 0;
            }
            Ok(Err(error)) => return Err(progress.ended(Stopped::Failed(Box::new(error)))),
            Ok(Ok(observation)) => {
                progress.tally.count(&observation);
                let shown = observation.claims.as_ref().is_some_and(|active| shows(active, sent));
                in_a_row = if shown && observation.valid { in_a_row + 1 } else { 0 };
                if shown {
                    progress.shown = Some(observation.clone());
                }
                if in_a_row == ENOUGH {
                    return Ok(observation);
                }
            }
        }
        pause = if in_a_row > 0 { SHORTEST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
        if let Err(interrupted) = cx.sleep(pause).await {
            return Err(progress.ended(Stopped::Interrupted(interrupted)));
        }
    }
    Err(progress)
}

impl Unfinished {
    fn ended(self, why: Stopped) -> Self {
        Unfinished { why, ..self }
    }
}

/// Whether the same question may well be answered a little later.
fn may_pass(error: &Error) -> bool {
    error.is_unreachable()
        || matches!(
            error,
            Error::Server { .. } | Error::TooManyRequests { .. } | Error::Truncated { .. }
        )
}
