//! Zones: the managed resource, and the list of them.

use std::collections::BTreeSet;
use std::time::Duration;

use tfplugin::{
    Context, Done, Failure, Found, Identity, ImportTarget, ListResource, Listed, Object, Outcome,
    Resource, Schema, Update, Value, async_trait,
};

use super::client::{self, Client};
use super::name::domain;

/// A DNS zone: a domain, its name servers and its records.
#[derive(Default, Schema)]
#[resource("zones_zone", timeouts(create = "5m"))]
pub struct Zone {
    /// The domain, once the zone is there: what needs the zone refers to this.
    #[attr(computed, use_state_for_unknown)]
    id: Value<String>,
    /// The domain, such as `example.com`. Another domain is another zone.
    #[attr(required, replace, validate = domain)]
    name: Value<String>,
    /// The name servers, the first one first.
    #[attr(required, length(1..))]
    servers: Value<Vec<String>>,
    /// The records. Their order does not matter.
    #[block]
    record: Value<BTreeSet<Record>>,
    /// The number of the zone's content, which each change of it raises.
    #[attr(computed)]
    serial: Value<i64>,
}

/// A record.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Object)]
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
    #[attr(required, length(1..))]
    values: Value<Vec<String>>,
}

/// What names a zone for good.
#[derive(Identity)]
pub struct ZoneName {
    /// The domain.
    #[identity(required)]
    name: Value<String>,
}

impl Zone {
    fn found(zone: client::Zone) -> Self {
        let client::Zone { name, servers, records, serial, .. } = zone;
        let record = |record: client::Record| Record {
            name: record.name.into(),
            r#type: record.kind.into(),
            ttl: record.ttl.into(),
            values: record.values.into(),
        };
        Zone {
            id: name.as_str().into(),
            name: name.into(),
            servers: servers.into(),
            record: Value::Known(records.into_iter().map(record).collect()),
            serial: serial.into(),
        }
    }

    /// What is sent. At apply everything is known but what the service decides.
    fn wanted(&self) -> client::Zone {
        let record = |record: Record| client::Record {
            name: record.name.into_known().unwrap_or_default(),
            kind: record.r#type.into_known().unwrap_or_default(),
            ttl: record.ttl.into_known().unwrap_or_default(),
            values: record.values.into_known().unwrap_or_default(),
        };
        let records = self.record.clone().into_known().unwrap_or_default();
        client::Zone {
            name: self.name().to_owned(),
            servers: self.servers.clone().into_known().unwrap_or_default(),
            records: records.into_iter().map(record).collect(),
            serial: 0,
            is_served: false,
        }
    }

    fn name(&self) -> &str {
        self.name.known().map_or("", String::as_str)
    }
}

/// The resource `zones_zone`.
pub struct ZoneResource(pub Client);

#[async_trait]
impl Resource for ZoneResource {
    type Model = Zone;
    type Identity = ZoneName;
    type Private = ();

    async fn create(&self, plan: Zone, cx: &Context) -> Outcome<Zone> {
        let mut zone = self.0.create_zone(&plan.wanted()).await?;
        // From here on there is a zone: whatever ends this is told together with the state it has.
        while !zone.is_served {
            if let Err(interrupted) = cx.sleep(Duration::from_millis(100)).await {
                return Err(Failure::after(Zone::found(zone), interrupted));
            }
            match self.0.zone(plan.name()).await {
                Ok(Some(now)) => zone = now,
                Ok(None) => break,
                Err(error) => return Err(Failure::after(Zone::found(zone), error)),
            }
        }
        Ok(Done::new(Zone::found(zone)))
    }

    async fn read(&self, state: Zone, _: &Context) -> Outcome<Option<Zone>> {
        Ok(Done::new(self.0.zone(state.name()).await?.map(Zone::found)))
    }

    async fn delete(&self, state: Zone, _: &Context) -> Outcome<()> {
        Ok(Done::new(self.0.delete_zone(state.name()).await?))
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
        Ok(Done::new(Zone::found(self.0.change_zone(&plan.wanted()).await?)))
    }
}

/// Zones that are there already.
#[derive(Schema)]
#[list_resource("zones_zone")]
pub struct ZoneQuery {
    /// Only zones of domains below this one.
    #[attr(optional, validate = domain)]
    below: Value<String>,
}

/// The list resource `zones_zone`.
pub struct ZoneList(pub Client);

#[async_trait]
impl ListResource for ZoneList {
    type Config = ZoneQuery;
    type Resource = ZoneResource;

    async fn list(
        &self,
        config: ZoneQuery,
        found: &Found<ZoneResource>,
        _: &Context,
    ) -> Outcome<()> {
        let end = config.below.into_known().map_or(String::new(), |below| format!(".{below}"));
        for zone in self.0.zones().await?.into_iter().filter(|zone| zone.name.ends_with(&end)) {
            let identity = ZoneName { name: zone.name.as_str().into() };
            let display_name = zone.name.clone();
            let resource = found.wants_resource().then(|| Zone::found(zone));
            if !found.push(Listed { identity, display_name, resource }).await {
                break;
            }
        }
        Ok(Done::new(()))
    }
}
