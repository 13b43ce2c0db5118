use serde_json::json;
use terraform_runner::{Action, Error, PlanSummary, Severity, Terraform, Workspace};

crate::with_each_terraform!(
    from_creation_to_destruction,
    a_saved_plan_is_applied_as_it_is,
    drift_and_outputs_are_in_the_plan,
    an_error_is_a_value_with_its_attribute,
    a_warning_does_not_fail,
    a_failed_command_is_an_error_with_its_output,
    an_object_is_imported,
    expressions_and_schemas_can_be_asked_for,
    the_environment_is_the_workspaces_own,
    test_files_run,
);

const DATA: &str = "terraform_data.a";

fn workspace(terraform: &Terraform) -> Workspace {
    Workspace::new(terraform, &[]).unwrap()
}

fn write_data(workspace: &Workspace, arguments: &str) {
    workspace
        .write("main.tf", &format!("resource \"terraform_data\" \"a\" {{\n{arguments}\n}}\n"))
        .unwrap();
}

pub fn from_creation_to_destruction(terraform: &Terraform) {
    let workspace = workspace(terraform);
    let summary = || workspace.plan().unwrap().summary();
    let expected = |change: PlanSummary| PlanSummary { code: Some(2), ..change };
    let address = || vec![DATA.to_owned()];

    write_data(&workspace, "input = \"x\"");
    assert_eq!(summary(), expected(PlanSummary { creates: address(), ..PlanSummary::default() }));
    assert_eq!(workspace.apply().unwrap().applied(), [(DATA, "create")]);
    assert_eq!(summary(), PlanSummary { code: Some(0), ..PlanSummary::default() });
    assert_eq!(workspace.state_attributes(DATA).unwrap().unwrap()["output"]["value"], "x");
    assert!(workspace.raw_state_file().unwrap().contains("\"output\""));

    write_data(&workspace, "input = \"y\"");
    assert_eq!(summary(), expected(PlanSummary { updates: address(), ..PlanSummary::default() }));

    write_data(&workspace, "input = \"x\"\ntriggers_replace = 1");
    let plan = workspace.plan().unwrap();
    assert_eq!(plan.summary().replaces, [DATA]);
    assert_eq!(plan.change(DATA).unwrap().replace_paths, [[json!("triggers_replace")]]);
    assert_eq!(plan.ui.planned(), [(DATA, "replace")]);
    assert_eq!(workspace.apply().unwrap().applied(), [(DATA, "delete"), (DATA, "create")]);

    assert_eq!(workspace.plan_with(&["-destroy"]).unwrap().summary().deletes, [DATA]);
    workspace.destroy().unwrap();
    assert_eq!(workspace.state_resource(DATA).unwrap(), None);
}

fn a_saved_plan_is_applied_as_it_is(terraform: &Terraform) {
    let workspace = workspace(terraform);
    write_data(&workspace, "input = \"planned\"");
    let plan = workspace.plan().unwrap();
    let change = plan.change(DATA).unwrap();
    assert_eq!(change.actions, Action::Create);
    assert_eq!((&change.before, &change.after["input"]), (&json!(null), &json!("planned")));
    assert!(change.is_unknown("output") && !change.is_unknown("input"));

    write_data(&workspace, "input = \"later\"");
    let applied = workspace.apply_plan(&plan).unwrap();
    assert_eq!(applied.summary().unwrap()["add"], 1);
    assert_eq!(workspace.state_attributes(DATA).unwrap().unwrap()["input"]["value"], "planned");
}

fn drift_and_outputs_are_in_the_plan(terraform: &Terraform) {
    let workspace = workspace(terraform);
    workspace
        .write(
            "modules/m/out.tf",
            "output \"it\" {\n  value     = \"secret\"\n  sensitive = true\n}\n",
        )
        .unwrap();
    workspace.write("main.tf", "output \"plain\" {\n  value = [1]\n}\n").unwrap();
    let plan = workspace.plan().unwrap();
    assert_eq!(plan.outputs["plain"].actions, Action::Create);
    assert!(plan.changes.is_empty() && plan.drift.is_empty() && !plan.is_empty());

    let module = "module \"m\" {\n  source = \"./modules/m\"\n}\noutput \"it\" {\n  value     = module.m.it\n  \
                  sensitive = true\n}\n";
    workspace.write("module.tf", module).unwrap();
    workspace.run(&["get"]).unwrap().expect_success().unwrap();
    let applied = workspace.apply().unwrap();
    assert_eq!(applied.outputs().unwrap()["plain"]["value"], json!([1]));
    assert_eq!(applied.outputs().unwrap()["it"].get("value"), None);
    assert_eq!(workspace.outputs().unwrap()["it"]["value"], "secret");

    workspace.remove("main.tf").unwrap();
    assert_eq!(workspace.plan().unwrap().outputs["plain"].actions, Action::Delete);
}

fn an_error_is_a_value_with_its_attribute(terraform: &Terraform) {
    let workspace = workspace(terraform);
    write_data(&workspace, "  input = local.nowhere");
    let run = workspace.run_json(&["plan"]).unwrap();
    assert_eq!(run.run.code, Some(1));
    let [error] = run.errors()[..] else { panic!("{:?}", run.diagnostics) };
    assert_eq!(error.attribute(), Some("input"));
    assert_eq!(error.range.as_ref().unwrap().filename, "main.tf");
    assert_eq!(error.snippet.as_ref().unwrap().highlighted(), "local.nowhere");

    let [validated] = &workspace.validate().unwrap()[..] else { panic!() };
    assert_eq!((&validated.summary, validated.severity), (&error.summary, Severity::Error));
}

fn a_warning_does_not_fail(terraform: &Terraform) {
    let workspace = workspace(terraform);
    let check = "variable \"v\" {\n  default = 1\n}\ncheck \"c\" {\n  assert {\n    condition     = var.v == 2\n    \
                 error_message = \"no\"\n  }\n}\n";
    workspace.write("main.tf", check).unwrap();
    let plan = workspace.plan().unwrap();
    assert_eq!((plan.ui.warnings().len(), plan.ui.errors().len()), (1, 0));
    assert_eq!(plan.ui.warnings()[0].detail, "no");
    assert_eq!(plan.checks()[0]["status"], "fail");
}

fn a_failed_command_is_an_error_with_its_output(terraform: &Terraform) {
    let workspace = workspace(terraform);
    write_data(&workspace, "input = local.nowhere");
    let error = workspace.apply().unwrap_err();
    assert!(matches!(&error, Error::Failed(run) if run.code == Some(1)));
    let text = error.to_string();
    assert!(text.contains("apply -json -auto-approve") && text.contains("nowhere"), "{text}");
    assert_eq!(text, format!("{error:?}"));
    assert!(!workspace.run(&["plan"]).unwrap().stderr.contains('\u{1b}'));
}

fn an_object_is_imported(terraform: &Terraform) {
    let workspace = workspace(terraform);
    write_data(&workspace, "");
    workspace.import(DATA, "the-id").unwrap();
    assert_eq!(workspace.state_attributes(DATA).unwrap().unwrap()["id"], "the-id");
    assert!(matches!(workspace.import("terraform_data.b", "x"), Err(Error::Failed(_))));
}

fn expressions_and_schemas_can_be_asked_for(terraform: &Terraform) {
    let workspace = workspace(terraform);
    assert_eq!(workspace.console("1 + 1").unwrap(), "2");
    write_data(&workspace, "");
    let schemas = workspace.providers_schema().unwrap();
    let resources =
        &schemas["provider_schemas"]["terraform.io/builtin/terraform"]["resource_schemas"];
    assert!(resources["terraform_data"].is_object());
}

fn the_environment_is_the_workspaces_own(terraform: &Terraform) {
    let mut workspace = workspace(terraform);
    workspace.write("main.tf", "variable \"x\" {\n  default = \"none\"\n}\n").unwrap();
    assert_eq!(workspace.console("var.x").unwrap(), "\"none\"");
    workspace.env("TF_VAR_x", "given");
    assert_eq!(workspace.console("var.x").unwrap(), "\"given\"");
    workspace.env_remove("TF_VAR_x").env("TF_LOG", "trace");
    assert_eq!(workspace.console("pathexpand(\"~\")").unwrap(), format!("{:?}", workspace.home()));
    assert!(workspace.run(&["validate"]).unwrap().stderr.contains("[TRACE]"));
}

fn test_files_run(terraform: &Terraform) {
    let workspace = workspace(terraform);
    write_data(&workspace, "input = 1");
    let test = "run \"r\" {\n  assert {\n    condition     = terraform_data.a.output == 1\n    \
                error_message = \"no\"\n  }\n}\n";
    workspace.write("a.tftest.hcl", test).unwrap();
    let run = workspace.run_json(&["test"]).unwrap().expect_success().unwrap();
    let [summary] = run.of_kind("test_summary")[..] else { panic!("{}", run.run) };
    assert_eq!(summary["test_summary"]["passed"], 1);
}
