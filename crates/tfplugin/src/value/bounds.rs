//! What the markers `length`, `range` and `each` can stand at.

use std::collections::{BTreeMap, BTreeSet};

use super::{Number, Secret};

/// Types whose length the marker `length(…)` can bound: characters or elements.
#[diagnostic::on_unimplemented(message = "`{Self}` has no length that `length(…)` could bound")]
pub trait HasLength {
    /// How long it is.
    fn length(&self) -> usize;
}

/// Collections: what the marker `each(…)` can stand at.
#[diagnostic::on_unimplemented(message = "`{Self}` has no elements that `each(…)` could look at")]
pub trait Elements {
    /// The type of the elements.
    type Element;
}

impl<T> Elements for Vec<T> {
    type Element = T;
}

impl<T> Elements for BTreeSet<T> {
    type Element = T;
}

impl<T> Elements for BTreeMap<String, T> {
    type Element = T;
}

/// Types that the marker `range(…)` can bound.
#[diagnostic::on_unimplemented(message = "`{Self}` is no number that `range(…)` could bound")]
pub trait Ranged: PartialOrd + std::fmt::Display {}
impl Ranged for i64 {}
impl Ranged for f64 {}
impl Ranged for Number {}

impl HasLength for String {
    fn length(&self) -> usize {
        self.chars().count()
    }
}

impl HasLength for Secret {
    fn length(&self) -> usize {
        self.expose().chars().count()
    }
}

impl<T> HasLength for Vec<T> {
    fn length(&self) -> usize {
        self.len()
    }
}

impl<T> HasLength for BTreeSet<T> {
    fn length(&self) -> usize {
        self.len()
    }
}

impl<T> HasLength for BTreeMap<String, T> {
    fn length(&self) -> usize {
        self.len()
    }
}
