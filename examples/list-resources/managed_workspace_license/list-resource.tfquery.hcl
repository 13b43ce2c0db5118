# Every workspace of the account with an Enterprise license in one region.
list "managed_workspace_license" "all" {
  provider = grafana

  config {
    region = "eu-central-1"
  }
}
