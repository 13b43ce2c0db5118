//! `terraform plan` where nothing has changed.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use simulator::grafana::{Generation, Grafana, MAIN_ORGANIZATION, Options, Role};
use terraform_provider_grafana::provider::ADDRESS;
use terraform_runner::{ProviderUnderTest, Terraform, Workspace};

use super::median;

const ORGANIZATIONS: usize = 10;

/// Creating a thousand keys takes a while on a busy machine.
const PATIENCE: Duration = Duration::from_secs(1200);

/// A plan of API keys, measured.
pub struct Planned {
    /// How long it took.
    pub time: Duration,
    /// How many HTTP requests it made.
    pub requests: usize,
}

/// Plans `count` unchanged `grafana_api_key` in up to ten organizations.
pub fn keys(terraform: &Terraform, provider: &Path, count: usize, runs: usize) -> Result<Planned> {
    let grafana = Grafana::start(Options { generation: Generation::V10_4, ..Options::default() })?;
    let organizations = organizations(&grafana)?;
    let provider = ProviderUnderTest::new(ADDRESS, provider)?;
    let mut workspace = Workspace::new(terraform, &[provider])?;
    workspace.env("GRAFANA_URL", grafana.url()).env("GRAFANA_AUTH", "admin:admin");
    workspace.write("main.tf", &configuration(count, &organizations))?;
    let time = plan(&mut workspace, runs, || grafana.journal().clear())?;
    Ok(Planned { time, requests: grafana.journal().entries().len() })
}

/// Plans `count` unchanged `terraform_data`, which need no provider.
pub fn built_in(terraform: &Terraform, count: usize, runs: usize) -> Result<Duration> {
    let mut workspace = Workspace::new(terraform, &[])?;
    let text = format!(
        "resource \"terraform_data\" \"key\" {{\n  count = {count}\n  input = \"key-${{count.index}}\"\n}}\n"
    );
    workspace.write("main.tf", &text)?;
    plan(&mut workspace, runs, || ())
}

fn plan(workspace: &mut Workspace, runs: usize, before: impl Fn()) -> Result<Duration> {
    workspace.timeout(PATIENCE);
    workspace.apply()?;
    let once = || {
        before();
        let begin = Instant::now();
        let run = workspace.run(&["plan", "-detailed-exitcode"])?;
        let time = begin.elapsed();
        ensure!(run.code == Some(0), "the plan should be empty:\n{run}");
        Ok(time)
    };
    let times = (0..runs).map(|_| once()).collect::<Result<Vec<_>>>()?;
    median(times).context("no run")
}

fn organizations(grafana: &Grafana) -> Result<Vec<i64>> {
    let mut organizations = vec![MAIN_ORGANIZATION];
    for number in 1..ORGANIZATIONS {
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
