//! Installing a license: when the one that is there is taken over, when it is replaced, and what an
//! answer that was lost came to.

use std::future::ready;

use jiff::Timestamp;
use tfplugin::{Diagnostic, Done, Failure, IntoDiagnostic, Limits};

use super::observation::{Observation, Tally};
use super::propagation::{Answers, is_shown_anywhere, look, wait_until_shown};
use super::token::LicenseToken;
use super::{
    LicensePrivate, LicensedInstance, Licenses, OTHER_CHANGE, diagnostics, is_same_license,
    license_id, validity,
};
use crate::diagnostics::ended::wait_for;
use crate::grafana::{Claims, Error, ErrorKind, Licensing, same_root_url};
use crate::http::CarriedOut;

/// What is to be installed, and where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Installation<'a> {
    pub(crate) token: &'a LicenseToken,
    /// The planned root URL.
    pub(crate) instance: Option<&'a str>,
    /// Whether it may take the place of a license that is not the resource's own.
    pub(crate) replace_existing: bool,
}

/// What is there afterwards.
#[derive(Debug)]
pub(crate) struct Installed {
    pub(crate) observation: Observation,
    pub(crate) app_url: String,
}

impl Installation<'_> {
    fn claims(&self) -> &Claims {
        self.token.claims()
    }

    /// Refuses a license of another instance.
    fn check_instance(&self, reached: &LicensedInstance) -> Result<(), Diagnostic> {
        reached.refuses(Some(self.token), self.instance).map_or(Ok(()), Err)
    }

    /// Refuses a token that Grafana would refuse: only one that is sent.
    fn check_token(&self) -> Result<(), Failure<()>> {
        let mut errors = validity::of_token(self.token, Timestamp::now());
        errors.retain(Diagnostic::is_error);
        if errors.is_empty() { Ok(()) } else { Err(Failure::all(errors)) }
    }
}

impl Licenses {
    /// Installs a license for a new resource, or takes over the same one that is there.
    ///
    /// # Errors
    /// Nothing has been changed then, as far as that can be told.
    pub(crate) async fn create(
        &self,
        change: Installation<'_>,
        private: &mut LicensePrivate,
        limits: &Limits,
    ) -> Result<Done<Installed>, Failure<()>> {
        let slot = self.slot();
        *private = LicensePrivate::default();
        let mut creation = slot.begin_creation(&mut private.holding);
        let id = license_id(change.claims());
        private.installed(id, change.token.sha256());
        let reached = self.connect(limits).await?;
        change.check_instance(&reached)?;
        let mut has_waited = false;
        loop {
            let lock = wait_for(limits, OTHER_CHANGE, slot.lock()).await?;
            let active = match look(&reached.licensing, limits, |_| false).await? {
                Answers::Agree(observation) => *observation,
                Answers::Differ(tally) => most_conflicting(&tally, change.claims()),
            };
            if already_satisfied_by(&active, change.claims()).is_some() {
                creation.finish(id);
                return Ok(Done::new(Installed::new(active, &reached)));
            }
            change.check_token()?;
            let conflict = other_license(&active, change.claims()).and_then(|other| {
                let refusal = self.check_replacement(other, change, &reached).err()?;
                Some((license_id(other), refusal))
            });
            let Some((other, refusal)) = conflict else {
                let installed = self.install(change, &active, &reached, limits).await?;
                creation.finish(id);
                *self.removed() = None;
                return Ok(installed);
            };
            if has_waited {
                creation.blocked_by(other);
                return Err(refusal)?;
            }
            drop(lock);
            wait_for(limits, OTHER_CHANGE, slot.wait_for_removal(other)).await?;
            has_waited = true;
        }
    }

    /// Installs another token or license for a resource; `None` if there was nothing to do, because
    /// the license is there that was to be reasserted.
    ///
    /// # Errors
    /// Nothing has been changed then, as far as that can be told.
    pub(super) async fn install_again(
        &self,
        change: Installation<'_>,
        in_state: &Claims,
        private: &mut LicensePrivate,
        limits: &Limits,
    ) -> Result<Option<Done<Installed>>, Failure<()>> {
        let reached = self.connect(limits).await?;
        change.check_instance(&reached)?;
        let slot = self.slot();
        let id = license_id(change.claims());
        let _lock = wait_for(limits, OTHER_CHANGE, slot.lock()).await?;
        let active = Observation::make(&reached.licensing).await?;
        if private.must_reassert() && already_satisfied_by(&active, change.claims()).is_some() {
            slot.reassert(id, &mut private.holding);
            return Ok(None);
        }
        change.check_token()?;
        if let Some(other) = other_license(&active, change.claims())
            && !is_same_license(other, in_state)
        {
            self.check_replacement(other, change, &reached)?;
        }
        let installed = self.install(change, &active, &reached, limits).await?;
        slot.reassert(id, &mut private.holding);
        private.installed(id, change.token.sha256());
        Ok(Some(installed))
    }

    /// `before`: what is there, and may be replaced.
    async fn install(
        &self,
        change: Installation<'_>,
        before: &Observation,
        reached: &LicensedInstance,
        limits: &Limits,
    ) -> Result<Done<Installed>, Failure<()>> {
        // It is not begun after a stop.
        limits.wait(ready(())).await?;
        let mut attempts = reached.licensing.attempts();
        while let Err(mut error) = reached.licensing.install(change.token.text()).await {
            let may_be_done = error.carried_out() != CarriedOut::No;
            let is_sent_again = attempts.wait_after(&mut error).await;
            // What is there decides: an answer that was lost may have been a success.
            let licensing = reached.licensing.for_cleanup();
            if may_be_done && is_shown_anywhere(&licensing, change.claims()).await {
                break;
            }
            let is_as_before = |there: Option<Claims>| {
                there.as_ref().map(license_id) == before.claims.as_ref().map(license_id)
            };
            if !is_sent_again || !licensing.claims().await.is_ok_and(is_as_before) {
                return Err(self.not_installed(error, change, reached).await);
            }
        }
        Ok(match wait_until_shown(&reached.licensing, change.claims(), limits).await {
            Ok(observation) => Done::new(Installed::new(observation, reached)),
            Err(unfinished) => {
                let warning = diagnostics::not_everywhere(&unfinished, change.claims());
                Done::new(Installed::new(unfinished.last, reached)).warn(warning)
            }
        })
    }

    async fn not_installed(
        &self,
        error: Error,
        change: Installation<'_>,
        reached: &LicensedInstance,
    ) -> Failure<()> {
        if matches!(error.kind(), ErrorKind::Connect { .. }) {
            return error.into();
        }
        let licensing = reached.licensing.for_cleanup();
        let mut there = licensing.claims().await;
        if let Ok(None) = there {
            self.put_back(&licensing).await;
            there = licensing.claims().await;
        }
        let app_url = &reached.instance.shown_url;
        let refusal = match error.kind() {
            ErrorKind::Invalid => diagnostics::refused_token(&error, change.claims(), app_url),
            _ => error.into_diagnostic(),
        };
        let failure = Failure::from(refusal.at(change.token.path()));
        let Ok(there) = there else { return failure };
        let left_state = there.as_ref().is_some_and(|c| self.slot().is_released(license_id(c)));
        failure.and(diagnostics::there_after_failure(there.as_ref(), left_state, app_url))
    }

    /// Puts back what was removed over this connection before it was known that something is to come in its place.
    async fn put_back(&self, licensing: &Licensing) {
        let removed = self.removed().take();
        if let Some(removed) = removed
            && let Err(error) = licensing.install(&removed.token).await
        {
            tracing::warn!(%error, license = removed.id, "the license that was removed before cannot be put back");
        }
    }

    /// Refuses to put a license in the place of one that somebody else has installed.
    fn check_replacement(
        &self,
        other: &Claims,
        change: Installation<'_>,
        reached: &LicensedInstance,
    ) -> Result<(), Diagnostic> {
        let (id, app_url) = (license_id(other), &reached.instance.shown_url);
        if self.slot().is_held_this_run(id) {
            Err(diagnostics::installed_by_another(other, app_url))
        } else if change.replace_existing || self.slot().is_released(id) {
            Ok(())
        } else {
            Err(diagnostics::has_another_license(other, app_url))
        }
    }
}

impl Installed {
    fn new(observation: Observation, reached: &LicensedInstance) -> Self {
        Installed { observation, app_url: reached.instance.app_url.clone() }
    }
}

/// The active license if it is the one to install, for the same URL, and the token brings nothing more.
pub(super) fn already_satisfied_by<'a>(
    active: &'a Observation,
    sent: &Claims,
) -> Option<&'a Claims> {
    let there = active.valid_license()?;
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
fn other_license<'a>(active: &'a Observation, sent: &Claims) -> Option<&'a Claims> {
    active.valid_license().filter(|there| !is_same_license(there, sent))
}

/// Of answers that differ, one with another license if there is one; else none.
fn most_conflicting(tally: &Tally, sent: &Claims) -> Observation {
    let mut observations = tally.observations();
    let other = observations.find(|observation| other_license(observation, sent).is_some());
    other.cloned().unwrap_or_default()
}
