//! The IAM policy that a page shows is enough for what the page is about.

use std::fs;

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use simulator::amazon::{Credential, Principal};

use crate::guides::{fences, pages};
use crate::stage::Stage;
use crate::{examples, top};

const PAGE: &str = "resources/managed_workspace_license/permissions.md";
const EXAMPLE: &str = "resources/managed_workspace_license/resource.tf";

/// A test of the policy on the page of the license.
pub fn trials() -> Vec<Trial> {
    let name = "permissions::a_license_needs_no_more_than_its_page_says";
    vec![Trial::test(name, || is_enough(PAGE, EXAMPLE))]
}

fn is_enough(page: &str, example: &str) -> Result<(), Failed> {
    let stage = Stage::new(example);
    let mut principal = Principal::user("terraform");
    for action in actions(page)? {
        principal = principal.allow(action);
    }
    stage.amazon.add_credentials(Credential::new("AKIATERRAFORM", "secret").of(principal));
    let mut workspace = stage.workspace();
    workspace.env("AWS_ACCESS_KEY_ID", "AKIATERRAFORM").env("AWS_SECRET_ACCESS_KEY", "secret");
    workspace.env_remove("AWS_SESSION_TOKEN");
    stage.add(&workspace, &examples().join(example))?;
    workspace.apply()?;
    workspace.plan()?;
    workspace.destroy()?;
    Ok(())
}

/// What the policy on that page allows.
fn actions(page: &str) -> Result<Vec<String>, Failed> {
    let path = top().join("templates").join(page);
    assert!(pages().contains(&path), "{page}");
    let text = fs::read_to_string(path)?;
    let (_, policy) = fences(&text).find(|(language, _)| *language == "json").ok_or("a policy")?;
    let policy: Value = serde_json::from_str(&policy)?;
    let statements = policy["Statement"].as_array().into_iter().flatten();
    Ok(statements.flat_map(|statement| listed(&statement["Action"])).collect())
}

/// One action, or a list of them.
fn listed(actions: &Value) -> Vec<String> {
    match actions {
        Value::String(action) => vec![action.clone()],
        actions => actions.as_array().into_iter().flatten().flat_map(listed).collect(),
    }
}
