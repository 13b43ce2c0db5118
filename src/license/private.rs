//! What a license resource remembers beside its state.

use serde::{Deserialize, Serialize};

use super::license_id;
use crate::grafana::Claims;
use crate::slots::Holding;

/// What a license resource remembers beside its state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LicensePrivate {
    /// Id of the license that was installed, adopted or imported; empty if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    license: Option<String>,
    /// SHA-256 of the token that was sent last, or found to be that of the license.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) token_sha256: Option<String>,
    #[serde(flatten)]
    pub(super) holding: Holding,
}

impl LicensePrivate {
    /// Remembers the id of the resource's own license.
    pub(super) fn own(&mut self, license: &str) {
        self.license = Some(license.to_owned());
    }

    /// Whether a license is the resource's own.
    pub(super) fn owns(&self, license: &str) -> bool {
        self.license.as_deref() == Some(license)
    }

    /// The id of the resource's own license, if the private state has it.
    pub(super) fn remembered_id(&self) -> Option<String> {
        self.license.clone()
    }

    /// The id of the license that the resource answers for, whatever the instance has by now: the one
    /// it has installed, adopted or imported. Without private state the one in the state.
    pub(crate) fn own_id(&self, in_state: &Claims) -> String {
        self.license.clone().unwrap_or_else(|| license_id(in_state).to_owned())
    }

    /// Whether the state shows another license than the resource's own.
    pub(crate) fn is_drifted(&self, in_state: &Claims) -> bool {
        self.own_id(in_state) != license_id(in_state)
    }

    /// Whether a plan has to see to it that the license is there when all is applied.
    pub(crate) fn must_reassert(&self) -> bool {
        self.holding.must_reassert()
    }

    /// Remembers a license that was installed, adopted or kept, and its token.
    pub(super) fn installed(&mut self, license: &str, token_sha256: String) {
        self.own(license);
        self.token_sha256 = Some(token_sha256);
    }
}
