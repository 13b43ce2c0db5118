//! What one run has seen of and done to the license of its instance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, MutexGuard, PoisonError};

use tfplugin::{Context, Diagnostic, IntoDiagnostic, Private};
use tokio::sync::{Mutex, OwnedMutexGuard};

const HOLDER: &str = "holder";
const BESIDE: &str = "beside";
const SECURING: &str = "securing";

/// What this run has seen and done, by license id. One at a time may look at the license and change
/// it, so that a removal never meets what has been installed between its look and its act.
#[derive(Clone, Debug, Default)]
pub struct LicenseRun {
    record: Arc<Mutex<Record>>,
    planned: Arc<std::sync::Mutex<Planned>>,
}

/// What the plan has come by so far.
#[derive(Debug, Default)]
struct Planned {
    /// The resources that hold a license.
    holders: BTreeMap<String, BTreeSet<String>>,
    /// Licenses that are planned to be removed, because no other resource was seen to hold them.
    going: BTreeSet<String>,
}

/// Licenses that this run has dealt with.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Installed or adopted.
    pub(super) installed: BTreeSet<String>,
    /// Left in place, because the next step of a replacement puts another in their place.
    pub(super) to_be_replaced: BTreeSet<String>,
    /// Resources that have let go of their license.
    released: BTreeSet<String>,
}

impl LicenseRun {
    /// Waits for its turn.
    pub(super) async fn turn(&self, cx: &Context) -> Result<OwnedMutexGuard<Record>, Diagnostic> {
        let turn = Arc::clone(&self.record).lock_owned();
        cx.wait(turn).await.map_err(IntoDiagnostic::into_diagnostic)
    }

    /// Notes that a resource holds a license. Resources are told apart by a mark that each has in
    /// its private state.
    pub(super) fn note_holder(&self, license: &str, private: &Private) {
        let holder = holder(private);
        self.planned().holders.entry(license.to_owned()).or_default().insert(holder);
    }

    /// Notes the same of a resource that is read, and whether the removal of that license is planned
    /// already, too early to know of this resource: see [`secures`].
    pub(super) fn note_read(&self, license: &str, private: &Private) {
        self.note_holder(license, private);
        if self.planned().going.contains(license) {
            private.set(SECURING, true);
        } else {
            private.remove(SECURING);
        }
    }

    /// Remembers for a planned removal which other resources hold the same license.
    pub(super) fn remember_others(&self, license: &str, private: &Private) {
        let own = holder(private);
        let mut planned = self.planned();
        let mut others = planned.holders.get(license).cloned().unwrap_or_default();
        others.remove(&own);
        if others.is_empty() {
            planned.going.insert(license.to_owned());
        }
        private.set(BESIDE, others);
    }

    fn planned(&self) -> MutexGuard<'_, Planned> {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Record {
    /// Lets a resource go of its license; whether no other one holds it, as far as the plan could tell.
    pub(super) fn release(&mut self, private: &Private) -> bool {
        self.released.insert(holder(private));
        let others: BTreeSet<String> = private.get(BESIDE).unwrap_or_default();
        others.is_subset(&self.released)
    }
}

/// Whether a resource has to see to it that its license is there when all is applied. That is kept from
/// the refresh on, so that the plan comes out the same when it is made again at apply.
pub(super) fn secures(private: &Private) -> bool {
    private.get(SECURING) == Some(true)
}

/// Notes that it has been seen to.
pub(super) fn secured(private: &Private) {
    private.remove(SECURING);
}

/// The mark of a resource, made when it is first asked for.
fn holder(private: &Private) -> String {
    private.get(HOLDER).unwrap_or_else(|| {
        let holder = format!("{:016x}", fastrand::u64(..));
        private.set(HOLDER, &holder);
        holder
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_several_holders_lets_go() {
        let run = LicenseRun::default();
        let [one, other] = [Private::default(), Private::default()];
        for private in [&one, &other] {
            run.note_holder("1", private);
        }
        run.note_holder("2", &Private::default());
        for private in [&one, &other] {
            run.remember_others("1", private);
        }
        let mut record = Record::default();
        assert!(!record.release(&one));
        assert!(record.release(&other));
    }

    #[test]
    fn a_removal_that_was_planned_too_early_is_known() {
        let (run, early, late) = (LicenseRun::default(), Private::default(), Private::default());
        run.note_holder("1", &early);
        assert!(!secures(&early));
        run.remember_others("1", &early);
        run.note_read("2", &late);
        assert!(!secures(&late), "of another license");
        run.note_read("1", &late);
        assert!(secures(&late));
    }

    #[test]
    fn a_single_holder_lets_go_at_once() {
        let (run, private) = (LicenseRun::default(), Private::default());
        run.note_holder("1", &private);
        run.remember_others("1", &private);
        assert!(Record::default().release(&private));
        assert!(Record::default().release(&Private::default()), "planned without a look");
    }
}
