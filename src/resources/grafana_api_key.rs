//! `grafana_api_key`: an API key of one organization, on every generation of Grafana.

mod address;
mod plan;
mod refresh;
mod schema;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tfplugin::{
    At, Context, Diagnostic, Done, ImportTarget, MoveSource, Outcome, Plan, Resource, Secret,
    async_trait, path,
};

pub use address::{Address, ApiKeyIdentity};
pub use refresh::state_of;
pub(crate) use refresh::{after_removal, backend};
pub(crate) use schema::org_at_attribute as org;
pub use schema::{ApiKey, BACKEND_API_KEY, BACKEND_SERVICE_ACCOUNT};

use plan::RoleChanges;

use crate::grafana::Role;
use crate::keys::{Keys, NewKey, Presence, Removed, Sought, ToRemove};

/// What is remembered of a key beside its state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ApiKeyPrivate {
    /// The service account that was made for the key.
    made_account: Option<i64>,
    /// How the role of the key can change.
    #[serde(default)]
    role_changes: RoleChanges,
}

/// Manages `grafana_api_key`.
#[derive(Debug)]
pub struct ApiKeys(Keys);

impl ApiKeys {
    /// Manages the keys of an instance.
    pub fn new(keys: Keys) -> Self {
        ApiKeys(keys)
    }

    fn org_of(&self, model: &ApiKey) -> Result<i64, Diagnostic> {
        match model.org_id.known() {
            Some(text) => org(text),
            None => self.0.default_org(),
        }
    }
}

#[async_trait]
impl Resource for ApiKeys {
    type Model = ApiKey;
    type Identity = ApiKeyIdentity;
    type Private = ApiKeyPrivate;

    fn validate(config: &ApiKey) -> Vec<Diagnostic> {
        plan::validate(config)
    }

    async fn plan(&self, plan: &mut Plan<ApiKey>, cx: &Context<ApiKeyPrivate>) -> Outcome<()> {
        plan::refine(plan, cx.private().role_changes)?;
        Ok(().into())
    }

    async fn create(&self, mut plan: ApiKey, cx: &Context<ApiKeyPrivate>) -> Outcome<ApiKey> {
        let org = self.org_of(&plan)?;
        let organization = self.0.of(org)?;
        let name = match (plan.name.known(), plan.name_prefix.known()) {
            (Some(name), _) => name.clone(),
            (None, prefix) => generated_name(prefix.map_or("", String::as_str)),
        };
        let role = role_of(&plan)?;
        let seconds_to_live = plan.seconds_to_live.known().copied();
        let has_made_up_name = plan.name.known().is_none();
        let new = NewKey { name: name.clone(), role, seconds_to_live, has_made_up_name };
        let made = organization.make(&new, cx).await?;
        let role_changes = RoleChanges::of(&made.home);
        cx.update_private(|private| {
            private.made_account = made.made_account.or(private.made_account);
            private.role_changes = role_changes;
        });
        plan.id = Address { org, key: made.id }.to_string().into();
        plan.org_id = org.to_string().into();
        plan.name = name.into();
        plan.key = Secret::from(secrecy::ExposeSecret::expose_secret(&made.secret)).into();
        plan.expiration = made.expiration.map(|end| end.to_string()).into();
        plan.has_expired = false.into();
        plan.ready_for_rotation = false.into();
        refresh::set_home(&mut plan, &made.home);
        Ok(plan.into())
    }

    async fn read(
        &self,
        mut state: ApiKey,
        cx: &Context<ApiKeyPrivate>,
    ) -> Outcome<Option<ApiKey>> {
        if let Some(warning) = self.0.not_refreshed() {
            return Ok(Done::new(Some(state)).warn(warning));
        }
        let address = Address::of(&state)?;
        let organization = self.0.of(address.org)?;
        let found = cx.wait(organization.look_for(&sought(&state, address))).await??;
        match found {
            Presence::Found(key) => {
                cx.update_private(|private| private.role_changes = RoleChanges::of(&key.home));
                refresh::found(&mut state, &key);
                state.org_id = address.org.to_string().into();
                Ok(Some(state).into())
            }
            Presence::Gone => {
                cx.wait(organization.check_own()).await??;
                Ok(None.into())
            }
            Presence::Hidden { has_expired, is_strange } => {
                refresh::judge(&mut state, has_expired);
                let done = Done::new(Some(state));
                Ok(if is_strange { done.warn(refresh::hidden(address)) } else { done })
            }
            // An import knows nothing of the key but its id: there is nothing to keep.
            Presence::Unproven(_) if state.name.is_null() => Err(refresh::not_found(address))?,
            Presence::Unproven(error) => {
                refresh::judge(&mut state, false);
                Ok(Done::new(Some(state)).warn(refresh::unproven(address, error.as_ref())))
            }
        }
    }

    /// What changes in place: the role, where a service account of the key's own has it, and what
    /// only the state knows.
    async fn update(
        &self,
        prior: ApiKey,
        plan: ApiKey,
        cx: &Context<ApiKeyPrivate>,
    ) -> Outcome<ApiKey> {
        if prior.role != plan.role {
            let address = Address::of(&prior)?;
            let (organization, role) = (self.0.of(address.org)?, role_of(&plan)?);
            let key = sought(&prior, address);
            if !cx.wait(organization.change_role(&key, role)).await?.at(path!(role))? {
                return Err(refresh::moved_meanwhile(address))?;
            }
        }
        Ok(plan.into())
    }

    async fn delete(&self, state: ApiKey, cx: &Context<ApiKeyPrivate>) -> Outcome<()> {
        let address = Address::of(&state)?;
        let organization = self.0.of(address.org)?;
        let key = sought(&state, address);
        let target = ToRemove { key, made_account: cx.private().made_account };
        let removed = cx.wait(organization.remove(&target)).await??;
        let name = state.name.known().map_or("", String::as_str);
        match refresh::after_removal(&removed, name) {
            Some(said) if matches!(removed, Removed::StillThere { .. }) => Err(said)?,
            Some(said) => Ok(Done::new(()).warn(said)),
            None => Ok(().into()),
        }
    }

    async fn import(
        &self,
        target: ImportTarget<ApiKeyIdentity>,
        _: &Context<ApiKeyPrivate>,
    ) -> Outcome<ApiKey> {
        let address = match target {
            ImportTarget::Id(text) => Address::parse(&text, || self.0.default_org())?,
            ImportTarget::Identity(identity) => identity.address()?,
        };
        Ok(ApiKey {
            id: address.to_string().into(),
            org_id: address.org.to_string().into(),
            ..ApiKey::default()
        }
        .into())
    }

    fn identity(state: &ApiKey) -> Option<ApiKeyIdentity> {
        Address::of(state).ok().map(ApiKeyIdentity::from)
    }

    fn move_from(source: &MoveSource) -> Option<Outcome<ApiKey>> {
        let is_official = source.is("grafana/grafana", "grafana_api_key");
        is_official.then(|| schema::from_official(&source.state)).map(Done::new).map(Ok)
    }
}

fn role_of(model: &ApiKey) -> Result<Role, Diagnostic> {
    let role = model.role.known().and_then(|role| role.parse().ok());
    role.ok_or_else(|| {
        let expected = "Expected one of \"Viewer\", \"Editor\", \"Admin\".";
        Diagnostic::error("Invalid role", expected).at(path!(role))
    })
}

fn sought(state: &ApiKey, address: Address) -> Sought {
    Sought {
        id: address.key,
        name: state.name.known().cloned(),
        account: state.service_account_id.known().copied(),
        secret: state.key.known().cloned().map(SecretString::from),
    }
}

/// A name of its own: sorted by time, and different even where two are made at once.
pub(crate) fn generated_name(prefix: &str) -> String {
    let now = jiff::Timestamp::now().strftime("%Y%m%d%H%M%S");
    let rest: String = std::iter::repeat_with(fastrand::alphanumeric).take(6).collect();
    format!("{prefix}{now}{}", rest.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_names_differ() {
        let names: std::collections::HashSet<_> = (0..50).map(|_| generated_name("ci-")).collect();
        assert_eq!(names.len(), 50);
        assert!(names.iter().all(|name| name.starts_with("ci-20")));
    }
}
