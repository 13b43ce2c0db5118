terraform {
  required_providers {
    grafana = {
      source = "grafana-license/grafana"
    }
  }
}

variable "license_token" {
  description = "A license token for the root URL of the instance."
  type        = string
  sensitive   = true
}

resource "grafana_enterprise_license" "this" {
  token = var.license_token
}

output "license_id" {
  value = grafana_enterprise_license.this.license_id
}
