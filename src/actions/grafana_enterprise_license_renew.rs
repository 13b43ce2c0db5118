//! `grafana_enterprise_license_renew`: a fresh token for the active license.

use tfplugin::{Action, Context, Outcome, Progress, Schema, async_trait};

use crate::license::{Licenses, Renewal};

/// Has Grafana fetch a fresh token for its Enterprise license from grafana.com, now instead of with
/// its daily refresh: after a change of the contract, say, or where `auto_refresh_license` is off.
///
/// Grafana itself has to reach grafana.com. Needs `user:password` with the permissions
/// `licensing:read` and `licensing:write` in the provider's `auth`.
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
