//! What a holder remembers of its slot, beside its state.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// A holder's part of its resource's private state: embed it with `#[serde(flatten)]`.
///
/// Only the mark is kept for good. The rest passes from a plan to the apply of it, or, for
/// [`Holding::must_reassert`], from a refresh to the plans and the apply that follow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Holding {
    /// Tells holders apart: random, new for each created object.
    #[serde(rename = "holder", skip_serializing_if = "Option::is_none")]
    pub(super) mark: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) must_reassert: bool,
    #[serde(rename = "planned_removal", skip_serializing_if = "Option::is_none")]
    pub(super) removal: Option<PlannedRemoval>,
    /// The slot of the creation that follows: in a replacement, the removal that comes first is
    /// handed what was planned for the creation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) followed_by: Option<String>,
}

/// What the plan of a removal knew.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PlannedRemoval {
    /// Marks of the other holders of the same.
    pub(super) others: BTreeSet<String>,
    /// Whether a creation for the slot was planned before.
    pub(super) creation_planned: bool,
}

impl PlannedRemoval {
    /// Whether another resource holds the same, or is to have something in the slot.
    pub(super) fn is_for_others(&self) -> bool {
        self.creation_planned || !self.others.is_empty()
    }
}

impl Holding {
    /// Whether a removal of the same was planned before this holder was read, and so without knowing of
    /// it: it has to see to it at apply that what it holds is there in the end. It is known from the
    /// refresh on, so that the plan comes out the same when it is made again at apply.
    pub fn must_reassert(&self) -> bool {
        self.must_reassert
    }

    /// Whether the removal that was planned knew of other holders of the same.
    #[cfg(test)]
    pub(super) fn is_shared(&self) -> bool {
        self.removal.as_ref().is_some_and(|removal| !removal.others.is_empty())
    }

    /// The mark, if there is one yet.
    pub fn known_mark(&self) -> Option<&str> {
        self.mark.as_deref()
    }

    /// The mark, made when it is first asked for.
    pub fn mark(&mut self) -> String {
        self.mark.get_or_insert_with(|| format!("{:016x}", fastrand::u64(..))).clone()
    }

    /// Of a new object: nothing of the former one, whose private state a replacement is planned with.
    pub(super) fn of_new_object() -> Self {
        let mut holding = Holding::default();
        holding.mark();
        holding
    }
}
