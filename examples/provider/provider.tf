terraform {
  required_providers {
    grafana = {
      source = "grafana-license/grafana"
    }
  }
}

variable "grafana_password" {
  description = "Password of the server administrator."
  type        = string
  sensitive   = true
}

# A self-hosted Grafana. The licensing API wants user:password of a server administrator; API keys need no more than a
# token.
provider "grafana" {
  url  = "https://grafana.example.com/"
  auth = "admin:${var.grafana_password}"
}
