//! Each kind of resource on servers of its own, beside things of somebody else.

use std::sync::Arc;

use secrecy::ExposeSecret;
use serde_json::{Value as Json, json};
use simulator::amazon::{self, Amazon, Endpoint, NewWorkspace, Polls};
use simulator::faults::Faults;
use simulator::grafana::{Generation, Grafana, LicenseClaims, Options, Role, ServiceAccount};
use simulator::journal::Journal;

use super::fault::Event::{self, *};
use super::operation::Operation::{self, *};
use crate::managed_workspace_license::provider as aws_provider;

/// What no message may have a part of.
const PASSWORD: &str = "q7Zk-2v9Xw-Jm4Tp";
const LABS_TOKENS: [&str; 2] = ["5tQx-9Lw2-Kz8R", "8bHn-3Vc7-Yd6M"];

/// Whose requests are met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Grafana,
    Amazon,
}

pub trait World: Send + Sync {
    fn name(&self) -> String;
    fn resource_type(&self) -> &'static str;
    /// A data source and its configuration.
    fn data(&self) -> (&'static str, Json);
    fn service(&self) -> Service;
    fn provider(&self) -> Json;
    /// The same for another server in place of the one whose requests are met.
    fn provider_at(&self, url: &str) -> Json;
    fn secrets(&self) -> Vec<String>;
    fn offers(&self, operation: Operation) -> bool;
    /// The configuration that is created, or a change of it.
    fn config(&self, operation: Operation) -> Json;
    fn import_id(&self, state: &Json) -> String;
    fn faults(&self) -> &Faults;
    fn journal(&self) -> &Journal;
    /// What is somebody else's, in words that change with it.
    fn of_others(&self) -> String;
    /// Fails unless what is there is what a state says, and what is somebody else's.
    fn assert_holds(&self, state: &Json, said: &str);
    /// Whether a license is what it manages.
    fn has_slot(&self) -> bool {
        false
    }
    /// Whether what it makes has a name that is known before.
    fn is_named(&self) -> bool {
        true
    }
    /// Whether its operations have little time.
    fn is_hasty(&self) -> bool {
        false
    }
    /// Whether AWS makes the sign-in, whose last requests come once the run has ended.
    fn signs_in_with_aws(&self) -> bool {
        false
    }
    /// Which of how many worlds of its kind it is.
    fn turn(&self) -> (usize, usize) {
        (0, 1)
    }
    /// Gives the slot of a license to somebody else's, or empties it; there is none of keys.
    fn change_slot(&self, _licensed: bool) {}
    /// What is to happen in the next run, if it is of the service and not of a request.
    fn arrange(&self, _event: Event, _operation: Operation) {}
    /// Brings what is under way to its end.
    fn settle(&self) {}
}

/// Makes a world.
pub type Start = fn() -> Arc<dyn World>;

/// Those of the short form, or all.
pub fn starts(all: bool) -> Vec<Start> {
    let mut starts: Vec<Start> = vec![
        || Keys::start(Generation::V8_4, "name"),
        || Keys::start(Generation::V10_4, "name"),
        || Keys::start(Generation::V12_4, "name_prefix"),
        || Keys::managed("10.4"),
        || License::start(Generation::V12_1),
        || WorkspaceLicense::start(None),
        || WorkspaceLicense::start(Some("5s")),
    ];
    if all {
        let more: [Start; 11] = [
            || Keys::start(Generation::V9_4, "name"),
            || Keys::start(Generation::V11_3, "name"),
            || Keys::start(Generation::V12_1, "name"),
            || Keys::start(Generation::V12_4, "name"),
            || Keys::start(Generation::V9_4, "name_prefix"),
            || Keys::start(Generation::V11_3, "name_prefix"),
            || Keys::managed("8.4"),
            || Keys::managed("12.4"),
            || License::start(Generation::V8_4),
            || License::start(Generation::V10_4),
            || License::start(Generation::V11_3),
        ];
        starts.extend(more);
    }
    starts
}

/// Keys of an instance, or of a managed workspace that AWS makes the sign-in for.
struct Keys {
    grafana: Arc<Grafana>,
    amazon: Option<Amazon>,
    /// `name` or `name_prefix`.
    named_by: &'static str,
}

/// How long keys of somebody else live, in seconds.
const DAY: i64 = 24 * 3600;

/// The accounts of somebody else.
const THEIRS: [&str; 2] = ["ci", "ci-terraform-by-hand"];

impl Keys {
    fn start(generation: Generation, named_by: &'static str) -> Arc<dyn World> {
        let admin_password = PASSWORD.to_owned();
        let options = Options { generation, admin_password, ..Options::default() };
        let grafana = Grafana::start(options).expect("starts");
        Self::beside_others(Arc::new(grafana), None, named_by)
    }

    fn managed(version: &str) -> Arc<dyn World> {
        let options = amazon::Options { grafana_version: version.to_owned(), ..Default::default() };
        let amazon = Amazon::start(options).expect("starts");
        let grafana = amazon.grafana(amazon.workspace_id()).expect("is there");
        Self::beside_others(grafana, Some(amazon), "name")
    }

    fn beside_others(
        grafana: Arc<Grafana>,
        amazon: Option<Amazon>,
        named_by: &'static str,
    ) -> Arc<dyn World> {
        let generation = grafana.generation();
        if generation.makes_api_keys() {
            grafana.create_api_key(1, "theirs", Role::Admin, Some(DAY)).expect("new");
        }
        if generation.has_service_accounts() {
            let account = grafana.create_service_account(1, THEIRS[0], Role::Viewer).expect("new");
            grafana.create_token(1, account.id, "other", Some(DAY)).expect("new");
            grafana.create_service_account(1, THEIRS[1], Role::Viewer).expect("new");
        }
        Arc::new(Keys { grafana, amazon, named_by })
    }

    fn accounts(&self, theirs: bool) -> Vec<ServiceAccount> {
        let accounts = self.grafana.service_accounts(1).into_iter();
        // Those of the sign-in and of ephemeral keys live a few minutes.
        let is_passing =
            |name: &str| name.starts_with("terraform-provider") || name.starts_with("e-");
        let accounts = accounts.filter(|it| !is_passing(&it.name));
        accounts.filter(|it| THEIRS.contains(&&*it.name) == theirs).collect()
    }

    /// All keys and accounts that are not of somebody else.
    fn own(&self) -> (Vec<i64>, usize) {
        let accounts = self.accounts(false);
        let tokens = accounts.iter().flat_map(|account| self.grafana.tokens(1, account.id));
        let is_own = |name: &str| {
            name != "theirs" && !name.starts_with("e-") && !name.starts_with("terraform-provider")
        };
        let keys = self.grafana.api_keys(1).into_iter().filter(|key| is_own(&key.name));
        (keys.chain(tokens).map(|key| key.id).collect(), accounts.len())
    }
}

impl World for Keys {
    fn name(&self) -> String {
        let managed = if self.amazon.is_some() { "managed " } else { "" };
        format!("{managed}{} key {}", self.named_by, self.grafana.generation())
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
        let tokens: Vec<_> =
            accounts.iter().map(|account| self.grafana.tokens(1, account.id)).collect();
        let keys = self.grafana.api_keys(1);
        let keys: Vec<_> = keys.iter().filter(|key| key.name == "theirs").collect();
        let ids: Vec<_> = tokens.iter().flatten().chain(keys).map(|key| key.id).collect();
        format!("{ids:?} {accounts:?}")
    }

    fn assert_holds(&self, state: &Json, said: &str) {
        let id = state["id"].as_str().and_then(|id| id.split_once(':')).map(|(_, number)| number);
        let (keys, accounts) = self.own();
        let keys: Vec<_> = keys.iter().map(ToString::to_string).collect();
        assert_eq!(keys, id.into_iter().collect::<Vec<_>>(), "{said}");
        let is_token = id.is_some() && state["service_account_id"].is_i64();
        assert_eq!(accounts, usize::from(is_token), "{said}");
    }

    fn is_named(&self) -> bool {
        self.named_by == "name"
    }

    fn signs_in_with_aws(&self) -> bool {
        self.amazon.is_some()
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

struct License(Grafana);

impl License {
    fn start(generation: Generation) -> Arc<dyn World> {
        let admin_password = PASSWORD.to_owned();
        let options = Options { generation, admin_password, ..Options::default() };
        Arc::new(License(Grafana::start(options).expect("starts")))
    }

    fn claims(&self, id: &str) -> LicenseClaims {
        let (lid, jti) = (Some(id.to_owned()), Some(format!("t-{id}")));
        LicenseClaims { lid, jti, ..LicenseClaims::for_instance(&self.0.root_url()) }
    }

    fn token(&self, id: &str) -> String {
        self.0.issuer().mint(&self.claims(id)).expect("can be signed")
    }
}

impl World for License {
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

struct WorkspaceLicense {
    amazon: Amazon,
    /// Another workspace of one's own.
    second: String,
    /// A workspace of somebody else, which has a license.
    theirs: String,
    /// How long an operation may take.
    timeout: Option<&'static str>,
}

impl WorkspaceLicense {
    fn start(timeout: Option<&'static str>) -> Arc<dyn World> {
        let options = amazon::Options { endpoint: Endpoint::Nowhere, ..Default::default() };
        let amazon = Amazon::start(options).expect("starts");
        let new = |name: &str| NewWorkspace::named(name).endpoint(Endpoint::Nowhere);
        let second = amazon.create_workspace(new("second")).expect("new");
        let theirs = new("theirs").with(|it| it.license_type = Some("ENTERPRISE".to_owned()));
        let theirs = amazon.create_workspace(theirs).expect("new");
        Arc::new(WorkspaceLicense { amazon, second, theirs, timeout })
    }

    fn own(&self) -> [&str; 2] {
        [self.amazon.workspace_id(), &self.second]
    }
}

fn secret_key(amazon: &Amazon) -> String {
    amazon.credential().secret.expose_secret().to_owned()
}

impl World for WorkspaceLicense {
    fn name(&self) -> String {
        format!("workspace license{}", self.timeout.map(|_| ", in a hurry").unwrap_or_default())
    }

    fn resource_type(&self) -> &'static str {
        "managed_workspace_license"
    }

    fn data(&self) -> (&'static str, Json) {
        ("managed_workspace", json!({ "workspace_id": self.amazon.workspace_id() }))
    }

    fn service(&self) -> Service {
        Service::Amazon
    }

    fn provider(&self) -> Json {
        aws_provider(&self.amazon)
    }

    fn provider_at(&self, url: &str) -> Json {
        let mut provider = aws_provider(&self.amazon);
        provider["aws"]["endpoint"] = url.into();
        provider
    }

    fn secrets(&self) -> Vec<String> {
        let tokens = LABS_TOKENS.map(str::to_owned).into_iter();
        tokens.chain([secret_key(&self.amazon)]).collect()
    }

    fn offers(&self, operation: Operation) -> bool {
        match self.timeout {
            Some(_) => operation.changes(),
            None => !matches!(operation, Open | Invoke),
        }
    }

    fn config(&self, operation: Operation) -> Json {
        let id = if operation == Replace { &self.second } else { self.amazon.workspace_id() };
        let token = LABS_TOKENS[usize::from(operation == Update)];
        let mut config = json!({ "workspace_id": id, "grafana_token": token });
        if let Some(timeout) = self.timeout {
            let timeouts = json!({ "create": timeout, "update": timeout, "delete": timeout });
            config["timeouts"] = timeouts;
        }
        config
    }

    fn import_id(&self, _: &Json) -> String {
        self.amazon.workspace_id().to_owned()
    }

    fn faults(&self) -> &Faults {
        self.amazon.faults()
    }

    fn journal(&self) -> &Journal {
        self.amazon.journal()
    }

    fn of_others(&self) -> String {
        format!("{:?}", self.amazon.workspace(&self.theirs))
    }

    fn assert_holds(&self, state: &Json, said: &str) {
        for id in self.own() {
            let workspace = self.amazon.workspace(id).expect("is there");
            assert_eq!(workspace.license_type.is_some(), state["workspace_id"] == *id, "{said}");
        }
    }

    fn has_slot(&self) -> bool {
        true
    }

    fn is_hasty(&self) -> bool {
        self.timeout.is_some()
    }

    fn change_slot(&self, licensed: bool) {
        self.amazon.change_workspace(self.amazon.workspace_id(), |workspace| {
            workspace.status = "ACTIVE".to_owned();
            workspace.license_type = licensed.then(|| "ENTERPRISE".to_owned());
        });
    }

    fn arrange(&self, event: Event, operation: Operation) {
        match event {
            StatusFails if matches!(operation, Create | Update) => {
                self.amazon.fail_next_upgrade("UPGRADE_FAILED");
            }
            StatusFails => self.amazon.fail_next_removal("LICENSE_REMOVAL_FAILED"),
            StatusNeverEnds => self.amazon.set_polls(Polls::UntilReleased),
            _ => {}
        }
    }

    fn settle(&self) {
        self.amazon.set_polls(Polls::Count(1));
        self.own().into_iter().for_each(|id| self.amazon.release(id));
    }
}
