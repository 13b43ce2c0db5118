//! API keys of a workspace, made by AWS.

use secrecy::SecretString;

use super::call::send;
use super::retry::Repeat;
use super::{Amazon, Error, Region};

impl Amazon {
    /// [CreateWorkspaceApiKey](https://docs.aws.amazon.com/grafana/latest/APIReference/API_CreateWorkspaceApiKey.html):
    /// a key named `name` (1 to 100 characters) with `role` (`Admin`, `Editor` or `Viewer`) that
    /// lives `seconds_to_live` (1 to 2592000); its secret. Only workspaces before Grafana 9 have
    /// them. [`ErrorKind::Conflict`](super::ErrorKind::Conflict) if the name is taken.
    pub async fn create_api_key(
        &self,
        region: Option<&Region>,
        workspace_id: &str,
        name: &str,
        role: &str,
        seconds_to_live: i32,
    ) -> Result<SecretString, Error> {
        let call = self.call("CreateWorkspaceApiKey", region).await?;
        let request = call
            .client
            .create_workspace_api_key()
            .workspace_id(workspace_id)
            .key_name(name)
            .key_role(role.to_uppercase())
            .seconds_to_live(seconds_to_live);
        let made = send!(call, Repeat::Refused, request)?;
        match made.key_name == name {
            true => call.secret(made.key, "key"),
            false => Err(call.incomplete("key of that name")),
        }
    }

    /// [DeleteWorkspaceApiKey](https://docs.aws.amazon.com/grafana/latest/APIReference/API_DeleteWorkspaceApiKey.html).
    pub async fn delete_api_key(
        &self,
        region: Option<&Region>,
        workspace_id: &str,
        name: &str,
    ) -> Result<(), Error> {
        let call = self.call("DeleteWorkspaceApiKey", region).await?;
        let request = call.client.delete_workspace_api_key();
        let request = request.workspace_id(workspace_id).key_name(name);
        send!(call, Repeat::Always, request).map(drop)
    }
}
