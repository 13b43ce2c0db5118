//! States of `aws_grafana_license_association`, the same license in AWS's own provider.

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value as Json;
use tfplugin::Diagnostic;

use super::WorkspaceId;
use super::diagnostics::former_state_without_id;

/// What such a state says of a license.
pub(crate) struct LicenseAssociationState {
    pub(crate) workspace_id: WorkspaceId,
    /// The state of older versions has none.
    pub(crate) region: Option<String>,
    pub(crate) license_type: Option<String>,
    pub(crate) grafana_token: Option<SecretString>,
    pub(crate) license_expiration: Option<Timestamp>,
    pub(crate) free_trial_expiration: Option<Timestamp>,
}

impl LicenseAssociationState {
    /// Reads the attributes. Empty texts are absent ones there.
    ///
    /// # Errors
    /// When it names no workspace.
    pub(crate) fn read(state: &Json) -> Result<Self, Diagnostic> {
        let text = |name: &str| {
            let text = state.get(name).and_then(Json::as_str);
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let time = |name: &str| text(name).and_then(|time| time.parse().ok());
        let workspace_id = text("workspace_id").or_else(|| text("id"));
        Ok(Self {
            workspace_id: workspace_id
                .and_then(|id| id.parse().ok())
                .ok_or_else(former_state_without_id)?,
            region: text("region"),
            license_type: text("license_type"),
            grafana_token: text("grafana_token").map(SecretString::from),
            license_expiration: time("license_expiration"),
            free_trial_expiration: time("free_trial_expiration"),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn empty_texts_are_absent() {
        let state = json!({
            "id": "g-0123456789", "workspace_id": "g-0123456789", "license_type": "ENTERPRISE",
            "grafana_token": "", "free_trial_expiration": "", "license_expiration": null,
        });
        let read = LicenseAssociationState::read(&state).unwrap();
        assert_eq!(read.workspace_id.as_str(), "g-0123456789");
        assert!(read.grafana_token.is_none() && read.region.is_none());
        assert!(read.license_expiration.is_none() && read.free_trial_expiration.is_none());
    }

    #[test]
    fn a_state_without_an_id_is_an_error() {
        for state in [json!({}), json!({ "id": "metrics" }), json!(null)] {
            assert!(LicenseAssociationState::read(&state).is_err());
        }
    }
}
