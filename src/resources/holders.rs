//! Which resources hold what there is only one of, such as the license of an instance or of a
//! workspace: removing one of them must not take from another what it holds.
//!
//! A plan comes to know the holders as it reads them, and apply is another process, so what a planned
//! removal needs to know goes to it in the private state of the resource.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tfplugin::{Context, Diagnostic, PrivateState};

/// How long a read takes at least, so that resources which Terraform reads side by side see each other.
const OTHERS_BEGIN: Duration = Duration::from_millis(150);
/// How long the plan of a removal waits for others to be read. Nothing says how many resources there are.
const OTHERS_ARE_READ: Duration = Duration::from_millis(500);

/// What a resource that holds something remembers of it and of other holders.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Holding {
    /// The mark of this resource, made when it is first asked for.
    holder: Option<String>,
    /// The marks of others that were seen to hold the same.
    beside: BTreeSet<String>,
    securing: bool,
    makes_way: bool,
}

/// The private state of a resource that holds something.
pub trait Holds: PrivateState {
    /// What is remembered of that.
    fn holding(&mut self) -> &mut Holding;
}

/// What the plan of one run has come by so far. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Holders(Arc<Mutex<Planned>>);

#[derive(Debug, Default)]
struct Planned {
    /// The resources that hold a thing.
    holders: BTreeMap<String, BTreeSet<String>>,
    /// Things that are planned to be removed, because no other resource was seen to hold them.
    going: BTreeSet<String>,
    /// Places where a resource that has nothing yet is to put a thing.
    creates: BTreeSet<String>,
}

/// The resources that have let go of what they held, as apply goes on.
#[derive(Debug, Default)]
pub(super) struct Released(BTreeSet<String>);

impl Holders {
    /// Notes that a resource holds a thing. Resources are told apart by a mark that each has in its
    /// private state.
    pub(super) fn note_holder(&self, thing: &str, cx: &Context<impl Holds>) {
        let holder = holder(cx);
        self.planned().holders.entry(thing.to_owned()).or_default().insert(holder);
    }

    /// Reads a resource that holds a thing, and remembers which others are seen to hold the same, and
    /// whether the removal of that thing is planned already, too early to know of this resource: see
    /// [`secures`].
    pub(super) async fn while_read<T>(
        &self,
        thing: &str,
        cx: &Context<impl Holds>,
        reading: impl Future<Output = T>,
    ) -> T {
        self.note_holder(thing, cx);
        let (read, ()) = tokio::join!(reading, tokio::time::sleep(OTHERS_BEGIN));
        self.remember_seen(thing, cx);
        read
    }

    fn remember_seen(&self, thing: &str, cx: &Context<impl Holds>) {
        let planned = self.planned();
        let beside = planned.others(thing, cx);
        cx.update_private(|private| {
            private.holding().beside = beside;
            private.holding().securing = planned.going.contains(thing);
        });
    }

    /// Notes that a resource is to be created with a thing in that place.
    pub(super) fn note_create(&self, place: &str) {
        self.planned().creates.insert(place.to_owned());
    }

    /// Remembers for the removal that comes before a planned creation whether several resources hold the
    /// thing: the plan to replace a tainted object is not told which of them that is.
    pub(super) fn remember_several(&self, thing: &str, cx: &Context<impl Holds>) {
        let planned = self.planned();
        if let Some(holders) = planned.holders.get(thing).filter(|holders| holders.len() > 1) {
            cx.update_private(|private| private.holding().beside.clone_from(holders));
        }
    }

    /// Remembers for a planned removal which other resources hold the same thing, and whether one that
    /// is to be created puts its own in the place of it.
    pub(super) async fn plan_removal(&self, thing: &str, place: &str, cx: &Context<impl Holds>) {
        self.note_holder(thing, cx);
        tokio::time::sleep(OTHERS_ARE_READ).await;
        self.remember_others(thing, place, cx);
    }

    /// The removal of a deposed object is planned a second time at apply, where nothing is read: what
    /// was seen before counts as well.
    fn remember_others(&self, thing: &str, place: &str, cx: &Context<impl Holds>) {
        let mut planned = self.planned();
        let makes_way = planned.creates.contains(place);
        let mut others = holding(cx).beside;
        others.extend(planned.others(thing, cx));
        if others.is_empty() && !makes_way {
            planned.going.insert(thing.to_owned());
        }
        cx.update_private(|private| {
            private.holding().makes_way = makes_way;
            private.holding().beside = others;
        });
    }

    fn planned(&self) -> MutexGuard<'_, Planned> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Planned {
    /// Who holds a thing beside the resource of that context.
    fn others(&self, thing: &str, cx: &Context<impl Holds>) -> BTreeSet<String> {
        let mut others = self.holders.get(thing).cloned().unwrap_or_default();
        others.remove(&holder(cx));
        others
    }
}

impl Released {
    /// Lets a resource go of what it holds; whether no other one holds it, as far as the plan could
    /// tell.
    pub(super) fn release(&mut self, cx: &Context<impl Holds>) -> bool {
        self.0.insert(holder(cx));
        cx.update_private(|private| {
            let others = &mut private.holding().beside;
            // Should the removal fail, the next one need not wait for those.
            others.retain(|other| !self.0.contains(other));
            others.is_empty()
        })
    }
}

/// Whether a resource has to see to it that what it holds is there when all is applied. That is kept
/// from the refresh on, so that the plan comes out the same when it is made again at apply.
pub(super) fn secures(cx: &Context<impl Holds>) -> bool {
    holding(cx).securing
}

/// For a reviewer of an update that only secures what is held.
pub(super) fn securing() -> Diagnostic {
    Diagnostic::warning(
        "Another resource with this license is removed",
        "There is one license only, and its removal was planned before this resource was read. So this one is \
         updated, which ends with the license in place.",
    )
}

/// Notes that it has been seen to.
pub(super) fn secured(cx: &Context<impl Holds>) {
    cx.update_private(|private| private.holding().securing = false);
}

/// Whether a planned removal leaves what is there to a resource that is to be created.
pub(super) fn makes_way(cx: &Context<impl Holds>) -> bool {
    holding(cx).makes_way
}

/// Gives a new resource a mark of its own. What was planned for it in a replacement comes from the
/// former object, which may stay beside the new one.
pub(super) fn mark(cx: &Context<impl Holds>) {
    cx.update_private(|private| *private.holding() = Holding::default());
    holder(cx);
}

fn holding(cx: &Context<impl Holds>) -> Holding {
    cx.update_private(|private| private.holding().clone())
}

/// The mark of a resource, made when it is first asked for.
fn holder(cx: &Context<impl Holds>) -> String {
    let mark = || format!("{:016x}", fastrand::u64(..));
    cx.update_private(|private| private.holding().holder.get_or_insert_with(mark).clone())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tfplugin::Limits;
    use tokio_util::sync::CancellationToken;

    use super::*;

    impl Holds for Holding {
        fn holding(&mut self) -> &mut Holding {
            self
        }
    }

    fn context(private: Holding) -> Context<Holding> {
        Context::new(Limits::new(CancellationToken::new(), Duration::from_secs(60)), private)
    }

    fn new() -> Context<Holding> {
        context(Holding::default())
    }

    #[test]
    fn the_last_of_several_holders_lets_go() {
        let run = Holders::default();
        let [one, other] = [new(), new()];
        for private in [&one, &other] {
            run.note_holder("1", private);
        }
        run.note_holder("2", &new());
        for private in [&one, &other] {
            run.remember_others("1", "", private);
        }
        let mut released = Released::default();
        assert!(!released.release(&one));
        assert!(released.release(&other));
    }

    #[test]
    fn a_removal_that_was_planned_too_early_is_known() {
        let (run, early, late) = (Holders::default(), new(), new());
        run.note_holder("1", &early);
        assert!(!secures(&early));
        run.remember_others("1", "", &early);
        run.note_holder("2", &late);
        run.remember_seen("2", &late);
        assert!(!secures(&late), "of another thing");
        run.remember_seen("1", &late);
        assert!(secures(&late));
    }

    #[test]
    fn a_removal_makes_way_for_a_resource_to_be_created() {
        let (run, gone, late) = (Holders::default(), new(), new());
        run.note_holder("1", &gone);
        run.note_create("elsewhere");
        run.remember_others("1", "here", &gone);
        assert!(!makes_way(&gone));
        let run = Holders::default();
        run.note_create("here");
        run.remember_others("1", "here", &gone);
        assert!(makes_way(&gone));
        run.remember_seen("1", &late);
        assert!(!secures(&late), "nothing is removed");
        Holders::default().remember_others("1", "here", &gone);
        assert!(!makes_way(&gone), "planned anew");
    }

    #[test]
    fn a_single_holder_lets_go_at_once() {
        let (run, private) = (Holders::default(), new());
        run.note_holder("1", &private);
        run.remember_others("1", "", &private);
        assert!(Released::default().release(&private));
        assert!(Released::default().release(&new()), "planned without a look");
    }

    #[test]
    fn what_replaces_an_object_is_another_holder() {
        let (run, former) = (Holders::default(), new());
        run.note_holder("1", &former);
        let new = context(former.private());
        mark(&new);
        run.note_holder("1", &new);
        run.remember_others("1", "", &former);
        assert!(!Released::default().release(&former));
    }

    #[tokio::test(start_paused = true)]
    async fn resources_that_are_read_side_by_side_see_each_other_for_good() {
        let run = Holders::default();
        let [one, other] = [new(), new()];
        let read = |private| run.while_read("1", private, async { "read" });
        assert_eq!(tokio::join!(read(&one), read(&other)), ("read", "read"));
        Holders::default().remember_others("1", "", &one);
        assert!(!Released::default().release(&one), "planned again where nothing is read");
    }
}
