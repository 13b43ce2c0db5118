//! Every order in which two resources with one workspace are read, planned and applied, with answers
//! that are lost: in the end the license is there exactly when a resource has it.

use futures::StreamExt;
use serde_json::json;
use simulator::faults::Fault;
use tfplugin::testing::{Planned, State};

use super::{Stage, TYPE, plan_removal, remove, texts};

/// How many cases run side by side: most of each is waiting.
const SIDE_BY_SIDE: usize = 40;

/// In which order the steps for the two resources are applied.
#[derive(Clone, Copy, Debug)]
enum Apply {
    InOrder,
    Reversed,
    SideBySide,
}

/// One run of Terraform.
#[derive(Clone, Copy, Debug)]
struct Case {
    /// Which of the resources are in the state before.
    before: [bool; 2],
    /// Which of them are in the configuration.
    after: [bool; 2],
    is_read_in_reverse: bool,
    /// Terraform 1.11 does so.
    plans_removal_before_read: bool,
    apply: Apply,
    /// Method of a request whose answer is lost.
    loses: Option<&'static str>,
}

/// What a plan has come to for one resource.
enum Step {
    Nothing(State),
    Change(Planned),
    Removal(State, Vec<u8>),
}

impl Case {
    fn all() -> Vec<Case> {
        let both = [false, true];
        let sets = [[false, false], [true, false], [false, true], [true, true]];
        let mut cases = Vec::new();
        for (before, after) in sets.iter().flat_map(|b| sets.iter().map(move |a| (*b, *a))) {
            for (is_read_in_reverse, plans_removal_before_read) in
                both.iter().flat_map(|r| both.iter().map(move |p| (*r, *p)))
            {
                for apply in [Apply::InOrder, Apply::Reversed, Apply::SideBySide] {
                    for loses in [None, Some("POST"), Some("DELETE")] {
                        cases.push(Case {
                            before,
                            after,
                            is_read_in_reverse,
                            plans_removal_before_read,
                            apply,
                            loses,
                        });
                    }
                }
            }
        }
        // The two resources are alike: each case stands for the one with both exchanged as well.
        let [one, other] = [[true, false], [false, true]];
        cases.retain(|case| case.before != case.after && case.before != other);
        cases.retain(|case| case.before == one || case.after != other);
        // Where nothing is there nothing is read, and only a removal can lose a DELETE.
        let is_removed = |case: &Case| (0..2).any(|at| case.before[at] && !case.after[at]);
        let is_empty = |case: &Case| case.before == [false, false];
        let plain = |case: &Case| !case.is_read_in_reverse && !case.plans_removal_before_read;
        cases.retain(|case| !is_empty(case) || plain(case));
        cases.retain(|case| is_removed(case) || case.loses != Some("DELETE"));
        cases.retain(|case| case.after != [false, false] || case.loses != Some("POST"));
        cases
    }

    async fn run(self) {
        let stage = Stage::linked().await;
        let mut states = [State::none(), State::none()];
        for (state, is_there) in states.iter_mut().zip(self.before) {
            if is_there {
                *state = stage.created(json!({})).await;
            }
        }
        let stage = stage.next_run().await;
        let mut steps = [None, None];
        let order = if self.is_read_in_reverse { [1, 0] } else { [0, 1] };
        for at in order {
            steps[at] = Some(self.plan(&stage, &states[at], self.after[at]).await);
        }
        let stage = stage.next_run().await;
        if let Some(method) = self.loses {
            let lost = Fault::on(method, "/workspaces/*/licenses/*").reset_after();
            stage.amazon.faults().push(lost);
        }
        let [one, other] = steps.map(Option::unwrap);
        let states = match self.apply {
            Apply::InOrder => [apply(&stage, one).await, apply(&stage, other).await],
            Apply::Reversed => {
                let other = apply(&stage, other).await;
                [apply(&stage, one).await, other]
            }
            Apply::SideBySide => {
                let (one, other) = tokio::join!(apply(&stage, one), apply(&stage, other));
                [one, other]
            }
        };
        assert_eq!(states.map(|state| !state.value.is_null()), self.after, "{self:?}");
        let is_licensed = stage.license().is_some();
        assert_eq!(is_licensed, self.after.contains(&true), "{self:?}");
    }

    async fn plan(self, stage: &Stage, state: &State, stays: bool) -> Step {
        let client = &stage.client;
        if !stays {
            if state.value.is_null() {
                return Step::Nothing(state.clone());
            }
            if self.plans_removal_before_read {
                let private = plan_removal(client, state).await;
                stage.read(state).await;
                return Step::Removal(state.clone(), private);
            }
            let read = stage.read(state).await;
            let private = plan_removal(client, &read).await;
            return Step::Removal(read, private);
        }
        let state = if state.value.is_null() { state.clone() } else { stage.read(state).await };
        let plan = client.plan(TYPE, &state, stage.config(json!({}))).await;
        if plan.value == state.value { Step::Nothing(state) } else { Step::Change(plan) }
    }
}

async fn apply(stage: &Stage, step: Step) -> State {
    match step {
        Step::Nothing(state) => state,
        Step::Change(plan) => {
            let state = stage.client.apply(&plan).await;
            assert!(state.diagnostics.iter().all(|it| it.severity == 2), "{:?}", state.diagnostics);
            state
        }
        Step::Removal(state, private) => {
            let said = remove(&stage.client, &state, private).await;
            assert!(said.iter().all(|it| it.severity == 2), "{:?}", texts(&said));
            State::none()
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_license_is_there_exactly_when_a_resource_has_it() {
    let cases = futures::stream::iter(Case::all()).map(|case| tokio::spawn(case.run()));
    cases.for_each_concurrent(SIDE_BY_SIDE, async |case| case.await.unwrap()).await;
}
