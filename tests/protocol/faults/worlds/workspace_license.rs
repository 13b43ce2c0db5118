//! `managed_workspace_license`.

use std::sync::Arc;

use serde_json::{Value as Json, json};
use simulator::amazon::{self, Amazon, Endpoint, NewWorkspace, Polls};
use simulator::faults::Faults;
use simulator::journal::Journal;

use super::super::fault::Event::{self, *};
use super::super::operation::Operation::{self, *};
use super::{Service, World, secret_key};
use crate::managed_workspace_license::provider as aws_provider;

/// Time for an operation that meets nothing but what passes.
const ENOUGH: &str = "60s";

/// What no message may have a part of.
const LABS_TOKENS: [&str; 2] = ["5tQx-9Lw2-Kz8R", "8bHn-3Vc7-Yd6M"];

pub(super) struct WorkspaceLicense {
    amazon: Amazon,
    /// Another workspace of one's own.
    second: String,
    /// A workspace of somebody else, which has a license.
    theirs: String,
    /// How long an operation may take.
    timeout: Option<&'static str>,
}

impl WorkspaceLicense {
    pub(super) fn start(timeout: Option<&'static str>) -> Arc<dyn World> {
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
        let timeout = self.timeout.unwrap_or(ENOUGH);
        config["timeouts"] = json!({ "create": timeout, "update": timeout, "delete": timeout });
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
