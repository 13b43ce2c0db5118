//! `grafana_api_key`, of an instance or of a managed workspace.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use simulator::amazon::{self, Amazon, Polls};
use simulator::faults::Faults;
use simulator::grafana::{Generation, Grafana, Key, Options, Role, ServiceAccount};
use simulator::journal::Journal;

use super::super::fault::Event::{self, StatusFails, StatusNeverEnds};
use super::super::operation::Operation::{self, *};
use super::{PASSWORD, Service, World, secret_key};
use crate::managed_workspace_license::provider as aws_provider;

/// Keys of an instance, or of a managed workspace that AWS makes the sign-in for.
pub(super) struct Keys {
    grafana: Arc<Grafana>,
    amazon: Option<Amazon>,
    /// `name` or `name_prefix`.
    named_by: &'static str,
    /// The id of a token that somebody else has made in an account of theirs, to be imported.
    imported: Option<String>,
}

/// How long keys of somebody else live, in seconds.
const DAY: i64 = 24 * 3600;

/// The accounts of somebody else: one with a token, and two without until one of them is imported.
const THEIRS: [&str; 3] = ["ci", "ci-terraform-by-hand", "team"];

impl Keys {
    pub(super) fn start(generation: Generation, named_by: &'static str) -> Arc<dyn World> {
        Arc::new(Self::of_instance(generation, named_by))
    }

    fn of_instance(generation: Generation, named_by: &'static str) -> Self {
        let admin_password = PASSWORD.to_owned();
        let options = Options { generation, admin_password, ..Options::default() };
        let grafana = Grafana::start(options).expect("starts");
        Self::beside_others(Arc::new(grafana), None, named_by)
    }

    /// A key that is imported: a token in an account of somebody else, who has made it for that alone.
    pub(super) fn imported(generation: Generation) -> Arc<dyn World> {
        let mut keys = Self::of_instance(generation, "name");
        let accounts = keys.accounts(true);
        let account = accounts.iter().find(|it| it.name == THEIRS[2]).expect("is there");
        let token = keys.grafana.create_token(1, account.id, "ci", Some(DAY)).expect("new");
        keys.imported = Some(token.id.to_string());
        Arc::new(keys)
    }

    pub(super) fn managed(version: &str) -> Arc<dyn World> {
        let options = amazon::Options { grafana_version: version.to_owned(), ..Default::default() };
        let amazon = Amazon::start(options).expect("starts");
        let grafana = amazon.grafana(amazon.workspace_id()).expect("is there");
        Arc::new(Self::beside_others(grafana, Some(amazon), "name"))
    }

    fn beside_others(
        grafana: Arc<Grafana>,
        amazon: Option<Amazon>,
        named_by: &'static str,
    ) -> Self {
        let generation = grafana.generation();
        if generation.makes_api_keys() {
            grafana.create_api_key(1, "theirs", Role::Admin, Some(DAY)).expect("new");
        }
        if generation.has_service_accounts() {
            let account = grafana.create_service_account(1, THEIRS[0], Role::Viewer).expect("new");
            grafana.create_token(1, account.id, "other", Some(DAY)).expect("new");
            for name in &THEIRS[1..] {
                grafana.create_service_account(1, name, Role::Viewer).expect("new");
            }
        }
        Keys { grafana, amazon, named_by, imported: None }
    }

    fn accounts(&self, theirs: bool) -> Vec<ServiceAccount> {
        let accounts = self.grafana.service_accounts(1).into_iter();
        // Those of the sign-in and of ephemeral keys live a few minutes.
        let is_passing =
            |name: &str| name.starts_with("terraform-provider") || name.starts_with("e-");
        let accounts = accounts.filter(|it| !is_passing(&it.name));
        accounts.filter(|it| THEIRS.contains(&&*it.name) == theirs).collect()
    }

    fn tokens(&self, accounts: &[ServiceAccount]) -> Vec<Key> {
        accounts.iter().flat_map(|account| self.grafana.tokens(1, account.id)).collect()
    }

    /// All keys that are not somebody else's.
    fn own(&self) -> Vec<i64> {
        let accounts = [self.accounts(false), self.accounts(true)].concat();
        let keys = self.grafana.api_keys(1).into_iter().chain(self.tokens(&accounts));
        keys.filter(|key| key.name.starts_with("ci")).map(|key| key.id).collect()
    }
}

impl World for Keys {
    fn name(&self) -> String {
        let kind = match &self.imported {
            Some(_) => "imported ",
            None if self.amazon.is_some() => "managed ",
            None => "",
        };
        format!("{kind}{} key {}", self.named_by, self.grafana.generation())
    }

    fn resource_type(&self) -> &'static str {
        "grafana_api_key"
    }

    fn data(&self) -> (&'static str, Json) {
        ("grafana_api_keys", json!({}))
    }

    fn service(&self) -> Service {
        if self.amazon.is_some() { Service::Amazon } else { Service::Grafana }
    }

    fn provider(&self) -> Json {
        match &self.amazon {
            Some(amazon) => self.provider_at(&amazon.url()),
            None => self.provider_at(&self.grafana.url()),
        }
    }

    fn provider_at(&self, url: &str) -> Json {
        let Some(amazon) = &self.amazon else {
            let auth = format!("admin:{PASSWORD}");
            return json!({ "url": url, "auth": auth, "retries": 1, "request_timeout": "5s" });
        };
        let mut provider = aws_provider(amazon);
        provider["aws"]["endpoint"] = url.into();
        provider["managed_workspace"] = json!({ "workspace_id": amazon.workspace_id() });
        provider
    }

    fn secrets(&self) -> Vec<String> {
        let aws = self.amazon.iter().map(secret_key);
        aws.chain([PASSWORD.to_owned()]).collect()
    }

    fn offers(&self, operation: Operation) -> bool {
        match &self.amazon {
            // The sign-in is the same for all of them.
            Some(_) => matches!(operation, Create | Destroy | Data | Open),
            None if self.imported.is_some() => operation == Destroy,
            None => operation != Invoke,
        }
    }

    fn config(&self, operation: Operation) -> Json {
        let (role, life) = match operation {
            Update => ("Editor", 3600),
            Replace => ("Viewer", 7200),
            _ => ("Viewer", 3600),
        };
        json!({ self.named_by: "ci", "role": role, "seconds_to_live": life })
    }

    fn import_id(&self, state: &Json) -> String {
        state["id"].as_str().expect("an id").to_owned()
    }

    fn faults(&self) -> &Faults {
        self.amazon.as_ref().map_or_else(|| self.grafana.faults(), Amazon::faults)
    }

    fn journal(&self) -> &Journal {
        self.amazon.as_ref().map_or_else(|| self.grafana.journal(), Amazon::journal)
    }

    fn of_others(&self) -> String {
        let accounts = self.accounts(true);
        let keys = self.tokens(&accounts).into_iter().chain(self.grafana.api_keys(1));
        let keys = keys.filter(|key| ["other", "theirs"].contains(&&*key.name));
        format!("{:?} {accounts:?}", keys.map(|key| key.id).collect::<Vec<_>>())
    }

    fn imported(&self) -> Option<&str> {
        self.imported.as_deref()
    }

    fn passing(&self) -> Vec<String> {
        let keys = self.grafana.api_keys(1).into_iter().map(|key| key.name);
        let accounts = self.grafana.service_accounts(1).into_iter().map(|account| account.name);
        keys.chain(accounts).filter(|name| name.starts_with("e-")).collect()
    }

    fn assert_holds(&self, state: &Json, said: &str) {
        let id = state["id"].as_str().and_then(|id| id.split_once(':')).map(|(_, number)| number);
        let keys: Vec<_> = self.own().iter().map(ToString::to_string).collect();
        assert_eq!(keys, id.into_iter().collect::<Vec<_>>(), "{said}");
        let accounts: Vec<_> = self.accounts(false).iter().map(|account| account.id).collect();
        let account = id.and_then(|_| state["service_account_id"].as_i64());
        assert_eq!(accounts, account.into_iter().collect::<Vec<_>>(), "{said}");
    }

    fn is_named(&self) -> bool {
        self.named_by == "name"
    }

    fn signs_in_with_aws(&self) -> bool {
        self.amazon.is_some()
    }

    fn arrange(&self, event: Event, _: Operation) {
        let Some(amazon) = &self.amazon else { return };
        match event {
            StatusFails => amazon.change_workspace(amazon.workspace_id(), |workspace| {
                workspace.status = "CREATION_FAILED".to_owned();
            }),
            StatusNeverEnds => {
                amazon.make_busy(amazon.workspace_id(), "UPDATING", Polls::UntilReleased);
            }
            _ => {}
        }
    }

    fn settle(&self) {
        let Some(amazon) = &self.amazon else { return };
        amazon.release(amazon.workspace_id());
        amazon.change_workspace(amazon.workspace_id(), |it| it.status = "ACTIVE".to_owned());
    }

    fn turn(&self) -> (usize, usize) {
        match self.grafana.generation() {
            _ if self.amazon.is_some() => (0, 1),
            Generation::V8_4 => (0, 3),
            Generation::V10_4 => (1, 3),
            _ => (2, 3),
        }
    }
}
