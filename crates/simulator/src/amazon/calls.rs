//! The calls that were made, in the words of the API.

use std::sync::{Mutex, PoisonError};

use super::operations::Operation;

/// One call by somebody with a good signature. (The [journal](super::Amazon::journal) has the
/// requests without one too.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallRecord {
    /// What was called.
    pub operation: Operation,
    /// The region that the caller signed for.
    pub region: String,
    /// Who called.
    pub access_key: String,
    /// The workspace as the caller named it.
    pub workspace_id: Option<String>,
    /// The HTTP status of the answer.
    pub status: u16,
    /// The error type of the answer, such as `ThrottlingException`.
    pub error: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Calls(Mutex<Vec<CallRecord>>);

impl Calls {
    pub fn add(&self, call: CallRecord) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    pub fn all(&self) -> Vec<CallRecord> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
