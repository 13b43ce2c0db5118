use std::{
    fmt, fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use crate::error::{Doing, Error};

/// The registry that an address without host means, to Terraform and to OpenTofu.
const TERRAFORM_REGISTRY: &str = "registry.terraform.io";
const OPENTOFU_REGISTRY: &str = "registry.opentofu.org";

/// A provider's address, `HOST/NAMESPACE/NAME`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderAddress {
    host: String,
    namespace: String,
    name: String,
}

impl ProviderAddress {
    /// The last part, by which the program is named.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The addresses under which a configuration can mean this provider: OpenTofu reads `namespace/name` as one of
    /// its own registry.
    fn spellings(&self, opentofu: bool) -> Vec<Self> {
        let mut spellings = vec![self.clone()];
        if opentofu && self.host == TERRAFORM_REGISTRY {
            spellings.push(Self { host: OPENTOFU_REGISTRY.to_owned(), ..self.clone() });
        }
        spellings
    }
}

impl FromStr for ProviderAddress {
    type Err = Error;

    /// Reads `HOST/NAMESPACE/NAME`, or `NAMESPACE/NAME` on Terraform's registry.
    fn from_str(text: &str) -> Result<Self, Error> {
        let parts: Vec<&str> = text.split('/').collect();
        let (host, namespace, name) = match parts[..] {
            [host, namespace, name] => (host, namespace, name),
            [namespace, name] => (TERRAFORM_REGISTRY, namespace, name),
            _ => return Err(Error::Address(text.to_owned())),
        };
        if [host, namespace, name].contains(&"") {
            return Err(Error::Address(text.to_owned()));
        }
        Ok(Self { host: host.to_owned(), namespace: namespace.to_owned(), name: name.to_owned() })
    }
}

impl fmt::Display for ProviderAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.host, self.namespace, self.name)
    }
}

/// A provider's program, and the address under which configurations ask for it.
#[derive(Clone, Debug)]
pub struct ProviderUnderTest {
    address: ProviderAddress,
    binary: PathBuf,
    version: String,
}

impl ProviderUnderTest {
    /// The program `binary`, whatever its file's name, as the provider `address`, such as
    /// `registry.terraform.io/hashicorp/aws`.
    ///
    /// # Errors
    /// [`Error::Address`] if `address` is none.
    pub fn new(address: &str, binary: impl Into<PathBuf>) -> Result<Self, Error> {
        Ok(Self { address: address.parse()?, binary: binary.into(), version: "1.0.0".to_owned() })
    }

    /// The version it has in a mirror; `1.0.0` otherwise. Development overrides have no version.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = version.into();
        self
    }

    /// Lays the program out for `dev_overrides` below `directory` and returns the entries for them.
    pub(crate) fn lay_out_override(
        &self,
        directory: &Path,
        opentofu: bool,
    ) -> Result<Vec<(String, PathBuf)>, Error> {
        let name =
            format!("terraform-provider-{}{}", self.address.name, std::env::consts::EXE_SUFFIX);
        place(&self.binary, &directory.join(name))?;
        let spellings = self.address.spellings(opentofu).into_iter();
        Ok(spellings.map(|address| (address.to_string(), directory.to_owned())).collect())
    }

    /// Lays the program out in the filesystem mirror `directory` and returns the addresses that it holds now.
    pub(crate) fn lay_out_mirror(
        &self,
        directory: &Path,
        opentofu: bool,
    ) -> Result<Vec<String>, Error> {
        let Self { address, version, .. } = self;
        let suffix = std::env::consts::EXE_SUFFIX;
        let name = format!("terraform-provider-{}_v{version}{suffix}", address.name);
        let spellings = address.spellings(opentofu);
        for address in &spellings {
            let package = directory.join(address.to_string()).join(version).join(platform());
            place(&self.binary, &package.join(&name))?;
        }
        Ok(spellings.iter().map(ToString::to_string).collect())
    }
}

/// A hard link, or a copy where the file system of the target is another one.
fn place(binary: &Path, target: &Path) -> Result<(), Error> {
    let placing = || format!("placing {} at {}", binary.display(), target.display());
    let real = fs::canonicalize(binary).doing(placing)?;
    if let Some(directory) = target.parent() {
        fs::create_dir_all(directory).doing(placing)?;
    }
    fs::hard_link(&real, target).or_else(|_| fs::copy(&real, target).map(drop)).doing(placing)
}

/// This machine as Terraform names it, such as `linux_amd64`.
pub fn platform() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    };
    format!("{system}_{architecture}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_without_host_is_on_terraforms_registry() {
        let address: ProviderAddress = "hashicorp/aws".parse().unwrap();
        assert_eq!(address.to_string(), "registry.terraform.io/hashicorp/aws");
        assert_eq!("example.com/a/b".parse::<ProviderAddress>().unwrap().name(), "b");
        for wrong in ["aws", "a/b/c/d", "/a/b", "a//b", ""] {
            assert!(wrong.parse::<ProviderAddress>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn opentofu_means_its_own_registry() {
        let public: ProviderAddress = "hashicorp/aws".parse().unwrap();
        assert_eq!(public.spellings(false).len(), 1);
        assert_eq!(public.spellings(true)[1].to_string(), "registry.opentofu.org/hashicorp/aws");
        let private: ProviderAddress = "example.com/a/b".parse().unwrap();
        assert_eq!(private.spellings(true), [private]);
    }

    #[test]
    fn a_mirror_has_the_layout_that_init_looks_for() {
        let directory = tempfile::tempdir().unwrap();
        let program = std::env::current_exe().unwrap();
        let provider = ProviderUnderTest::new("hashicorp/aws", &program).unwrap().version("2.3.4");
        let addresses = provider.lay_out_mirror(directory.path(), false).unwrap();
        assert_eq!(addresses, ["registry.terraform.io/hashicorp/aws"]);
        let suffix = std::env::consts::EXE_SUFFIX;
        let package = directory.path().join(&addresses[0]).join("2.3.4").join(platform());
        let placed = package.join(format!("terraform-provider-aws_v2.3.4{suffix}"));
        assert_eq!(placed.metadata().unwrap().len(), program.metadata().unwrap().len());
    }
}
