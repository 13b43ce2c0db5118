# By name, or by `workspace_id`. The name of this type does not begin with "grafana_", so set its provider.
data "managed_workspace" "metrics" {
  provider = grafana
  name     = "metrics"
  region   = "eu-central-1"
}

resource "managed_workspace_license" "metrics" {
  provider     = grafana
  workspace_id = data.managed_workspace.metrics.workspace_id
  region       = data.managed_workspace.metrics.region
}
