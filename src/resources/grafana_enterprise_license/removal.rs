//! Removing the license, and only that.

use std::time::Duration;

use tfplugin::{Context, Diagnostic, Done, IntoDiagnostic, Outcome};

use super::observation::{Answers, Observation, Tally, look};
use super::planning::{REPLACING, license_in_words};
use super::token::{license_id, state_id};
use super::{EnterpriseLicense, EnterpriseLicenses};
use crate::grafana::{Client, Error, Licensing};

/// How many answers in a row have to show no license.
const GONE: usize = 5;
/// After how many answers in a row that all show one it is believed that it comes from elsewhere.
const STAYS: usize = 12;
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

impl EnterpriseLicenses {
    pub(super) async fn remove(&self, state: EnterpriseLicense, cx: &Context) -> Outcome<()> {
        let own = state_id(&state).to_owned();
        let client = self.grafana.client()?;
        let licensing = client.licensing()?;
        let mut record = self.run.turn(cx).await?;
        if cx.private().get(REPLACING) == Some(true) {
            record.to_be_replaced.insert(own);
            return Ok(left(
                "It stays until the next step of this replacement puts the new one in its place.",
            ));
        }
        if record.installed.contains(&own) {
            return Ok(left("This run has installed it, for another resource."));
        }
        if !record.release(cx.private()) {
            return Ok(left("Another resource has the same license of the same instance."));
        }
        let seen = match look(&licensing, cx).await? {
            Answers::Agree(observation) => vec![*observation],
            Answers::Differ(tally) => tally.observations().cloned().collect(),
        };
        let mut licenses = seen.iter().filter_map(|observation| observation.claims.as_ref());
        if let Some(other) = licenses.clone().find(|claims| license_id(claims) != own) {
            return Ok(left(&format!(
                "The instance has {} by now, which is not the one in the state.",
                license_in_words(other)
            )));
        }
        let Some(active) = licenses.next() else { return Ok(().into()) };
        let instance = active.subject.clone().or(state.instance.into_known()).unwrap_or_default();
        if let Err(error) = licensing.remove(&instance).await {
            return Err(not_removed(error, &client).await)?;
        }
        Ok(wait_until_gone(&licensing, cx).await)
    }
}

fn left(why: &str) -> Done<()> {
    let summary = "The instance keeps its license";
    Done::new(()).warn(Diagnostic::warning(summary, format!("{why} Nothing has been removed.")))
}

async fn not_removed(error: Error, client: &Client) -> Diagnostic {
    let wrong_instance = matches!(error, Error::WrongInstance { .. });
    let mut diagnostic = error.into_diagnostic();
    if wrong_instance && let Ok(instance) = client.instance().await {
        diagnostic.summary = "Grafana's license is for another instance".to_owned();
        diagnostic.detail.push_str(&format!(
            " This instance's own root URL is {} (`root_url` in its configuration).",
            instance.app_url
        ));
    }
    diagnostic.detail.push_str(" The license is still there.");
    diagnostic
}

/// Waits until no node shows the license; one that comes from disk or environment stays.
async fn wait_until_gone(licensing: &Licensing, cx: &Context) -> Done<()> {
    let licensing = licensing.over_new_connections();
    let mut tally = Tally::default();
    let (mut gone, mut stays, mut pause) = (0, 0, SHORTEST_PAUSE);
    for number in 0.. {
        match cx.wait(Observation::make_nth(&licensing, number)).await {
            Err(_) => break,
            Ok(Err(error)) => {
                tally.count_failure(&error);
                (gone, stays) = (0, 0);
            }
            Ok(Ok(observation)) => {
                tally.count(&observation);
                let shown = observation.claims.is_some() || observation.valid;
                (gone, stays) = if shown { (0, stays + 1) } else { (gone + 1, 0) };
                if gone == GONE {
                    return Done::new(());
                }
                if stays == STAYS {
                    return from_elsewhere(&observation);
                }
            }
        }
        let changing = gone == 0 && stays == 0;
        pause = if changing { (pause * 2).min(LONGEST_PAUSE) } else { SHORTEST_PAUSE };
        if cx.sleep(pause).await.is_err() {
            break;
        }
    }
    let detail = format!(
        "Grafana accepted the removal, but not every answer has shown it: {tally}. Nodes that lag behind will notice; a license from disk or environment stays."
    );
    Done::accepted_but_not_finished((), "Not every node has dropped the license yet", detail)
}

fn from_elsewhere(observation: &Observation) -> Done<()> {
    let detail = format!(
        "The license in Grafana's database has been removed, but the instance still has one: {observation}. It comes from disk or environment \
         (`license_path`, `license_text`); remove it there if it should go too."
    );
    Done::new(()).warn(Diagnostic::warning("The instance still has a license", detail))
}
