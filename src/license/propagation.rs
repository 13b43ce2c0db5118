//! Asking an instance until its answers agree: in a cluster the nodes notice a change at different
//! moments, and each new connection may reach another of them.

use std::time::Duration;

use tfplugin::{Diagnostic, Interrupted, IntoDiagnostic, Limits};

use super::observation::{Observation, Tally};
use super::{license_id, validity};
use crate::grafana::{Claims, Error, ErrorKind, Licensing};

/// How many answers in a row have to agree before they are believed.
const ANSWERS_TO_BELIEVE: usize = 6;
/// How many answers in a row have to show that a change has arrived.
pub(super) const ANSWERS_WITH_CHANGE: usize = 5;
/// How many answers in a row, and no other one, have to show that it will not arrive.
const ANSWERS_WITHOUT_CHANGE: usize = 16;
/// Between answers that show what is wanted.
pub(super) const SHORT_PAUSE: Duration = Duration::from_millis(50);
/// Between answers that show that it will not come.
const UNCHANGED_PAUSE: Duration = Duration::from_millis(250);
/// Between other answers it grows up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What comes after an answer.
pub(super) enum Next<T> {
    /// It decides.
    Enough(T),
    /// Another one, after a pause.
    After(Duration),
    /// Another one, after a pause that grows.
    Later,
}

/// Asks over new connections until an answer decides. What was counted goes on in `tally`.
pub(super) async fn ask<T>(
    licensing: &Licensing,
    limits: &Limits,
    tally: &mut Tally,
    mut decide: impl FnMut(Result<Observation, Error>, &Tally) -> Next<T>,
) -> Result<T, Interrupted> {
    let licensing = licensing.over_new_connections();
    let mut growing = SHORT_PAUSE;
    loop {
        // The client's own limits end it, with an error that says what was asked for.
        let answer = Observation::make_nth(&licensing, tally.len()).await;
        tally.count(&answer);
        let pause = match decide(answer, tally) {
            Next::Enough(decided) => return Ok(decided),
            Next::After(pause) => {
                growing = SHORT_PAUSE;
                pause
            }
            Next::Later => {
                growing = (growing * 2).min(LONGEST_PAUSE);
                growing
            }
        };
        limits.sleep(pause).await?;
    }
}

/// What several answers come to.
#[derive(Debug)]
pub(crate) enum Answers {
    /// All said the same; the last of them.
    Agree(Box<Observation>),
    /// They did not.
    Differ(Tally),
}

/// Asks several times, unless the first answer is enough: the nodes of a cluster may not agree.
///
/// # Errors
/// When one of the answers is an error, or the limits end it.
pub(crate) async fn look(
    licensing: &Licensing,
    limits: &Limits,
    is_enough: impl FnOnce(&Observation) -> bool,
) -> Result<Answers, Diagnostic> {
    let first = Observation::make(licensing).await;
    let mut last = first.map_err(IntoDiagnostic::into_diagnostic)?;
    if is_enough(&last) {
        return Ok(Answers::Agree(last.into()));
    }
    let mut tally = Tally::default();
    tally.count(&Ok(last.clone()));
    let mut agree = true;
    let asked = ask(licensing, limits, &mut tally, |answer, tally| match answer {
        Err(error) => Next::Enough(Err(error)),
        Ok(observation) => {
            agree &= observation.agrees(&last);
            last = observation;
            if tally.len() == ANSWERS_TO_BELIEVE {
                Next::Enough(Ok(()))
            } else {
                Next::After(SHORT_PAUSE)
            }
        }
    });
    let asked = asked.await.map_err(IntoDiagnostic::into_diagnostic)?;
    asked.map_err(IntoDiagnostic::into_diagnostic)?;
    Ok(if agree { Answers::Agree(last.into()) } else { Answers::Differ(tally) })
}

/// Whether one of several answers shows what was sent: in a cluster not every node may know it yet.
pub(super) async fn is_shown_anywhere(licensing: &Licensing, sent: &Claims) -> bool {
    let licensing = licensing.over_new_connections();
    for _ in 0..ANSWERS_TO_BELIEVE {
        if let Ok(Some(active)) = licensing.claims().await
            && shows(&active, sent)
        {
            return true;
        }
        tokio::time::sleep(SHORT_PAUSE).await;
    }
    false
}

/// Whether Grafana shows what was sent, or a refreshed token of it.
fn shows(active: &Claims, sent: &Claims) -> bool {
    license_id(active) == license_id(sent)
        && (active.token_id == sent.token_id || active.issued_at >= sent.issued_at)
}

/// Why not every answer has shown an installed license.
pub(super) struct NotEverywhere {
    pub(super) why: NotShown,
    pub(super) tally: Tally,
    /// The last answer that showed the license; else what its token says.
    pub(super) last: Observation,
}

pub(super) enum NotShown {
    Interrupted(Interrupted),
    Failed(Error),
    /// The token or the license has expired, and Grafana does not call the license valid.
    NotValid,
}

/// Waits until enough answers in a row show the license and call it valid.
pub(super) async fn wait_until_shown(
    licensing: &Licensing,
    sent: &Claims,
    limits: &Limits,
) -> Result<Observation, NotEverywhere> {
    let (mut in_a_row, mut not_valid) = (0, 0);
    let mut tally = Tally::default();
    let mut last = Observation { claims: Some(sent.clone()), valid: false };
    let asked = ask(licensing, limits, &mut tally, |answer, _| {
        let observation = match answer {
            Ok(observation) => observation,
            Err(error) if may_pass(&error) => {
                in_a_row = 0;
                return Next::Later;
            }
            Err(error) => return Next::Enough(Err(NotShown::Failed(error))),
        };
        let shown = observation.claims.as_ref().is_some_and(|active| shows(active, sent));
        in_a_row = if shown && observation.valid { in_a_row + 1 } else { 0 };
        let never_valid = shown && !observation.valid && validity::has_expired(sent);
        not_valid = if never_valid { not_valid + 1 } else { 0 };
        if shown {
            last = observation;
        }
        match (in_a_row, not_valid) {
            (ANSWERS_WITH_CHANGE, _) => Next::Enough(Ok(())),
            (_, ANSWERS_WITHOUT_CHANGE) => Next::Enough(Err(NotShown::NotValid)),
            (0, 0) => Next::Later,
            (0, _) => Next::After(UNCHANGED_PAUSE),
            _ => Next::After(SHORT_PAUSE),
        }
    });
    let why = match asked.await {
        Ok(Ok(())) => return Ok(last),
        Ok(Err(why)) => why,
        Err(interrupted) => NotShown::Interrupted(interrupted),
    };
    Err(NotEverywhere { why, tally, last })
}

/// What became of a license that was removed.
pub(super) enum AfterRemoval {
    GoneEverywhere,
    /// There is one still: from disk or environment, or of somebody else.
    FromElsewhere(Box<Observation>),
    NotEverywhere(Interrupted, Tally),
}

/// Waits until no node shows the license with that id.
pub(super) async fn wait_until_gone(
    licensing: &Licensing,
    own: &str,
    limits: &Limits,
) -> AfterRemoval {
    let (mut gone, mut stays) = (0, 0);
    let mut tally = Tally::default();
    let asked = ask(licensing, limits, &mut tally, |answer, tally| {
        let Ok(observation) = answer else {
            (gone, stays) = (0, 0);
            return Next::Later;
        };
        let none = observation.is_none();
        gone = if none { gone + 1 } else { 0 };
        // Nodes that lag behind differ from the one that was told, so a single other answer rules this out;
        // but a license that somebody else has installed meanwhile stays.
        let is_other = observation.claims.as_ref().is_some_and(|claims| license_id(claims) != own);
        stays = if !none && (tally.is_unanimous() || is_other) { stays + 1 } else { 0 };
        match (gone, stays) {
            (ANSWERS_WITH_CHANGE, _) => Next::Enough(AfterRemoval::GoneEverywhere),
            (_, ANSWERS_WITHOUT_CHANGE) => {
                Next::Enough(AfterRemoval::FromElsewhere(observation.into()))
            }
            (0, 0) => Next::Later,
            (0, _) => Next::After(UNCHANGED_PAUSE),
            _ => Next::After(SHORT_PAUSE),
        }
    });
    match asked.await {
        Ok(gone) => gone,
        Err(interrupted) => AfterRemoval::NotEverywhere(interrupted, tally),
    }
}

/// Whether the same question may well be answered a little later.
fn may_pass(error: &Error) -> bool {
    use ErrorKind::*;
    // An interrupted one is followed by the end of the limits.
    error.is_unreachable()
        || error.is_interrupted()
        || matches!(error.kind(), Server | TooManyRequests | Truncated)
}
