//! What a license resource has beside the claims, and how its state comes of what is there.

use std::collections::BTreeMap;

use tfplugin::schema::Model;
use tfplugin::{Diagnostic, Secret, Value};

use super::claims::ClaimAttributes;
use super::install::{Installation, Installed};
use super::token::{GivenToken, LicenseToken, TokenChange};
use super::{LicensePrivate, Observation};
use crate::grafana::Claims;

/// Any values: that one of them changes is what counts.
pub(crate) type Triggers = BTreeMap<String, Value<String>>;

/// The attributes of a license resource that are not claims.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LicenseAttributes<'a> {
    pub(crate) instance: &'a Value<String>,
    pub(crate) token: &'a Value<Secret>,
    pub(crate) token_wo: &'a Value<Secret>,
    pub(crate) token_wo_version: &'a Value<i64>,
    pub(crate) replace_existing: &'a Value<bool>,
    pub(crate) renew_triggers: &'a Value<Triggers>,
    pub(crate) status: &'a Value<i64>,
    pub(crate) valid: &'a Value<bool>,
}

/// Those of them that are computed, to be set.
#[derive(Debug)]
pub(crate) struct ComputedAttributes<'a> {
    pub(crate) id: &'a mut Value<String>,
    pub(crate) instance: &'a mut Value<String>,
    pub(crate) status: &'a mut Value<i64>,
    pub(crate) valid: &'a mut Value<bool>,
}

/// The model of a license resource.
pub(crate) trait LicenseModel: ClaimAttributes + Model + Clone + PartialEq {
    fn attributes(&self) -> LicenseAttributes<'_>;

    fn computed(&mut self) -> ComputedAttributes<'_>;

    /// The token that it gives.
    fn given_token(&self) -> Result<GivenToken, Diagnostic> {
        GivenToken::read(self.attributes().token, self.attributes().token_wo)
    }

    /// What a state shows.
    fn observation(&self) -> Observation {
        let valid = self.attributes().valid.known() == Some(&true);
        Observation { claims: Some(self.claims()), valid }
    }

    /// The installation of a token, as it was planned.
    fn installation<'a>(&'a self, token: &'a LicenseToken) -> Installation<'a> {
        let attributes = self.attributes();
        Installation {
            token,
            instance: attributes.instance.known().map(String::as_str),
            replace_existing: *attributes.replace_existing == Value::Known(true),
        }
    }

    /// How a plan gives its token, compared with the state.
    fn token_change<'a>(
        &self,
        prior: &Self,
        given: &'a GivenToken,
        in_state: &'a Claims,
        private: &'a LicensePrivate,
    ) -> TokenChange<'a> {
        let (before, after) = (prior.attributes(), self.attributes());
        let is_same = match given.is_stored() {
            true => before.token == after.token,
            false => before.token_wo_version == after.token_wo_version,
        };
        let was_stored = !before.token.is_null();
        TokenChange { given, was_stored, is_same, in_state, private }
    }

    /// Whether a plan asks for a fresh token. A token that is new itself is as fresh as can be, and to drop
    /// the triggers asks for nothing.
    fn is_renewed(&self, prior: &Self, change: &TokenChange<'_>) -> bool {
        let (before, after) = (prior.attributes().renew_triggers, self.attributes().renew_triggers);
        after != before && !after.is_null() && !change.is_new()
    }

    /// With what was observed.
    fn showing(mut self, seen: &Observation) -> Self {
        let claims = seen.claims.clone().unwrap_or_default();
        self.show(&claims);
        *self.computed().status = claims.status.into();
        *self.computed().valid = seen.valid.into();
        self
    }

    /// The state after an installation.
    fn installed(self, installed: &Installed) -> Self {
        let mut state = self.showing(&installed.observation);
        let subject = installed.observation.claims.as_ref().and_then(|c| c.subject.clone());
        let ComputedAttributes { id, instance, .. } = state.computed();
        if !instance.is_known() {
            *instance = subject.unwrap_or_else(|| installed.app_url.clone()).into();
        }
        if !id.is_known() {
            id.clone_from(instance);
        }
        state
    }

    /// The state of a change that leaves the license alone.
    fn keeping(mut self, prior: &Self) -> Self {
        self.keep(prior);
        let (before, after) = (prior.attributes(), self.computed());
        after.status.clone_from(before.status);
        after.valid.clone_from(before.valid);
        if !after.instance.is_known() {
            after.instance.clone_from(before.instance);
        }
        self
    }
}
