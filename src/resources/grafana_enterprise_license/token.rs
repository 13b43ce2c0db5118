//! Which token a configuration gives, and what is remembered of one that was sent.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tfplugin::{AttributePath, Context, Diagnostic, Secret, Value, path};

use super::EnterpriseLicense;
use crate::grafana::{Claims, license_token};
use crate::resources::holders::{Holding, Holds};

/// The attribute that gives the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// `token`, which is in the state.
    Stored,
    /// `token_wo`, which is not.
    WriteOnly,
}

impl Source {
    pub(super) fn path(self) -> AttributePath {
        match self {
            Source::Stored => path!(token),
            Source::WriteOnly => path!(token_wo),
        }
    }
}

/// The token of a configuration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Given<'a> {
    pub(super) source: Source,
    /// `None` until it is known.
    pub(super) token: Option<&'a Secret>,
}

impl<'a> Given<'a> {
    pub(super) fn in_plan(plan: &'a EnterpriseLicense) -> Option<Self> {
        let given = |source, value: &'a Value<Secret>| {
            (!value.is_null()).then(|| Given { source, token: value.known() })
        };
        given(Source::Stored, &plan.token).or_else(|| given(Source::WriteOnly, &plan.token_wo))
    }

    /// The claims in the token, once it is known.
    pub(super) fn claims(self) -> Result<Option<Claims>, Diagnostic> {
        let Some(token) = self.token else { return Ok(None) };
        match license_token::decode(&token.clone().into()) {
            Ok(claims) => Ok(Some(claims)),
            Err(error) => {
                let detail = format!("{}.", capitalized(&error.to_string()));
                Err(Diagnostic::error("This is no license token", detail).at(self.source.path()))
            }
        }
    }
}

fn capitalized(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What is remembered beside the state, unseen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Remembered {
    /// Id of the license that was installed, adopted or imported; empty if it has none.
    pub(super) license: Option<String>,
    /// SHA-256 of the token that was sent last.
    #[serde(rename = "token_sha256")]
    pub(super) fingerprint: Option<String>,
    /// What every plan to create remembers: in a replacement, the delete that comes first is given it too,
    /// and leaves the license for the create to replace in place. Nothing else deletes with it.
    #[serde(default)]
    pub(super) replacing: bool,
    #[serde(flatten)]
    holding: Holding,
}

impl Holds for Remembered {
    fn holding(&mut self) -> &mut Holding {
        &mut self.holding
    }
}

impl Remembered {
    pub(super) fn license(cx: &Context<Self>, claims: &Claims) {
        cx.update_private(|private| private.license = Some(license_id(claims).to_owned()));
    }

    pub(super) fn token(cx: &Context<Self>, token: &Secret) {
        cx.update_private(|private| private.fingerprint = Some(fingerprint(token)));
    }

    /// Whether the state shows another license than was installed.
    pub(super) fn is_drifted(&self, state: &EnterpriseLicense) -> bool {
        self.license.as_deref().is_some_and(|installed| installed != state_id(state))
    }
}

/// The id by which licenses are told apart; empty if it has none.
pub(super) fn license_id(claims: &Claims) -> &str {
    claims.license_id.as_deref().unwrap_or_default()
}

/// The id of the license in a state; empty if it has none.
pub(super) fn state_id(state: &EnterpriseLicense) -> &str {
    state.license_id.known().map_or("", String::as_str)
}

/// The id of the license that a resource answers for: the one it has installed, adopted or imported,
/// whatever the instance has by now.
pub(super) fn own_id(state: &EnterpriseLicense, cx: &Context<Remembered>) -> String {
    cx.private().license.unwrap_or_else(|| state_id(state).to_owned())
}

/// SHA-256 of a token, without the white space around it. A token is signed, so that nobody can guess it from this.
pub(super) fn fingerprint(token: &Secret) -> String {
    let digest = Sha256::digest(token.expose().trim());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether going from a state to a plan sends the token to Grafana.
pub(super) fn sends(
    prior: &EnterpriseLicense,
    plan: &EnterpriseLicense,
    remembered: &Remembered,
) -> bool {
    let Some(given) = Given::in_plan(plan) else { return false };
    if remembered.is_drifted(prior) {
        return true;
    }
    let was_stored = !prior.token.is_null();
    let same = match given.source {
        Source::Stored => was_stored && prior.token == plan.token,
        Source::WriteOnly => !was_stored && prior.token_wo_version == plan.token_wo_version,
    };
    let Some(token) = given.token else { return !same };
    !same && differs(given.source, token, prior, remembered)
}

/// Whether a token that newly stands in the configuration is not the one Grafana has.
fn differs(
    source: Source,
    token: &Secret,
    prior: &EnterpriseLicense,
    remembered: &Remembered,
) -> bool {
    let was_stored = !prior.token.is_null();
    match &remembered.fingerprint {
        Some(_) if source == Source::WriteOnly && !was_stored => true,
        Some(known) => *known != fingerprint(token),
        // Imported: the same license is only taken into the state.
        None => match license_token::decode(&token.clone().into()) {
            Ok(claims) => claims.license_id.as_ref() != prior.license_id.known(),
            Err(_) => true,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(token: &str) -> EnterpriseLicense {
        EnterpriseLicense { token: Value::Known(token.into()), ..EnterpriseLicense::default() }
    }

    fn write_only(token: &str, version: i64) -> EnterpriseLicense {
        EnterpriseLicense {
            token_wo: Value::Known(token.into()),
            token_wo_version: version.into(),
            ..EnterpriseLicense::default()
        }
    }

    fn sent(token: &str) -> Remembered {
        Remembered {
            license: Some(String::new()),
            fingerprint: Some(fingerprint(&token.into())),
            ..Remembered::default()
        }
    }

    #[test]
    fn a_changed_token_is_sent_and_the_same_is_not() {
        assert!(!sends(&stored("a"), &stored("a"), &sent("a")));
        assert!(sends(&stored("a"), &stored("b"), &sent("a")));
        assert!(!sends(&stored("a\n"), &stored("a"), &sent("a")));
    }

    #[test]
    fn a_write_only_token_is_sent_when_its_version_changes() {
        let before = EnterpriseLicense { token_wo: Value::Null, ..write_only("", 1) };
        assert!(!sends(&before, &write_only("b", 1), &sent("a")));
        assert!(sends(&before, &write_only("a", 2), &sent("a")));
    }

    #[test]
    fn moving_the_same_token_to_another_attribute_sends_nothing() {
        assert!(!sends(&stored("a"), &write_only("a", 1), &sent("a")));
        assert!(sends(&stored("a"), &write_only("b", 1), &sent("a")));
    }

    #[test]
    fn without_a_token_nothing_is_sent() {
        assert!(!sends(&stored("a"), &EnterpriseLicense::default(), &sent("a")));
        let other = EnterpriseLicense { license_id: "2".into(), ..stored("a") };
        assert!(sends(&other, &stored("a"), &sent("a")), "another license is there");
    }

    #[test]
    fn fingerprints_tell_tokens_apart_and_not_their_line_ends() {
        assert_eq!(fingerprint(&"a.b.c\n".into()), fingerprint(&"a.b.c".into()));
        assert_ne!(fingerprint(&"a.b.c".into()), fingerprint(&"a.b.d".into()));
    }
}
