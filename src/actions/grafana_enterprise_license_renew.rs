//! `grafana_enterprise_license_renew`: a fresh token for the active license.

use tfplugin::{Action, Context, Outcome, Progress, Schema, async_trait};

use crate::license::{Licenses, Renewal};

/// Makes Grafana fetch a fresh token of its Enterprise license from grafana.com.
///
/// Grafana does so by itself about once a day. Use the action to see a changed contract at once, or where
/// `auto_refresh_license` is off. On versions without actions, change `renew_triggers` of
/// [`grafana_enterprise_license`](../resources/enterprise_license.md) instead.
#[derive(Schema, Clone, Debug)]
#[action("grafana_enterprise_license_renew")]
pub struct EnterpriseLicenseRenewModel {}

/// Renews the license of the instance that the provider is configured for.
#[derive(Clone, Debug)]
pub struct EnterpriseLicenseRenewAction(Licenses);

impl EnterpriseLicenseRenewAction {
    /// Renews the license of `licenses`.
    pub fn new(licenses: Licenses) -> Self {
        EnterpriseLicenseRenewAction(licenses)
    }
}

#[async_trait]
impl Action for EnterpriseLicenseRenewAction {
    type Config = EnterpriseLicenseRenewModel;

    async fn invoke(
        &self,
        _: EnterpriseLicenseRenewModel,
        progress: &Progress,
        cx: &Context,
    ) -> Outcome<()> {
        let renewed = self.0.renew(Renewal::Active, |report| progress.say(report), cx).await;
        match renewed {
            Ok(renewed) => Ok(renewed.map(drop)),
            Err(failure) => Err(failure.map(drop)),
        }
    }
}
