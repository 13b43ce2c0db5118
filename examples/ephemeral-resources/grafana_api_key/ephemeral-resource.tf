# A key for this run only: deleted when the run ends, and stored nowhere.
ephemeral "grafana_api_key" "run" {
  name_prefix     = "terraform-"
  role            = "Editor"
  seconds_to_live = 3600
}

# Another provider signs in with it.
provider "grafana" {
  alias = "dashboards"
  url   = "https://grafana.example.com/"
  auth  = ephemeral.grafana_api_key.run.key
}
