//! `grafana_enterprise_license`, read: for `check` blocks and conditions.

use jiff::Timestamp;
use tfplugin::{Context, DataSource, Done, Outcome, Schema, Value, async_trait};

use crate::license::claims::{ClaimAttributes, with_claims};
use crate::license::{Answers, Licenses, Observation, days_between, diagnostics, look};

with_claims! {
    /// Reads the Enterprise license that a self-hosted Grafana has now, whoever installed it.
    ///
    /// Having no license is not an error: `licensed` and `valid` are then false, and the attributes that describe the
    /// license are null.
    ///
    /// -> **Basic authentication only.** Grafana's licensing API accepts no tokens: set the provider's `auth` to
    /// `user:password`.
    #[derive(Schema, Clone, Debug, Default)]
    #[data_source("grafana_enterprise_license")]
    pub struct EnterpriseLicenseDataModel {
        /// Root URL of the instance, as set in its configuration (`root_url`).
        #[attr(computed)]
        pub instance: Value<String>,
        /// Whether the instance has a license.
        #[attr(computed)]
        pub licensed: Value<bool>,
        /// Whether Grafana considers the license valid.
        #[attr(computed)]
        pub valid: Value<bool>,
        /// Whole days until the license ends; negative once it has ended, null if it has no end.
        #[attr(computed)]
        pub days_left: Value<i64>,
        /// Status code reported by Grafana; prefer `valid`.
        #[attr(computed)]
        pub status: Value<i64>,
    }
}

/// Reads the license of the instance that the provider is configured for.
#[derive(Clone, Debug)]
pub struct EnterpriseLicenseDataSource(Licenses);

impl EnterpriseLicenseDataSource {
    /// Reads the license of `licenses`.
    pub fn new(licenses: Licenses) -> Self {
        EnterpriseLicenseDataSource(licenses)
    }
}

#[async_trait]
impl DataSource for EnterpriseLicenseDataSource {
    type Model = EnterpriseLicenseDataModel;

    async fn read(
        &self,
        config: EnterpriseLicenseDataModel,
        cx: &Context,
    ) -> Outcome<EnterpriseLicenseDataModel> {
        let reached = self.0.connect(cx).await?;
        // No license, or one that is not valid, is believed when several answers say so.
        let is_licensed = |seen: &Observation| seen.valid_license().is_some();
        let (seen, warning) = match look(&reached.licensing, cx, is_licensed).await? {
            Answers::Agree(seen) => (*seen, None),
            Answers::Differ(tally) => {
                let licensed = tally.observations().find(|seen| is_licensed(seen));
                let seen = licensed.or(tally.observations().next()).cloned().unwrap_or_default();
                (seen, Some(diagnostics::nodes_differ_for_now(&tally, false)))
            }
        };
        let mut license = EnterpriseLicenseDataModel {
            instance: reached.instance.app_url.into(),
            licensed: seen.claims.is_some().into(),
            valid: seen.valid.into(),
            ..config
        };
        let claims = seen.claims.unwrap_or_default();
        license.show(&claims);
        license.status = claims.status.into();
        license.days_left = claims.expires_at.map(|end| days_between(Timestamp::now(), end)).into();
        Ok(Done::new(license).warn_all(warning))
    }
}
