variable "license_token" {
  description = "The license, as grafana.com gives it: a file named license.jwt."
  type        = string
  sensitive   = true
}

variable "workspace_id" {
  description = "The Amazon Managed Grafana workspace, such as g-0123456789."
  type        = string
}

variable "grafana_labs_token" {
  description = "The token that links an AWS account with Grafana Labs."
  type        = string
  sensitive   = true
}
