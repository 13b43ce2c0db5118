use std::{collections::BTreeMap, path::PathBuf};

use serde::Deserialize;
use serde_json::Value;

use crate::{
    error::{self, Error},
    json_run::JsonRun,
};

/// A saved plan, read.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The planning run, with its diagnostics.
    pub ui: JsonRun,
    /// The plan as `show -json` gives it (<https://developer.hashicorp.com/terraform/internals/json-format>).
    pub json: Value,
    /// The change of every resource instance, those without any (`no-op`) included.
    pub changes: Vec<ResourceChange>,
    /// What has changed outside of Terraform and matters to this plan.
    pub drift: Vec<ResourceChange>,
    /// The change of each output of the root module.
    pub outputs: BTreeMap<String, Change>,
    pub(crate) file: PathBuf,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Parts {
    resource_changes: Vec<ResourceChange>,
    resource_drift: Vec<ResourceChange>,
    output_changes: BTreeMap<String, Change>,
}

impl Plan {
    pub(crate) fn new(ui: JsonRun, shown: &str, file: PathBuf) -> Result<Self, Error> {
        let json = error::json("a plan", shown)?;
        let Parts { resource_changes: changes, resource_drift: drift, output_changes: outputs } =
            error::json("a plan's changes", shown)?;
        Ok(Self { ui, json, changes, drift, outputs, file })
    }

    /// Whether there is nothing to do: no change of a resource, an output, or the state.
    pub fn is_empty(&self) -> bool {
        self.ui.run.code == Some(0)
    }

    /// The change of one resource instance. A deposed object is in [`changes`](Self::changes) only.
    pub fn change(&self, address: &str) -> Option<&Change> {
        let found = self.changes.iter().find(|it| it.address == address && it.deposed.is_none());
        found.map(|it| &it.change)
    }

    /// The `check` blocks and conditions with their results, as in the JSON.
    pub fn checks(&self) -> &Value {
        &self.json["checks"]
    }

    /// What is to be done, by address.
    pub fn summary(&self) -> PlanSummary {
        let addresses = |wanted: fn(&Action) -> bool| {
            let of_kind = self.changes.iter().filter(|it| wanted(&it.change.actions));
            of_kind.map(|it| it.address.clone()).collect()
        };
        PlanSummary {
            code: self.ui.run.code,
            creates: addresses(|action| *action == Action::Create),
            updates: addresses(|action| *action == Action::Update),
            deletes: addresses(|action| *action == Action::Delete),
            replaces: addresses(Action::is_replace),
        }
    }
}

/// A plan in brief, for comparing with what is expected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanSummary {
    /// Of `plan -detailed-exitcode`: 0, nothing to do; 2, something.
    pub code: Option<i32>,
    /// The addresses to create.
    pub creates: Vec<String>,
    /// The addresses to update in place.
    pub updates: Vec<String>,
    /// The addresses to delete.
    pub deletes: Vec<String>,
    /// The addresses to delete and create, in either order.
    pub replaces: Vec<String>,
}

/// The change of one resource instance.
#[derive(Clone, Debug, Deserialize)]
pub struct ResourceChange {
    /// Its address.
    pub address: String,
    /// The address it had before it was moved.
    pub previous_address: Option<String>,
    /// `managed` or `data`.
    pub mode: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The provider's address.
    pub provider_name: String,
    /// The key of a deposed object.
    pub deposed: Option<String>,
    /// Why it is done, such as `replace_because_tainted`.
    pub action_reason: Option<String>,
    /// What changes.
    pub change: Change,
}

/// From what to what.
#[derive(Clone, Debug, Deserialize)]
pub struct Change {
    /// What is to be done.
    pub actions: Action,
    /// The value now; null if there is none.
    #[serde(default)]
    pub before: Value,
    /// The value planned, without what is unknown; null if there will be none.
    #[serde(default)]
    pub after: Value,
    /// `true` wherever `after` is not known yet.
    #[serde(default)]
    pub after_unknown: Value,
    /// `true` wherever `before` is sensitive.
    #[serde(default)]
    pub before_sensitive: Value,
    /// `true` wherever `after` is sensitive.
    #[serde(default)]
    pub after_sensitive: Value,
    /// The paths that make it a replacement.
    #[serde(default)]
    pub replace_paths: Vec<Vec<Value>>,
    /// The id or identity it is imported by.
    pub importing: Option<Value>,
    /// The configuration generated for it.
    pub generated_config: Option<String>,
}

impl Change {
    /// Whether the attribute of that name is unknown until apply.
    pub fn is_unknown(&self, attribute: &str) -> bool {
        self.after_unknown[attribute] == true
    }
}

/// What is to be done with a resource instance or an output.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "Vec<String>")]
pub enum Action {
    /// Nothing.
    NoOp,
    /// Create.
    Create,
    /// Read a data source during apply.
    Read,
    /// Update in place.
    Update,
    /// Delete.
    Delete,
    /// Replace: delete first.
    DeleteThenCreate,
    /// Replace: create first.
    CreateThenDelete,
    /// Leave alone, and drop from the state.
    Forget,
    /// Actions of a later Terraform.
    Other(Vec<String>),
}

impl Action {
    /// Whether it is a replacement, in either order.
    pub fn is_replace(&self) -> bool {
        matches!(self, Self::DeleteThenCreate | Self::CreateThenDelete)
    }
}

impl From<Vec<String>> for Action {
    fn from(actions: Vec<String>) -> Self {
        let names: Vec<&str> = actions.iter().map(String::as_str).collect();
        match names[..] {
            ["no-op"] => Self::NoOp,
            ["create"] => Self::Create,
            ["read"] => Self::Read,
            ["update"] => Self::Update,
            ["delete"] => Self::Delete,
            ["delete", "create"] => Self::DeleteThenCreate,
            ["create", "delete"] => Self::CreateThenDelete,
            ["forget"] => Self::Forget,
            _ => Self::Other(actions),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_read_from_their_lists() {
        let read = |json: &str| serde_json::from_str::<Action>(json).unwrap();
        assert_eq!(read(r#"["no-op"]"#), Action::NoOp);
        assert!(read(r#"["create","delete"]"#).is_replace());
        assert!(read(r#"["delete","create"]"#).is_replace());
        assert_eq!(
            read(r#"["create","forget"]"#),
            Action::Other(vec!["create".to_owned(), "forget".to_owned()])
        );
    }
}
