terraform {
  required_providers {
    grafana = {
      source = "grafana-license/grafana"
    }
  }
}

variable "workspace_id" {
  description = "A workspace without the Enterprise license."
  type        = string
}

variable "grafana_labs_token" {
  description = "Links the account with Grafana Labs, if it is not linked in the region yet."
  type        = string
  sensitive   = true
  default     = null
}

resource "managed_workspace_license" "this" {
  provider = grafana

  workspace_id  = var.workspace_id
  grafana_token = var.grafana_labs_token
}

output "id" {
  value = managed_workspace_license.this.id
}
