//! What the clients of both services share about HTTP. Knows neither service.

mod causes;
mod redact;
mod retry_after;

pub(crate) use self::causes::causes;
pub use self::redact::{Quoted, Redactor};
pub(crate) use self::retry_after::retry_after;

/// Whether a service may have done what a failed request asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarriedOut {
    /// Certainly not: it was never sent, or it was refused.
    No,
    /// Unknown: look before asking again.
    Maybe,
}
