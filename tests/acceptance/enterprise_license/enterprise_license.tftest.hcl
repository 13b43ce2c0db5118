run "the_plan_knows_the_license" {
  command = plan

  assert {
    condition     = grafana_enterprise_license.this.license_id != null
    error_message = "The plan does not say which license it is."
  }
}

run "the_license_is_installed" {
  assert {
    condition     = grafana_enterprise_license.this.valid
    error_message = "Grafana does not consider its license valid."
  }

  assert {
    condition     = timecmp(grafana_enterprise_license.this.expires_at, plantimestamp()) > 0
    error_message = "The license has ended."
  }
}

run "a_second_plan_keeps_it" {
  command = plan

  variables {
    before = run.the_license_is_installed.license_id
  }

  assert {
    condition     = grafana_enterprise_license.this.license_id == var.before
    error_message = "Another license would be installed."
  }
}
