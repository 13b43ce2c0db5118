//! Keys whose creation was killed.
//!
//! Nothing in Grafana tells a key that a killed run has created from one that is in somebody's state. But a
//! generated name is one that nobody else gives. So it is noted on this machine, in a file in the
//! temporary directory, before it is sent, and the note is removed once there is an answer. While the
//! process lives it holds a lock on the file; what a process that has ended has left noted is a key
//! whose secret nobody has received, in no state.
//!
//! On systems other than Unix nothing is noted: there a file does not say which user wrote it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::accounts::is_created_for;
use super::create::is_generated;
use super::unique::random;
use super::{DeleteError, Filter, KeyRef, Organization};
use crate::grafana::ServiceAccount;

/// Begins the names of the files.
const PREFIX: &str = "terraform-provider-grafana-key-";

/// Ends the name of a file that is not written and locked yet.
const NEW: &str = ".new";

/// No note is longer, in bytes.
const LONGEST: u64 = 4096;

/// How long a creation waits for what is left of others to be deleted.
const PATIENCE: Duration = Duration::from_secs(15);

/// How long a note is kept for which nothing was found: a request may be carried out late.
const KEPT: Duration = Duration::from_hours(7 * 24);

/// A key that is being created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Creation {
    /// The machine: a directory may be shared with others, which do not see each other's locks.
    host: String,
    /// Root URL of the instance.
    url: String,
    /// Id of the organization; 0 is the sign-in's own.
    org: i64,
    /// Its generated name.
    name: String,
}

/// A creation that is noted.
#[derive(Debug)]
pub(super) struct Note {
    creation: Creation,
    path: PathBuf,
    /// Holds the lock.
    file: File,
}

impl Note {
    fn make(directory: &Path, creation: Creation) -> io::Result<Self> {
        let random = random(16);
        let path = directory.join(format!("{PREFIX}{random}"));
        let new = directory.join(format!("{PREFIX}{random}{NEW}"));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&new)?;
        // It has its name only once it is locked.
        let written = file
            .lock()
            .and_then(|()| file.write_all(&serde_json::to_vec(&creation)?))
            .and_then(|()| std::fs::rename(&new, &path));
        if let Err(error) = written {
            let _ = std::fs::remove_file(new);
            return Err(error);
        }
        Ok(Note { creation, path, file })
    }

    /// There is an answer, or nothing to look for any more. It happens before the lock ends, and before
    /// anybody gets the key: from now on no run deletes it, not even after a loss of power.
    pub(super) fn remove(self) {
        let emptied = self.file.set_len(0).and_then(|()| self.file.sync_all());
        let removed = std::fs::remove_file(&self.path);
        if let (Err(error), Err(_)) = (emptied, removed) {
            let path = self.path.display();
            tracing::warn!(%error, %path, "a note of a key can be neither emptied nor removed: delete it");
        }
    }

    /// The notes beside it that processes of this user have left for the same organization.
    fn left_by_others(&self) -> Vec<Note> {
        let parent = self.path.parent().unwrap_or(Path::new("."));
        let Ok(entries) = std::fs::read_dir(parent) else { return Vec::new() };
        let is_note = |path: &PathBuf| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with(PREFIX) && !name.ends_with(NEW) && *path != self.path
        };
        let paths = entries.flatten().map(|entry| entry.path()).filter(is_note);
        let left = paths.filter_map(|path| self.read_left(path).ok().flatten());
        left.filter(|left| left.creation.is_beside(&self.creation)).collect()
    }

    /// A note whose process has ended; `None` if it is of no use any more.
    fn read_left(&self, path: PathBuf) -> io::Result<Option<Note>> {
        if !std::fs::symlink_metadata(&path)?.is_file() {
            return Ok(None);
        }
        let mut file = File::options().read(true).write(true).open(&path)?;
        let found = file.metadata()?;
        if !is_of_same_user(&found, &self.file.metadata()?) {
            return Ok(None);
        }
        let is_left = file.try_lock().is_ok() && path.exists();
        if !is_left {
            return Ok(None);
        }
        let mut text = String::new();
        (&mut file).take(LONGEST).read_to_string(&mut text)?;
        match serde_json::from_str(&text) {
            Ok(creation) if !is_older(&found, KEPT) => Ok(Some(Note { creation, path, file })),
            _ => std::fs::remove_file(path).map(|()| None),
        }
    }
}

impl Creation {
    /// Whether it was of this machine, in the same organization, and of a name that only this provider gives.
    fn is_beside(&self, other: &Creation) -> bool {
        let places = [self, other].map(|it| (&it.host, &it.url, it.org));
        places[0] == places[1] && is_generated(&self.name)
    }
}

#[cfg(unix)]
fn is_of_same_user(one: &std::fs::Metadata, other: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    one.uid() == other.uid()
}

#[cfg(not(unix))]
fn is_of_same_user(_: &std::fs::Metadata, _: &std::fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
fn host() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

#[cfg(not(unix))]
fn host() -> String {
    String::new()
}

fn is_older(file: &std::fs::Metadata, than: Duration) -> bool {
    let age = file.modified().ok().and_then(|time| time.elapsed().ok());
    age.is_some_and(|age| age > than)
}

impl Organization {
    /// Notes that a key of a generated name is about to be created, and deletes what killed runs have
    /// left of theirs. `None` where no file can be written.
    pub(super) async fn note_creation(&self, name: &str) -> Option<Note> {
        if cfg!(not(unix)) {
            return None;
        }
        let (url, org) = (self.client.url().to_string(), self.id().number());
        let creation = Creation { host: host(), url, org, name: name.to_owned() };
        match Note::make(&std::env::temp_dir(), creation) {
            Ok(note) => {
                // What is not deleted in time is still noted for the next run.
                let look = tokio::time::timeout(PATIENCE, self.delete_left(&note));
                self.look_for_left(async { drop(look.await) }).await;
                Some(note)
            }
            Err(error) => {
                tracing::debug!(%error, "the creation of a key cannot be noted");
                None
            }
        }
    }

    async fn delete_left(&self, own: &Note) {
        for left in own.left_by_others() {
            let name = self.quote(&left.creation.name);
            match self.delete_named(&left.creation.name).await {
                Ok(true) => {
                    tracing::info!(%name, "what a killed run has left of a key is deleted");
                    left.remove();
                }
                // The next run looks again.
                Ok(false) => tracing::debug!(%name, "a killed run has left no key that is listed"),
                Err(error) => tracing::warn!(?error, %name, "a killed run may have left a key"),
            }
        }
    }

    /// Deletes the key of a name that was generated once, or the service account that was created for it;
    /// `false` if neither is listed.
    async fn delete_named(&self, name: &str) -> Result<bool, DeleteError> {
        let listing = self.list(&Filter { name: None, include_expired: true }).await?;
        if let Some(found) = listing.keys.iter().find(|key| key.name == name) {
            let account = found.backend.service_account_id();
            let name = Some(name.to_owned());
            let key = KeyRef { number: found.number, name, account, secret: None };
            return self.delete(&key).await.map(|_| true);
        }
        let accounts = self.accounts().await?;
        let mut accounts = accounts.iter().flat_map(|accounts| accounts.values());
        let is_left =
            |account: &&ServiceAccount| account.tokens == Some(0) && is_created_for(name, account);
        let Some(account) = accounts.find(is_left) else { return Ok(false) };
        let deleted = self.delete_account(account.id, account.is_disabled, |_| false).await;
        Ok(deleted.map_err(|left| left.error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::generated_name;

    fn note(directory: &Path, org: i64, name: &str) -> Note {
        note_on(&host(), directory, org, name)
    }

    fn note_on(host: &str, directory: &Path, org: i64, name: &str) -> Note {
        let (host, url) = (host.to_owned(), "http://grafana.example.com/".to_owned());
        Note::make(directory, Creation { host, url, org, name: name.to_owned() }).unwrap()
    }

    #[test]
    fn only_what_ended_processes_have_noted_of_the_organization_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let own = note(directory.path(), 1, "own");
        let _alive = note(directory.path(), 1, &generated_name("of-a-sibling-"));
        note(directory.path(), 1, &generated_name("answered-")).remove();
        // As a kill leaves them.
        drop(note(directory.path(), 2, &generated_name("of-another-organization-")));
        let killed = generated_name("killed-");
        drop(note(directory.path(), 1, &killed));
        drop(note_on("another machine", directory.path(), 1, &generated_name("elsewhere-")));
        drop(note(directory.path(), 1, "a name that a user gave"));
        let file = |name: &str| directory.path().join(format!("{PREFIX}{name}"));
        std::fs::write(file("nonsense"), "{").unwrap();
        std::fs::write(file("written.new"), "{}").unwrap();

        let left = own.left_by_others();
        assert_eq!(left.iter().map(|left| &*left.creation.name).collect::<Vec<_>>(), [&*killed]);
        assert!(own.left_by_others().is_empty(), "whoever deals with it holds it");
        left.into_iter().for_each(Note::remove);
        assert!(own.left_by_others().is_empty());
        assert!(!file("nonsense").exists() && file("written.new").exists());
    }
}
