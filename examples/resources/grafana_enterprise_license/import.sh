# By the root URL of the instance. No token is needed in the configuration.
terraform import grafana_enterprise_license.this https://grafana.example.com/
