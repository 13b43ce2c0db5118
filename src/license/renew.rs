//! Having Grafana fetch a fresh token for its license.

use std::future::ready;
use std::time::Duration;

use tfplugin::{Diagnostic, Done, Limits, Outcome};

use super::description::{issued, name};
use super::observation::{Observation, Tally};
use super::propagation::{Answers, Next, ask, look};
use super::{Licenses, diagnostics};
use crate::grafana::Claims;

/// Between answers that show the token from before.
const PAUSE: Duration = Duration::from_millis(250);
/// After how many answers in a row with the token from before it is believed that there is no newer one.
const NOTHING_NEWER: usize = 24;
/// How many answers lie between two reports of progress.
const BETWEEN_REPORTS: usize = 8;

impl Licenses {
    /// Has Grafana ask the issuer for a fresh token, and reads the claims until they show it.
    pub(crate) async fn renew(&self, report: impl Fn(String), limits: &Limits) -> Outcome<()> {
        let reached = self.connect(limits).await?;
        let url = &reached.instance.app_url;
        let active = match look(&reached.licensing, limits, |seen| seen.claims.is_some()).await? {
            Answers::Agree(seen) => seen.claims,
            Answers::Differ(tally) => tally.observations().find_map(|seen| seen.claims.clone()),
        };
        let before = active.ok_or_else(|| diagnostics::nothing_to_renew(url))?;
        report(format!(
            "Grafana at {url} asks its issuer for a fresh token of license {}{}",
            name(&before),
            issued(&before)
        ));
        // It is not begun after a stop.
        limits.wait(ready(())).await?;
        reached.licensing.renew().await.map_err(diagnostics::not_renewed)?;
        report("Grafana has renewed the license; reading its claims again".to_owned());
        let mut same_in_a_row = 0;
        let mut tally = Tally::default();
        let asked = ask(&reached.licensing, limits, &mut tally, |answer, tally| {
            match answer {
                Ok(Observation { claims: Some(now), .. }) if is_fresh(&now, &before) => {
                    return Next::Enough(Some(now));
                }
                Ok(Observation { claims: Some(_), .. }) => same_in_a_row += 1,
                Ok(_) | Err(_) => same_in_a_row = 0,
            }
            if same_in_a_row == NOTHING_NEWER {
                return Next::Enough(None);
            }
            let answers = tally.len();
            if answers.is_multiple_of(BETWEEN_REPORTS) {
                report(format!("{answers} answers without a fresh token; asking again"));
            }
            Next::After(PAUSE)
        });
        match asked.await {
            Ok(Some(fresh)) => report(outcome(&before, &fresh)),
            Ok(None) => return Ok(warned(diagnostics::nothing_newer(&before, NOTHING_NEWER))),
            Err(interrupted) => return Ok(warned(diagnostics::fresh_token_not_shown(interrupted))),
        }
        Ok(().into())
    }
}

fn warned(warning: Diagnostic) -> Done<()> {
    Done::new(()).warn(warning)
}

fn is_fresh(now: &Claims, before: &Claims) -> bool {
    now.token_id != before.token_id || now.issued_at > before.issued_at
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
