//! Removing a license: when it is left where it is, and how it goes.
//!
//! Only the license is removed that the resource has installed, adopted or imported, on the instance it
//! is for, and only if no other resource has it or is to have it: see [`slots`](crate::slots).

use std::future::ready;

use secrecy::SecretString;
use tfplugin::{Done, Failure, IntoDiagnostic, Limits, Outcome};

use super::propagation::{AfterRemoval, Answers, look, wait_until_gone};
use super::{LicensePrivate, Licenses, OTHER_CHANGE, RemovedLicense, diagnostics, license_id};
use crate::diagnostics::ended::wait_for;
use crate::grafana::{Claims, Client, Error, ErrorKind, license_token, same_root_url};
use crate::http::CarriedOut;
use crate::slots::Kept;

/// The license of a resource that is destroyed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LicenseRemoval<'a> {
    pub(crate) in_state: &'a Claims,
    pub(crate) instance: &'a str,
    /// Its token, if the state has it.
    pub(crate) token: Option<&'a SecretString>,
}

impl LicenseRemoval<'_> {
    /// The id of the license that is the resource's own. A refresh puts into the state whatever the instance
    /// has, so that without private state only the token of the state proves it.
    fn own_id(&self, private: &LicensePrivate) -> Option<String> {
        let of_token = || {
            let claims = license_token::decode(self.token?).ok()?;
            Some(license_id(&claims).to_owned())
        };
        private.remembered_id().or_else(of_token)
    }

    /// Whether the active license is the one with the id `own`. An id that is absent proves nothing: then it has
    /// to have just the token of the state, which Grafana's own refresh makes another one.
    fn is_of(&self, own: &str, active: &Claims) -> bool {
        let token_id = |token| license_token::decode(token).ok()?.token_id;
        license_id(active) == own
            && (!own.is_empty()
                || active.token_id.is_some() && self.token.and_then(token_id) == active.token_id)
    }
}

impl Licenses {
    /// Removes a license, or leaves it with a warning that says why.
    pub(crate) async fn remove(
        &self,
        removal: LicenseRemoval<'_>,
        private: &LicensePrivate,
        limits: &Limits,
    ) -> Outcome<()> {
        let Some(own) = removal.own_id(private) else {
            let in_state = self.of_state(removal.in_state.clone());
            return Ok(Done::new(()).warn(diagnostics::left_unproven(&in_state)));
        };
        let client = self.client(limits).await?;
        let licensing = client.licensing()?;
        let slot = self.slot();
        wait_for(limits, OTHER_CHANGE, slot.wait_for_others(&own, &private.holding)).await?;
        let _lock = wait_for(limits, OTHER_CHANGE, slot.lock()).await?;
        let is_planned_here = slot.has_planned_removal(&private.holding);
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
        if let Some(other) = licenses.clone().find(|claims| !removal.is_of(&own, claims)) {
            return Ok(Done::new(()).warn(diagnostics::left_other_license(other)));
        }
        let there = client.instance().await?;
        if !same_root_url(removal.instance, &there.app_url) {
            let left = diagnostics::left_on_other_instance(removal.instance, &there.shown_url);
            return Ok(Done::new(()).warn(left));
        }
        let Some(active) = licenses.next() else {
            let hidden = seen.iter().any(|observation| observation.valid);
            return Ok(Done::new(()).warn_all(hidden.then(diagnostics::left_unidentified)));
        };
        let instance = active.subject.as_deref().unwrap_or(removal.instance);
        // It is not begun after a stop.
        limits.wait(ready(())).await?;
        let mut attempts = licensing.attempts();
        while let Err(mut error) = licensing.remove(instance).await {
            let may_be_done = error.carried_out() != CarriedOut::No;
            let is_sent_again = attempts.wait_after(&mut error).await;
            // What is there decides: an answer that was lost may have been a success.
            match client.for_cleanup().licensing()?.claims().await {
                Ok(None) if may_be_done || is_sent_again => break,
                Ok(Some(there))
                    if !removal.is_of(&own, &there) && (may_be_done || is_sent_again) =>
                {
                    return Ok(Done::new(()).warn(diagnostics::left_other_license(&there)));
                }
                Ok(Some(_)) if is_sent_again => {}
                there => return Err(not_removed(error, there, instance, &client).await),
            }
        }
        // What this connection has planned to remove is to go; what another one has may be followed by a creation.
        let token = removal.token.filter(|_| !is_planned_here);
        *self.removed() =
            token.map(|token| RemovedLicense { id: own.clone(), token: token.clone() });
        Ok(match wait_until_gone(&licensing, &own, limits).await {
            AfterRemoval::GoneEverywhere => Done::new(()),
            AfterRemoval::FromElsewhere(last) => {
                let other = last.claims.as_ref().filter(|claims| license_id(claims) != own);
                let from_elsewhere = || diagnostics::from_elsewhere(&last);
                Done::new(())
                    .warn(other.map_or_else(from_elsewhere, diagnostics::left_other_license))
            }
            AfterRemoval::NotEverywhere(interrupted, tally) => {
                Done::new(()).warn(diagnostics::not_gone_everywhere(&tally, interrupted))
            }
        })
    }
}

async fn not_removed(
    error: Error,
    there: Result<Option<Claims>, Error>,
    sent: &str,
    client: &Client,
) -> Failure<()> {
    let error = match (error.kind(), client.for_cleanup().instance().await) {
        (ErrorKind::WrongInstance { .. }, Ok(instance)) => {
            diagnostics::license_of_other_url(&error, sent, &instance.shown_url)
        }
        _ => error.into_diagnostic(),
    };
    let failure = Failure::from(error);
    match there {
        Ok(Some(there)) => failure.and(diagnostics::still_there(&there)),
        _ => failure,
    }
}
