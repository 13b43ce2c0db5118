//! Each kind of resource on servers of its own, beside things of somebody else.

mod instance_license;
mod keys;
mod workspace_license;

use std::sync::Arc;

use secrecy::ExposeSecret;
use serde_json::Value as Json;
use simulator::amazon::Amazon;
use simulator::faults::Faults;
use simulator::grafana::Generation;
use simulator::journal::Journal;

use self::instance_license::InstanceLicense;
use self::keys::Keys;
use self::workspace_license::WorkspaceLicense;
use super::fault::Event;
use super::operation::Operation;

/// What no message may have a part of.
const PASSWORD: &str = "q7Zk-2v9Xw-Jm4Tp";

/// Whose requests are met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Grafana,
    Amazon,
}

pub trait World: Send + Sync {
    fn name(&self) -> String;
    fn resource_type(&self) -> &'static str;
    /// A data source and its configuration.
    fn data(&self) -> (&'static str, Json);
    fn service(&self) -> Service;
    fn provider(&self) -> Json;
    /// The same for another server in place of the one whose requests are met.
    fn provider_at(&self, url: &str) -> Json;
    fn secrets(&self) -> Vec<String>;
    fn offers(&self, operation: Operation) -> bool;
    /// The configuration that is created, or a change of it.
    fn config(&self, operation: Operation) -> Json;
    fn import_id(&self, state: &Json) -> String;
    fn faults(&self) -> &Faults;
    fn journal(&self) -> &Journal;
    /// What is somebody else's, in words that change with it.
    fn of_others(&self) -> String;
    /// The id of what is imported before an operation; `None` if it is created.
    fn imported(&self) -> Option<&str> {
        None
    }
    /// The names of ephemeral keys, which are to be gone when the run has ended.
    fn passing(&self) -> Vec<String> {
        Vec::new()
    }
    /// Fails unless what is there is what a state says, and what is somebody else's.
    fn assert_holds(&self, state: &Json, said: &str);
    /// Whether a license is what it manages.
    fn has_slot(&self) -> bool {
        false
    }
    /// Whether what it makes has a name that is known before.
    fn is_named(&self) -> bool {
        true
    }
    /// Whether its operations have little time.
    fn is_hasty(&self) -> bool {
        false
    }
    /// Whether AWS makes the sign-in, whose last requests come once the run has ended.
    fn signs_in_with_aws(&self) -> bool {
        false
    }
    /// Which of how many worlds of its kind it is.
    fn turn(&self) -> (usize, usize) {
        (0, 1)
    }
    /// Gives the slot of a license to somebody else's, or empties it; there is none of keys.
    fn change_slot(&self, _licensed: bool) {}
    /// What is to happen in the next run, if it is of the service and not of a request.
    fn arrange(&self, _event: Event, _operation: Operation) {}
    /// Brings what is under way to its end.
    fn settle(&self) {}
}

/// Makes a world.
pub type Start = fn() -> Arc<dyn World>;

/// Those of the short form, or all.
pub fn starts(all: bool) -> Vec<Start> {
    let mut starts: Vec<Start> = vec![
        // What waits longest begins first.
        || WorkspaceLicense::start(Some("5s")),
        || Keys::start(Generation::V8_4, "name"),
        || Keys::start(Generation::V10_4, "name"),
        || Keys::start(Generation::V12_4, "name_prefix"),
        || Keys::start(Generation::V12_1, "name"),
        || Keys::imported(Generation::V12_1),
        || Keys::managed("10.4"),
        || InstanceLicense::start(Generation::V12_1),
        || WorkspaceLicense::start(None),
    ];
    if all {
        let more: [Start; 11] = [
            || Keys::start(Generation::V9_4, "name"),
            || Keys::start(Generation::V11_3, "name"),
            || Keys::start(Generation::V12_4, "name"),
            || Keys::start(Generation::V9_4, "name_prefix"),
            || Keys::start(Generation::V11_3, "name_prefix"),
            || Keys::imported(Generation::V9_4),
            || Keys::managed("8.4"),
            || Keys::managed("12.4"),
            || InstanceLicense::start(Generation::V8_4),
            || InstanceLicense::start(Generation::V10_4),
            || InstanceLicense::start(Generation::V11_3),
        ];
        starts.extend(more);
    }
    starts
}

fn secret_key(amazon: &Amazon) -> String {
    amazon.credential().secret.expose_secret().to_owned()
}
