//! What a provider can say, for a test that shows all of it side by side and misses nothing.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::panic::Location;

use crate::diagnostic::Diagnostic;

/// File and line of a place in the source.
pub type Place = (&'static str, u32);

thread_local! {
    static PLACES: RefCell<BTreeSet<Place>> = const { RefCell::new(BTreeSet::new()) };
}

pub(crate) fn note_place(place: &'static Location<'static>) {
    PLACES.with_borrow_mut(|places| places.insert((place.file(), place.line())));
}

/// Where this thread has called [`Diagnostic::error`] or [`Diagnostic::warning`] so far.
pub fn places() -> BTreeSet<Place> {
    PLACES.with_borrow(Clone::clone)
}

/// Every diagnostic of the framework itself, by the name of what makes it.
pub fn samples() -> Vec<(&'static str, Diagnostic)> {
    crate::diagnostics::samples()
}
