//! What users do, through the real Terraform, against simulated Grafana and AWS.
//!
//! Each test runs on each Terraform that `TERRAFORM_VERSIONS` lists, by default the newest, and is ignored, with the
//! reason, on one that lacks what it needs.

#[macro_use]
mod setup;

mod another_address;
mod drift;
mod grafana_api_key;
mod grafana_enterprise_license;
mod leaks;
mod managed_workspace;
mod managed_workspace_license;
mod many;
mod provider_configuration;
// Only there can a Terraform be told to trust a registry of tests (SSL_CERT_FILE).
#[cfg(target_os = "linux")]
mod registry;

use std::num::NonZero;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Completion, Trial};
use setup::Case;
use terraform_runner::Candidate;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    // Much of a test is waiting: for Terraform to start and end, for a cluster to notice.
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    arguments.test_threads.get_or_insert(5 * processors);
    let candidates = match Candidate::selected() {
        Ok(candidates) => candidates,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let mut cases: Vec<_> = inventory::iter::<Case>().collect();
    cases.sort_by_key(|case| case.name);
    let on_each = |case| candidates.iter().map(move |candidate| trial(case, candidate.clone()));
    let trials = cases.into_iter().flat_map(on_each).collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// `grafana_api_key::life_cycle::a_key_is_made::terraform-1.11.4`
fn trial(case: &'static Case, candidate: Candidate) -> Trial {
    let path = case.name.split_once("::").map_or(case.name, |(_, path)| path);
    let on = candidate.to_string().to_lowercase().replace(' ', "-");
    Trial::ignorable_test(format!("{path}::{on}"), move || {
        if let Some(feature) = case.needs.iter().find(|feature| !candidate.supports(**feature)) {
            return Ok(Completion::ignored_with(format!("{candidate} has no {feature}")));
        }
        (case.run)(&candidate.terraform()?);
        Ok(Completion::Completed)
    })
}
