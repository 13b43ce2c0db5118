//! The Enterprise license of an instance: what every resource, data source, list and action about it
//! stands on.
//!
//! | file | what |
//! | --- | --- |
//! | `plan.rs` | what a change will bring, and what a reviewer should know of it |
//! | `install.rs` | when a license is installed, and when the one that is there is taken over |
//! | `update.rs`, `renew.rs` | which token an update sends, and when Grafana asks for a fresh one |
//! | `remove.rs` | when a removal leaves the license, and what it does else |
//! | `observation.rs`, `propagation.rs` | what an instance says of its license, asked until its nodes agree |
//! | `validity.rs` | what speaks against a token, and what to warn of while a license is there |
//! | `diagnostics.rs`, `plan_diagnostics.rs`, `description.rs` | all of that in words |

pub(crate) mod claims;
mod description;
pub(crate) mod diagnostics;
mod install;
mod instance;
mod model;
mod observation;
mod plan;
pub(crate) mod plan_diagnostics;
mod private;
mod propagation;
mod read;
mod remove;
mod renew;
mod renew_diagnostics;
mod token;
mod update;
mod validity;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use secrecy::SecretString;

pub(crate) use self::description::name;
pub(crate) use self::instance::LicensedInstance;
pub(crate) use self::model::{ComputedAttributes, LicenseAttributes, LicenseModel, Triggers};
pub(crate) use self::observation::Observation;
pub use self::private::LicensePrivate;
pub(crate) use self::propagation::{Answers, look};
pub(crate) use self::read::Read;
pub(crate) use self::remove::LicenseRemoval;
pub(crate) use self::renew::Renewal;
use self::token::GivenToken;
use self::token::TokenChange;
use self::validity::Concerns;
pub(crate) use self::validity::days_between;
use crate::access::GrafanaAccess;
use crate::grafana::Claims;
use crate::slots::{Slot, Slots};

/// What a change of the license may have to wait for.
const OTHER_CHANGE: &str =
    "Another resource of this run was changing the license of the same instance.";

/// The license of the instance that the provider is configured for, for all that deal with it over one
/// connection. Clones share what they have seen and done.
#[derive(Clone, Debug)]
pub struct Licenses {
    access: GrafanaAccess,
    slots: Slots,
    removed: Arc<Mutex<Option<RemovedLicense>>>,
    concerns: Arc<Mutex<BTreeMap<String, Concerns>>>,
}

/// The license that was removed last, with its token.
#[derive(Debug)]
struct RemovedLicense {
    id: String,
    token: SecretString,
}

impl Licenses {
    /// The license of the instance behind `access`.
    pub fn new(access: GrafanaAccess) -> Self {
        let (removed, concerns) = Default::default();
        Licenses { access, slots: Slots::default(), removed, concerns }
    }

    /// An instance has one license, and a configured provider has one instance.
    fn slot(&self) -> Slot {
        self.slots.slot("license")
    }

    /// Claims of a state, which a server has given before.
    fn of_state(&self, claims: Claims) -> Claims {
        Claims { shown: self.access.claims_shown(), ..claims }
    }

    /// What the last read of a resource has found to warn of, by the mark of its holding.
    fn concerns(&self) -> MutexGuard<'_, BTreeMap<String, Concerns>> {
        self.concerns.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn removed(&self) -> MutexGuard<'_, Option<RemovedLicense>> {
        self.removed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The id by which licenses are told apart; empty if it has none.
pub(crate) fn license_id(claims: &Claims) -> &str {
    claims.license_id.as_deref().unwrap_or_default()
}

/// Whether both are of one license. An id that is absent proves nothing: then it has to be the same token.
fn is_same_license(one: &Claims, other: &Claims) -> bool {
    license_id(one) == license_id(other)
        && (!license_id(one).is_empty() || one.token_id.is_some() && one.token_id == other.token_id)
}
