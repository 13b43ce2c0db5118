//! A stand-in for AWS's own provider, for tests of moves away from it: serves
//! `aws_grafana_license_association` with the schema and the states that hashicorp/aws 6 has, and
//! asks nobody.

use tfplugin::{
    Context, Done, NoIdentity, Offers, Outcome, Provider, Resource, Run, Schema, Secret, Value,
    async_trait,
};

/// The configuration, of which nothing is needed.
#[derive(Schema)]
#[provider]
struct Config {
    /// Region of all resources.
    #[attr(optional)]
    region: Value<String>,
}

/// The license of a workspace.
#[derive(Schema, Clone)]
#[resource(
    "aws_grafana_license_association",
    version = 0,
    timeouts(create = "10m", delete = "10m")
)]
struct LicenseAssociation {
    /// The id of the workspace.
    #[attr(computed, use_state_for_unknown)]
    id: Value<String>,
    /// The id of the workspace.
    #[attr(required, replace)]
    workspace_id: Value<String>,
    /// Type of the license.
    #[attr(required, replace)]
    license_type: Value<String>,
    /// Token from Grafana Labs.
    #[attr(optional, sensitive, replace)]
    grafana_token: Value<Secret>,
    /// End of the free trial.
    #[attr(computed, use_state_for_unknown)]
    free_trial_expiration: Value<String>,
    /// End of the license.
    #[attr(computed, use_state_for_unknown)]
    license_expiration: Value<String>,
    /// Region of the workspace.
    #[attr(optional, computed, use_state_for_unknown, replace)]
    region: Value<String>,
}

struct LicenseAssociations;

#[async_trait]
impl Resource for LicenseAssociations {
    type Model = LicenseAssociation;
    type Identity = NoIdentity;
    type Private = ();

    async fn create(&self, plan: LicenseAssociation, _: &Context) -> Outcome<LicenseAssociation> {
        let region = plan.region.known().map_or("us-east-1", String::as_str).into();
        Ok(Done::new(LicenseAssociation {
            id: plan.workspace_id.clone(),
            free_trial_expiration: "".into(),
            license_expiration: "".into(),
            region,
            ..plan
        }))
    }

    async fn read(
        &self,
        state: LicenseAssociation,
        _: &Context,
    ) -> Outcome<Option<LicenseAssociation>> {
        Ok(Done::new(Some(state)))
    }

    async fn delete(&self, _: LicenseAssociation, _: &Context) -> Outcome<()> {
        Ok(Done::new(()))
    }
}

struct Aws;

#[async_trait]
impl Provider for Aws {
    type Config = Config;
    type Configured = ();

    fn address(&self) -> &str {
        "registry.terraform.io/hashicorp/aws"
    }

    fn version(&self) -> &str {
        "6.0.0"
    }

    fn offers(&self) -> Offers<()> {
        Offers::new().resource(|()| LicenseAssociations)
    }

    async fn configure(&self, _: Config, _: &Run) -> Outcome<()> {
        Ok(Done::new(()))
    }
}

fn main() -> std::process::ExitCode {
    tfplugin::serve(Aws, &[])
}
