//! Removing a license: when it is left where it is, and how it goes.
//!
//! Only the license is removed that the resource has installed, adopted or imported, on the instance it
//! is for, and only if no other resource has it or is to have it: see [`slots`](crate::slots).

use std::future::ready;

use secrecy::SecretString;
use tfplugin::{Diagnostic, Done, Failure, IntoDiagnostic, Limits, Outcome};

use super::propagation::{Answers, Gone, look, wait_until_gone};
use super::{LicensePrivate, Licenses, RemovedLicense, diagnostics, license_id};
use crate::grafana::{Claims, Client, Error, ErrorKind, same_root_url};
use crate::http::CarriedOut;
use crate::slots::Kept;

/// The license of a resource that is destroyed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Removal<'a> {
    pub(crate) in_state: &'a Claims,
    pub(crate) instance: &'a str,
    /// Its token, if the state has it.
    pub(crate) token: Option<&'a SecretString>,
}

impl Licenses {
    /// Removes a license, or leaves it with a warning that says why.
    pub(crate) async fn remove(
        &self,
        removal: Removal<'_>,
        private: &LicensePrivate,
        limits: &Limits,
    ) -> Outcome<()> {
        let own = private.own_id(removal.in_state);
        let client = self.client(limits).await?;
        let licensing = client.licensing()?;
        let slot = self.slot();
        limits.wait(slot.wait_for_others(&own, &private.holding)).await?;
        let _lock = limits.wait(slot.lock()).await?;
        match slot.begin_removal(&own, &private.holding) {
            Ok(()) => {}
            Err(Kept::CreationFailed) => return Err(diagnostics::kept(Kept::CreationFailed))?,
            Err(kept) => return Ok(Done::new(()).warn(diagnostics::kept(kept))),
        }
        let seen = match look(&licensing, limits, |_| false).await? {
            Answers::Agree(observation) => vec![*observation],
            Answers::Differ(tally) => tally.observations().cloned().collect(),
        };
        let mut licenses = seen.iter().filter_map(|observation| observation.claims.as_ref());
        if let Some(other) = licenses.clone().find(|claims| license_id(claims) != own) {
            return Ok(Done::new(()).warn(diagnostics::left_other_license(other)));
        }
        let Some(active) = licenses.next() else {
            let hidden = seen.iter().any(|observation| observation.valid);
            return Ok(Done::new(()).warn_all(hidden.then(diagnostics::left_unidentified)));
        };
        let app_url = &limits.wait(client.instance()).await??.app_url;
        if !same_root_url(removal.instance, app_url) {
            let left = diagnostics::left_on_other_instance(removal.instance, app_url);
            return Ok(Done::new(()).warn(left));
        }
        let instance = active.subject.as_deref().unwrap_or(removal.instance);
        // It is not begun after a stop.
        limits.wait(ready(())).await?;
        if let Err(error) = licensing.remove(instance).await {
            let other = check_carried_out(error, &own, instance, &client).await?;
            if other.is_some() {
                return Ok(Done::new(()).warn_all(other));
            }
        }
        *self.removed() =
            removal.token.map(|token| RemovedLicense { id: own.clone(), token: token.clone() });
        Ok(match wait_until_gone(&licensing, &own, limits).await {
            Gone::Everywhere => Done::new(()),
            Gone::FromElsewhere(last) => {
                let other = last.claims.as_ref().filter(|claims| license_id(claims) != own);
                let from_elsewhere = || diagnostics::from_elsewhere(&last);
                Done::new(())
                    .warn(other.map_or_else(from_elsewhere, diagnostics::left_other_license))
            }
            Gone::NotEverywhere(interrupted, tally) => {
                Done::new(()).warn(diagnostics::not_gone_everywhere(&tally, interrupted))
            }
        })
    }
}

/// An answer that was lost may have been a success: what is there decides. A warning if it is the
/// license of somebody else.
async fn check_carried_out(
    error: Error,
    own: &str,
    sent: &str,
    client: &Client,
) -> Result<Option<Diagnostic>, Failure<()>> {
    let client = client.for_cleanup();
    let there = client.licensing()?.claims().await;
    let may_be_done = error.carried_out() != CarriedOut::No;
    match &there {
        Ok(None) if may_be_done => return Ok(None),
        Ok(Some(there)) if may_be_done && license_id(there) != own => {
            return Ok(Some(diagnostics::left_other_license(there)));
        }
        _ => {}
    }
    let error = match (error.kind(), client.instance().await) {
        (ErrorKind::WrongInstance { .. }, Ok(instance)) => {
            diagnostics::license_of_other_url(&error, sent, &instance.app_url)
        }
        _ => error.into_diagnostic(),
    };
    let failure = Failure::from(error);
    match there {
        Ok(Some(there)) => Err(failure.and(diagnostics::still_there(&there))),
        _ => Err(failure),
    }
}
