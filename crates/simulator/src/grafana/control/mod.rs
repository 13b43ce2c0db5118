//! What tests, and the simulated AWS, do to a Grafana behind the back of its clients.

mod keys;
mod licenses;

use std::time::Duration;

use jiff::Timestamp;

pub use self::keys::{Key, ServiceAccount};
use super::{Generation, Grafana, Migration, Refusal, Role};

impl Grafana {
    /// What it behaves like now.
    pub fn generation(&self) -> Generation {
        self.shared.lock().generation
    }

    /// Replaces the program in place: same address, same data. A version set by hand is forgotten.
    pub fn upgrade(&self, generation: Generation, migration: Migration) {
        let mut state = self.shared.lock();
        state.generation = generation;
        state.options.version = None;
        if migration == Migration::AtStart && generation.has_service_accounts() {
            let now = state.now();
            state.database.migrate_all(now);
        }
    }

    /// The time by its clock.
    pub fn now(&self) -> Timestamp {
        self.shared.lock().now()
    }

    /// Puts its clock ahead.
    pub fn advance(&self, by: Duration) {
        self.shared.lock().advance(by);
    }

    /// Makes an organization with the administrator `admin` in it.
    ///
    /// # Errors
    /// If the name is taken.
    pub fn create_organization(&self, name: &str) -> Result<i64, Refusal> {
        let mut state = self.shared.lock();
        let id = state.database.create_organization(name)?;
        if let Some(admin) = state.database.user_by_login("admin") {
            admin.organizations.insert(id, Role::Admin);
        }
        Ok(id)
    }

    /// Makes a user who belongs to no organization yet; its id.
    ///
    /// # Errors
    /// If the login is taken.
    pub fn create_user(&self, login: &str, password: &str) -> Result<i64, Refusal> {
        let mut state = self.shared.lock();
        let now = state.now();
        state.database.create_user(now, login, password).map(|user| user.id)
    }

    /// Puts a user into an organization, or changes the role there.
    ///
    /// # Errors
    /// If there is no such user.
    pub fn add_member(&self, organization: i64, login: &str, role: Role) -> Result<(), Refusal> {
        let mut state = self.shared.lock();
        let user = state.database.user_by_login(login).ok_or(Refusal::NotFound)?;
        user.organizations.insert(organization, role);
        Ok(())
    }

    /// Takes a user out of an organization.
    ///
    /// # Errors
    /// If there is no such user.
    pub fn remove_member(&self, organization: i64, login: &str) -> Result<(), Refusal> {
        let mut state = self.shared.lock();
        let user = state.database.user_by_login(login).ok_or(Refusal::NotFound)?;
        user.organizations.remove(&organization);
        Ok(())
    }

    /// Sets the permissions a user has beside those of role and server administration (Enterprise): `licensing:read`.
    ///
    /// # Errors
    /// If there is no such user.
    pub fn set_permissions(&self, login: &str, permissions: &[&str]) -> Result<(), Refusal> {
        let mut state = self.shared.lock();
        let user = state.database.user_by_login(login).ok_or(Refusal::NotFound)?;
        user.permissions = permissions.iter().map(ToString::to_string).collect();
        Ok(())
    }

    /// Makes a user a server administrator, or no longer one.
    ///
    /// # Errors
    /// If there is no such user.
    pub fn set_server_admin(&self, login: &str, server_admin: bool) -> Result<(), Refusal> {
        let mut state = self.shared.lock();
        state.database.user_by_login(login).ok_or(Refusal::NotFound)?.server_admin = server_admin;
        Ok(())
    }
}
