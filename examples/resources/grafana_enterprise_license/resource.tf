variable "license_token" {
  description = "The license as Grafana Labs issues it: the contents of license.jwt."
  type        = string
  sensitive   = true
}

resource "grafana_enterprise_license" "this" {
  token               = var.license_token
  expiry_warning_days = 60

  timeouts {
    create = "10m" # how long the nodes of a cluster may take to notice
  }
}

output "license_ends" {
  value = grafana_enterprise_license.this.expires_at
}
