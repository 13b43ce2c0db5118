# terraform query -generate-config-out=keys.tf
list "grafana_api_key" "ci" {
  provider         = grafana
  include_resource = true

  config {
    org_id     = "1"
    name_regex = "^ci-"
  }
}
