# Grafana fetches a fresh token from grafana.com whenever a value of renew_triggers changes.
variable "renewed_license_token" {
  type      = string
  sensitive = true
}

resource "grafana_enterprise_license" "renewed" {
  token = var.renewed_license_token

  renew_triggers = {
    contract = "2027" # another value after the contract has changed
  }
}
