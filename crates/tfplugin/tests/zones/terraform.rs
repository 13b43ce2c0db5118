//! What users do, through each Terraform that `TERRAFORM_VERSIONS` or `TERRAFORM_CLI` names.

use serde_json::json;
use terraform_runner::{Candidate, Feature, ProviderUnderTest, Terraform, Workspace};

use super::programs;
use super::service::{Service, TOKEN};

const EXAMPLE: &str = include_str!("../../examples/zones/example.tf");

const TOKEN_OF_ZONE: &str = r#"
ephemeral "zones_token" "update" {
  zone = zones_zone.example.id
}

resource "terraform_data" "update" {
  lifecycle {
    precondition {
      condition     = startswith(ephemeral.zones_token.update.token, "secret-")
      error_message = "Not a token."
    }
  }
}
"#;

const IMPORT: &str = r#"
import {
  to       = zones_zone.example
  identity = { name = "example.com" }
}
"#;

fn workspace(terraform: &Terraform, endpoint: &str) -> Workspace {
    let program = programs::example("zones");
    let provider = ProviderUnderTest::new("registry.terraform.io/example/zones", program).unwrap();
    let mut workspace = Workspace::new(terraform, &[provider]).unwrap();
    workspace.env("ZONES_ENDPOINT", endpoint).env("ZONES_TOKEN", TOKEN);
    workspace.write("main.tf", EXAMPLE).unwrap();
    workspace
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zone_lives_is_imported_and_survives_that_its_service_is_dead() {
    let candidates = Candidate::selected().unwrap();
    for candidate in candidates.iter().filter(|it| it.supports(Feature::ProviderFunctions)) {
        eprintln!("{candidate}");
        let service = Service::start().await;
        lives(candidate, &service);
        if candidate.supports(Feature::IdentityImport) {
            is_imported(candidate, &service);
        }
        assert!(service.world().tokens.is_empty());
    }
}

fn lives(candidate: &Candidate, service: &Service) {
    let mut workspace = workspace(&candidate.terraform().unwrap(), &service.endpoint);
    if candidate.supports(Feature::Ephemeral) {
        workspace.write("token.tf", TOKEN_OF_ZONE).unwrap();
    }
    workspace.apply().unwrap();
    let state = workspace.state_attributes("zones_zone.example").unwrap().unwrap();
    assert_eq!(state["record"][0]["name"], "mail.example.com");
    assert_eq!(service.world().issued > 0, candidate.supports(Feature::Ephemeral));
    assert!(workspace.plan().unwrap().is_empty());

    workspace.env("ZONES_ENDPOINT", "http://127.0.0.1:1");
    let run = workspace.run_json(&["plan"]).unwrap();
    let errors = run.errors();
    assert_eq!(errors[0].summary, "Cannot reach the zone service", "{}", run.run);
    assert_eq!(errors[0].address.as_deref(), Some("zones_zone.example"));
}

fn is_imported(candidate: &Candidate, service: &Service) {
    let workspace = workspace(&candidate.terraform().unwrap(), &service.endpoint);
    workspace.write("import.tf", IMPORT).unwrap();
    workspace.apply().unwrap();
    let resource = workspace.state_resource("zones_zone.example").unwrap().unwrap();
    assert_eq!(resource["values"]["serial"], json!(1));
    workspace.destroy().unwrap();
    assert!(service.world().zones.is_empty());
}
