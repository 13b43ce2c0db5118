terraform {
  required_providers {
    grafana = {
      source = "grafana-license/grafana"
    }
  }
}

variable "name" {
  type    = string
  default = "terraform-acceptance"
}

variable "seconds_to_live" {
  type    = number
  default = 3600
}

resource "grafana_api_key" "this" {
  name            = var.name
  role            = "Viewer"
  seconds_to_live = var.seconds_to_live
}

output "id" {
  value = grafana_api_key.this.id
}
