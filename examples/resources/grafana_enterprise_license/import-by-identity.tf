import {
  to = grafana_enterprise_license.this
  identity = {
    instance = "https://grafana.example.com/"
  }
}
