# The name of this type does not begin with "grafana_", so set its provider.
resource "managed_workspace_license" "metrics" {
  provider     = grafana
  workspace_id = "g-0123456789"

  # Required for the first license of an account in a region only. It is stored in neither the plan nor the state;
  # another version sends it to AWS again.
  grafana_token_wo         = var.grafana_labs_token
  grafana_token_wo_version = 1

  timeouts {
    create = "15m"
  }
}

variable "grafana_labs_token" {
  description = "Token from Grafana Labs that links the AWS account with an account there."
  type        = string
  sensitive   = true
  ephemeral   = true
}

output "grafana_url" {
  value = "https://${managed_workspace_license.metrics.workspace.endpoint}"
}
