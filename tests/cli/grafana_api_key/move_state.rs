//! States that the provider grafana/grafana 2.19.4 has written.

use simulator::grafana::{Generation, Grafana, Role};
use terraform_provider_grafana::provider::ADDRESS;
use terraform_runner::{ProviderUnderTest, Terraform, Workspace};

use super::{assert_empty, grafana, sign_in};

const OFFICIAL: &str = "registry.terraform.io/grafana/grafana";

/// A state, the arguments it was made from, and what it needs to be true.
struct Former {
    state: &'static str,
    keys: &'static [(&'static str, &'static str)],
    sign_in: fn(&Grafana) -> String,
}

const BASIC: Former = Former {
    state: include_str!("states/grafana-2.19.4-basic-auth.json"),
    keys: &[
        ("limited", "name = \"limited\"\n role = \"Editor\"\n seconds_to_live = 2592000"),
        ("plain", "name = \"plain\"\n role = \"Viewer\""),
        ("second_org", "org_id = \"2\"\n name = \"second org\"\n role = \"Admin\""),
    ],
    sign_in: |grafana| {
        let second = grafana.create_organization("Second").expect("new");
        grafana.create_api_key(1, "plain", Role::Viewer, None).expect("new");
        grafana.create_api_key(1, "limited", Role::Editor, Some(2_592_000)).expect("new");
        grafana.create_api_key(second, "second org", Role::Admin, None).expect("new");
        "admin:admin".to_owned()
    },
};

const TOKEN: Former = Former {
    state: include_str!("states/grafana-2.19.4-token-auth.json"),
    keys: &[
        ("limited_t", "name = \"limited_t\"\n role = \"Editor\"\n seconds_to_live = 2592000"),
        ("plain_t", "name = \"plain_t\"\n role = \"Viewer\""),
    ],
    sign_in: |grafana| {
        let account = grafana.create_service_account(1, "tf", Role::Admin).expect("new").id;
        let mut token = None;
        for number in 1..=4 {
            let made = grafana.create_token(1, account, &format!("t{number}"), None);
            token = Some(made.expect("new").key);
        }
        grafana.create_api_key(1, "plain_t", Role::Viewer, None).expect("new");
        grafana.create_api_key(1, "limited_t", Role::Editor, Some(2_592_000)).expect("new");
        token.expect("was made")
    },
};

/// A workspace with both providers, the former one played by this provider, which serves the same type.
fn workspace(terraform: &Terraform, grafana: &Grafana, former: &Former) -> Workspace {
    let binary = env!("CARGO_BIN_EXE_terraform-provider-grafana");
    let providers = [ADDRESS, OFFICIAL].map(|at| ProviderUnderTest::new(at, binary).unwrap());
    let mut workspace = Workspace::new(terraform, &providers).expect("a workspace");
    sign_in(&mut workspace, grafana, &(former.sign_in)(grafana));
    workspace.write("terraform.tfstate", former.state).expect("can be written");
    workspace
}

/// The configuration, with a provider local name, and another ending to each key's name.
fn write(workspace: &Workspace, former: &Former, providers: &[(&str, &str)], ending: &str) {
    let (local, _) = providers[0];
    let required: String = providers
        .iter()
        .map(|(name, source)| format!("{name} = {{\n source = \"{source}\"\n }}\n"))
        .collect();
    let mut text = format!("terraform {{\n required_providers {{\n {required} }}\n}}\n");
    for (name, arguments) in former.keys {
        text += &format!(
            "resource \"grafana_api_key\" \"{name}{ending}\" {{\n provider = {local}\n {arguments}\n}}\n"
        );
        if !ending.is_empty() {
            text += &format!(
                "moved {{\n from = grafana_api_key.{name}\n to = grafana_api_key.{name}{ending}\n}}\n"
            );
        }
    }
    workspace.write("main.tf", &text).expect("can be written");
}

/// Nothing changes, the state can be applied, and then nothing changes either.
fn assert_taken_over(workspace: &Workspace, grafana: &Grafana) {
    let before = (grafana.api_keys(1), grafana.api_keys(2));
    let plan = workspace.plan().expect("plans");
    let summary = plan.summary();
    assert!(summary.creates.is_empty() && summary.updates.is_empty(), "{summary:?}");
    assert!(summary.deletes.is_empty() && summary.replaces.is_empty(), "{summary:?}");
    assert!(plan.ui.diagnostics.is_empty(), "{:?}", plan.ui.diagnostics);
    workspace.apply().expect("applies");
    assert_empty(workspace);
    assert_eq!((grafana.api_keys(1), grafana.api_keys(2)), before);
    let state = workspace.raw_state_file().expect("a state");
    assert!(state.contains(ADDRESS) && !state.contains(OFFICIAL), "{state}");
}

cli_test! {
    fn a_second_local_name_takes_states_over(terraform: &Terraform) {
        for former in [BASIC, TOKEN] {
            let grafana = grafana(Generation::V9_4);
            let workspace = workspace(terraform, &grafana, &former);
            write(&workspace, &former, &[("keys", ADDRESS), ("grafana", OFFICIAL)], "");
            assert_taken_over(&workspace, &grafana);
        }
    }
}

cli_test! {
    fn replace_provider_takes_states_over(terraform: &Terraform) {
        for former in [BASIC, TOKEN] {
            let grafana = grafana(Generation::V9_4);
            let workspace = workspace(terraform, &grafana, &former);
            write(&workspace, &former, &[("grafana", ADDRESS)], "");
            let arguments = ["state", "replace-provider", "-auto-approve", OFFICIAL, ADDRESS];
            workspace.run(&arguments).expect("runs").expect_success().expect("replaces");
            assert_taken_over(&workspace, &grafana);
        }
    }
}

cli_test! {
    fn moved_blocks_take_states_over(terraform: &Terraform) {
        for former in [BASIC, TOKEN] {
            let grafana = grafana(Generation::V9_4);
            let workspace = workspace(terraform, &grafana, &former);
            write(&workspace, &former, &[("keys", ADDRESS), ("grafana", OFFICIAL)], "_here");
            assert_taken_over(&workspace, &grafana);
        }
    }
}

/// Its versions 1.x stored ids without the organization.
fn of_version_1(former: &Former) -> String {
    former
        .state
        .replace("\"id\": \"1:", "\"id\": \"")
        .replace("\"org_id\": \"1\"", "\"org_id\": null")
}

cli_test! {
    fn states_of_version_1_are_taken_over_and_destroyed(terraform: &Terraform) {
        for (providers, ending) in [
            (&[("grafana", ADDRESS)][..], ""),
            (&[("keys", ADDRESS), ("grafana", OFFICIAL)], ""),
            (&[("keys", ADDRESS), ("grafana", OFFICIAL)], "_here"),
        ] {
            let grafana = grafana(Generation::V9_4);
            let workspace = workspace(terraform, &grafana, &BASIC);
            workspace.write("terraform.tfstate", &of_version_1(&BASIC)).expect("can be written");
            write(&workspace, &BASIC, providers, ending);
            if providers.len() == 1 {
                let arguments = ["state", "replace-provider", "-auto-approve", OFFICIAL, ADDRESS];
                workspace.run(&arguments).expect("runs").expect_success().expect("replaces");
                workspace.apply_with(&["-destroy", "-refresh=false"]).expect("destroys");
            } else {
                assert_taken_over(&workspace, &grafana);
                workspace.destroy().expect("destroys");
            }
            assert!(grafana.api_keys(1).is_empty() && grafana.api_keys(2).is_empty());
        }
    }
}
