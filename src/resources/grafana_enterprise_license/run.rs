//! What one run has seen of and done to the license of its instance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use tfplugin::{Context, Diagnostic, IntoDiagnostic, Private, Secret};
use tokio::sync::{Mutex, OwnedMutexGuard};

const HOLDER: &str = "holder";
const BESIDE: &str = "beside";
const SECURING: &str = "securing";
const MAKES_WAY: &str = "makes_way";

/// How long an installation waits for the removal of what is in its way to begin.
const OTHERS_BEGIN: Duration = Duration::from_secs(1);
const STEP: Duration = Duration::from_millis(20);

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
    /// Whether a license is to be installed by a resource that has none yet.
    creates: bool,
}

/// Licenses that this run has dealt with.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Installed or adopted.
    pub(super) installed: BTreeSet<String>,
    /// Left in place, because another step of this run puts another in their place.
    pub(super) to_be_replaced: BTreeSet<String>,
    /// Removed, each with its token if the state had it.
    pub(super) removed: BTreeMap<String, Option<Secret>>,
    /// Licenses that stopped the installation of another.
    pub(super) stood_in_the_way: BTreeSet<String>,
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

    /// Notes that a resource without a license is to install one.
    pub(super) fn note_create(&self) {
        self.planned().creates = true;
    }

    /// Remembers for a planned removal which other resources hold the same license, and whether one
    /// that is to be created puts its own in the place of it.
    pub(super) fn remember_others(&self, license: &str, private: &Private) {
        let own = holder(private);
        let mut planned = self.planned();
        private.set(MAKES_WAY, planned.creates);
        let mut others = planned.holders.get(license).cloned().unwrap_or_default();
        others.remove(&own);
        if others.is_empty() && !planned.creates {
            planned.going.insert(license.to_owned());
        }
        private.set(BESIDE, others);
    }

    /// Waits a little for the removal of a license by another resource of this run, which Terraform
    /// starts at the same time if nothing holds it back.
    pub(super) async fn wait_for_removal(
        &self,
        license: &str,
        cx: &Context,
    ) -> Result<(), Diagnostic> {
        let waiting = async {
            while !self.record.lock().await.lets_go_of(license) {
                tokio::time::sleep(STEP).await;
            }
        };
        let waited = cx.wait(tokio::time::timeout(OTHERS_BEGIN, waiting)).await;
        waited.map(drop).map_err(IntoDiagnostic::into_diagnostic)
    }

    fn planned(&self) -> MutexGuard<'_, Planned> {
        self.planned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Record {
    /// Whether another resource of this run has let go of a license, for another in its place.
    pub(super) fn lets_go_of(&self, license: &str) -> bool {
        self.to_be_replaced.contains(license) || self.removed.contains_key(license)
    }

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

/// Whether a planned removal leaves its license to a resource that is to be created.
pub(super) fn makes_way(private: &Private) -> bool {
    private.get(MAKES_WAY) == Some(true)
}

/// Gives a new resource its mark, so that the next refresh changes nothing.
pub(super) fn mark(private: &Private) {
    holder(private);
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
    fn a_removal_makes_way_for_a_resource_to_be_created() {
        let (run, gone, late) = (LicenseRun::default(), Private::default(), Private::default());
        run.note_holder("1", &gone);
        run.note_create();
        run.remember_others("1", &gone);
        assert!(makes_way(&gone));
        run.note_read("1", &late);
        assert!(!secures(&late), "nothing is removed");
        LicenseRun::default().remember_others("1", &gone);
        assert!(!makes_way(&gone), "planned anew");
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
