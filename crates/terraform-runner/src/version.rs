use std::fmt;

use semver::Version;

/// Which of the two programs it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// HashiCorp's Terraform.
    Terraform,
    /// OpenTofu, `tofu`.
    OpenTofu,
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Terraform => "Terraform",
            Self::OpenTofu => "OpenTofu",
        })
    }
}

/// What a configuration or a test may need of Terraform's language and commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// `import` blocks and `plan -generate-config-out`.
    ImportBlocks,
    /// `check` blocks.
    Checks,
    /// The command `test`.
    Test,
    /// `mock_provider` in test files.
    TestMocks,
    /// `removed` blocks.
    RemovedBlocks,
    /// Functions of providers.
    ProviderFunctions,
    /// `moved` from one resource type to another.
    MovedAcrossTypes,
    /// Ephemeral resources and ephemeral variables.
    Ephemeral,
    /// Write-only attributes.
    WriteOnly,
    /// `identity` in `import` blocks.
    IdentityImport,
    /// `list` blocks and the command `query`.
    ListResources,
    /// `action` blocks.
    Actions,
    /// `plan -refresh-only -detailed-exitcode` that tells whether anything has changed. Before, it answers 2 for
    /// every state with a number in it.
    RefreshOnlyExitCode,
}

impl Feature {
    /// The first minor version that has it, per the release notes of Terraform and OpenTofu; `None`: none has it yet.
    fn since(self, product: Product) -> Option<(u64, u64)> {
        let (terraform, opentofu) = match self {
            Self::ImportBlocks | Self::Checks => (5, Some(6)),
            Self::Test => (6, Some(6)),
            Self::TestMocks => (7, Some(8)),
            Self::RemovedBlocks => (7, Some(7)),
            Self::ProviderFunctions => (8, Some(7)),
            Self::MovedAcrossTypes => (8, Some(10)),
            Self::Ephemeral => (10, Some(11)),
            Self::WriteOnly => (11, Some(11)),
            Self::IdentityImport => (12, Some(12)),
            Self::ListResources | Self::Actions => (14, None),
            Self::RefreshOnlyExitCode => (15, Some(12)),
        };
        let minor = match product {
            Product::Terraform => Some(terraform),
            Product::OpenTofu => opentofu,
        };
        minor.map(|minor| (1, minor))
    }

    /// Whether `version` of `product` has it. A pre-release counts as its release.
    pub fn is_in(self, product: Product, version: &Version) -> bool {
        self.since(product).is_some_and(|since| (version.major, version.minor) >= since)
    }
}

impl fmt::Display for Feature {
    /// As in "needs write-only attributes".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ImportBlocks => "import blocks",
            Self::Checks => "check blocks",
            Self::Test => "terraform test",
            Self::TestMocks => "mocks in tests",
            Self::RemovedBlocks => "removed blocks",
            Self::ProviderFunctions => "functions of providers",
            Self::MovedAcrossTypes => "moved between types",
            Self::Ephemeral => "ephemeral resources",
            Self::WriteOnly => "write-only attributes",
            Self::IdentityImport => "import by identity",
            Self::ListResources => "list resources",
            Self::Actions => "actions",
            Self::RefreshOnlyExitCode => "right exit code of plan -refresh-only",
        })
    }
}

/// Reads the first line of `terraform version`. The JSON form of that command does not say which program it is.
pub(crate) fn parse(answer: &str) -> Option<(Product, Version)> {
    let (name, version) = answer.lines().next()?.split_once(" v")?;
    let product =
        [Product::Terraform, Product::OpenTofu].into_iter().find(|it| it.to_string() == name)?;
    Some((product, Version::parse(version.trim()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_programs_are_recognized() {
        let (product, version) = parse("Terraform v1.11.4\non linux_amd64\n").unwrap();
        assert_eq!((product, version), (Product::Terraform, Version::new(1, 11, 4)));
        let (product, version) = parse("OpenTofu v1.13.0-dev\non darwin_arm64\n").unwrap();
        assert_eq!((product, version.minor), (Product::OpenTofu, 13));
        assert_eq!(parse("tfenv: no version set"), None);
        assert_eq!(parse(""), None);
    }

    #[test]
    fn a_feature_is_there_from_its_version_on() {
        let in_terraform =
            |feature: Feature, minor| feature.is_in(Product::Terraform, &Version::new(1, minor, 0));
        assert!(!in_terraform(Feature::WriteOnly, 10));
        assert!(in_terraform(Feature::WriteOnly, 11));
        assert!(in_terraform(Feature::Actions, 16));
        let beta = Version::parse("1.14.0-beta1").unwrap();
        assert!(Feature::ListResources.is_in(Product::Terraform, &beta));
        assert!(Feature::ImportBlocks.is_in(Product::Terraform, &Version::new(2, 0, 0)));
    }

    #[test]
    fn opentofu_has_its_own_table() {
        let in_opentofu =
            |feature: Feature, minor| feature.is_in(Product::OpenTofu, &Version::new(1, minor, 6));
        assert!(!in_opentofu(Feature::Ephemeral, 10));
        assert!(in_opentofu(Feature::Ephemeral, 11));
        assert!(in_opentofu(Feature::ProviderFunctions, 7));
        assert!(!in_opentofu(Feature::Actions, 12));
        assert!(!in_opentofu(Feature::ListResources, 12));
    }
}
