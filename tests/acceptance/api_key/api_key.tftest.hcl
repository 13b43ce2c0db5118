run "a_key_is_made" {
  assert {
    condition     = can(regex("^[0-9]+:[0-9]+$", grafana_api_key.this.id))
    error_message = "The id is not ORG:ID."
  }

  assert {
    condition     = grafana_api_key.this.key != null && grafana_api_key.this.expiration != null
    error_message = "The key has no secret or no end."
  }
}

run "a_second_plan_keeps_it" {
  command = plan

  variables {
    before = run.a_key_is_made.id
  }

  assert {
    condition     = grafana_api_key.this.id == var.before
    error_message = "The key would be replaced."
  }
}

run "another_life_is_another_key" {
  variables {
    seconds_to_live = 7200
    before          = run.a_key_is_made.id
  }

  assert {
    condition     = grafana_api_key.this.id != var.before
    error_message = "The key has not been replaced."
  }
}
