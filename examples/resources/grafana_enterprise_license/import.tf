import {
  to = grafana_enterprise_license.this
  id = "https://grafana.example.com/"
}
