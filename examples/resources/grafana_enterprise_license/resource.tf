# The licensing API takes only basic sign-in, as a server administrator.
provider "grafana" {
  url  = "https://grafana.example.com/"
  auth = "admin:${var.admin_password}"
}

variable "admin_password" {
  type      = string
  sensitive = true
}

variable "license_token" {
  description = "The content of license.jwt. Ephemeral: it is in no plan and no state."
  type        = string
  ephemeral   = true
}

resource "grafana_enterprise_license" "this" {
  token_wo         = var.license_token
  token_wo_version = 1 # raise it to send another token

  expiry_warning_days = 60

  timeouts {
    create = "10m" # how long every node of a cluster may take to notice
  }
}

output "license" {
  value = {
    id      = grafana_enterprise_license.this.license_id
    company = grafana_enterprise_license.this.company
    users   = grafana_enterprise_license.this.included_users
    until   = grafana_enterprise_license.this.expires_at
  }
}
