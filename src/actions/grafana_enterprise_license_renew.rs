//! `grafana_enterprise_license_renew`: a fresh token for the active license.

use std::future::ready;
use std::time::Duration;

use tfplugin::{
    Action, Context, Diagnostic, Done, Interrupted, IntoDiagnostic, Outcome, Progress, Schema,
    async_trait,
};

use crate::access::GrafanaAccess;
use crate::claims;
use crate::grafana::{Claims, Error, ErrorKind, Licensing};
use crate::resources::grafana_enterprise_license::instance::LicensedInstance;
use crate::resources::grafana_enterprise_license::observation::{Answers, ask_several, look_once};

const PAUSE: Duration = Duration::from_millis(250);
/// After how many answers in a row with the token from before it is believed that there is no newer one.
const NOTHING_NEWER: usize = 24;
/// How many answers lie between two words of progress.
const BETWEEN_WORDS: usize = 8;

/// Has Grafana fetch a fresh token for its Enterprise license from grafana.com, now instead of with
/// its daily refresh: after a change of the contract, say, or where `auto_refresh_license` is off.
///
/// Grafana itself has to reach grafana.com. Needs `user:password` with the permissions
/// `licensing:read` and `licensing:write` in the provider's `auth`.
#[derive(Schema, Clone, Debug)]
#[action("grafana_enterprise_license_renew")]
pub struct Renewal {}

/// Does [`Renewal`].
#[derive(Clone, Debug)]
pub struct LicenseRenewal(GrafanaAccess);

impl LicenseRenewal {
    /// Renews the license of the instance behind `grafana`.
    pub fn new(grafana: GrafanaAccess) -> Self {
        LicenseRenewal(grafana)
    }
}

#[async_trait]
impl Action for LicenseRenewal {
    type Config = Renewal;

    async fn invoke(&self, _: Renewal, progress: &Progress, cx: &Context) -> Outcome<()> {
        let reached = LicensedInstance::connect_in_time(&self.0, cx).await?;
        let url = &reached.instance.app_url;
        let licensing = &reached.licensing;
        let before = active(licensing, cx).await?.ok_or_else(|| nothing_to_renew(url))?;
        progress.say(format!(
            "Grafana at {url} asks its issuer for a fresh token of license {}{}",
            claims::name(&before),
            issued(&before)
        ));
        cx.wait(ready(())).await.map_err(IntoDiagnostic::into_diagnostic)?;
        licensing.renew().await.map_err(not_renewed)?;
        progress.say("Grafana has renewed the license; reading its claims again");
        match wait_for_fresh(licensing, &before, progress, cx).await {
            Ok(Some(fresh)) => {
                progress.say(outcome(&before, &fresh));
                Ok(().into())
            }
            Ok(None) => Ok(nothing_newer(&before)),
            Err(interrupted) => Ok(not_seen(interrupted)),
        }
    }
}

/// The claims of the license that is there; that there is none is believed when several answers say so.
async fn active(licensing: &Licensing, cx: &Context) -> Result<Option<Claims>, Diagnostic> {
    let first = look_once(licensing, cx).await?;
    if first.claims.is_some() {
        return Ok(first.claims);
    }
    Ok(match ask_several(licensing, first, cx).await? {
        Answers::Agree(observation) => observation.claims,
        Answers::Differ(tally) => tally.observations().find_map(|seen| seen.claims.clone()),
    })
}

/// Reads the claims until they are those of another token; `None` if many answers in a row show the
/// token from before.
async fn wait_for_fresh(
    licensing: &Licensing,
    before: &Claims,
    progress: &Progress,
    cx: &Context,
) -> Result<Option<Claims>, Interrupted> {
    let licensing = licensing.over_new_connections();
    let mut same_in_a_row = 0;
    for number in 1.. {
        match cx.wait(licensing.claims()).await? {
            Ok(Some(now)) if is_fresh(&now, before) => return Ok(Some(now)),
            Ok(Some(_)) => same_in_a_row += 1,
            Ok(None) | Err(_) => same_in_a_row = 0,
        }
        if same_in_a_row == NOTHING_NEWER {
            break;
        }
        if number % BETWEEN_WORDS == 0 {
            progress.say(format!("No fresh token to be seen in {number} answers; asking again"));
        }
        cx.sleep(PAUSE).await?;
    }
    Ok(None)
}

fn is_fresh(now: &Claims, before: &Claims) -> bool {
    now.token_id != before.token_id || now.issued_at > before.issued_at
}

fn issued(claims: &Claims) -> String {
    claims.issued_at.map_or_else(String::new, |time| format!(", whose token was issued at {time}"))
}

fn outcome(before: &Claims, fresh: &Claims) -> String {
    let mut words = format!("License {} has a fresh token", claims::name(fresh));
    if let Some(end) = fresh.token_expires_at {
        words.push_str(&format!(", valid until {end}"));
    }
    if fresh.included_users != before.included_users
        && let Some(users) = fresh.included_users
    {
        words.push_str(&format!("; it now includes {users} users"));
    }
    if fresh.expires_at != before.expires_at
        && let Some(end) = fresh.expires_at
    {
        words.push_str(&format!("; the license now ends at {end}"));
    }
    words
}

fn nothing_to_renew(url: &str) -> Diagnostic {
    let detail = format!("{url} has no license. Install one with `grafana_enterprise_license`.");
    Diagnostic::error("Nothing to renew", detail)
}

fn nothing_newer(before: &Claims) -> Done<()> {
    let detail = format!(
        "Grafana accepted the renewal of license {}, but {NOTHING_NEWER} answers in a row show the token from before{}. Its issuer may have nothing newer: a changed \
         contract can take a while to arrive there.",
        claims::name(before),
        issued(before)
    );
    Done::new(()).warn(Diagnostic::warning("The license token is the one from before", detail))
}

fn not_renewed(error: Error) -> Diagnostic {
    let by_issuer = matches!(error.kind(), ErrorKind::Server | ErrorKind::Timeout { .. });
    let refused = matches!(error.kind(), ErrorKind::NotFound { .. });
    let mut diagnostic = error.into_diagnostic();
    if refused {
        diagnostic.summary = "Grafana could not renew its license".to_owned();
        diagnostic.detail.push_str(
            " It has nothing to renew: a license from disk or environment, or one that has been removed just now.",
        );
        return diagnostic;
    }
    if by_issuer {
        diagnostic.summary = "Grafana could not renew its license".to_owned();
        diagnostic.detail.push_str(
            " Grafana itself asks grafana.com for the fresh token: it needs a way out to https://grafana.com, through a proxy if need be. Where it has none, \
             download the token from your Grafana Labs account and give it to `grafana_enterprise_license`.",
        );
    }
    diagnostic.detail.push_str(" The license that was there is still there.");
    diagnostic
}

fn not_seen(interrupted: Interrupted) -> Done<()> {
    let why = interrupted.into_diagnostic().detail;
    Done::accepted_but_not_finished(
        (),
        "The fresh token is not to be seen yet",
        format!(
            "Grafana accepted the renewal, but still shows the token from before. {why} The next plan looks again."
        ),
    )
}
