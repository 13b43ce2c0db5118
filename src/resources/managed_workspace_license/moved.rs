//! States of `aws_grafana_license_association`, the same license in AWS's own provider.

use serde_json::Value as Json;
use tfplugin::{Diagnostic, MoveSource, Outcome, Secret, Value};

use super::ManagedWorkspaceLicense;

/// Takes over such a state. What it does not hold, the next refresh completes.
pub(super) fn from_aws(source: &MoveSource) -> Option<Outcome<ManagedWorkspaceLicense>> {
    if !source.is("hashicorp/aws", "aws_grafana_license_association") {
        return None;
    }
    let text = |name: &str| {
        let text = source.state.get(name).and_then(Json::as_str);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let time = |name: &str| text(name).and_then(|time| time.parse().ok());
    let Some(workspace_id) = text("workspace_id").or_else(|| text("id")) else {
        return Some(Err(unreadable().into()));
    };
    let license = ManagedWorkspaceLicense {
        license_type: text("license_type").into(),
        grafana_token: text("grafana_token").map(Secret::from).into(),
        license_expiration: Value::from(time("license_expiration")),
        free_trial_expiration: Value::from(time("free_trial_expiration")),
        ..ManagedWorkspaceLicense::of_workspace(workspace_id, text("region").into())
    };
    Some(Ok(license.into()))
}

fn unreadable() -> Diagnostic {
    Diagnostic::error(
        "The state to move is not one of aws_grafana_license_association",
        "It has neither `workspace_id` nor `id`. Remove the moved block and import the license by \
         its workspace id.",
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn source(type_name: &str, state: Json) -> MoveSource {
        MoveSource {
            provider_address: "registry.opentofu.org/hashicorp/aws".to_owned(),
            type_name: type_name.to_owned(),
            schema_version: 0,
            state,
        }
    }

    #[test]
    fn empty_texts_are_absent() {
        let state = json!({
            "id": "g-0123456789", "workspace_id": "g-0123456789", "license_type": "ENTERPRISE",
            "grafana_token": "", "free_trial_expiration": "", "license_expiration": null,
        });
        let moved = from_aws(&source("aws_grafana_license_association", state));
        let license = moved.unwrap().unwrap().value;
        assert_eq!(license.workspace_id, Value::from("g-0123456789"));
        assert!(license.grafana_token.is_null() && license.region.is_null());
        assert!(license.license_expiration.is_null());
    }

    #[test]
    fn other_types_are_not_known() {
        assert!(from_aws(&source("aws_grafana_workspace", json!({}))).is_none());
    }

    #[test]
    fn a_state_without_an_id_is_told() {
        let moved = from_aws(&source("aws_grafana_license_association", json!({})));
        assert!(moved.unwrap().is_err());
    }
}
