//! Removing the license, and only that.

use std::future::ready;
use std::time::Duration;

use tfplugin::{Context, Diagnostic, Done, IntoDiagnostic, Limits, Outcome};

use super::observation::{Answers, Observation, Tally, look};
use super::planning::license_in_words;
use super::run::Record;
use super::token::{Remembered, license_id, own_id, state_id};
use super::{EnterpriseLicense, EnterpriseLicenses};
use crate::grafana::{Client, Error, ErrorKind, Licensing};
use crate::resources::holders;

/// How many answers in a row have to show no license.
const GONE: usize = 5;
/// After how many answers in a row that all show one it is believed that it comes from elsewhere.
const STAYS: usize = 12;
/// Between two such answers.
const STAYING_PAUSE: Duration = Duration::from_millis(250);
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
const IF_NOT: &str = " Should that fail, import the license (`terraform import`) or set `replace_existing = true`, and apply again.";

impl EnterpriseLicenses {
    pub(super) async fn remove(
        &self,
        state: EnterpriseLicense,
        cx: &Context<Remembered>,
    ) -> Outcome<()> {
        let own = own_id(&state, cx);
        let client = self.grafana.client()?;
        let licensing = client.licensing()?;
        let mut record = self.run.turn(cx).await?;
        if let Some(left) = leaves(&mut record, &own, &state, cx)? {
            return Ok(left);
        }
        let seen = match look(&licensing, cx).await? {
            Answers::Agree(observation) => vec![*observation],
            Answers::Differ(tally) => tally.observations().cloned().collect(),
        };
        let mut licenses = seen.iter().filter_map(|observation| observation.claims.as_ref());
        if let Some(other) = licenses.clone().find(|claims| license_id(claims) != own) {
            return Ok(left(&format!(
                "The instance has {} by now, which this resource has not installed. To remove that one with Terraform, import it first.",
                license_in_words(other)
            )));
        }
        let Some(active) = licenses.next() else { return Ok(nothing_to_remove(&seen)) };
        let token = state.token.into_known();
        let instance = active.subject.clone().or(state.instance.into_known()).unwrap_or_default();
        cx.wait(ready(())).await.map_err(IntoDiagnostic::into_diagnostic)?;
        if let Err(error) = licensing.remove(&instance).await {
            return Err(not_removed(error, &client, &licensing).await)?;
        }
        record.removed.insert(own, token);
        Ok(wait_until_gone(&licensing, cx).await)
    }
}

/// Whether the license stays for what else this run does, and why.
fn leaves(
    record: &mut Record,
    own: &str,
    state: &EnterpriseLicense,
    cx: &Context<Remembered>,
) -> Result<Option<Done<()>>, Diagnostic> {
    if cx.private().replacing {
        record.to_be_replaced.extend([own.to_owned(), state_id(state).to_owned()]);
        let why = "It stays until the next step of this replacement puts the new one in its place.";
        return Ok(Some(left(&[why, IF_NOT].concat())));
    }
    if record.installed.contains(own) {
        return Ok(Some(left("This run has installed it, for another resource.")));
    }
    if record.stood_in_the_way.contains(own) {
        return Err(stood_in_the_way(own));
    }
    if holders::makes_way(cx) {
        record.to_be_replaced.insert(own.to_owned());
        let why = "It stays for the resource that this run creates, which takes it over or puts its own in its place.";
        return Ok(Some(left(&[why, IF_NOT].concat())));
    }
    if record.released.release(cx) {
        return Ok(None);
    }
    Ok(Some(left("Another resource has the same license of the same instance.")))
}

/// After an installation that was refused because of this license, removing it would leave none.
fn stood_in_the_way(own: &str) -> Diagnostic {
    let detail = format!(
        "Another resource of this run was to install its license in place of {own}, but came first and was refused, because {own} was still there. It stays, \
         so that the instance is not left without one. Apply again; if the order is the same each time, set `replace_existing = true` in the new resource."
    );
    Diagnostic::error("The instance keeps its license", detail)
}

fn nothing_to_remove(seen: &[Observation]) -> Done<()> {
    if seen.iter().any(|observation| observation.valid) {
        return left("Grafana calls its license valid but does not show which one it is.");
    }
    Done::new(())
}

fn left(why: &str) -> Done<()> {
    let summary = "The instance keeps its license";
    Done::new(()).warn(Diagnostic::warning(summary, format!("{why} Nothing has been removed.")))
}

/// The error of a removal, with what is there now: a removal whose answer was lost may have been carried out.
async fn not_removed(error: Error, client: &Client, licensing: &Licensing) -> Diagnostic {
    let wrong_instance = matches!(error.kind(), ErrorKind::WrongInstance { .. });
    let mut diagnostic = error.into_diagnostic();
    if wrong_instance && let Ok(instance) = client.instance().await {
        diagnostic.summary = "Grafana's license is for another instance".to_owned();
        diagnostic.detail.push_str(&format!(
            " This instance's own root URL is {} (`root_url` in its configuration).",
            instance.app_url
        ));
    }
    if let Ok(there) = licensing.claims().await {
        diagnostic.detail.push_str(match there {
            Some(_) => " The license is still there.",
            None => " The instance has no license now, though: plan again.",
        });
    }
    diagnostic
}

/// Waits until no node shows the license; one that comes from disk or environment stays.
async fn wait_until_gone(licensing: &Licensing, cx: &Limits) -> Done<()> {
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
                let none = observation.claims.is_none() && !observation.valid;
                gone = if none { gone + 1 } else { 0 };
                // Nodes that lag behind differ from the one that was told, so a single other answer rules this out.
                stays = if tally.is_unanimous() && !none { stays + 1 } else { 0 };
                if gone == GONE {
                    return Done::new(());
                }
                if stays == STAYS {
                    return from_elsewhere(&observation);
                }
            }
        }
        pause = match (gone, stays) {
            (0, 0) => (pause * 2).min(LONGEST_PAUSE),
            (0, _) => STAYING_PAUSE,
            _ => SHORTEST_PAUSE,
        };
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
