//! What one run has seen of and done to the license of its instance.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use tfplugin::{Context, Diagnostic, IntoDiagnostic, Private};
use tokio::sync::{Mutex, OwnedMutexGuard};

const HOLDER: &str = "holder";
const BESIDE: &str = "beside";

/// What this run has seen and done, by license id. One at a time may look at the license and change
/// it, so that a removal never meets what has been installed between its look and its act.
#[derive(Clone, Debug, Default)]
pub struct LicenseRun {
    record: Arc<Mutex<Record>>,
    holders: Arc<std::sync::Mutex<BTreeMap<String, BTreeSet<String>>>>,
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
        let mut holders = self.holders.lock().unwrap_or_else(PoisonError::into_inner);
        holders.entry(license.to_owned()).or_default().insert(holder);
    }

    /// Remembers for a planned removal which other resources hold the same license.
    pub(super) fn remember_others(&self, license: &str, private: &Private) {
        let own = holder(private);
        let holders = self.holders.lock().unwrap_or_else(PoisonError::into_inner);
        let mut others = holders.get(license).cloned().unwrap_or_default();
        others.remove(&own);
        private.set(BESIDE, others);
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
    fn a_single_holder_lets_go_at_once() {
        let (run, private) = (LicenseRun::default(), Private::default());
        run.note_holder("1", &private);
        run.remember_others("1", &private);
        assert!(Record::default().release(&private));
        assert!(Record::default().release(&Private::default()), "planned without a look");
    }
}
