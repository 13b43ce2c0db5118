//! What is known of all slots: what was read, planned and done over one connection.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::holding::{Holding, PlannedRemoval};
use super::{Kept, PlannedBefore};

#[derive(Debug, Default)]
pub(super) struct Registry(BTreeMap<String, SlotState>);

/// Holders are named by their marks.
#[derive(Debug, Default)]
pub(super) struct SlotState {
    pub(super) lock: Arc<tokio::sync::Mutex<()>>,
    pub(super) holders: BTreeMap<String, Holder>,
    /// The objects of planned creations.
    creations_planned: BTreeSet<String>,
    /// The object that each resource is planned to have in the end; of a new one under no mark.
    planned_objects: BTreeMap<String, String>,
    pub(super) creations_running: usize,
    /// Whether a read found that what a holder had is gone.
    pub(super) has_lost: bool,
    /// Whether a creation follows a removal elsewhere that has begun.
    pub(super) creation_announced: bool,
    /// The object that blocked the last creation, which failed; empty if nothing did.
    pub(super) failed_creation: Option<String>,
    /// The objects of finished creations.
    created: BTreeSet<String>,
    pub(super) removals: BTreeMap<String, RegisteredRemoval>,
    /// Holders that were removed, whatever became of what they held.
    released: BTreeSet<String>,
    pub(super) released_objects: BTreeSet<String>,
    /// Holders that the plans of removals that have begun knew of.
    known_to_removals: BTreeSet<String>,
}

#[derive(Debug, Default)]
pub(super) struct Holder {
    pub(super) object: String,
    /// Whether it has put the object there, or taken it over, over this connection.
    pub(super) acquired_this_run: bool,
    /// Whether it was read without a mark: a client that keeps none may have read it before, as another.
    is_unmarked: bool,
}

/// A planned removal.
#[derive(Debug)]
pub(super) struct RegisteredRemoval {
    object: String,
    planned: PlannedRemoval,
    /// Whether it was told that it leaves the slot empty.
    empties: bool,
    /// Whether its holder was not read before, as that of a deposed object at apply.
    holder_was_not_read: bool,
    /// Whether its holder was read afterwards: Terraform plans the removal of what is no longer in the
    /// configuration before it reads it.
    is_read: bool,
}

impl Registry {
    pub(super) fn slot(&mut self, key: &str) -> &mut SlotState {
        self.0.entry(key.to_owned()).or_default()
    }

    pub(super) fn has_created_other_than(&self, key: &str, object: &str) -> bool {
        let is_other = |slot: &str, created: &String| slot != key || created != object;
        self.0.iter().any(|(slot, state)| state.created.iter().any(|c| is_other(slot, c)))
    }
}

impl RegisteredRemoval {
    /// Whether it knows of nobody else.
    fn is_uninformed(&self) -> bool {
        !self.planned.is_for_others()
    }
}

impl SlotState {
    pub(super) fn register(&mut self, mark: &str, object: &str) {
        self.holders.entry(mark.to_owned()).or_default().object = object.to_owned();
    }

    pub(super) fn begin_read(&mut self, mark: &str, object: &str, is_unmarked: bool) {
        match self.removals.get_mut(mark) {
            Some(removal) if !removal.is_read => removal.is_read = true,
            // It was planned for an earlier refresh.
            _ => drop(self.removals.remove(mark)),
        }
        self.register(mark, object);
        if let Some(holder) = self.holders.get_mut(mark) {
            holder.is_unmarked = is_unmarked && !holder.acquired_this_run;
        }
    }

    /// The mark of the holder of an object that was made over this connection, if it is the only one.
    pub(super) fn only_made(&self, object: &str) -> Option<String> {
        let mut made = self
            .holders
            .iter()
            .filter(|(_, holder)| holder.acquired_this_run && holder.object == object);
        made.next().filter(|_| made.next().is_none()).map(|(mark, _)| mark.clone())
    }

    pub(super) fn forget(&mut self, mark: &str) {
        self.holders.remove(mark);
        self.removals.remove(mark);
        self.planned_objects.remove(mark);
    }

    pub(super) fn has_uninformed_removal(&self, mark: &str, object: &str) -> bool {
        self.removals.iter().any(|(other, removal)| {
            other != mark && removal.object == object && removal.is_uninformed()
        })
    }

    fn others(&self, mark: Option<&str>, object: &str) -> BTreeSet<String> {
        let others = self
            .holders
            .iter()
            .filter(|(other, holder)| Some(other.as_str()) != mark && holder.object == object);
        others.map(|(other, _)| other.clone()).collect()
    }

    /// The other holders for the removal of a replacement.
    pub(super) fn others_in_replacement(&self, mark: Option<&str>) -> BTreeSet<String> {
        match mark.and_then(|mark| self.holders.get(mark)) {
            Some(former) => self.others(mark, &former.object),
            None if self.holders.len() > 1 => self.holders.keys().cloned().collect(),
            None => BTreeSet::new(),
        }
    }

    pub(super) fn plan_creation(&mut self, mark: Option<&str>, object: &str) -> PlannedBefore {
        let before = PlannedBefore {
            removal: self.removals.values().any(RegisteredRemoval::is_uninformed),
            other_objects: self.plan_object(mark.unwrap_or(object), object),
            loss: self.has_lost,
        };
        self.creations_planned.insert(object.to_owned());
        before
    }

    /// Registers what a resource is planned to have; empty while it is unknown. What others are planned to
    /// have instead.
    pub(super) fn plan_object(&mut self, mark: &str, object: &str) -> Vec<String> {
        if object.is_empty() {
            return Vec::new();
        }
        self.planned_objects.insert(mark.to_owned(), object.to_owned());
        let others: BTreeSet<_> = self.planned_objects.values().filter(|o| *o != object).collect();
        others.into_iter().cloned().collect()
    }

    /// What the removal has to know, and whether it is the one that leaves the slot empty, as far as is known: if
    /// all other holders are to be removed as well, and none of their removals has been told so.
    pub(super) fn plan_removal(
        &mut self,
        mark: Option<&str>,
        object: &str,
    ) -> (PlannedRemoval, bool) {
        let planned = PlannedRemoval {
            others: self.others(self.own(mark, object).as_deref(), object),
            creation_planned: self.is_creation_planned(),
        };
        let empties = !planned.creation_planned
            && planned.others.iter().all(|other| self.removals.contains_key(other))
            && !self.removals.iter().any(|(other, removal)| {
                Some(other.as_str()) != mark && removal.object == object && removal.empties
            });
        if let Some(mark) = mark {
            let holder_was_not_read = !self.holders.contains_key(mark);
            self.register(mark, object);
            self.planned_objects.remove(mark);
            let (object, planned) = (object.to_owned(), planned.clone());
            let removal =
                RegisteredRemoval { object, planned, empties, holder_was_not_read, is_read: false };
            self.removals.insert(mark.to_owned(), removal);
        }
        (planned, empties)
    }

    pub(super) fn begin_creation(&mut self) {
        self.creations_planned.clear();
        self.planned_objects.clear();
        self.creation_announced = false;
        self.failed_creation = None;
        self.has_lost = false;
        self.creations_running += 1;
    }

    pub(super) fn created(&mut self, mark: &str, object: &str) {
        let object_there = object.to_owned();
        let holder = Holder { object: object_there, acquired_this_run: true, is_unmarked: false };
        self.holders.insert(mark.to_owned(), holder);
        self.created.insert(object.to_owned());
        self.released_objects.remove(object);
    }

    /// Whether a planned creation has begun, or is over.
    pub(super) fn has_begun_creation(&self) -> bool {
        self.creations_running > 0
            || self.creation_announced
            || self.failed_creation.is_some()
            || self.has_finished_creation()
    }

    /// Whether a creation was planned over this connection and has not begun.
    pub(super) fn is_creation_planned(&self) -> bool {
        !self.creations_planned.is_empty()
    }

    /// Whether a creation is planned or under way, or another holder holds the same.
    pub(super) fn has_others(&self, mark: Option<&str>, object: &str) -> bool {
        self.is_creation_planned()
            || self.has_begun_creation()
            || !self.others(self.own(mark, object).as_deref(), object).is_empty()
    }

    fn has_finished_creation(&self) -> bool {
        self.creations_planned.is_empty() && !self.created.is_empty()
    }

    /// Whose the removal is: without a mark that of a holder of the same object.
    fn own(&self, mark: Option<&str>, object: &str) -> Option<String> {
        let of_object = || {
            let mut same = self.holders.iter().filter(|(_, holder)| holder.object == object);
            same.next().map(|(mark, _)| mark.clone())
        };
        mark.map(str::to_owned).or_else(of_object)
    }

    pub(super) fn begin_removal(
        &mut self,
        object: &str,
        holding: &Holding,
        is_replaced: bool,
        created_elsewhere: bool,
    ) -> Result<(), Kept> {
        let own = self.own(holding.mark.as_deref(), object);
        let kept = self.kept(own.as_deref(), object, holding, is_replaced, created_elsewhere);
        if kept == Some(Kept::CreationFailed) {
            self.failed_creation = None;
            return Err(Kept::CreationFailed);
        }
        if let Some(removal) = &holding.removal {
            self.known_to_removals.extend(removal.others.iter().cloned());
        }
        if let Some(own) = own {
            self.forget(&own);
            self.released.insert(own);
        }
        let is_released = matches!(kept, None | Some(Kept::CreationBegun | Kept::CreationPlanned));
        if is_released || is_replaced {
            self.released_objects.insert(object.to_owned());
        }
        kept.map_or(Ok(()), Err)
    }

    fn kept(
        &self,
        own: Option<&str>,
        object: &str,
        holding: &Holding,
        is_replaced: bool,
        created_elsewhere: bool,
    ) -> Option<Kept> {
        let mut registered = self.others(own, object);
        if holding.mark.is_none() {
            registered.retain(|other| !self.holders[other].is_unmarked);
        }
        if registered.iter().any(|other| self.holders[other].acquired_this_run) {
            return Some(Kept::HeldThisRun);
        }
        if self.creations_running > 0 || self.creation_announced {
            return Some(Kept::CreationBegun);
        }
        let planned = holding.removal.as_ref();
        let mut others = planned.iter().flat_map(|removal| &removal.others).chain(&registered);
        if others.any(|other| !self.released.contains(other)) {
            return Some(Kept::OtherHolder);
        }
        if is_replaced {
            return Some(Kept::Replaced);
        }
        let removal = own.and_then(|own| self.removals.get(own).map(|removal| (own, removal)));
        if removal.is_some_and(|(own, removal)| {
            removal.holder_was_not_read
                && !created_elsewhere
                && !self.known_to_removals.contains(own)
        }) {
            return Some(Kept::Deposed);
        }
        let creation_planned =
            planned.is_some_and(|removal| removal.creation_planned) || self.is_creation_planned();
        match &self.failed_creation {
            Some(blocked_by) if creation_planned || blocked_by == object => {
                Some(Kept::CreationFailed)
            }
            _ => {
                (creation_planned && !self.has_finished_creation()).then_some(Kept::CreationPlanned)
            }
        }
    }
}
