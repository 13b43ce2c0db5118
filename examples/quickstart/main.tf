# Everything this provider manages, once. `cargo run --example quickstart` runs it against a simulated Grafana and a
# simulated Amazon Managed Grafana.

terraform {
  required_version = ">= 1.8"

  required_providers {
    grafana = {
      source  = "grafana-license/grafana"
      version = "~> 0.1"
    }
  }
}

# Where Grafana is and how to sign in comes from GRAFANA_URL and GRAFANA_AUTH, and from the AWS variables.
provider "grafana" {}

# The Enterprise license of the Grafana at GRAFANA_URL.
resource "grafana_enterprise_license" "this" {
  token = var.license_token
}

# A read-only key for a build server, which expires after 30 days.
resource "grafana_api_key" "ci" {
  name            = "ci"
  role            = "Viewer"
  seconds_to_live = 2592000
}

# The Enterprise license of an Amazon Managed Grafana workspace. The type does not begin with `grafana_`, so the
# resource sets its provider.
resource "managed_workspace_license" "this" {
  provider = grafana

  workspace_id  = var.workspace_id
  grafana_token = var.grafana_labs_token
}

output "licensed_users" {
  description = "How many users the license includes."
  value       = grafana_enterprise_license.this.included_users
}

output "ci_key" {
  description = "The key itself, for the build server."
  value       = grafana_api_key.ci.key
  sensitive   = true
}
