//! What an instance says of its license. Its nodes may not agree for a while, and no answer says
//! which node gave it.

use std::collections::BTreeMap;
use std::fmt;

use super::{description, license_id};
use crate::grafana::{Claims, Error, Licensing};

/// What Grafana said about its license once.
#[derive(Clone, Debug, Default, PartialEq)]
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

    /// Makes one of many, every second one in the other order, so that of two nodes that answer in
    /// turn each is asked for both.
    pub(super) async fn make_nth(licensing: &Licensing, number: usize) -> Result<Self, Error> {
        if number.is_multiple_of(2) {
            return Self::make(licensing).await;
        }
        let valid = licensing.check().await?;
        Ok(Observation { claims: licensing.claims().await?, valid })
    }

    /// Whether both say the same: the same license, whatever its token, equally valid.
    pub(crate) fn agrees(&self, other: &Self) -> bool {
        self.valid == other.valid && self.license_id() == other.license_id()
    }

    /// The license's id: empty if it has none, `None` without a license.
    fn license_id(&self) -> Option<&str> {
        self.claims.as_ref().map(license_id)
    }

    /// The license, if it is valid.
    pub(crate) fn valid_license(&self) -> Option<&Claims> {
        self.claims.as_ref().filter(|_| self.valid)
    }

    /// Whether there is none, valid or not.
    pub(super) fn is_none(&self) -> bool {
        self.claims.is_none() && !self.valid
    }
}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let validity = if self.valid { "valid" } else { "not valid" };
        match &self.claims {
            Some(claims) => write!(f, "license {}, {validity}", description::name(claims)),
            None if self.valid => f.write_str("no license, though one is valid"),
            None => f.write_str("no license"),
        }
    }
}

/// How many answers were of which kind.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<String, (usize, Option<Observation>)>);

impl Tally {
    pub(super) fn count(&mut self, answer: &Result<Observation, Error>) {
        let (kind, observation) = match answer {
            Ok(observation) => (observation.to_string(), Some(observation.clone())),
            Err(error) => (format!("failed ({error})"), None),
        };
        let entry = self.0.entry(kind).or_default();
        *entry = (entry.0 + 1, observation);
    }

    /// How many answers there were.
    pub(super) fn len(&self) -> usize {
        self.0.values().map(|(count, _)| count).sum()
    }

    /// Whether all answers that were no failures were of one kind.
    pub(super) fn is_unanimous(&self) -> bool {
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
            tally.count(&Ok(observation(id, valid)));
        }
        assert_eq!(tally.to_string(), "1 × license 1, valid; 2 × no license");
    }
}
