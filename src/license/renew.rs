//! Having Grafana fetch a fresh token for its license: what the action and a change of `renew_triggers` share.

use std::future::ready;
use std::time::Duration;

use tfplugin::{Done, Interrupted, Limits, Outcome};

use super::description::{issued, name};
use super::observation::{Observation, Tally};
use super::propagation::{ANSWERS_WITH_CHANGE, Answers, Next, SHORT_PAUSE, ask, look};
use super::{LicensedInstance, Licenses, OTHER_CHANGE, license_id, renew_diagnostics};
use crate::diagnostics::ended::wait_for;
use crate::grafana::Claims;

/// Between answers that show the token from before.
const UNCHANGED_TOKEN_PAUSE: Duration = Duration::from_millis(250);
/// After how many answers in a row with the token from before it is believed that there is no newer one.
const NOTHING_NEWER: usize = 24;
/// How many answers lie between two reports of progress.
const BETWEEN_REPORTS: usize = 8;

/// What is to be renewed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Renewal<'a> {
    /// Whatever license is active; one answer with the fresh token is enough.
    Active,
    /// The license with that id alone, until several answers in a row show the fresh token.
    Own(&'a str),
}

impl Licenses {
    /// Has Grafana ask the issuer for a fresh token, and reads the claims until they show it. `report` is told
    /// what happens. A token that is still the one from before, or not shown when the limits end, is a warning.
    ///
    /// # Errors
    /// If there is no such license, or Grafana does not renew it: the present one stays.
    pub(crate) async fn renew(
        &self,
        renewal: Renewal<'_>,
        report: impl Fn(String),
        limits: &Limits,
    ) -> Outcome<Observation> {
        let reached = self.connect(limits).await?;
        let url = &reached.instance.shown_url;
        let _lock = wait_for(limits, OTHER_CHANGE, self.slot().lock()).await?;
        let active = match look(&reached.licensing, limits, |seen| seen.claims.is_some()).await? {
            Answers::Agree(seen) => *seen,
            Answers::Differ(tally) => {
                let mut licensed = tally.observations().filter(|seen| seen.claims.is_some());
                licensed.next().cloned().unwrap_or_default()
            }
        };
        let Some(before) = active.claims.clone() else {
            return Err(renew_diagnostics::nothing_to_renew(url))?;
        };
        let wanted = match renewal {
            Renewal::Active => 1,
            Renewal::Own(own) if license_id(&before) == own => ANSWERS_WITH_CHANGE,
            Renewal::Own(own) => {
                return Err(renew_diagnostics::other_license_not_renewed(&before, own))?;
            }
        };
        report(format!(
            "Grafana at {url} asks its issuer for a fresh token of license {}{}",
            name(&before),
            issued(&before)
        ));
        // It is not begun after a stop.
        limits.wait(ready(())).await?;
        reached.licensing.renew().await.map_err(renew_diagnostics::not_renewed)?;
        report("Grafana has renewed the license; reading its claims again".to_owned());
        let waited = wait_until_fresh(&reached, &before, wanted, &report, limits).await;
        let warning = match &waited {
            Ok(Some(_)) => None,
            Ok(None) => Some(renew_diagnostics::nothing_newer(&before, NOTHING_NEWER)),
            Err((interrupted, _)) => Some(renew_diagnostics::fresh_token_not_shown(*interrupted)),
        };
        let fresh = waited.unwrap_or_else(|(_, last)| last);
        if let Some(fresh) = fresh.as_ref().and_then(|fresh| fresh.claims.as_ref()) {
            report(outcome(&before, fresh));
        }
        Ok(Done::new(fresh.unwrap_or(active)).warn_all(warning))
    }
}

/// Asks until so many answers in a row show a fresh token; `None` if there is none.
///
/// # Errors
/// When the limits end it; with the last answer that showed one.
async fn wait_until_fresh(
    reached: &LicensedInstance,
    before: &Claims,
    wanted: usize,
    report: impl Fn(String),
    limits: &Limits,
) -> Result<Option<Observation>, (Interrupted, Option<Observation>)> {
    let (mut fresh, mut fresh_in_a_row, mut unchanged_in_a_row) = (None, 0, 0);
    let mut tally = Tally::default();
    let asked = ask(&reached.licensing, limits, &mut tally, |answer, tally| {
        let claims = answer.as_ref().ok().and_then(|seen| seen.claims.as_ref());
        let is_fresh = claims.map(|now| is_fresh(now, before));
        fresh_in_a_row = if is_fresh == Some(true) { fresh_in_a_row + 1 } else { 0 };
        unchanged_in_a_row = if is_fresh == Some(false) { unchanged_in_a_row + 1 } else { 0 };
        if fresh_in_a_row > 0 {
            fresh = answer.ok();
        }
        let answers = tally.len();
        let is_over = unchanged_in_a_row == NOTHING_NEWER;
        if fresh.is_none() && !is_over && answers.is_multiple_of(BETWEEN_REPORTS) {
            report(format!("{answers} answers without a fresh token; asking again"));
        }
        match (fresh_in_a_row, &fresh) {
            (0, None) if is_over => Next::Enough(()),
            (0, None) => Next::After(UNCHANGED_TOKEN_PAUSE),
            (0, Some(_)) => Next::Later,
            (in_a_row, _) if in_a_row == wanted => Next::Enough(()),
            _ => Next::After(SHORT_PAUSE),
        }
    });
    match asked.await {
        Ok(()) => Ok(fresh),
        Err(interrupted) => Err((interrupted, fresh)),
    }
}

/// A node that lags behind may show a token that is older than the one before.
fn is_fresh(now: &Claims, before: &Claims) -> bool {
    license_id(now) == license_id(before)
        && (now.issued_at > before.issued_at
            || (now.issued_at == before.issued_at && now.token_id != before.token_id))
}

fn outcome(before: &Claims, fresh: &Claims) -> String {
    let mut parts = vec![format!("License {} has a fresh token", name(fresh))];
    parts.extend(fresh.token_expires_at.map(|end| format!("valid until {end}")));
    if fresh.included_users != before.included_users {
        parts.extend(fresh.included_users.map(|users| format!("now for {users} users")));
    }
    if fresh.expires_at != before.expires_at {
        parts.extend(fresh.expires_at.map(|end| format!("the license now expires at {end}")));
    }
    parts.join(", ")
}
