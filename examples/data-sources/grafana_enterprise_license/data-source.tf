# Fails 14 days before the license ends. A pipeline sees that in `.checks[].status` of `terraform show -json`.
# Keep the data source outside of the check: inside, `plan -detailed-exitcode` would return 2 every time.
data "grafana_enterprise_license" "active" {}

check "license" {
  assert {
    condition     = data.grafana_enterprise_license.active.valid
    error_message = "The instance has no valid Enterprise license."
  }

  assert {
    condition     = coalesce(data.grafana_enterprise_license.active.days_left, 9999) >= 14
    error_message = "The Enterprise license ends at ${coalesce(data.grafana_enterprise_license.active.expires_at, "some time")}: renew it now."
  }
}
