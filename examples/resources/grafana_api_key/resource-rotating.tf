# A key that is renewed in the last week of its life. The new one is made before the old one goes.
resource "grafana_api_key" "rotating" {
  name_prefix                   = "deploy-"
  role                          = "Editor"
  seconds_to_live               = 2592000
  early_rotation_window_seconds = 604800

  lifecycle {
    create_before_destroy = true
  }
}
