data "grafana_api_keys" "ci" {
  name_regex = "^ci-"
}

# Keys that never expire, for the security review.
output "keys_without_end" {
  value = [for key in data.grafana_api_keys.ci.keys : key.name if key.expiration == null]
}
