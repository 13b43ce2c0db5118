//! The matrix: world × operation × request × what happens at it.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt;
use serde_json::Value as Json;
use simulator::faults::Fault;
use simulator::journal::Entry;
use terraform_provider_grafana::provider::Grafana;
use tfplugin::proto::tfplugin6::{Diagnostic, diagnostic::Severity};
use tfplugin::testing::host::Started;
use tfplugin::testing::{Client, State};
use tokio::sync::Notify;

use super::worlds::{Start, WORLDS, World};

/// How long a run goes on after somebody else has acted, before Ctrl-C.
const STOPPED_AFTER: Duration = Duration::from_secs(3);

/// How many cases run side by side: most of each is waiting.
const SIDE_BY_SIDE: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Create,
    Change,
    Destroy,
}

/// What happens at one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    /// The request does not arrive.
    Lost,
    /// It is carried out and its answer does not arrive.
    AnswerLost,
    Unavailable,
    /// A gateway answers in the server's place once the request is carried out.
    GatewayTimeout,
    /// The provider is killed before the request is carried out.
    KilledBefore,
    /// The provider is killed, and the request is carried out.
    KilledAfter,
    /// Somebody else's license takes the place right before it.
    Installed,
    /// Somebody else removes what is in the place right before it.
    Removed,
    /// Ctrl-C right before it.
    Stopped,
}

use Event::*;

impl Event {
    fn kills(self) -> bool {
        matches!(self, KilledBefore | KilledAfter)
    }

    fn fault(self, request: usize) -> Fault {
        let fault = Fault::on("*", "/**").skip(request);
        match self {
            Lost | KilledBefore => fault.reset_before(),
            AnswerLost | KilledAfter => fault.reset_after(),
            Unavailable => fault.status(503),
            GatewayTimeout => fault.html(504).carried_out(),
            Installed | Removed | Stopped => fault,
        }
    }
}

#[derive(Clone, Copy)]
struct Case {
    start: Start,
    operation: Operation,
    event: Event,
    /// Of the run's requests, counted from 0.
    request: usize,
}

fn errors(said: &[Diagnostic]) -> Vec<String> {
    let errors = said.iter().filter(|it| it.severity() == Severity::Error);
    errors.map(|it| format!("{}: {}", it.summary, it.detail)).collect()
}

fn texts(said: &[Diagnostic]) -> String {
    said.iter().map(|it| format!("{}: {}\n", it.summary, it.detail)).collect()
}

/// One run of Terraform: refresh, plan, apply. The state is at any moment what Terraform has of it.
async fn run(
    client: &Client,
    world: &dyn World,
    state: &mut State,
    config: Json,
) -> Vec<Diagnostic> {
    let kind = world.resource_type();
    let mut said = Vec::new();
    if !state.value.is_null() {
        *state = client.read(kind, state).await;
        said.append(&mut state.diagnostics);
    }
    if state.value.is_null() && config.is_null() {
        return said;
    }
    let mut plan = client.plan(kind, state, config.clone()).await;
    said.extend(plan.diagnostics.clone());
    if !errors(&said).is_empty() || plan.value == state.value {
        return said;
    }
    if !plan.requires_replace.is_empty() && !state.value.is_null() {
        *state = client.plan_and_apply(kind, state, Json::Null).await;
        said.append(&mut state.diagnostics);
        if !state.value.is_null() {
            return said;
        }
        plan = client.plan(kind, &State::none(), config).await;
    }
    *state = client.apply(&plan).await;
    said.append(&mut state.diagnostics);
    said
}

impl Operation {
    fn config(self, world: &dyn World) -> Json {
        let [first, second] = world.configs();
        match self {
            Operation::Create => first,
            Operation::Change => second,
            Operation::Destroy => Json::Null,
        }
    }

    /// A world in which the operation is what the next run does, and the state there.
    async fn prepared(self, start: Start) -> (Arc<dyn World>, State) {
        let (world, mut state) = ((start.1)(), State::none());
        if self != Operation::Create {
            let client = client(&*world).await;
            let said = run(&client, &*world, &mut state, world.configs()[0].clone()).await;
            assert_eq!(errors(&said), [""; 0], "{}", start.0);
            client.shut_down().await;
        }
        world.journal().clear();
        (world, state)
    }

    /// The requests that the operation takes.
    async fn requests(self, start: Start) -> Vec<Entry> {
        let (world, mut state) = self.prepared(start).await;
        let config = self.config(&*world);
        let said = run(&client(&*world).await, &*world, &mut state, config).await;
        assert_eq!(errors(&said), [""; 0], "{}", start.0);
        world.journal().entries()
    }
}

async fn client(world: &dyn World) -> Client {
    let client = Client::start(Grafana).await;
    assert!(client.configure(world.provider()).await.is_empty());
    client
}

/// What a case has come to.
struct End {
    case: Case,
    /// Where it was, and all that was said.
    told: String,
    world: Arc<dyn World>,
    state: State,
    /// Whether the run after it had no error.
    is_well: bool,
    /// The requests of the run in which it happened.
    requests: Vec<Entry>,
}

impl Case {
    async fn run(self) -> End {
        let Case { start, operation, event, request } = self;
        let (world, mut state) = operation.prepared(start).await;
        let others = world.of_others();
        let told = self.interrupted(&world, &mut state).await;
        assert_eq!(world.faults().unused(), [""; 0], "{told}");
        world.faults().clear();
        let requests = world.journal().entries();
        let Entry { method, path, .. } = &requests[request];
        let at = format!("{operation:?} at {request} ({method} {path}): {event:?}");
        let told = format!("{}: {at}\n{told}", start.0);
        assert_eq!(world.of_others(), others, "{told}");

        let client = client(&*world).await;
        let said = run(&client, &*world, &mut state, operation.config(&*world)).await;
        let told = format!("{told}--- next run:\n{}", texts(&said));
        assert_eq!(world.of_others(), others, "{told}");
        let is_well = errors(&said).is_empty();
        if is_well {
            assert_eq!(state.value.is_null(), operation == Operation::Destroy, "{told}");
        }
        End { case: self, told, world, state, is_well, requests }
    }

    /// The run in which it happens; what it says.
    async fn interrupted(self, world: &Arc<dyn World>, state: &mut State) -> String {
        let client = client(&**world).await;
        let config = self.operation.config(&**world);
        let fault = self.event.fault(self.request);
        if let Installed | Removed = self.event {
            let (theirs, is_installed) = (Arc::downgrade(world), self.event == Installed);
            let acted = Arc::new(Notify::new());
            let notify = acted.clone();
            world.faults().push(fault.meanwhile(move || {
                theirs.upgrade().iter().for_each(|world| world.change_slot(is_installed));
                notify.notify_one();
            }));
            // What is not there any more would be waited for until the time runs out.
            let stop = async {
                acted.notified().await;
                tokio::time::sleep(STOPPED_AFTER).await;
                client.stop().await;
                std::future::pending().await
            };
            return tokio::select! {
                said = run(&client, &**world, state, config) => texts(&said),
                said = stop => said,
            };
        }
        if self.event == Stopped {
            let acted = Arc::new(Notify::new());
            let notify = acted.clone();
            world.faults().push(fault.meanwhile(move || notify.notify_one()));
            let stop = async {
                acted.notified().await;
                client.stop().await;
                std::future::pending().await
            };
            return tokio::select! {
                said = run(&client, &**world, state, config) => texts(&said),
                said = stop => said,
            };
        }
        if !self.event.kills() {
            world.faults().push(fault);
            let said = run(&client, &**world, state, config).await;
            client.shut_down().await;
            return texts(&said);
        }
        let started = Started::new(Path::new(env!("CARGO_BIN_EXE_terraform-provider-grafana")));
        let client = client.through(started.channel().await);
        assert!(client.configure(world.provider()).await.is_empty());
        let (started, killed) = (Arc::new(Mutex::new(started)), Arc::new(Notify::new()));
        let (victim, notify) = (started.clone(), killed.clone());
        world.faults().push(fault.meanwhile(move || {
            notify.notify_one();
            victim.lock().expect("no panic").child.kill().expect("is killed");
        }));
        tokio::select! {
            biased;
            () = killed.notified() => "killed\n".to_owned(),
            said = run(&client, &**world, state, config) => texts(&said),
        }
    }
}

/// Every request of every operation with each of these events.
async fn all(
    events: &[Event],
    is_of: fn(&str) -> bool,
    is_at: fn(&[Entry], usize, Event) -> bool,
) -> Vec<End> {
    let mut cases = Vec::new();
    for start in WORLDS.into_iter().filter(|(name, _)| is_of(name)) {
        for operation in [Operation::Create, Operation::Change, Operation::Destroy] {
            let requests = operation.requests(start).await;
            for request in 0..requests.len() {
                let events = events.iter().filter(|event| is_at(&requests, request, **event));
                let case = |event: &Event| Case { start, operation, event: *event, request };
                cases.extend(events.map(case));
            }
        }
    }
    let ends = futures::stream::iter(cases).map(|case| tokio::spawn(case.run()));
    let ends: Vec<_> = ends.buffer_unordered(SIDE_BY_SIDE).collect().await;
    ends.into_iter().map(|end| end.expect("no panic")).collect()
}

/// At the first requests, and around those that change something.
fn is_near_a_change(requests: &[Entry], request: usize) -> bool {
    let near = &requests[request.saturating_sub(1)..requests.len().min(request + 3)];
    request < 2 || near.iter().any(|entry| entry.method != "GET")
}

/// A request that only reads is carried out or not to the same effect.
fn once_for_reads(requests: &[Entry], request: usize, event: Event) -> bool {
    let is_read = requests[request].method == "GET";
    !is_read || matches!(event, Lost | KilledBefore) && is_near_a_change(requests, request)
}

fn assert_converged(ends: Vec<End>) {
    for end in ends {
        if end.is_well {
            end.world.assert_holds(&end.state.value, &end.told);
        } else {
            // A key of a given name whose answer was lost may be somebody else's.
            assert!(end.told.contains("terraform import"), "{}", end.told);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_lost_request_or_answer_the_next_run_converges() {
    let is_of = |name: &str| !["key 8.4", "generated key 12.4"].contains(&name);
    let events = [Lost, AnswerLost, Unavailable, GatewayTimeout];
    assert_converged(all(&events, is_of, once_for_reads).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_the_next_run_converges_or_says_what_is_left() {
    assert_converged(all(&[KilledBefore, KilledAfter], |_| true, once_for_reads).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_ctrl_c_at_any_request_the_next_run_converges() {
    let mut ends = all(&[Stopped], |_| true, |all, at, _| is_near_a_change(all, at)).await;
    // The status that ends it is still to come.
    ends.retain(|end| !end.told.contains("UPGRADING"));
    assert_converged(ends);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_does_with_a_license_meanwhile_is_kept_or_told() {
    let is_of = |name: &str| name.ends_with("license");
    for end in all(&[Installed, Removed], is_of, |all, at, _| is_near_a_change(all, at)).await {
        let is_change = |entry: &&Entry| entry.method != "GET";
        let requests = &end.requests[end.case.request..];
        // Between the last look and the change nobody can see it.
        let is_looked_for = |entry: &&Entry| is_change(entry) || entry.path.contains("licens");
        let is_unseen = requests.iter().find(is_looked_for).is_none_or(|entry| is_change(&entry));
        let is_told =
            end.told.contains("license 99") || end.told.contains("The Enterprise license stays");
        // Stopped on its way: the status that ends it is still to come.
        let is_under_way = end.told.contains("UPGRADING");
        if !end.is_well || is_under_way || end.case.event == Installed && (is_unseen || is_told) {
            continue;
        }
        end.world.assert_holds(&end.state.value, &end.told);
    }
}
