//! Reading the license: what is drift, and what is only a node that lags behind.

use tfplugin::{Context, Diagnostic, Done, IntoDiagnostic, Outcome, path};

use super::observation::{Answers, Observation, Tally, ask_several};
use super::token::{Remembered, license_id, own_id, state_id};
use super::{EnterpriseLicense, EnterpriseLicenses, expiry};
use crate::claims::{self, ClaimAttributes};
use crate::grafana::{Claims, same_root_url};

impl EnterpriseLicenses {
    pub(super) async fn refresh(
        &self,
        state: EnterpriseLicense,
        cx: &Context<Remembered>,
    ) -> Outcome<Option<EnterpriseLicense>> {
        let own = own_id(&state, cx);
        self.run.holders.while_read(&own, cx, self.look_again(state, cx)).await
    }

    async fn look_again(
        &self,
        state: EnterpriseLicense,
        cx: &Context<Remembered>,
    ) -> Outcome<Option<EnterpriseLicense>> {
        if let Some(warning) = self.grafana.not_refreshed() {
            return Ok(Done::new(Some(state)).warn(warning));
        }
        let client = self.grafana.client()?;
        let licensing = client.licensing()?;
        let first = Observation::make(&licensing).await.map_err(IntoDiagnostic::into_diagnostic)?;
        let observation = if is_as_before(&first, &state) {
            first
        } else {
            match ask_several(&licensing, first, cx).await? {
                Answers::Agree(observation) => *observation,
                Answers::Differ(tally) => return Ok(unchanged(state, &tally)),
            }
        };
        let Some(claims) = &observation.claims else {
            let gone = !observation.valid;
            return Ok(if gone { Done::new(None) } else { hidden(state) });
        };
        if cx.private().license.is_none() {
            Remembered::license(cx, claims);
        }
        let mut state = state;
        state.show(claims);
        state.status = claims.status.into();
        state.valid = observation.valid.into();
        let mut warnings = expiry::warnings(claims, &state, &licensing).await;
        if !observation.valid && !expiry::has_ended(claims) {
            let instance = client.instance().await.ok();
            warnings.push(not_valid(claims, instance.map(|instance| instance.app_url.as_str())));
        }
        Ok(Done::new(Some(state)).warn_all(warnings))
    }
}

/// Whether an answer brings at most what Grafana's own refresh does.
fn is_as_before(observation: &Observation, state: &EnterpriseLicense) -> bool {
    observation.claims.as_ref().is_some_and(|claims| license_id(claims) == state_id(state))
        && state.valid.known() == Some(&observation.valid)
}

fn not_valid(claims: &Claims, root_url: Option<&str>) -> Diagnostic {
    let status = claims.status.map_or_else(String::new, |status| format!(" (status {status})"));
    let mut detail = format!("Grafana calls license {} not valid{status}.", claims::name(claims));
    match (&claims.subject, root_url) {
        (Some(subject), Some(url)) if !same_root_url(subject, url) => detail.push_str(&format!(
            " It is for {subject}, but this instance's own root URL is {url} (`root_url` in its configuration): get a license for that URL, or correct `root_url`."
        )),
        _ => detail.push_str(" Grafana's log says why. A fresh token from your Grafana Labs account may help."),
    }
    Diagnostic::warning("Grafana does not consider the license valid", detail).at(path!(valid))
}

fn hidden(state: EnterpriseLicense) -> Done<Option<EnterpriseLicense>> {
    let detail = "Grafana says that it has a valid license but shows none: GET /api/licensing/token answers as it does without a license. The state is kept as it was.";
    Done::new(Some(state)).warn(Diagnostic::warning("The license is not shown", detail))
}

fn unchanged(state: EnterpriseLicense, tally: &Tally) -> Done<Option<EnterpriseLicense>> {
    let detail = format!(
        "Answers about the license differ, as they do while the nodes of a cluster notice a new one at different moments: {tally}. The state is kept as it was. \
         If this does not pass, look at the nodes one by one.",
    );
    Done::new(Some(state)).warn(Diagnostic::warning("The license is not clear", detail))
}
