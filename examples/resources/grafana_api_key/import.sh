# ORG:ID, or ID alone for the provider's organization.
terraform import grafana_api_key.ci 1:42
