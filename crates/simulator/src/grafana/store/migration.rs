//! API keys that become tokens.

use jiff::Timestamp;

use super::{Database, NewAccount, Refusal};

impl Database {
    /// The key becomes the only token of a new service account: same id, name and secret, the role is the account's.
    pub(in crate::grafana) fn migrate_key(
        &mut self,
        now: Timestamp,
        organization: i64,
        id: i64,
    ) -> Result<(), Refusal> {
        let mine = self
            .keys
            .get(&id)
            .filter(|key| key.organization == organization && key.account.is_none());
        let key = mine.ok_or(Refusal::NotFound)?;
        let (key_name, role) = (key.name.clone(), key.role);
        let account = self.create_account(
            now,
            NewAccount {
                organization,
                name: &format!("sa-autogen-{key_name}"),
                login: format!("sa-autogen-{organization}-{key_name}"),
                role,
                disabled: false,
            },
        )?;
        let account = account.id;
        if let Some(key) = self.keys.get_mut(&id) {
            key.account = Some(account);
        }
        Ok(())
    }

    /// Migrates every key of the organization by name; the ids of those that could not be, and how many there were.
    pub(in crate::grafana) fn migrate_keys(
        &mut self,
        now: Timestamp,
        organization: i64,
    ) -> (usize, Vec<i64>) {
        let ids: Vec<_> = self.all_api_keys(organization).iter().map(|key| key.id).collect();
        let total = ids.len();
        let failed = ids.into_iter().filter(|id| self.migrate_key(now, organization, *id).is_err());
        (total, failed.collect())
    }

    /// What a start does that migrates.
    pub(in crate::grafana) fn migrate_all(&mut self, now: Timestamp) {
        let organizations: Vec<_> = self.organizations.keys().copied().collect();
        for organization in organizations {
            self.migrate_keys(now, organization);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grafana::{Role, store::Lookup};

    #[test]
    fn a_migrated_key_keeps_id_name_and_secret() {
        let now = Timestamp::UNIX_EPOCH;
        let mut database = Database::default();
        let key = database.create_api_key(now, 1, "ci", Role::Editor, None).unwrap();
        database.migrate_key(now, 1, key.id).unwrap();

        assert!(database.list_api_keys(now, 1, true).is_empty());
        assert_eq!(database.delete_api_key(1, key.id), Err(Refusal::NotFound));
        let account = database.search_accounts(1, "")[0];
        assert_eq!(
            (account.name.as_str(), account.login.as_str()),
            ("sa-autogen-ci", "sa-autogen-1-ci")
        );
        assert_eq!(account.role, Role::Editor);
        let account = account.id;
        let tokens = database.list_tokens(1, account);
        assert_eq!((tokens[0].id, tokens[0].name.as_str()), (key.id, "ci"));
        assert!(matches!(database.look_up(&key.key), Lookup::Key(_)));
    }
}
