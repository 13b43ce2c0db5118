resource "grafana_api_key" "ci" {
  name            = "ci"
  role            = "Viewer"
  seconds_to_live = 2592000 # 30 days
}

output "ci_key" {
  value     = grafana_api_key.ci.key
  sensitive = true
}
