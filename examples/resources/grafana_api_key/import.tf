# ORG:ID, or ID alone for the provider's organization. The secret of an imported key stays unknown.
import {
  to = grafana_api_key.ci
  id = "1:42"
}
