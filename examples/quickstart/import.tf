# A key that somebody made by hand: from now on it is managed here.

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
