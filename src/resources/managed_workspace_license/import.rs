//! What a user may name to import a license.

use tfplugin::{Diagnostic, ImportTarget, Value};

use super::WorkspaceIdentity;
use crate::workspaces::is_workspace_id;

/// The workspace id and region: `g-0123456789`, `g-0123456789@eu-central-1`, or an identity.
pub(super) fn target(
    target: ImportTarget<WorkspaceIdentity>,
) -> Result<(String, Value<String>), Diagnostic> {
    let (workspace_id, region) = match target {
        ImportTarget::Id(id) => match id.split_once('@') {
            Some((id, region)) => (id.to_owned(), Value::from(region)),
            None => (id, Value::Null),
        },
        ImportTarget::Identity(identity) => {
            (identity.workspace_id.into_known().unwrap_or_default(), identity.region)
        }
    };
    is_workspace_id(&workspace_id).map_err(|why| {
        let detail = format!("{why} A region may follow: `g-0123456789@eu-central-1`.");
        Diagnostic::error("Invalid import id", detail)
    })?;
    Ok((workspace_id, region))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_may_follow_the_id() {
        let read = |id: &str| target(ImportTarget::Id(id.to_owned())).map_err(|e| e.detail);
        assert_eq!(read("g-0123456789"), Ok(("g-0123456789".to_owned(), Value::Null)));
        let elsewhere = ("g-0123456789".to_owned(), Value::from("eu-west-1"));
        assert_eq!(read("g-0123456789@eu-west-1"), Ok(elsewhere));
        assert!(read("metrics").unwrap_err().contains("g-0123456789@eu-central-1"));
    }
}
