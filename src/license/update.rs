//! Updating a license resource: which token is sent, and whether Grafana asks for a fresh one.

use tfplugin::{Done, Failure, Limits, Outcome};

use super::renew::Renewal;
use super::{LicenseModel, LicensePrivate, Licenses, TokenChange};

impl Licenses {
    /// Makes of the prior state what was planned.
    ///
    /// # Errors
    /// The state is to stay as it was; what has changed on the instance is seen by the next refresh.
    pub(crate) async fn update<M: LicenseModel>(
        &self,
        prior: &M,
        plan: M,
        private: &mut LicensePrivate,
        limits: &Limits,
    ) -> Outcome<M> {
        let (given, in_state) = (plan.given_token()?, prior.claims());
        let change = plan.token_change(prior, &given, &in_state, private);
        let (is_sent, is_taken_over) = (change.is_sent(), change.is_taken_over());
        let is_renewed = plan.is_renewed(prior, &change);
        let mut installed = None;
        if is_sent || private.must_reassert() {
            let token = given.clone().required()?;
            let change = plan.installation(&token);
            let done = self.install_again(change, &in_state, private, limits).await;
            installed = done.map_err(|failure| Failure::all(failure.diagnostics))?;
        }
        if installed.is_none() && is_taken_over {
            TokenChange::remember(&given, private);
        }
        let own = private.own_id(&in_state);
        let updated = match installed {
            Some(installed) => installed.map(|installed| plan.installed(&installed)),
            None => Done::new(plan.keeping(prior)),
        };
        if !is_renewed {
            return Ok(updated);
        }
        let report = |report| tracing::info!("{report}");
        let renewed = self.renew(Renewal::Own(&own), report, limits).await;
        let renewed = renewed.map_err(|failure| Failure::all(failure.diagnostics))?;
        let state = updated.value.showing(&renewed.value);
        Ok(Done::new(state).warn_all(updated.warnings).warn_all(renewed.warnings))
    }
}
