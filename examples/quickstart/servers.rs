//! The simulated servers, and what people do to them behind Terraform's back.

use simulator::amazon::{self, Amazon};
use simulator::grafana::{Generation, Grafana, MAIN_ORGANIZATION, Options, Role};

use crate::Failure;

/// A Grafana Enterprise, and an Amazon Managed Grafana with one workspace.
pub struct Servers {
    pub grafana: Grafana,
    pub amazon: Amazon,
}

impl Servers {
    pub fn start() -> Result<Self, Failure> {
        let options = Options { generation: Generation::V10_4, ..Options::default() };
        Ok(Servers {
            grafana: Grafana::start(options)?,
            amazon: Amazon::start(amazon::Options::default())?,
        })
    }

    /// What the provider and the configuration read from the environment.
    pub fn environment(&self) -> Result<Vec<(String, String)>, Failure> {
        let own = [
            ("GRAFANA_URL", self.grafana.url()),
            ("GRAFANA_AUTH", "admin:admin".to_owned()),
            ("TF_VAR_license_token", self.grafana.mint_license()?),
            ("TF_VAR_workspace_id", self.amazon.workspace_id().to_owned()),
            ("TF_VAR_grafana_labs_token", "an-account-at-grafana-labs".to_owned()),
        ];
        let own = own.map(|(name, value)| (name.to_owned(), value));
        Ok(self.amazon.exports().into_iter().chain(own).collect())
    }

    pub fn grafana_is_licensed(&self) -> bool {
        self.grafana.license().is_some()
    }

    pub fn workspace_is_licensed(&self) -> bool {
        let workspace = self.amazon.workspace(self.amazon.workspace_id());
        workspace.is_some_and(|workspace| workspace.license_type.is_some())
    }

    pub fn has_key(&self, name: &str) -> bool {
        !self.key_ids(name).is_empty()
    }

    /// The ids of the keys of that name: one or none.
    pub fn key_ids(&self, name: &str) -> Vec<String> {
        let keys = self.grafana.api_keys(MAIN_ORGANIZATION).into_iter();
        keys.filter(|key| key.name == name).map(|key| key.id.to_string()).collect()
    }

    /// Removes both licenses and deletes the key `ci`.
    pub fn meddle(&self) -> Result<(), Failure> {
        self.grafana.drop_license();
        for id in self.key_ids("ci") {
            self.grafana.delete_api_key(MAIN_ORGANIZATION, id.parse()?)?;
        }
        self.amazon.drop_license(self.amazon.workspace_id());
        Ok(())
    }

    /// Makes a key as people do in the browser, and answers its id.
    pub fn make_key_by_hand(&self) -> Result<String, Failure> {
        let key =
            self.grafana.create_api_key(MAIN_ORGANIZATION, "made-by-hand", Role::Editor, None)?;
        Ok(key.id.to_string())
    }
}

/// Fails with that reason unless `held`.
pub fn expect(held: bool, otherwise: &str) -> Result<(), Failure> {
    if held { Ok(()) } else { Err(otherwise.into()) }
}
