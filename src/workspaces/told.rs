//! Of which workspaces a plan has told that they are to get a license: it does so once for each.

use std::collections::{BTreeMap, BTreeSet};

/// What was told over one connection since the last plan began. A connection may be kept for several plans.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// Ids of workspaces, with the mark of the holder that told; none for a creation.
    workspaces: BTreeMap<String, Option<String>>,
    /// Marks of the holders that were read.
    read: BTreeSet<String>,
}

impl Told {
    /// Begins the read of a holder. A plan reads each once: the second time, or without a mark, another one has begun.
    pub(super) fn begin_read(&mut self, mark: Option<&str>) {
        if mark.is_none_or(|mark| self.read.contains(mark)) {
            *self = Self::default();
        }
        self.read.extend(mark.map(str::to_owned));
    }

    /// Whether the plan of this holder (by its mark, which may be empty) or of a creation is to tell of this workspace:
    /// no other has. Of one whose id is unknown each is, as it may be another one.
    pub(super) fn is_news(&mut self, id: &str, holder: Option<&str>) -> bool {
        if id.is_empty() {
            return true;
        }
        match self.workspaces.get(id) {
            Some(teller) => holder.is_some() && teller.as_deref() == holder,
            None => {
                self.workspaces.insert(id.to_owned(), holder.map(str::to_owned));
                true
            }
        }
    }
}
