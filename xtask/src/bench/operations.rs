//! What Terraform does with API keys, each time right after one another with as many of its built-in `terraform_data`
//! and with other providers of the same schema.

use std::fs;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use simulator::grafana::{Generation, Grafana, MAIN_ORGANIZATION, Options, Role};
use terraform_provider_grafana::provider::ADDRESS;
use terraform_runner::{ProviderUnderTest, Terraform, Workspace};

use super::report::{milliseconds, ratio};

/// Thousands of keys take a while on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(1800);

/// How many keys each organization has.
const KEYS_OF_AN_ORGANIZATION: usize = 100;

const CONFIGURATION: &str = "main.tf";
const STATE: &str = "terraform.tfstate";

const APPLY: &[&str] = &["apply", "-auto-approve"];
const PLAN: &[&str] = &["plan", "-detailed-exitcode"];
const DESTROY: &[&str] = &["destroy", "-auto-approve"];

/// One operation, measured.
pub struct Measured {
    arguments: &'static [&'static str],
    /// What each subject takes, in their order, once for each run.
    times: Vec<Vec<Duration>>,
    /// HTTP requests that the first of them made in one run.
    requests: usize,
}

/// Resources of one kind, and what Terraform needs to manage them.
pub struct Subject {
    grafana: Option<Rc<Grafana>>,
    workspace: Workspace,
}

impl Subject {
    /// `count` keys in organizations of a hundred, managed by `provider`. Nothing is applied yet.
    ///
    /// # Errors
    /// If the simulator does not start or no file can be written.
    pub fn keys(
        terraform: &Terraform,
        provider: &Path,
        generation: Generation,
        count: usize,
    ) -> Result<Self> {
        let grafana = Grafana::start(Options { generation, ..Options::default() })?;
        let organizations = organizations(&grafana, count.div_ceil(KEYS_OF_AN_ORGANIZATION))?;
        let keys = Self::managed(terraform, provider, Rc::new(grafana))?;
        keys.workspace.write(CONFIGURATION, &configuration(count, &organizations))?;
        Ok(keys)
    }

    /// The same keys, with the configuration and the state of now, managed by another `provider`.
    ///
    /// # Errors
    /// If nothing is applied, or no file can be written.
    pub fn managed_by(&self, provider: &Path) -> Result<Self> {
        let grafana = self.grafana.clone().context("no provider manages Terraform's own")?;
        let keys = Self::managed(self.workspace.terraform(), provider, grafana)?;
        for file in [CONFIGURATION, STATE] {
            fs::copy(self.workspace.path().join(file), keys.workspace.path().join(file))?;
        }
        Ok(keys)
    }

    fn managed(terraform: &Terraform, provider: &Path, grafana: Rc<Grafana>) -> Result<Self> {
        let mut workspace =
            Workspace::new(terraform, &[ProviderUnderTest::new(ADDRESS, provider)?])?;
        workspace
            .env("GRAFANA_URL", grafana.url())
            .env("GRAFANA_AUTH", "admin:admin")
            .timeout(TIMEOUT);
        Ok(Self { grafana: Some(grafana), workspace })
    }

    /// `count` of Terraform's own `terraform_data`. Nothing is applied yet.
    ///
    /// # Errors
    /// If no file can be written.
    pub fn built_in(terraform: &Terraform, count: usize) -> Result<Self> {
        let mut workspace = Workspace::new(terraform, &[])?;
        workspace.timeout(TIMEOUT);
        let text = format!(
            "resource \"terraform_data\" \"key\" {{\n  count = {count}\n  input = \"key-${{count.index}}\"\n}}\n"
        );
        workspace.write(CONFIGURATION, &text)?;
        Ok(Self { grafana: None, workspace })
    }

    /// Creates the resources.
    ///
    /// # Errors
    /// If Terraform fails.
    pub fn apply(&self) -> Result<()> {
        self.run(APPLY).map(drop)
    }

    /// Plans the resources that are there.
    ///
    /// # Errors
    /// If Terraform fails, or the plan is not empty.
    pub fn plan(&self) -> Result<Duration> {
        self.run(PLAN)
    }

    fn run(&self, arguments: &[&str]) -> Result<Duration> {
        self.grafana.iter().for_each(|grafana| grafana.journal().clear());
        let begin = Instant::now();
        let run = self.workspace.run(arguments)?;
        let time = begin.elapsed();
        ensure!(run.code == Some(0), "{arguments:?} failed, or the plan was not empty:\n{run}");
        Ok(time)
    }

    fn requests(&self) -> usize {
        self.grafana.as_ref().map_or(0, |grafana| grafana.journal().entries().len())
    }
}

/// Applies and destroys each by turns, `runs` times.
///
/// # Errors
/// If Terraform fails.
pub fn life_cycles(subjects: &[Subject], runs: usize) -> Result<[Measured; 2]> {
    let mut measured = [APPLY, DESTROY].map(|arguments| Measured::new(arguments, subjects));
    for _ in 0..runs {
        for measured in &mut measured {
            measured.add(subjects)?;
        }
    }
    Ok(measured)
}

/// Plans each by turns, `runs` times. They are applied.
///
/// # Errors
/// If Terraform fails, or a plan is not empty.
pub fn plans(subjects: &[Subject], runs: usize) -> Result<Measured> {
    let mut measured = Measured::new(PLAN, subjects);
    for _ in 0..runs {
        measured.add(subjects)?;
    }
    Ok(measured)
}

impl Measured {
    fn new(arguments: &'static [&'static str], subjects: &[Subject]) -> Self {
        Self { arguments, times: vec![Vec::new(); subjects.len()], requests: 0 }
    }

    /// `apply`, `plan` (where nothing has changed) or `destroy`, what the first subject takes, its requests, and how
    /// many times as long as each of the others.
    pub fn cells(&self) -> Vec<String> {
        let (keys, others) = self.times.split_at(1);
        let own = [self.arguments[0].to_owned(), milliseconds(&keys[0]), self.requests.to_string()];
        own.into_iter().chain(others.iter().map(|other| ratio(&keys[0], other))).collect()
    }

    fn add(&mut self, subjects: &[Subject]) -> Result<()> {
        for (nth, subject) in subjects.iter().enumerate() {
            self.times[nth].push(subject.run(self.arguments)?);
            if nth == 0 {
                self.requests = subject.requests();
            }
        }
        Ok(())
    }
}

fn organizations(grafana: &Grafana, count: usize) -> Result<Vec<i64>> {
    let mut organizations = vec![MAIN_ORGANIZATION];
    for number in 1..count {
        let organization = grafana.create_organization(&format!("organization {number}"))?;
        grafana.add_member(organization, "admin", Role::Admin)?;
        organizations.push(organization);
    }
    Ok(organizations)
}

fn configuration(count: usize, organizations: &[i64]) -> String {
    format!(
        r#"terraform {{
  required_providers {{
    grafana = {{
      source = "{ADDRESS}"
    }}
  }}
}}

locals {{
  organizations = {organizations:?}
}}

resource "grafana_api_key" "key" {{
  count  = {count}
  org_id = local.organizations[count.index % length(local.organizations)]
  name   = "key-${{count.index}}"
  role   = "Viewer"
}}
"#
    )
}
