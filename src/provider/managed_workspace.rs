//! The workspace of Amazon Managed Grafana that the provider signs in to with AWS credentials.

use tfplugin::{AttributePath, Diagnostic, Object, Run, Value};

use super::Config;
use super::aws::known;
use super::grafana_settings::{self, NoClient};
use crate::access::{GrafanaAccess, Target, UnknownSetting, WorkspaceSignIn};
use crate::amazon::{Amazon, is_region};
use crate::grafana::Client;
use crate::http::Redactor;
use crate::workspaces::WorkspaceId;

const DEFAULT_ROLE: &str = "Admin";

/// A workspace of Amazon Managed Grafana.
#[derive(Object, Debug, Clone)]
pub struct ManagedWorkspace {
    /// ID of the workspace, such as `g-0123456789`.
    #[attr(required)]
    pub workspace_id: Value<WorkspaceId>,
    /// Role of the token: `Admin`, `Editor` or `Viewer`. Managing keys requires `Admin`. Default: `Admin`.
    #[attr(optional, one_of("Admin", "Editor", "Viewer"))]
    pub role: Value<String>,
    /// Region of the workspace. Default: the region of `aws`.
    #[attr(optional, validate = is_region)]
    pub region: Value<String>,
}

/// Access to Grafana as the configuration wants it. A variable of the environment that cannot be used is told by
/// what needs it.
///
/// # Errors
/// If a value of the configuration cannot be used.
pub(super) fn access(
    config: &Config,
    amazon: &Result<Amazon, UnknownSetting>,
    redactor: &Redactor,
    run: &Run,
) -> Result<GrafanaAccess, Diagnostic> {
    let of_variable = |error: Diagnostic| {
        // Whatever needs it has no such attribute.
        GrafanaAccess::none(error.at(AttributePath::default()))
    };
    if let Some(wrong) = run.wrong_variables().first() {
        return Ok(of_variable(wrong.clone()));
    }
    let access = match target(config) {
        Ok(None) => grafana_settings::client(config, redactor).map(GrafanaAccess::of_instance),
        Ok(Some(target)) => of_workspace(config, target, amazon, redactor, run),
        Err(later) => Err(later.into()),
    };
    access.or_else(|error| match error {
        NoClient::Unknown(later) => Ok(GrafanaAccess::later(later)),
        NoClient::NoUrl => Ok(GrafanaAccess::none(error.diagnostic())),
        NoClient::Wrong(_) => match run.naming_variable(&error.diagnostic()) {
            Some(error) => Ok(of_variable(error)),
            None => Err(error.diagnostic()),
        },
    })
}

fn of_workspace(
    config: &Config,
    target: Target,
    amazon: &Result<Amazon, UnknownSetting>,
    redactor: &Redactor,
    run: &Run,
) -> Result<GrafanaAccess, NoClient> {
    let settings = grafana_settings::settings(config, redactor)?;
    Client::check(&settings, true)?;
    let amazon = amazon.clone()?;
    let sign_in = WorkspaceSignIn::new(amazon, target, settings, run.stop_token());
    Ok(GrafanaAccess::of_workspace(sign_in))
}

fn target(config: &Config) -> Result<Option<Target>, UnknownSetting> {
    let Some(workspace) = known("managed_workspace", &config.managed_workspace)? else {
        return Ok(None);
    };
    let id = known("managed_workspace.workspace_id", &workspace.workspace_id)?;
    let role = known("managed_workspace.role", &workspace.role)?;
    let region = known("managed_workspace.region", &workspace.region)?;
    Ok(Some(Target {
        workspace_id: id.map(|id| id.to_string()).unwrap_or_default(),
        role: role.unwrap_or_else(|| DEFAULT_ROLE.to_owned()),
        // The schema has checked it.
        region: region.and_then(|name| name.parse().ok()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tfplugin::AnyValue;
    use tfplugin::schema::Model;

    fn config(workspace: &[(&str, AnyValue)]) -> Config {
        let fields = workspace.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
        let workspace = AnyValue::Mapping(fields.collect());
        let object = [("managed_workspace".to_owned(), workspace)].into_iter().collect();
        Config::decode(AnyValue::Mapping(object)).unwrap()
    }

    #[test]
    fn the_role_is_admin_and_the_region_the_providers() {
        let found = target(&config(&[("workspace_id", "g-0123456789".into())])).unwrap().unwrap();
        assert_eq!((found.role.as_str(), found.region), ("Admin", None));
        assert_eq!(found.workspace_id, "g-0123456789");
    }

    #[test]
    fn what_is_unknown_is_named() {
        let unknown = [("workspace_id", AnyValue::Unknown), ("role", "Viewer".into())];
        let UnknownSetting(name) = target(&config(&unknown)).unwrap_err();
        assert_eq!(name, "managed_workspace.workspace_id");
    }
}
