//! The chain of causes of an error.

use std::error::Error;
use std::io;

type Cause = dyn Error + 'static;

/// The error and what caused it, outermost first.
pub(crate) fn causes(error: &Cause) -> impl Iterator<Item = &Cause> {
    std::iter::successors(Some(error), |error| cause(*error))
}

fn cause(error: &Cause) -> Option<&Cause> {
    // An I/O error hides what it wraps from `source`.
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}
