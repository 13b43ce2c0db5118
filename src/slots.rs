//! Slots, each of which has one place and may have many holders: the license of an instance, say, and
//! the resources that manage it. Terraform creates and deletes in any order, and what one resource
//! removes another may hold, or may just have put there.
//!
//! A [`Slots`] belongs to one configured provider and knows what was read, planned and done over its
//! connection. Terraform plans and applies in two processes, so what the plan of a removal knew goes
//! to apply in the private state of the resource: [`Holding`]. Reads and plans never wait for
//! one another. What they cannot see:
//!
//! - Resources that Terraform does not read: `-target`, `-refresh=false`, `-exclude`.
//! - Resources of other provider configurations, and of other states.
//! - What is read or planned later. A holder that is read after a removal was planned has to put back
//!   what it holds ([`Holding::must_reassert`]); for a creation that is planned after it,
//!   [`Slot::plan_creation`] says so.
//! - The removal of a deposed object (one that an interrupted `create_before_destroy` has left) is
//!   planned again at apply, where nothing is read. What is in the slot is left there then.

mod holding;
mod registry;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, OwnedMutexGuard};

pub use self::holding::Holding;
use self::holding::PlannedRemoval;
use self::registry::{Registry, SlotState};

/// How long a removal waits for the planned creation that takes over to begin. What that depends on
/// may take longer, or fail.
const CREATION_BEGINS: Duration = Duration::from_secs(15);
/// How long a removal whose plan knew of nobody else waits for others of the same apply to begin.
/// Terraform plans the removal of what is no longer in the configuration before it reads or plans
/// anything else, and starts all that does not depend on one another at the same time.
const OTHERS_BEGIN: Duration = Duration::from_millis(500);
/// How long a creation waits for the removal of something else in its slot to begin. Terraform starts
/// both at the same time, unless one depends on the other.
const REMOVAL_BEGINS: Duration = Duration::from_secs(1);

/// The slots that one configured provider knows of. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    registry: Arc<Mutex<Registry>>,
    changed: Arc<Notify>,
}

/// One of them. What is in it is told apart by an id, the `object` of the methods: holders of another
/// object are no obstacle to a removal.
#[derive(Clone, Debug)]
pub struct Slot {
    slots: Slots,
    key: String,
}

/// What else the plan has for the slot of a planned creation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlannedBefore {
    /// A removal that did not know of the creation: whether that finds the slot empty is left to the
    /// order in which Terraform applies them.
    pub removal: bool,
    /// Other objects that resources are planned to have there.
    pub other_objects: Vec<String>,
    /// A read over this connection found that what a resource had there is gone. `terraform destroy` plans to create
    /// that again before it plans to destroy the rest.
    pub loss: bool,
}

/// Why a removal leaves what is in the slot, though its resource goes.
///
/// Where a creation can put its own in the place of what is there, as with the license of a self-hosted Grafana, all of
/// these leave it. Where the former has to go first, as with the license of a workspace, [`Kept::Replaced`] and
/// [`Kept::CreationPlanned`] (after [`Slot::wait_for_creation`]) do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Another holder has put it there, or taken it over, over this connection.
    HeldThisRun,
    /// A creation for the slot has begun, which takes it over or puts its own in its place.
    CreationBegun,
    /// Another resource holds the same.
    OtherHolder,
    /// The next step of the same replacement is a creation for the slot.
    Replaced,
    /// The removal of a deposed object, of which it cannot be told whether another resource holds the same.
    Deposed,
    /// A creation for the slot is planned and has not begun. Wait for it with
    /// [`Slot::wait_for_creation`] if a removal is right where it does not come.
    CreationPlanned,
    /// A creation for the slot has failed, and without this the slot would be empty: an error is in
    /// place, so that the resource stays in the state.
    CreationFailed,
}

impl Slots {
    /// The slot with that key.
    pub fn slot(&self, key: &str) -> Slot {
        Slot { slots: self.clone(), key: key.to_owned() }
    }

    fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Registers a holder as its read begins, so that those that are read at the same time see each
    /// other. One without a mark (of a foreign or former state, or of a client that keeps no private state)
    /// gets that of the one holder that this connection has made, or a new one.
    pub fn begin_read(&self, object: &str, holding: &mut Holding) {
        let is_unmarked = holding.mark.is_none();
        if is_unmarked {
            holding.mark = self.with(|slot| slot.only_made(object));
        }
        let mark = holding.mark();
        self.with(|slot| slot.begin_read(&mark, object, is_unmarked));
    }

    /// Ends a read that found the object. The holding changes only if a removal is planned, or was
    /// when it was read before.
    pub fn end_read(&self, object: &str, holding: &mut Holding) {
        let mark = holding.mark();
        holding.must_reassert = self.with(|slot| slot.has_uninformed_removal(&mark, object));
    }

    /// Ends a read that found nothing.
    pub fn forget(&self, holding: &Holding) {
        if let Some(mark) = &holding.mark {
            self.with(|slot| {
                slot.forget(mark);
                slot.has_lost = true;
            });
        }
    }

    /// Registers a holder that is planned to stay, which was perhaps not read.
    pub fn plan_to_stay(&self, object: &str, holding: &mut Holding) {
        holding.followed_by = None;
        let mark = holding.mark();
        self.with(|slot| slot.register(&mark, object));
    }

    /// Registers the object that a holder is planned to have in the end. The other ones that resources are
    /// planned to have there.
    pub fn plan_object(&self, object: &str, holding: &mut Holding) -> Vec<String> {
        let mark = holding.mark();
        self.with(|slot| slot.plan_object(&mark, object))
    }

    /// Registers a planned creation; the object is empty while it is unknown.
    pub fn plan_creation(&self, object: &str, holding: &mut Holding) -> PlannedBefore {
        holding.followed_by = Some(self.key.clone());
        self.with(|slot| {
            // The plan to replace a tainted object is not told which of the holders that is.
            holding.removal.get_or_insert_with(|| PlannedRemoval {
                others: slot.others_in_replacement(holding.mark.as_deref()),
                creation_planned: false,
            });
            slot.plan_creation(holding.mark.as_deref(), object)
        })
    }

    /// Registers a planned removal, and remembers for it what it has to know at apply. Also for the
    /// removal of a replacement that goes to another slot. Whether it is the one by which the object goes from
    /// the slot, as far as is known: nobody else has it or comes after it, and no other removal was told so.
    pub fn plan_removal(&self, object: &str, holding: &mut Holding) -> bool {
        let mark = holding.mark.clone();
        let (removal, empties) = self.with(|slot| slot.plan_removal(mark.as_deref(), object));
        holding.removal = Some(removal);
        empties
    }

    /// One at a time may look into the slot and change it.
    pub async fn lock(&self) -> OwnedMutexGuard<()> {
        let lock = self.with(|slot| Arc::clone(&slot.lock));
        lock.lock_owned().await
    }

    /// Begins a creation, and makes the holding that of a new object. Call it before waiting for
    /// [`Slot::lock`]: a removal that begins meanwhile leaves what is there.
    pub fn begin_creation(&self, holding: &mut Holding) -> Creation {
        *holding = Holding::of_new_object();
        self.with(SlotState::begin_creation);
        Creation { slot: self.clone(), mark: holding.mark(), blocked_by: None, is_running: true }
    }

    /// Registers that a holder has put its object there again, or seen it there.
    pub fn reassert(&self, object: &str, holding: &mut Holding) {
        holding.must_reassert = false;
        let mark = holding.mark();
        self.with(|slot| slot.created(&mark, object));
    }

    /// Announces the creation in another slot that follows a removal here, so that a removal there
    /// which begins meanwhile leaves what it has. [`Slot::begin_removal`] does it too; call this before
    /// whatever takes time.
    pub fn announce_next(&self, holding: &Holding) {
        let next = holding.followed_by.as_ref().filter(|next| **next != self.key);
        if let Some(next) = next {
            self.slots.slot(next).with(|slot| slot.creation_announced = true);
        }
    }

    /// Begins a removal: whether what is in the slot is to be removed, or why it stays. Call it with
    /// the lock, right before the look and the call that remove. A holding without a mark (of a
    /// client that sends no private state) is that of a holder of the same object, if there is one.
    ///
    /// # Errors
    /// [`Kept`] if it stays. The resource goes nevertheless, except for [`Kept::CreationFailed`].
    pub fn begin_removal(&self, object: &str, holding: &Holding) -> Result<(), Kept> {
        self.announce_next(holding);
        let mut registry = self.slots.registry();
        let created_elsewhere = registry.has_created_other_than(&self.key, object);
        let is_replaced = holding.followed_by.as_ref() == Some(&self.key);
        let slot = registry.slot(&self.key);
        let begun = slot.begin_removal(object, holding, is_replaced, created_elsewhere);
        drop(registry);
        self.slots.changed.notify_waiters();
        begun
    }

    /// Whether the removal was planned over this connection.
    pub fn has_planned_removal(&self, holding: &Holding) -> bool {
        let mark = holding.mark.as_ref();
        mark.is_some_and(|mark| self.with(|slot| slot.removals.contains_key(mark)))
    }

    /// Waits a moment for others of the same apply, if the plan of the removal knew of none.
    pub async fn wait_for_others(&self, object: &str, holding: &Holding) {
        let mark = holding.mark.as_deref();
        let is_known = holding.removal.as_ref().is_some_and(PlannedRemoval::is_for_others);
        if !is_known && holding.followed_by.is_none() {
            self.wait_until(OTHERS_BEGIN, |slot| slot.has_others(mark, object)).await;
        }
    }

    /// Waits a while for a planned creation to begin, if there is one.
    pub async fn wait_for_creation(&self, object: &str, holding: &Holding) {
        self.wait_for_others(object, holding).await;
        let was_planned = holding.removal.as_ref().is_some_and(|removal| removal.creation_planned);
        if was_planned || self.with(|slot| slot.is_creation_planned()) {
            self.wait_until(CREATION_BEGINS, SlotState::has_begun_creation).await;
        }
    }

    /// Waits a while for a removal of an object to begin.
    pub async fn wait_for_removal(&self, object: &str) {
        self.wait_until(REMOVAL_BEGINS, |slot| slot.released_objects.contains(object)).await;
    }

    /// Whether a resource over this connection has removed an object, or left it for what comes in its place.
    /// Never of one that has no id.
    pub fn is_released(&self, object: &str) -> bool {
        !object.is_empty() && self.with(|slot| slot.released_objects.contains(object))
    }

    /// Whether a resource over this connection has put an object there, or taken it over, and holds it still.
    pub fn is_held_this_run(&self, object: &str) -> bool {
        self.with(|slot| {
            slot.holders.values().any(|holder| holder.acquired_this_run && holder.object == object)
        })
    }

    /// Whether a resource is known that has an object.
    pub fn is_held(&self, object: &str) -> bool {
        self.with(|slot| slot.holders.values().any(|holder| holder.object == object))
    }

    /// Whether any holder is known.
    pub fn has_holder(&self) -> bool {
        self.with(|slot| !slot.holders.is_empty())
    }

    fn with<T>(&self, change: impl FnOnce(&mut SlotState) -> T) -> T {
        let changed = change(self.slots.registry().slot(&self.key));
        self.slots.changed.notify_waiters();
        changed
    }

    async fn wait_until(&self, limit: Duration, is_so: impl Fn(&SlotState) -> bool) {
        let waiting = async {
            loop {
                let changed = self.slots.changed.notified();
                let mut changed = std::pin::pin!(changed);
                changed.as_mut().enable();
                if is_so(self.slots.registry().slot(&self.key)) {
                    return;
                }
                changed.await;
            }
        };
        // Whether it came is seen by what is done next.
        let _ = tokio::time::timeout(limit, waiting).await;
    }
}

/// A creation that has begun. Dropped before [`Creation::finish`], it has failed.
#[derive(Debug)]
pub struct Creation {
    slot: Slot,
    mark: String,
    blocked_by: Option<String>,
    is_running: bool,
}

impl Creation {
    /// Says what stopped it: the removal of that object does not leave the slot empty then.
    pub fn blocked_by(&mut self, object: &str) {
        self.blocked_by = Some(object.to_owned());
    }

    /// The object is there, or was accepted, and belongs to its holder.
    pub fn finish(mut self, object: &str) {
        self.is_running = false;
        self.slot.with(|slot| {
            slot.creations_running -= 1;
            slot.created(&self.mark, object);
        });
    }
}

impl Drop for Creation {
    fn drop(&mut self) {
        if self.is_running {
            let blocked_by = self.blocked_by.take().unwrap_or_default();
            self.slot.with(|slot| {
                slot.creations_running -= 1;
                slot.failed_creation = Some(blocked_by);
            });
        }
    }
}
