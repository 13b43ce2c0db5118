//! Each kind of resource on servers of its own, beside things of somebody else.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use simulator::amazon::{self, Amazon, Endpoint, NewWorkspace};
use simulator::faults::Faults;
use simulator::grafana::{Generation, Grafana, LicenseClaims, Options, Role};
use simulator::journal::Journal;

use crate::managed_workspace_license::provider as aws_provider;

pub trait World: Send + Sync {
    fn resource_type(&self) -> &'static str;
    fn provider(&self) -> Json;
    /// Two configurations, the second of which is a change of the first.
    fn configs(&self) -> [Json; 2];
    fn faults(&self) -> &Faults;
    fn journal(&self) -> &Journal;
    /// What is somebody else's, in words that change with it.
    fn of_others(&self) -> String;
    /// Fails unless what is there is what a state says, and what is somebody else's.
    fn assert_holds(&self, state: &Json, said: &str);
    /// Gives the slot of a license to somebody else's, or empties it; there is none of keys.
    fn change_slot(&self, _licensed: bool) {}
}

/// A world, and how it is named in messages.
pub type Start = (&'static str, fn() -> Arc<dyn World>);

pub const WORLDS: [Start; 7] = [
    ("key 8.4", || Keys::start(Generation::V8_4, "name")),
    ("key 10.4", || Keys::start(Generation::V10_4, "name")),
    ("key 12.1", || Keys::start(Generation::V12_1, "name")),
    ("generated key 9.4", || Keys::start(Generation::V9_4, "name_prefix")),
    ("generated key 12.4", || Keys::start(Generation::V12_4, "name_prefix")),
    ("license", || Arc::new(License(Grafana::start(Options::default()).expect("starts")))),
    ("workspace license", WorkspaceLicense::start),
];

struct Keys {
    grafana: Grafana,
    /// `name` or `name_prefix`.
    named_by: &'static str,
}

impl Keys {
    fn start(generation: Generation, named_by: &'static str) -> Arc<dyn World> {
        let grafana = Grafana::start(Options { generation, ..Options::default() }).expect("starts");
        if generation.makes_api_keys() {
            grafana.create_api_key(1, "theirs", Role::Admin, None).expect("new");
        }
        if generation.has_service_accounts() {
            let account = grafana.create_service_account(1, "ci", Role::Viewer).expect("new").id;
            grafana.create_token(1, account, "other", None).expect("new");
            grafana.create_service_account(1, "ci-terraform-by-hand", Role::Viewer).expect("new");
        }
        Arc::new(Keys { grafana, named_by })
    }

    /// All keys and accounts that are not of somebody else.
    fn own(&self) -> (Vec<i64>, usize) {
        let accounts = self.grafana.service_accounts(1);
        let own = accounts.iter().filter(|it| !["ci", "ci-terraform-by-hand"].contains(&&*it.name));
        let own: Vec<_> = own.collect();
        let tokens = own.iter().flat_map(|account| self.grafana.tokens(1, account.id));
        let keys = self.grafana.api_keys(1).into_iter().filter(|key| key.name != "theirs");
        (keys.chain(tokens).map(|key| key.id).collect(), own.len())
    }
}

impl World for Keys {
    fn resource_type(&self) -> &'static str {
        "grafana_api_key"
    }

    fn provider(&self) -> Json {
        json!({ "url": self.grafana.url(), "auth": "admin:admin", "retries": 1 })
    }

    fn configs(&self) -> [Json; 2] {
        [3600, 7200]
            .map(|life| json!({ self.named_by: "ci", "role": "Viewer", "seconds_to_live": life }))
    }

    fn faults(&self) -> &Faults {
        self.grafana.faults()
    }

    fn journal(&self) -> &Journal {
        self.grafana.journal()
    }

    fn of_others(&self) -> String {
        let theirs = |it: &&simulator::grafana::ServiceAccount| {
            ["ci", "ci-terraform-by-hand"].contains(&&*it.name)
        };
        let accounts = self.grafana.service_accounts(1);
        let accounts: Vec<_> = accounts.iter().filter(theirs).collect();
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
}

struct License(Grafana);

impl License {
    fn claims(&self, id: &str) -> LicenseClaims {
        let (lid, jti) = (Some(id.to_owned()), Some(format!("t-{id}")));
        LicenseClaims { lid, jti, ..LicenseClaims::for_instance(&self.0.root_url()) }
    }
}

impl World for License {
    fn resource_type(&self) -> &'static str {
        "grafana_enterprise_license"
    }

    fn provider(&self) -> Json {
        json!({ "url": self.0.url(), "auth": "admin:admin", "retries": 1 })
    }

    fn configs(&self) -> [Json; 2] {
        ["1", "2"].map(|id| {
            let token = self.0.issuer().mint(&self.claims(id)).expect("can be signed");
            json!({ "token": token })
        })
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

    fn change_slot(&self, licensed: bool) {
        self.0.set_license(licensed.then(|| self.claims("99")));
    }
}

struct WorkspaceLicense {
    amazon: Amazon,
    /// Another workspace, which has a license.
    theirs: String,
}

impl WorkspaceLicense {
    fn start() -> Arc<dyn World> {
        let options = amazon::Options { endpoint: Endpoint::Nowhere, ..Default::default() };
        let amazon = Amazon::start(options).expect("starts");
        let theirs = NewWorkspace::named("theirs").endpoint(Endpoint::Nowhere);
        let theirs = theirs.with(|it| it.license_type = Some("ENTERPRISE".to_owned()));
        let theirs = amazon.create_workspace(theirs).expect("new");
        Arc::new(WorkspaceLicense { amazon, theirs })
    }
}

impl World for WorkspaceLicense {
    fn resource_type(&self) -> &'static str {
        "managed_workspace_license"
    }

    fn provider(&self) -> Json {
        aws_provider(&self.amazon)
    }

    fn configs(&self) -> [Json; 2] {
        ["labs-token-1", "labs-token-2"].map(|token| {
            let id = self.amazon.workspace_id();
            json!({ "workspace_id": id, "grafana_token": token })
        })
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
        let workspace = self.amazon.workspace(self.amazon.workspace_id()).expect("is there");
        assert_eq!(workspace.license_type.is_some(), !state.is_null(), "{said}");
    }

    fn change_slot(&self, licensed: bool) {
        self.amazon.change_workspace(self.amazon.workspace_id(), |workspace| {
            workspace.status = "ACTIVE".to_owned();
            workspace.license_type = licensed.then(|| "ENTERPRISE".to_owned());
        });
    }
}
