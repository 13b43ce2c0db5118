//! The IAM policy that a page shows allows what its page is about, and nothing that is not used.

use std::collections::BTreeSet;
use std::fs;

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use simulator::amazon::{Credential, Endpoint, NewWorkspace, Principal};
use terraform_runner::Workspace;

use crate::guides::{fences, pages};
use crate::stage::Stage;
use crate::{examples, top};

const GUIDE: &str = "guides/managed-workspaces.md";

/// A test for each page that has a policy.
pub fn trials() -> Vec<Trial> {
    let license =
        || example("resources/managed_workspace_license", "resource.tf", &["apply", "destroy"]);
    let data = || example("data-sources/managed_workspace", "data-source.tf", &["plan"]);
    let list = || {
        example("list-resources/managed_workspace_license", "list-resource.tfquery.hcl", &["query"])
    };
    vec![
        Trial::test("permissions::a_license_needs_what_its_page_says", license),
        Trial::test("permissions::a_workspace_needs_what_its_page_says", data),
        Trial::test("permissions::a_list_needs_what_its_page_says", list),
        Trial::test("permissions::a_sign_in_needs_what_its_guide_says", || {
            sign_in("10.4", policy(&page(GUIDE)?)?)
        }),
        Trial::test("permissions::a_sign_in_to_8_4_needs_what_its_guide_says", || {
            let text = page(GUIDE)?;
            let (_, older) =
                text.split_once("For a workspace of Grafana 8.4").ok_or("a sentence")?;
            let (older, _) = older.split_once("instead").ok_or("its end")?;
            sign_in("8.4", older.split('`').skip(1).step_by(2).map(str::to_owned).collect())
        }),
    ]
}

/// The example of a page, run with these commands.
fn example(of: &str, file: &str, commands: &[&str]) -> Result<(), Failed> {
    let stage = Stage::new(file);
    let allowed = policy(&page(&format!("{of}/permissions.md"))?)?;
    let workspace = restricted(&stage, &allowed);
    stage.add(&workspace, &examples().join(of).join(file))?;
    if of.starts_with("list-resources/") {
        // Of the two actions, one is for the resources themselves.
        let text = fs::read_to_string(examples().join(of).join(file))?;
        let whole =
            text.replace("provider = grafana", "provider = grafana\n  include_resource = true");
        workspace.write(file, &whole)?;
        stage.amazon.change_workspace("g-0123456789", |workspace| {
            workspace.license_type = Some("ENTERPRISE".to_owned());
        });
    }
    for command in commands {
        let asked: &[&str] = match *command {
            "apply" | "destroy" => &[command, "-auto-approve"],
            command => &[command],
        };
        workspace.run(asked)?.expect_success()?;
    }
    is_used(&stage, &allowed)
}

/// A key in a workspace, whose first run has also to create the service account.
fn sign_in(version: &str, allowed: BTreeSet<String>) -> Result<(), Failed> {
    let stage = Stage::new(GUIDE);
    let new = NewWorkspace::named("keys").grafana_version(version).endpoint(Endpoint::default());
    let id = stage.amazon.create_workspace(new)?;
    let mut workspace = restricted(&stage, &allowed);
    workspace.env_remove("GRAFANA_URL").env_remove("GRAFANA_AUTH");
    let text = page(GUIDE)?;
    let (_, block) =
        fences(&text).find(|(language, _)| *language == "terraform").ok_or("a block")?;
    workspace.write("main.tf", &block.replace("g-0123456789", &id))?;
    workspace.apply()?;
    workspace.plan()?;
    workspace.destroy()?;
    is_used(&stage, &allowed)
}

/// A configuration that signs in as somebody who may do no more than that.
fn restricted(stage: &Stage, allowed: &BTreeSet<String>) -> Workspace {
    let principal = allowed.iter().fold(Principal::user("terraform"), Principal::allow);
    stage.amazon.add_credentials(Credential::new("AKIATERRAFORM", "secret").of(principal));
    let mut workspace = stage.workspace();
    workspace.env("AWS_ACCESS_KEY_ID", "AKIATERRAFORM").env("AWS_SECRET_ACCESS_KEY", "secret");
    workspace.env_remove("AWS_SESSION_TOKEN");
    workspace
}

/// Every action of Amazon Managed Grafana that is allowed was taken, and no other was tried.
fn is_used(stage: &Stage, allowed: &BTreeSet<String>) -> Result<(), Failed> {
    let calls = stage.amazon.calls().into_iter();
    let used: BTreeSet<_> = calls.map(|call| format!("grafana:{}", call.operation)).collect();
    let allowed: BTreeSet<_> =
        allowed.iter().filter(|action| action.starts_with("grafana:")).cloned().collect();
    if used == allowed { Ok(()) } else { Err(format!("allowed {allowed:?}, used {used:?}").into()) }
}

/// A page below `templates`.
fn page(name: &str) -> Result<String, Failed> {
    let path = top().join("templates").join(name);
    assert!(pages().contains(&path), "{name}");
    Ok(fs::read_to_string(path)?)
}

/// What the policy on that page allows.
fn policy(text: &str) -> Result<BTreeSet<String>, Failed> {
    let (_, policy) = fences(text).find(|(language, _)| *language == "json").ok_or("a policy")?;
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
