//! What Terraform does with API keys, each time right after one another with as many of its built-in `terraform_data`
//! and with other providers of the same schema.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use simulator::grafana::{Generation, Grafana, MAIN_ORGANIZATION, Options, Role};
use terraform_provider_grafana::provider::ADDRESS;
use terraform_runner::{ProviderUnderTest, Terraform, Workspace};

/// Thousands of keys take a while on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(1800);

/// How many keys each organization has.
const KEYS_OF_AN_ORGANIZATION: usize = 100;

const APPLY: &[&str] = &["apply", "-auto-approve"];
const PLAN: &[&str] = &["plan", "-detailed-exitcode"];
const DESTROY: &[&str] = &["destroy", "-auto-approve"];

/// One operation, measured.
pub struct Measured {
    /// `apply`, `plan` (where nothing has changed) or `destroy`.
    pub operation: &'static str,
    /// What each subject takes, in their order, once for each run.
    pub times: Vec<Vec<Duration>>,
    /// HTTP requests that the first of them made in one run.
    pub requests: usize,
}

/// Resources of one kind, and what Terraform needs to manage them.
pub struct Subject {
    grafana: Option<Grafana>,
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
        let mut workspace =
            Workspace::new(terraform, &[ProviderUnderTest::new(ADDRESS, provider)?])?;
        workspace
            .env("GRAFANA_URL", grafana.url())
            .env("GRAFANA_AUTH", "admin:admin")
            .timeout(TIMEOUT);
        workspace.write("main.tf", &configuration(count, &organizations))?;
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
        workspace.write("main.tf", &text)?;
        Ok(Self { grafana: None, workspace })
    }

    /// Creates the resources.
    ///
    /// # Errors
    /// If Terraform fails.
    pub fn apply(&self) -> Result<Duration> {
        self.run(APPLY)
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

/// Applies, plans and destroys each by turns, `runs` times. The first two are measured in all three, the others, whose
/// applying says nothing about planning, only where they plan.
///
/// # Errors
/// If Terraform fails, or a plan is not empty.
pub fn life_cycles(subjects: &[Subject], runs: usize) -> Result<Vec<Measured>> {
    let (pair, others) = subjects.split_at(subjects.len().min(2));
    for other in others {
        other.apply()?;
    }
    let mut measured = [(APPLY, pair), (PLAN, subjects), (DESTROY, pair)]
        .map(|(arguments, subjects)| (arguments, subjects, Measured::new(arguments, subjects)));
    for _ in 0..runs {
        for (arguments, subjects, measured) in &mut measured {
            measured.add(arguments, subjects)?;
        }
    }
    Ok(measured.map(|(_, _, measured)| measured).into())
}

/// Applies each once, and plans them by turns, `runs` times.
///
/// # Errors
/// If Terraform fails, or a plan is not empty.
pub fn plans(subjects: &[Subject], runs: usize) -> Result<Measured> {
    for subject in subjects {
        subject.apply()?;
    }
    let mut measured = Measured::new(PLAN, subjects);
    for _ in 0..runs {
        measured.add(PLAN, subjects)?;
    }
    Ok(measured)
}

impl Measured {
    fn new(arguments: &[&'static str], subjects: &[Subject]) -> Self {
        Self { operation: arguments[0], times: vec![Vec::new(); subjects.len()], requests: 0 }
    }

    fn add(&mut self, arguments: &[&str], subjects: &[Subject]) -> Result<()> {
        for (times, subject) in self.times.iter_mut().zip(subjects) {
            times.push(subject.run(arguments)?);
        }
        self.requests = subjects.first().map_or(0, Subject::requests);
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
