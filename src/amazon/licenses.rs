//! The Enterprise license of a workspace.

use aws_sdk_grafana::config::Config;
use secrecy::{ExposeSecret, SecretString};

use super::{Amazon, Error, Workspace, retry};

impl Amazon {
    /// [AssociateLicense](https://docs.aws.amazon.com/grafana/latest/APIReference/API_AssociateLicense.html):
    /// AWS accepts to put a license of `license_type` (`ENTERPRISE`) on the workspace, which then
    /// is `UPGRADING`. An account not yet linked with Grafana Labs in the region needs
    /// `grafana_token`: see [`Error::asks_for_grafana_token`].
    ///
    /// Not repeated once AWS may have accepted it: then the error says
    /// [`CarriedOut::Maybe`](super::CarriedOut::Maybe), and describing the workspace tells.
    pub async fn associate_license(
        &self,
        region: Option<&str>,
        workspace_id: &str,
        license_type: &str,
        grafana_token: Option<&SecretString>,
    ) -> Result<Workspace, Error> {
        let call = self.call("AssociateLicense", region).await?;
        let answer = call
            .client
            .associate_license()
            .workspace_id(workspace_id)
            .license_type(license_type.into())
            .set_grafana_token(grafana_token.map(|token| token.expose_secret().to_owned()))
            .customize()
            .config_override(Config::builder().retry_classifier(retry::Cautious))
            .send()
            .await;
        call.workspace(answer.map_err(|error| call.failed(error))?.workspace)
    }

    /// [DisassociateLicense](https://docs.aws.amazon.com/grafana/latest/APIReference/API_DisassociateLicense.html):
    /// AWS accepts to remove the license of `license_type`; the workspace then is `UPDATING`.
    /// Repeated no more than [`associate_license`](Self::associate_license) is.
    pub async fn disassociate_license(
        &self,
        region: Option<&str>,
        workspace_id: &str,
        license_type: &str,
    ) -> Result<Workspace, Error> {
        let call = self.call("DisassociateLicense", region).await?;
        let answer = call
            .client
            .disassociate_license()
            .workspace_id(workspace_id)
            .license_type(license_type.into())
            .customize()
            .config_override(Config::builder().retry_classifier(retry::Cautious))
            .send()
            .await;
        call.workspace(answer.map_err(|error| call.failed(error))?.workspace)
    }
}
