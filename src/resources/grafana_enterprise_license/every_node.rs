//! Waiting until every node shows what was installed.

use std::time::Duration;

use jiff::Timestamp;
use tfplugin::{Interrupted, Limits};

use super::observation::{Observation, Tally};
use super::planning::license_in_words;
use super::token::license_id;
use crate::grafana::{Claims, Error, ErrorKind, Licensing};

/// How many answers in a row have to show a license that was accepted.
const ENOUGH: usize = 5;
/// After how many answers, all of which call the license of a token that is over not valid, that is believed.
const NEVER_VALID: usize = 16;
/// Between two such answers.
const NOT_VALID_PAUSE: Duration = Duration::from_millis(250);
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Whether Grafana shows what was sent, or a refreshed token of it.
pub(super) fn shows(active: &Claims, sent: &Claims) -> bool {
    license_id(active) == license_id(sent)
        && (active.token_id == sent.token_id || active.issued_at >= sent.issued_at)
}

/// Why the wait for all nodes ended early.
pub(super) struct Unfinished {
    why: Stopped,
    tally: Tally,
    /// The last answer that showed the license.
    shown: Option<Observation>,
}

enum Stopped {
    Interrupted(Interrupted),
    Failed(Box<Error>),
    NotValid,
}

impl Unfinished {
    /// What is known of the license: the last answer that showed it, else the token.
    pub(super) fn observation(&self, sent: &Claims) -> Observation {
        let from_token = || Observation { claims: Some(sent.clone()), valid: false };
        self.shown.clone().unwrap_or_else(from_token)
    }

    /// Summary and detail of the warning.
    pub(super) fn in_words(&self, sent: &Claims) -> (String, String) {
        if matches!(self.why, Stopped::NotValid) {
            return self.not_valid(sent);
        }
        let why = match &self.why {
            Stopped::Interrupted(Interrupted::Stopped) => "Terraform was asked to stop".to_owned(),
            Stopped::Interrupted(Interrupted::TimedOut(after)) => {
                format!("the time for it ({after:?}, see `timeouts`) ran out")
            }
            Stopped::Failed(error) => format!("asking for it failed ({error})"),
            Stopped::NotValid => "Grafana called it not valid".to_owned(),
        };
        let detail = format!(
            "Grafana accepted {}, but before every answer showed it, {why}. The answers so far: {}. The license is in the state; \
             the next plan looks again.",
            license_in_words(sent),
            self.tally
        );
        ("Not every node shows the license yet".to_owned(), detail)
    }

    fn not_valid(&self, sent: &Claims) -> (String, String) {
        let mut detail = format!(
            "Grafana accepted {} and shows it, but calls it not valid: {}.",
            license_in_words(sent),
            self.tally
        );
        if let Some(end) = sent.token_expires_at {
            detail.push_str(&format!(
                " Its token ended at {end}: download a fresh token of the license from your Grafana Labs account."
            ));
        }
        ("Grafana does not consider the license valid".to_owned(), detail)
    }

    fn ended(self, why: Stopped) -> Self {
        Unfinished { why, ..self }
    }
}

/// Waits until enough answers in a row, each over a new connection, show the license and call it valid.
pub(super) async fn wait_for_all_nodes(
    licensing: &Licensing,
    sent: &Claims,
    cx: &Limits,
) -> Result<Observation, Unfinished> {
    let licensing = licensing.over_new_connections();
    let mut progress = Unfinished {
        why: Stopped::Interrupted(Interrupted::Stopped),
        tally: Tally::default(),
        shown: None,
    };
    let (mut in_a_row, mut never_valid, mut pause) = (0, 0, SHORTEST_PAUSE);
    for number in 0.. {
        let asked = cx.wait(Observation::make_nth(&licensing, number)).await;
        match asked {
            Err(interrupted) => return Err(progress.ended(Stopped::Interrupted(interrupted))),
            Ok(Err(error)) if may_pass(&error) => {
                progress.tally.count_failure(&error);
                in_a_row = 0;
            }
            Ok(Err(error)) => return Err(progress.ended(Stopped::Failed(Box::new(error)))),
            Ok(Ok(observation)) => {
                progress.tally.count(&observation);
                let shown = observation.claims.as_ref().is_some_and(|active| shows(active, sent));
                in_a_row = if shown && observation.valid { in_a_row + 1 } else { 0 };
                if shown {
                    progress.shown = Some(observation.clone());
                }
                if in_a_row == ENOUGH {
                    return Ok(observation);
                }
                let is_over = sent.token_expires_at.is_some_and(|end| end <= Timestamp::now());
                let same_each_time = is_over && shown && progress.tally.is_unanimous();
                never_valid = if same_each_time { never_valid + 1 } else { 0 };
                if never_valid == NEVER_VALID {
                    return Err(progress.ended(Stopped::NotValid));
                }
            }
        }
        pause = match (in_a_row, never_valid) {
            (0, 0) => (pause * 2).min(LONGEST_PAUSE),
            (0, _) => NOT_VALID_PAUSE,
            _ => SHORTEST_PAUSE,
        };
        if let Err(interrupted) = cx.sleep(pause).await {
            return Err(progress.ended(Stopped::Interrupted(interrupted)));
        }
    }
    Err(progress)
}

/// Whether the same question may well be answered a little later.
fn may_pass(error: &Error) -> bool {
    error.is_unreachable()
        || matches!(
            error.kind(),
            ErrorKind::Server | ErrorKind::TooManyRequests | ErrorKind::Truncated
        )
}
