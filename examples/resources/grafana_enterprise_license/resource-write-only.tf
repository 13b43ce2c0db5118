# The token is stored in neither the plan nor the state (Terraform 1.11, OpenTofu 1.11).
variable "next_license_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "grafana_enterprise_license" "write_only" {
  token_wo         = var.next_license_token
  token_wo_version = 1 # another number sends the token again
}
