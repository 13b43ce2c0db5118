//! Organizations.

use super::{Database, Refusal};

pub(in crate::grafana) struct Organization {
    pub(in crate::grafana) id: i64,
    pub(in crate::grafana) name: String,
}

impl Database {
    pub(in crate::grafana) fn create_organization(&mut self, name: &str) -> Result<i64, Refusal> {
        if self.organizations.values().any(|organization| organization.name == name) {
            return Err(Refusal::DuplicateOrganization);
        }
        self.last_organization += 1;
        let id = self.last_organization;
        self.organizations.insert(id, Organization { id, name: name.to_owned() });
        Ok(id)
    }

    pub(in crate::grafana) fn organization(&self, id: i64) -> Option<&Organization> {
        self.organizations.get(&id)
    }

    pub(in crate::grafana) fn organizations(&self) -> impl Iterator<Item = &Organization> {
        self.organizations.values()
    }
}
