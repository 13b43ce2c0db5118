# ORG:ID, or ID alone for the provider's organization. The secret of an imported key is unknown.
import {
  to = grafana_api_key.ci
  id = "1:42"
}
