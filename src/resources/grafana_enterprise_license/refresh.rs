//! Reading the license: what is drift, and what is only a node that lags behind.

use tfplugin::{Context, Diagnostic, Done, IntoDiagnostic, Outcome};

use super::observation::{Answers, Observation, Tally, ask_several};
use super::token::{Remembered, license_id, state_id};
use super::{EnterpriseLicense, EnterpriseLicenses, expiry};
use crate::claims::ClaimAttributes;

impl EnterpriseLicenses {
    pub(super) async fn refresh(
        &self,
        state: EnterpriseLicense,
        cx: &Context,
    ) -> Outcome<Option<EnterpriseLicense>> {
        self.run.note_read(state_id(&state), cx.private());
        let licensing = self.grafana.client()?.licensing()?;
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
            return Ok(Done::new(None));
        };
        if Remembered::of(cx.private()).license.is_none() {
            Remembered::license(cx.private(), claims);
        }
        let mut state = state;
        state.show(claims);
        state.status = claims.status.into();
        state.valid = observation.valid.into();
        let warnings = expiry::warnings(claims, &state, &licensing).await;
        Ok(Done::new(Some(state)).warn_all(warnings))
    }
}

/// Whether an answer brings at most what Grafana's own refresh does.
fn is_as_before(observation: &Observation, state: &EnterpriseLicense) -> bool {
    observation.claims.as_ref().is_some_and(|claims| license_id(claims) == state_id(state))
        && state.valid.known() == Some(&observation.valid)
}

fn unchanged(state: EnterpriseLicense, tally: &Tally) -> Done<Option<EnterpriseLicense>> {
    let detail = format!(
        "Answers about the license differ, as they do while the nodes of a cluster notice a new one at different moments: {tally}. The state is kept as it was. \
         If this does not pass, look at the nodes one by one.",
    );
    Done::new(Some(state)).warn(Diagnostic::warning("The license is not clear", detail))
}
