# A key that somebody has created by hand and that is managed here from now on.

variable "existing_key_id" {
  description = "The key's id, as GET /api/auth/keys lists it."
  type        = string
}

import {
  to = grafana_api_key.made_by_hand
  id = var.existing_key_id
}

resource "grafana_api_key" "made_by_hand" {
  name = "made-by-hand"
  role = "Editor"
}
