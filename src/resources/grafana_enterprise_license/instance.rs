//! The instance whose license is managed.

use tfplugin::{Diagnostic, IntoDiagnostic, Limits};

use crate::access::GrafanaAccess;
use crate::grafana::{Client, Edition, Error, ErrorKind, Instance, Licensing};

/// An instance that has a license, or could have one.
#[derive(Debug)]
pub(crate) struct LicensedInstance {
    pub(crate) licensing: Licensing,
    pub(crate) instance: Instance,
}

impl LicensedInstance {
    /// Connects, and makes sure that this is Grafana Enterprise.
    pub(crate) async fn connect(access: &GrafanaAccess) -> Result<Self, Diagnostic> {
        Self::of(&access.client()?).await.map_err(IntoDiagnostic::into_diagnostic)
    }

    /// The same, unless the user stops Terraform or the operation's time runs out.
    pub(crate) async fn connect_in_time(
        access: &GrafanaAccess,
        cx: &Limits,
    ) -> Result<Self, Diagnostic> {
        cx.wait(Self::connect(access)).await.map_err(IntoDiagnostic::into_diagnostic)?
    }

    /// The same at plan: `None` if the instance cannot be asked yet.
    pub(crate) async fn at_plan(access: &GrafanaAccess) -> Result<Option<Self>, Diagnostic> {
        let Some(client) = access.client_at_plan()? else { return Ok(None) };
        unless_it_may_pass(Self::of(&client).await)
    }

    async fn of(client: &Client) -> Result<Self, Error> {
        let licensing = client.licensing()?;
        let instance = client.instance().await?.clone();
        if instance.edition == Edition::OpenSource {
            return Err(instance.not_enterprise());
        }
        Ok(LicensedInstance { licensing, instance })
    }
}

/// What a question at plan came to: an answer, nothing if it may be answered at apply, or an error
/// that will be the same then.
pub(crate) fn unless_it_may_pass<T>(answer: Result<T, Error>) -> Result<Option<T>, Diagnostic> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) => match error.kind() {
            ErrorKind::Refused
            | ErrorKind::SignInNeeded
            | ErrorKind::Forbidden { .. }
            | ErrorKind::BasicAuthNeeded
            | ErrorKind::NotEnterprise { .. } => Err(error.into_diagnostic()),
            _ => {
                tracing::debug!(%error, "the instance cannot be asked at plan");
                Ok(None)
            }
        },
    }
}
