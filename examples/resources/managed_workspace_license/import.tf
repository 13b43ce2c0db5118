import {
  to       = managed_workspace_license.metrics
  id       = "g-0123456789@eu-central-1"
  provider = grafana
}
