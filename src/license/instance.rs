//! The instance whose license is managed.

use tfplugin::{Diagnostic, IntoDiagnostic, Limits};

use super::token::LicenseToken;
use super::{Licenses, diagnostics};
use crate::grafana::{Client, Edition, Error, ErrorKind, Instance, Licensing, same_root_url};

/// An instance that has a license, or could have one.
#[derive(Debug)]
pub(crate) struct LicensedInstance {
    pub(crate) licensing: Licensing,
    pub(crate) instance: Instance,
}

/// What a plan comes to know of the instance.
#[derive(Debug)]
pub(super) enum AtPlan {
    Reached(LicensedInstance),
    /// It may be there at apply.
    Unreachable(Error),
    /// The provider's configuration is not known yet.
    Later,
}

impl Licenses {
    /// Connects, and makes sure that this is Grafana Enterprise.
    ///
    /// # Errors
    /// If the provider's configuration names no instance, or that cannot be asked or is not
    /// Grafana Enterprise.
    pub(crate) async fn connect(&self, limits: &Limits) -> Result<LicensedInstance, Diagnostic> {
        let client = self.client(limits).await?;
        LicensedInstance::of(&client).await.map_err(IntoDiagnostic::into_diagnostic)
    }

    /// The same at plan.
    ///
    /// # Errors
    /// Those that will be the same at apply.
    pub(super) async fn connect_at_plan(&self, limits: &Limits) -> Result<AtPlan, Diagnostic> {
        self.access.check_licensing().map_err(IntoDiagnostic::into_diagnostic)?;
        let Some(client) = self.access.client_at_plan(limits).await? else {
            return Ok(AtPlan::Later);
        };
        match LicensedInstance::of(&client).await {
            Ok(reached) => Ok(AtPlan::Reached(reached)),
            Err(error) if is_lasting(&error) => Err(error.into_diagnostic()),
            Err(error) => Ok(AtPlan::Unreachable(error)),
        }
    }

    /// The client, which is not known to be that of Grafana Enterprise.
    pub(super) async fn client(&self, limits: &Limits) -> Result<Client, Diagnostic> {
        self.access.check_licensing().map_err(IntoDiagnostic::into_diagnostic)?;
        self.access.client(limits).await
    }
}

impl LicensedInstance {
    async fn of(client: &Client) -> Result<Self, Error> {
        let licensing = client.licensing()?;
        let instance = client.instance().await?.clone();
        if instance.edition == Edition::OpenSource {
            return Err(instance.not_enterprise());
        }
        Ok(LicensedInstance { licensing, instance })
    }

    /// Refuses a token for another instance, and an instance that is not the configured one.
    pub(super) fn refuses(
        &self,
        token: Option<&LicenseToken>,
        configured: Option<&str>,
    ) -> Option<Diagnostic> {
        let own = &self.instance.shown_url;
        let is_own = |url: &&str| same_root_url(url, &self.instance.app_url);
        let subject = token.and_then(|token| Some((token, token.claims().subject.as_deref()?)));
        if let Some((token, subject)) = subject.filter(|(_, subject)| !is_own(subject)) {
            let refusal = diagnostics::license_of_another_instance(token.claims(), subject, own);
            return Some(refusal.at(token.path()));
        }
        configured.filter(|url| !is_own(url)).map(|url| diagnostics::wrong_instance(url, own))
    }
}

/// Refuses a token that is not for the `instance` of the configuration.
pub(super) fn refuses(token: &LicenseToken, configured: &str) -> Option<Diagnostic> {
    let subject = token.claims().subject.as_deref()?;
    let is_other = !same_root_url(subject, configured);
    let refusal = || diagnostics::license_not_for(token.claims(), subject, configured);
    is_other.then(|| refusal().at(token.path()))
}

/// Whether an error at plan will be the same at apply.
pub(super) fn is_lasting(error: &Error) -> bool {
    use ErrorKind::*;
    matches!(
        error.kind(),
        Refused | SignInNeeded | Forbidden { .. } | BasicAuthNeeded | NotEnterprise { .. }
    )
}
