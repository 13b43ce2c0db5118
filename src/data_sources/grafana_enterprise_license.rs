//! `grafana_enterprise_license`, read: for `check` blocks and conditions.

use jiff::Timestamp;
use tfplugin::{
    Context, DataSource, Diagnostic, Done, IntoDiagnostic, Outcome, Schema, Value, async_trait,
};

use crate::access::GrafanaAccess;
use crate::claims::{ClaimAttributes, with_claims};
use crate::resources::grafana_enterprise_license::days_between;
use crate::resources::grafana_enterprise_license::instance::LicensedInstance;
use crate::resources::grafana_enterprise_license::observation::{
    Answers, Observation, ask_several,
};

with_claims! {
    /// The Enterprise license that a self-hosted Grafana has now, whoever installed it.
    ///
    /// Having no license is no error here: `licensed` and `valid` are false then, and the claims are
    /// null. Needs `user:password` with the permission `licensing:read` in the provider's `auth`.
    #[derive(Schema, Clone, Debug, Default)]
    #[data_source("grafana_enterprise_license")]
    pub struct ActiveLicense {
        /// Root URL of the instance, as it has it itself (`root_url`).
        #[attr(computed)]
        pub instance: Value<String>,
        /// Whether the instance has a license.
        #[attr(computed)]
        pub licensed: Value<bool>,
        /// Whether Grafana considers its license valid.
        #[attr(computed)]
        pub valid: Value<bool>,
        /// Whole days until the license ends, negative when it has ended; null without an end.
        #[attr(computed)]
        pub days_left: Value<i64>,
        /// Grafana's judgement of the license, a number.
        #[attr(computed)]
        pub status: Value<i64>,
    }
}

/// Reads [`ActiveLicense`].
#[derive(Clone, Debug)]
pub struct ActiveLicenses(GrafanaAccess);

impl ActiveLicenses {
    /// Reads the license of the instance behind `grafana`.
    pub fn new(grafana: GrafanaAccess) -> Self {
        ActiveLicenses(grafana)
    }
}

#[async_trait]
impl DataSource for ActiveLicenses {
    type Model = ActiveLicense;

    async fn read(&self, config: ActiveLicense, cx: &Context) -> Outcome<ActiveLicense> {
        let reached = LicensedInstance::connect(&self.0).await?;
        let first =
            Observation::make(&reached.licensing).await.map_err(IntoDiagnostic::into_diagnostic)?;
        let (observation, warning) = if first.valid && first.claims.is_some() {
            (first, None)
        } else {
            settled(&reached, first, cx).await?
        };
        let mut license = ActiveLicense {
            instance: reached.instance.app_url.into(),
            licensed: observation.claims.is_some().into(),
            valid: observation.valid.into(),
            ..config
        };
        let claims = observation.claims.unwrap_or_default();
        license.show(&claims);
        license.status = claims.status.into();
        license.days_left = claims.expires_at.map(|end| days_between(Timestamp::now(), end)).into();
        Ok(Done::new(license).warn_all(warning))
    }
}

/// No license, or one that is not valid, is believed when several answers say so.
async fn settled(
    reached: &LicensedInstance,
    first: Observation,
    cx: &Context,
) -> Result<(Observation, Option<Diagnostic>), Diagnostic> {
    match ask_several(&reached.licensing, first.clone(), cx).await? {
        Answers::Agree(observation) => Ok((*observation, None)),
        Answers::Differ(tally) => {
            let detail = format!(
                "Answers about the license differ, as they do while the nodes of a cluster notice a new one at different moments: {tally}."
            );
            let valid = tally.observations().find(|seen| seen.valid && seen.claims.is_some());
            let observation = valid.cloned().unwrap_or(first);
            Ok((observation, Some(Diagnostic::warning("The license is not clear", detail))))
        }
    }
}
