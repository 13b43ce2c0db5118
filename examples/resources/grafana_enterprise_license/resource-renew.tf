# Grafana fetches a fresh token from grafana.com whenever a value of renew_triggers changes.
resource "grafana_enterprise_license" "renewed" {
  token = file("license.jwt")

  renew_triggers = {
    contract = "2027" # another value after the contract has changed
  }
}
