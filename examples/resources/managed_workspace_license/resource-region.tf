# In a region other than the provider's, where the account is linked already.
resource "managed_workspace_license" "ireland" {
  provider = grafana

  region       = "eu-west-1"
  workspace_id = "g-abcdef0123"

  timeouts {
    create = "20m"
  }
}
