# terraform apply -invoke=action.grafana_enterprise_license_renew.now
action "grafana_enterprise_license_renew" "now" {}
