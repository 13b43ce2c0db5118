//! One cell: a world, an operation there, and what happens at one of its requests.

use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use simulator::grafana::{Grafana, Options};
use simulator::journal::Entry;
use simulator::server::Tls;
use tfplugin::proto::tfplugin6::Diagnostic;
use tfplugin::testing::host::{self, Started};
use tfplugin::testing::{Client, State};
use tokio::sync::Notify;

use super::fault::Event::{self, Installed, NoHost, StatusNeverEnds, Stopped, Untrusted};
use super::messages::assert_say_what_to_do;
use super::operation::{Operation, client, errors, texts};
use super::secrets::Secrets;
use super::worlds::{Service, Start, World};

/// A server whose certificate nobody trusts, so that no request arrives there and one server does for all cells.
static UNTRUSTED: LazyLock<Grafana> = LazyLock::new(|| {
    let tls = Options { tls: Some(Tls::server_only()), ..Options::default() };
    Grafana::start(tls).expect("starts")
});

/// How long a run goes on after somebody else has acted, before Ctrl-C.
const STOPPED_AFTER: Duration = Duration::from_secs(3);

/// Longer than a stop takes on any machine.
const LONG: Duration = Duration::from_secs(40);

#[derive(Clone, Copy)]
pub struct Cell {
    pub start: Start,
    /// What the table calls the world.
    pub letter: char,
    pub operation: Operation,
    pub event: Event,
    /// Of the run's requests, counted from 0.
    pub request: usize,
}

impl Cell {
    pub fn name(self, world: &str, requests: &[Entry]) -> String {
        let Cell { operation, event, request, .. } = self;
        let at = requests.get(request).map(|it| format!("{} {}", it.method, it.path));
        let at = at.unwrap_or_default();
        format!("{world} {operation:?} at {request} ({at}): {event:?}")
    }

    /// Whether it was met: lists that are read side by side, or once more after some time, may take fewer requests
    /// than in the run that they were counted in.
    pub async fn run(self) -> bool {
        let Cell { start, operation, event, .. } = self;
        let (world, mut state) = operation.prepared(start).await;
        let (others, before) = (world.of_others(), state.clone());
        world.arrange(event, operation);
        let directory = tempfile::tempdir().expect("can be made");
        let said = self.interrupted(&world, &mut state, directory.path()).await;
        let requests = world.journal().entries();
        let told = format!("{}\n{}", self.name(&world.name(), &requests), texts(&said));
        let unused = world.faults().unused();
        if !unused.is_empty() && requests.len() <= self.request {
            return false;
        }
        assert_eq!(unused, [""; 0], "{told}");
        world.faults().clear();
        world.settle();
        assert_eq!(world.of_others(), others, "{told}");
        assert_say_what_to_do(event, &said, &told);
        // Where everything was only read, nothing has changed for a next run.
        if requests.iter().all(|entry| entry.method == "GET") && !operation.sends_changes() {
            self.assert_no_secret_in(&*world, [&before, &state], &told);
            return true;
        }

        let (client, _process) = match event.kills() {
            true => {
                let (client, process) = process(&*world, directory.path()).await;
                (client, Some(process))
            }
            false => (client(world.provider()).await, None),
        };
        let again = operation.perform(&client, &*world, &mut state).await;
        client.shut_down().await;
        let told = format!("{told}--- next run:\n{}", texts(&again));
        assert_eq!(world.of_others(), others, "{told}");
        self.assert_no_secret_in(&*world, [&before, &state], &told);
        self.assert_converged(&*world, &state, &requests, errors(&again).is_empty(), &told);
        true
    }

    fn assert_no_secret_in(self, world: &dyn World, states: [&State; 2], told: &str) {
        let mut secrets = world.secrets();
        secrets.extend(states.iter().filter_map(|it| it.value["key"].as_str().map(str::to_owned)));
        let secrets = Secrets::new(secrets.iter().map(String::as_str));
        secrets.assert_none_in(&self.name(&world.name(), &world.journal().entries()), told);
    }

    fn assert_converged(
        self,
        world: &dyn World,
        state: &State,
        requests: &[Entry],
        is_well: bool,
        told: &str,
    ) {
        let Cell { operation, event, request, .. } = self;
        if !operation.changes() {
            assert!(is_well, "{told}");
        }
        // What nobody but a killed process knew of ends by itself, and so does what is told.
        let creation = requests.iter().rposition(|entry| entry.method == "POST").unwrap_or(0);
        let is_known = !event.kills() || request <= creation;
        let is_told = ["An ephemeral key is left", "may be left in Grafana"];
        if is_known && !is_told.iter().any(|words| told.contains(words)) {
            assert!(world.passing().is_empty(), "{:?} {told}", world.passing());
        }
        if event.is_of_others() {
            let is_change = |entry: &&Entry| entry.method != "GET";
            // Between the last look and the change nobody can see it.
            let is_looked_for = |entry: &&Entry| is_change(entry) || entry.path.contains("licens");
            let first = requests[request..].iter().find(is_looked_for);
            let is_unseen = first.is_none_or(|entry| is_change(&entry));
            let is_told =
                told.contains("license 99") || told.contains("The Enterprise license stays");
            // AWS does not tell one license from another.
            let is_theirs = event == Installed && world.service() == Service::Grafana;
            assert!(
                operation != Operation::Destroy || !is_theirs || is_unseen || is_told,
                "{told}"
            );
            // Stopped on its way: the status that ends it is still to come.
            let is_under_way = told.contains("UPGRADING");
            if !is_well || is_under_way || event == Installed && (is_unseen || is_told) {
                return;
            }
        }
        if is_well {
            assert_eq!(state.value.is_null(), !operation.leaves_something(world), "{told}");
            // What was generated for it is not known to the next run: it was told.
            if world.is_named() || !told.contains("may be left in Grafana") {
                world.assert_holds(&state.value, told);
            }
        } else {
            // A key of a given name whose answer was lost may be somebody else's.
            assert!(told.contains("terraform import"), "{told}");
        }
    }

    /// The run in which it happens; what it says.
    async fn interrupted(
        self,
        world: &Arc<dyn World>,
        state: &mut State,
        directory: &Path,
    ) -> Vec<Diagnostic> {
        let Cell { operation, event, request, .. } = self;
        if event.is_elsewhere() {
            let url = match event {
                Untrusted => UNTRUSTED.url(),
                _ => "http://no-such-host.invalid/".to_owned(),
            };
            assert!(matches!(event, Untrusted | NoHost));
            let client = client(world.provider_at(&url)).await;
            return operation.perform(&client, &**world, state).await;
        }
        let Some(fault) = event.fault(request) else {
            let client = client(world.provider()).await;
            let stop = self.stop_waiting(&client, &**world);
            return self.unless_stuck(&client, &**world, state, stop).await;
        };
        if event.kills() {
            return self.killed(world, state, directory).await;
        }
        let client = client(world.provider()).await;
        let met = Arc::new(Notify::new());
        let (notify, theirs) = (met.clone(), Arc::downgrade(world));
        world.faults().push(fault.meanwhile(move || {
            if event.is_of_others() {
                theirs.upgrade().iter().for_each(|world| world.change_slot(event == Installed));
            }
            notify.notify_one();
        }));
        let stop = self.stop(&client, &**world, &met);
        let said = self.unless_stuck(&client, &**world, state, stop).await;
        client.shut_down().await;
        said
    }

    /// What is said, unless it is still not said when `stop` has ended.
    async fn unless_stuck(
        self,
        client: &Client,
        world: &dyn World,
        state: &mut State,
        stop: impl Future<Output = ()>,
    ) -> Vec<Diagnostic> {
        tokio::select! {
            said = self.operation.perform(client, world, state) => said,
            () = stop => panic!("not ended by a stop: {}", self.name(&world.name(), &world.journal().entries())),
        }
    }

    /// Stops a sign-in that waits for a status that never comes: it would wait for minutes.
    async fn stop_waiting(self, client: &Client, world: &dyn World) {
        if self.event != StatusNeverEnds || !world.signs_in_with_aws() {
            return std::future::pending().await;
        }
        while world.journal().entries().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        client.stop().await;
        tokio::time::sleep(LONG).await;
    }

    /// Stops the run where the event needs it; ends only if the run has not by then.
    async fn stop(self, client: &Client, world: &dyn World, met: &Notify) {
        if !self.event.is_of_others() && self.event != Stopped {
            return std::future::pending().await;
        }
        met.notified().await;
        if self.event == Stopped {
            client.stop().await;
            // What may be carried out is awaited.
            let requests = world.journal().entries();
            if requests.get(self.request).is_none_or(|entry| entry.method != "GET") {
                world.faults().release();
            }
        } else {
            // What is not there any more would be waited for until the time runs out.
            tokio::time::sleep(STOPPED_AFTER).await;
            client.stop().await;
        }
        tokio::time::sleep(LONG).await;
    }

    async fn killed(
        self,
        world: &Arc<dyn World>,
        state: &mut State,
        directory: &Path,
    ) -> Vec<Diagnostic> {
        let (client, started) = process(&**world, directory).await;
        let (started, killed) = (Arc::new(Mutex::new(started)), Arc::new(Notify::new()));
        let (victim, notify) = (started.clone(), killed.clone());
        let fault = self.event.fault(self.request).expect("a fault");
        world.faults().push(fault.meanwhile(move || {
            notify.notify_one();
            victim.lock().expect("no panic").child.kill().expect("is killed");
        }));
        tokio::select! {
            biased;
            () = killed.notified() => Vec::new(),
            said = self.operation.perform(&client, &**world, state) => said,
        }
    }
}

/// The provider as a process of its own, whose temporary files are in that directory: what it notes of keys there would
/// be another server's at the same port.
async fn process(world: &dyn World, directory: &Path) -> (Client, Started) {
    let mut command = host::command(Path::new(env!("CARGO_BIN_EXE_terraform-provider-grafana")));
    command.env("TMPDIR", directory);
    let started = Started::with(command);
    let client = client(world.provider()).await.through(started.channel().await);
    assert!(client.configure(world.provider()).await.is_empty());
    (client, started)
}
