import {
  to = grafana_api_key.ci
  identity = {
    org_id = "1"
    key_id = 42
  }
}
