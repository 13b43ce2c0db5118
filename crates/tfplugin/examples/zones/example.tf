terraform {
  required_providers {
    zones = { source = "example/zones" }
  }
}

resource "zones_zone" "example" {
  name    = "example.com"
  servers = ["ns1.example.net", "ns2.example.net"]

  dynamic "record" {
    for_each = ["www", "mail"]
    content {
      name   = provider::zones::absolute_name(record.value, "example.com")
      type   = "A"
      values = ["192.0.2.1"]

      check {
        port = 443
      }
    }
  }
}
