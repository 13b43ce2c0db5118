//! Zones: the managed resource, and the list of them.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Method;
use serde::{Deserialize, Serialize};
use tfplugin::{
    Context, Done, Failure, Found, Identity, ImportTarget, ListResource, Listed, Object, Outcome,
    Resource, Schema, Update, Value, async_trait,
};

use super::client::Client;
use super::domain;

/// A DNS zone: a domain, its name servers and its records.
// It is what the service takes and answers, too.
#[derive(Default, Schema, Serialize, Deserialize)]
#[resource("zones_zone", timeouts(create = "5m"))]
pub struct Zone {
    /// The domain, once the zone is there: what needs the zone refers to this.
    #[attr(computed, use_state_for_unknown)]
    #[serde(skip_serializing)]
    id: Value<String>,
    /// The domain, such as `example.com`. Another domain is another zone.
    #[attr(required, replace, validate = domain)]
    name: Value<String>,
    /// The name servers, the first one first.
    #[attr(required, length(1..))]
    servers: Value<Vec<String>>,
    /// The records. Their order does not matter.
    #[block(length(..=1000))]
    #[serde(rename = "records")]
    record: Value<BTreeSet<Record>>,
    /// The number of the zone's content, which each change of it raises.
    #[attr(computed)]
    #[serde(skip_serializing)]
    serial: Value<i64>,
    /// Whether the name servers have it.
    #[attr(computed)]
    #[serde(skip_serializing)]
    is_served: Value<bool>,
}

/// A record.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Object, Serialize, Deserialize)]
pub struct Record {
    /// The whole name; `provider::zones::absolute_name` makes one.
    #[attr(required, validate = domain)]
    name: Value<String>,
    /// Its type.
    #[attr(required, one_of("A", "AAAA", "CNAME", "MX", "TXT"))]
    r#type: Value<String>,
    /// How long it may be kept, in seconds.
    #[attr(optional, default = 300, range(0..=86_400))]
    ttl: Value<i64>,
    /// Its values.
    #[attr(required, length(1..), each(length(1..)))]
    values: Value<Vec<String>>,
    /// Only values that answer at this port are given out.
    #[block]
    check: Value<Check>,
}

/// How it is found out whether a value answers.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Object, Serialize, Deserialize)]
pub struct Check {
    /// The port.
    #[attr(required, range(1..=65_535))]
    port: Value<i64>,
}

/// What names a zone for good.
#[derive(Identity)]
pub struct ZoneName {
    /// The domain.
    #[identity(required)]
    name: Value<String>,
}

impl Zone {
    fn name(&self) -> &str {
        self.name.known().map_or("", String::as_str)
    }
}

pub struct ZoneResource(pub Client);

#[async_trait]
impl Resource for ZoneResource {
    type Model = Zone;
    type Identity = ZoneName;
    type Private = ();

    async fn create(&self, plan: Zone, cx: &Context) -> Outcome<Zone> {
        let mut zone: Zone = self.0.change(Method::POST, &["zones"], &plan).await?;
        // From here on there is a zone: whatever ends this is told together with the state it has.
        while zone.is_served != true.into() {
            if let Err(interrupted) = cx.sleep(Duration::from_millis(100)).await {
                return Err(Failure::after(zone, interrupted));
            }
            match self.0.get(&["zones", plan.name()]).await {
                Ok(Some(now)) => zone = now,
                Ok(None) => break,
                Err(error) => return Err(Failure::after(zone, error)),
            }
        }
        Ok(Done::new(zone))
    }

    async fn read(&self, state: Zone, _: &Context) -> Outcome<Option<Zone>> {
        Ok(Done::new(self.0.get(&["zones", state.name()]).await?))
    }

    async fn delete(&self, state: Zone, _: &Context) -> Outcome<()> {
        Ok(Done::new(self.0.delete(&["zones", state.name()]).await?))
    }

    /// By the domain, either way; `read` completes it.
    async fn import(&self, target: ImportTarget<ZoneName>, _: &Context) -> Outcome<Zone> {
        let name = match target {
            ImportTarget::Id(name) => name.into(),
            ImportTarget::Identity(ZoneName { name }) => name,
        };
        Ok(Done::new(Zone { name, ..Zone::default() }))
    }

    fn identity(state: &Zone) -> Option<ZoneName> {
        Some(ZoneName { name: state.name.clone() })
    }
}

#[async_trait]
impl Update for ZoneResource {
    async fn update(&self, _: Zone, plan: Zone, _: &Context) -> Outcome<Zone> {
        Ok(Done::new(self.0.change(Method::PUT, &["zones", plan.name()], &plan).await?))
    }
}

/// Zones that are there already.
#[derive(Schema)]
#[list_resource("zones_zone")]
pub struct Query {
    /// Only zones of domains below this one.
    #[attr(optional, validate = domain)]
    below: Value<String>,
}

pub struct ZoneList(pub Client);

#[async_trait]
impl ListResource for ZoneList {
    type Config = Query;
    type Resource = ZoneResource;

    async fn list(&self, query: Query, found: &Found<ZoneResource>, _: &Context) -> Outcome<()> {
        let end = query.below.into_known().map_or(String::new(), |below| format!(".{below}"));
        let zones: Vec<Zone> = self.0.get(&["zones"]).await?.unwrap_or_default();
        for zone in zones.into_iter().filter(|zone| zone.name().ends_with(&end)) {
            let identity = ZoneName { name: zone.name.clone() };
            let display_name = zone.name().to_owned();
            let resource = found.wants_resource().then_some(zone);
            if !found.push(Listed { identity, display_name, resource }).await {
                break;
            }
        }
        Ok(Done::new(()))
    }
}
