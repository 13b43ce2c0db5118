import {
  to       = managed_workspace_license.metrics
  provider = grafana

  identity = {
    workspace_id = "g-0123456789"
    region       = "eu-central-1"
  }
}
