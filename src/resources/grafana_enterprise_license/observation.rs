//! Looking at the license of an instance, whose nodes may not agree for a while.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use tfplugin::{Diagnostic, IntoDiagnostic, Limits};

use crate::claims;
use crate::grafana::{Claims, Error, Licensing};

/// How many answers in a row have to agree before they are believed.
const ENOUGH: usize = 6;
/// Between two answers that are to agree.
const PAUSE: Duration = Duration::from_millis(50);

/// What Grafana said about its license once.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Observation {
    /// The claims; `None` without a license.
    pub(crate) claims: Option<Claims>,
    /// Whether `check` says that there is a valid license.
    pub(crate) valid: bool,
}

impl Observation {
    /// Asks for both. Each may be answered by another node.
    pub(crate) async fn make(licensing: &Licensing) -> Result<Self, Error> {
        Ok(Observation { claims: licensing.claims().await?, valid: licensing.check().await? })
    }

    /// The same in the other order, so that of two nodes that take turns each is asked for both.
    async fn make_reversed(licensing: &Licensing) -> Result<Self, Error> {
        let valid = licensing.check().await?;
        Ok(Observation { claims: licensing.claims().await?, valid })
    }

    /// Makes one of many.
    pub(crate) async fn make_nth(licensing: &Licensing, number: usize) -> Result<Self, Error> {
        if number.is_multiple_of(2) {
            Self::make(licensing).await
        } else {
            Self::make_reversed(licensing).await
        }
    }

    /// Whether both say the same: the same license, whatever its token, equally valid.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        self.valid == other.valid && self.license_id() == other.license_id()
    }

    /// The license's id: empty if it has none, `None` without a license.
    pub(crate) fn license_id(&self) -> Option<&str> {
        self.claims.as_ref().map(|claims| claims.license_id.as_deref().unwrap_or_default())
    }
}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let validity = if self.valid { "valid" } else { "not valid" };
        match &self.claims {
            Some(claims) => write!(f, "license {}, {validity}", claims::name(claims)),
            None if self.valid => f.write_str("no license, though one is valid"),
            None => f.write_str("no license"),
        }
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

/// Asks until enough answers in a row agree with the first, or one does not.
pub(crate) async fn ask_several(
    licensing: &Licensing,
    first: Observation,
    cx: &Limits,
) -> Result<Answers, Diagnostic> {
    let licensing = licensing.over_new_connections();
    let mut tally = Tally::default();
    tally.count(&first);
    let mut last = first;
    let mut agree = true;
    for number in 1..ENOUGH {
        cx.sleep(PAUSE).await.map_err(IntoDiagnostic::into_diagnostic)?;
        let next = cx.wait(Observation::make_nth(&licensing, number)).await;
        let next = next.map_err(IntoDiagnostic::into_diagnostic)?;
        let next = next.map_err(IntoDiagnostic::into_diagnostic)?;
        tally.count(&next);
        agree &= next.agrees(&last);
        last = next;
    }
    Ok(if agree { Answers::Agree(Box::new(last)) } else { Answers::Differ(tally) })
}

/// Looks several times.
pub(crate) async fn look(licensing: &Licensing, cx: &Limits) -> Result<Answers, Diagnostic> {
    let first = look_once(licensing, cx).await?;
    ask_several(licensing, first, cx).await
}

/// Looks once.
pub(crate) async fn look_once(
    licensing: &Licensing,
    cx: &Limits,
) -> Result<Observation, Diagnostic> {
    let first = cx.wait(Observation::make(licensing)).await;
    first.map_err(IntoDiagnostic::into_diagnostic)?.map_err(IntoDiagnostic::into_diagnostic)
}

/// How many answers were of which kind.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<String, (usize, Option<Observation>)>);

impl Tally {
    pub(crate) fn count(&mut self, observation: &Observation) {
        let entry = self.0.entry(observation.to_string()).or_default();
        *entry = (entry.0 + 1, Some(observation.clone()));
    }

    pub(crate) fn count_failure(&mut self, error: &Error) {
        self.0.entry(format!("failed ({error})")).or_default().0 += 1;
    }

    /// Whether all answers that were no failures were of one kind.
    pub(crate) fn is_unanimous(&self) -> bool {
        self.observations().count() == 1
    }

    /// The different answers, one of each kind.
    pub(crate) fn observations(&self) -> impl Iterator<Item = &Observation> {
        self.0.values().filter_map(|(_, observation)| observation.as_ref())
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("none");
        }
        for (position, (kind, (count, _))) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { "; " };
            write!(f, "{separator}{count} × {kind}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observation(id: Option<&str>, valid: bool) -> Observation {
        let claims = id.map(|id| Claims { license_id: Some(id.to_owned()), ..Claims::default() });
        Observation { claims, valid }
    }

    #[test]
    fn a_refreshed_token_agrees_and_another_license_does_not() {
        let mut refreshed = observation(Some("1"), true);
        if let Some(claims) = &mut refreshed.claims {
            claims.token_id = Some("new".to_owned());
        }
        assert!(refreshed.agrees(&observation(Some("1"), true)));
        assert!(!refreshed.agrees(&observation(Some("2"), true)));
        assert!(!refreshed.agrees(&observation(Some("1"), false)));
        assert!(!refreshed.agrees(&observation(None, true)));
    }

    #[test]
    fn a_tally_says_how_many_were_of_which_kind() {
        let mut tally = Tally::default();
        assert_eq!(tally.to_string(), "none");
        for (id, valid) in [(None, false), (Some("1"), true), (None, false)] {
            tally.count(&observation(id, valid));
        }
        assert_eq!(tally.to_string(), "1 × license 1, valid; 2 × no license");
    }
}
