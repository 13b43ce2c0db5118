//! A provider with the schema of `grafana_api_key` that does nothing: `cargo xtask bench` runs it beside the provider,
//! so that what such a schema costs by itself can be told from what the provider does.

use std::sync::atomic::{AtomicI64, Ordering};

use terraform_provider_grafana::provider::{ADDRESS, Config};
use terraform_provider_grafana::{ApiKey, ApiKeyIdentity};
use tfplugin::{
    Context, Done, Offers, Outcome, Provider, Resource, Run, Update, Value, async_trait,
};

/// As long as the secret of a key in Grafana.
const SECRET: &str = "glsa_0123456789abcdefghijklmnopqrstuv_01234567";

/// The provider.
#[derive(Debug, Default)]
pub struct Idle;

#[async_trait]
impl Provider for Idle {
    type Config = Config;
    type Configured = ();

    fn address(&self) -> &str {
        ADDRESS
    }

    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn offers(&self) -> Offers<()> {
        Offers::new().resource(|_| Keys)
    }

    async fn configure(&self, _: Config, _: &Run) -> Outcome<()> {
        Ok(Done::new(()))
    }
}

struct Keys;

#[async_trait]
impl Resource for Keys {
    type Model = ApiKey;
    type Identity = ApiKeyIdentity;
    type Private = ();

    /// `plan` with every attribute known. The configurations that it is for set `org_id` and `name`.
    async fn create(&self, plan: ApiKey, _: &Context) -> Outcome<ApiKey> {
        static CREATED: AtomicI64 = AtomicI64::new(1);
        let number = CREATED.fetch_add(1, Ordering::Relaxed);
        Ok(Done::new(ApiKey {
            id: Value::Known(format!("1:{number}")),
            key: Value::Known(SECRET.to_owned().into()),
            expiration: Value::Null,
            has_expired: Value::Known(false),
            ready_for_rotation: Value::Known(false),
            is_revoked: Value::Known(false),
            is_disabled: Value::Known(false),
            backend: Value::Known("api_key".to_owned()),
            service_account_id: Value::Null,
            ..plan
        }))
    }

    async fn read(&self, state: ApiKey, _: &Context) -> Outcome<Option<ApiKey>> {
        Ok(Done::new(Some(state)))
    }

    async fn delete(&self, _: ApiKey, _: &Context) -> Outcome<()> {
        Ok(Done::new(()))
    }

    fn identity(state: &ApiKey) -> Option<ApiKeyIdentity> {
        let (organization, number) = state.id.known()?.split_once(':')?;
        Some(ApiKeyIdentity { org_id: organization.to_owned(), key_id: number.parse().ok()? })
    }
}

#[async_trait]
impl Update for Keys {
    async fn update(&self, _: ApiKey, plan: ApiKey, cx: &Context) -> Outcome<ApiKey> {
        self.create(plan, cx).await
    }
}
