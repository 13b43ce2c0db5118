//! The runner with real Terraform: the installed one, and the newest from PyPI. Without an installed one, both are the
//! latter.

use terraform_runner::{Release, Terraform};

mod life_cycle;
mod providers;
mod signals;

/// Runs each case once with the installed Terraform and once with the fetched one.
macro_rules! with_each_terraform {
    ($($case:ident),+ $(,)?) => {
        mod installed {
            $(#[test] fn $case() { super::$case(&crate::installed()) })+
        }
        mod fetched {
            $(#[test] fn $case() { super::$case(&crate::fetched()) })+
        }
    };
}
use with_each_terraform;

fn installed() -> Terraform {
    Terraform::preferred(|release| eprintln!("fetching Terraform {release}")).unwrap()
}

fn fetched() -> Terraform {
    Terraform::fetched(Release::NEWEST).unwrap()
}

#[test]
#[ignore = "fetches half a gigabyte"]
fn every_release_can_be_fetched() {
    for release in Release::all() {
        let terraform = Terraform::fetched(*release).unwrap();
        assert_eq!(terraform.version().to_string(), release.terraform_version());
        life_cycle::from_creation_to_destruction(&terraform);
        #[cfg(unix)]
        signals::an_interrupt_ends_an_apply_gracefully(&terraform);
    }
}
