variable "new_license_token" {
  type      = string
  sensitive = true

  validation {
    condition     = provider::grafana::decode_license_token(var.new_license_token).subject == "https://grafana.example.com/"
    error_message = "This license is for another instance."
  }
}

output "included_users" {
  value = nonsensitive(provider::grafana::decode_license_token(var.new_license_token).included_users)
}
