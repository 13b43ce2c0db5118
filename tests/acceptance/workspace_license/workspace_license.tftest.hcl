run "the_workspace_is_upgraded" {
  assert {
    condition     = managed_workspace_license.this.license_type == "ENTERPRISE"
    error_message = "The license is not the Enterprise license."
  }

  assert {
    condition     = managed_workspace_license.this.workspace.status == "ACTIVE"
    error_message = "The workspace is not active."
  }
}

run "a_second_plan_keeps_it" {
  command = plan

  variables {
    before = run.the_workspace_is_upgraded.id
  }

  assert {
    condition     = managed_workspace_license.this.id == var.before
    error_message = "The license would be replaced."
  }
}
