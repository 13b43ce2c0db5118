variable "new_license_token" {
  type      = string
  sensitive = true
}

locals {
  new_license = provider::grafana::decode_license_token(var.new_license_token)
}

output "included_users" {
  value = nonsensitive(local.new_license.included_users)

  precondition {
    condition     = local.new_license.subject == "https://grafana.example.com/"
    error_message = "This license is for another instance."
  }
}
