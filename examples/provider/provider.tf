terraform {
  required_version = ">= 1.8"

  required_providers {
    grafana = {
      source  = "grafana-license/grafana"
      version = "~> 0.1"
    }
  }
}

variable "grafana_password" {
  description = "Password of the server administrator."
  type        = string
  sensitive   = true
}

# A self-hosted Grafana. The licensing API requires user:password of a server administrator; for API keys, a token is enough.
provider "grafana" {
  url  = "https://grafana.example.com/"
  auth = "admin:${var.grafana_password}"
}
