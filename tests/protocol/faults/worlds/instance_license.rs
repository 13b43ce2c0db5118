//! `grafana_enterprise_license`, with its data source and action.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use simulator::faults::Faults;
use simulator::grafana::{Generation, Grafana, LicenseClaims, Options};
use simulator::journal::Journal;

use super::super::operation::Operation::{self, *};
use super::{PASSWORD, Service, World};

pub(super) struct InstanceLicense(Grafana);

impl InstanceLicense {
    pub(super) fn start(generation: Generation) -> Arc<dyn World> {
        let admin_password = PASSWORD.to_owned();
        let options = Options { generation, admin_password, ..Options::default() };
        Arc::new(InstanceLicense(Grafana::start(options).expect("starts")))
    }

    fn claims(&self, id: &str) -> LicenseClaims {
        let (lid, jti) = (Some(id.to_owned()), Some(format!("t-{id}")));
        LicenseClaims { lid, jti, ..LicenseClaims::for_instance(&self.0.root_url()) }
    }

    fn token(&self, id: &str) -> String {
        self.0.issuer().mint(&self.claims(id)).expect("can be signed")
    }
}

impl World for InstanceLicense {
    fn name(&self) -> String {
        format!("license {}", self.0.generation())
    }

    fn resource_type(&self) -> &'static str {
        "grafana_enterprise_license"
    }

    fn data(&self) -> (&'static str, Json) {
        ("grafana_enterprise_license", json!({}))
    }

    fn service(&self) -> Service {
        Service::Grafana
    }

    fn provider(&self) -> Json {
        self.provider_at(&self.0.url())
    }

    fn provider_at(&self, url: &str) -> Json {
        let auth = format!("admin:{PASSWORD}");
        json!({ "url": url, "auth": auth, "retries": 1, "request_timeout": "5s" })
    }

    fn secrets(&self) -> Vec<String> {
        vec![PASSWORD.to_owned()]
    }

    fn offers(&self, operation: Operation) -> bool {
        !matches!(operation, Replace | Open)
    }

    fn config(&self, operation: Operation) -> Json {
        json!({ "token": self.token(if operation == Update { "2" } else { "1" }) })
    }

    fn import_id(&self, _: &Json) -> String {
        self.0.root_url()
    }

    fn faults(&self) -> &Faults {
        self.0.faults()
    }

    fn journal(&self) -> &Journal {
        self.0.journal()
    }

    fn of_others(&self) -> String {
        String::new()
    }

    fn assert_holds(&self, state: &Json, said: &str) {
        let active = self.0.license().and_then(|license| license.lid);
        assert_eq!(active.as_deref(), state["license_id"].as_str(), "{said}");
    }

    fn has_slot(&self) -> bool {
        true
    }

    fn change_slot(&self, licensed: bool) {
        self.0.set_license(licensed.then(|| self.claims("99")));
    }
}
