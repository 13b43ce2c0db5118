list "grafana_enterprise_license" "active" {
  provider = grafana
}
