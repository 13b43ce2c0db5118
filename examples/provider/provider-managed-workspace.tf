# The Grafana of a managed workspace, with AWS credentials alone: no URL, and no key to renew.
provider "grafana" {
  alias = "workspace"

  managed_workspace = {
    workspace_id = "g-0123456789"
  }

  aws = {
    region = "eu-central-1"
  }
}
