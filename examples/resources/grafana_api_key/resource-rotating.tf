# A key that is replaced in the last week of its lifetime. The new key is created before the old one is deleted.
resource "grafana_api_key" "rotating" {
  name_prefix                   = "deploy-"
  role                          = "Editor"
  seconds_to_live               = 2592000
  early_rotation_window_seconds = 604800

  lifecycle {
    create_before_destroy = true
  }
}
