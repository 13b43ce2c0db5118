//! Looks that a plan takes only to tell more: the apply finds out by itself.

use std::time::Duration;

use tfplugin::Limits;

/// How long a plan waits for one.
const PATIENCE: Duration = Duration::from_secs(10);

/// The limits of such a look, in an operation with these.
pub(crate) fn ahead(limits: &Limits) -> Limits {
    Limits::new(limits.stop_token(), limits.time_left().min(PATIENCE))
}
