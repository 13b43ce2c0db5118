//! `grafana_enterprise_license_renew`: a fresh token for the active license.

use std::time::Duration;

use tfplugin::{
    Action, Context, Diagnostic, Done, Interrupted, IntoDiagnostic, Outcome, Progress, Schema,
    async_trait,
};

use crate::access::GrafanaAccess;
use crate::claims;
use crate::grafana::{Claims, Error, Licensing};
use crate::resources::grafana_enterprise_license::instance::LicensedInstance;

const PAUSE: Duration = Duration::from_millis(250);

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
        let reached = LicensedInstance::connect(&self.0).await?;
        let url = &reached.instance.app_url;
        let licensing = &reached.licensing;
        let before = licensing.claims().await.map_err(IntoDiagnostic::into_diagnostic)?;
        let before = before.ok_or_else(|| nothing_to_renew(url))?;
        progress.say(format!(
            "Grafana at {url} asks its issuer for a fresh token of license {}{}",
            claims::name(&before),
            issued(&before)
        ));
        licensing.renew().await.map_err(|error| not_renewed(error, url))?;
        progress.say("Grafana has renewed the license; reading its claims again");
        match wait_for_fresh(licensing, &before, cx).await {
            Ok(fresh) => {
                progress.say(outcome(&before, &fresh));
                Ok(().into())
            }
            Err(interrupted) => Ok(not_seen(interrupted)),
        }
    }
}

/// Reads the claims until they are those of another token.
async fn wait_for_fresh(
    licensing: &Licensing,
    before: &Claims,
    cx: &Context,
) -> Result<Claims, Interrupted> {
    let licensing = licensing.over_new_connections();
    loop {
        if let Ok(Some(now)) = cx.wait(licensing.claims()).await?
            && (now.token_id != before.token_id || now.issued_at > before.issued_at)
        {
            return Ok(now);
        }
        cx.sleep(PAUSE).await?;
    }
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

fn not_renewed(error: Error, url: &str) -> Diagnostic {
    let by_issuer = matches!(error, Error::Server { .. } | Error::Timeout { .. });
    if matches!(error, Error::NotFound { .. }) {
        return nothing_to_renew(url);
    }
    let mut diagnostic = error.into_diagnostic();
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
