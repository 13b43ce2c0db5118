//! What Terraform does with API keys, each time beside as many of its built-in `terraform_data`.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use simulator::grafana::{Generation, Grafana, MAIN_ORGANIZATION, Options, Role};
use terraform_provider_grafana::provider::ADDRESS;
use terraform_runner::{ProviderUnderTest, Terraform, Workspace};

/// Thousands of keys take a while on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(1200);

/// How many keys each organization has.
const KEYS_OF_AN_ORGANIZATION: usize = 100;

/// What is measured, with Terraform's arguments. One after another they lead back to the beginning.
const OPERATIONS: [(&str, &[&str]); 3] = [
    ("apply", &["apply", "-auto-approve"]),
    ("plan", &["plan", "-detailed-exitcode"]),
    ("destroy", &["destroy", "-auto-approve"]),
];

/// One operation, measured in pairs.
pub struct Measured {
    /// `apply`, `plan` (where nothing has changed) or `destroy`.
    pub operation: &'static str,
    /// Keys and `terraform_data`, one right after the other.
    pub pairs: Vec<(Duration, Duration)>,
    /// HTTP requests that the provider made for one of them.
    pub requests: usize,
}

/// Applies, plans and destroys `count` keys and as many `terraform_data` by turns, `runs` times.
///
/// # Errors
/// If Terraform fails, or a plan is not empty.
pub fn measure(
    terraform: &Terraform,
    provider: &Path,
    generation: Generation,
    count: usize,
    runs: usize,
) -> Result<Vec<Measured>> {
    let keys = Keys::new(terraform, provider, generation, count)?;
    let built_in = built_in(terraform, count)?;
    let mut measured =
        OPERATIONS.map(|(operation, _)| Measured { operation, pairs: Vec::new(), requests: 0 });
    for _ in 0..runs {
        for (measured, (_, arguments)) in measured.iter_mut().zip(OPERATIONS) {
            keys.grafana.journal().clear();
            let pair = (run(&keys.workspace, arguments)?, run(&built_in, arguments)?);
            measured.pairs.push(pair);
            measured.requests = keys.grafana.journal().entries().len();
        }
    }
    Ok(measured.into())
}

fn run(workspace: &Workspace, arguments: &[&str]) -> Result<Duration> {
    let begin = Instant::now();
    let run = workspace.run(arguments)?;
    let time = begin.elapsed();
    ensure!(run.code == Some(0), "{arguments:?} failed, or the plan was not empty:\n{run}");
    Ok(time)
}

fn built_in(terraform: &Terraform, count: usize) -> Result<Workspace> {
    let mut workspace = Workspace::new(terraform, &[])?;
    workspace.timeout(TIMEOUT);
    let text = format!(
        "resource \"terraform_data\" \"key\" {{\n  count = {count}\n  input = \"key-${{count.index}}\"\n}}\n"
    );
    workspace.write("main.tf", &text)?;
    Ok(workspace)
}

/// A configuration of API keys and the Grafana that it is for.
pub struct Keys {
    grafana: Grafana,
    workspace: Workspace,
}

impl Keys {
    /// `count` keys in organizations of a hundred. Nothing is applied yet.
    ///
    /// # Errors
    /// If the simulator does not start or no file can be written.
    pub fn new(
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
        Ok(Self { grafana, workspace })
    }

    /// Creates the keys.
    ///
    /// # Errors
    /// If Terraform fails.
    pub fn apply(&self) -> Result<()> {
        run(&self.workspace, OPERATIONS[0].1).map(drop)
    }

    /// Plans the keys that are there.
    ///
    /// # Errors
    /// If Terraform fails, or the plan is not empty.
    pub fn plan(&self) -> Result<()> {
        run(&self.workspace, OPERATIONS[1].1).map(drop)
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
