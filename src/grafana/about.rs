//! What an instance says about itself.

use std::fmt;

use serde::Deserialize;

use super::root_url::without_userinfo;
use crate::http::{Quoted, Redactor};

/// Longest root URL, in bytes.
const LONGEST_URL: usize = 2048;

/// Which Grafana it is (`buildInfo.edition`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edition {
    /// Without licensing.
    OpenSource,
    /// With licensing.
    Enterprise,
    /// Anything else, in Grafana's words.
    Other(Quoted),
}

impl Edition {
    /// As Grafana writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::OpenSource => "Open Source",
            Self::Enterprise => "Enterprise",
            Self::Other(text) => text,
        }
    }
}

impl From<Quoted> for Edition {
    fn from(text: Quoted) -> Self {
        match &*text {
            "Open Source" => Self::OpenSource,
            "Enterprise" => Self::Enterprise,
            _ => Self::Other(text),
        }
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Parts of `GET /api/frontend/settings`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// The instance's real root URL, as it is configured there (`root_url`); a license's `sub` has
    /// to match it. As Grafana says it, because it is compared; [`Instance::shown_url`] is for messages.
    pub app_url: String,
    /// The same, fit to be shown.
    pub shown_url: Quoted,
    /// `11.6.0`.
    pub version: Quoted,
    /// Which Grafana it is.
    pub edition: Edition,
}

/// `GET /api/health`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Health {
    /// `ok`.
    pub database: String,
    /// `11.6.0`; an instance may hide it.
    pub version: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FrontendSettings {
    app_url: String,
    build_info: BuildInfo,
}

#[derive(Deserialize)]
struct BuildInfo {
    #[serde(default)]
    version: String,
    #[serde(default)]
    edition: String,
}

impl FrontendSettings {
    /// What is wrong with it, if it cannot be used.
    pub(super) fn wrong(&self) -> Option<&'static str> {
        (self.app_url.len() > LONGEST_URL).then_some("its `appUrl` is too long for a URL")
    }

    pub(super) fn shown(self, redactor: &Redactor) -> Instance {
        Instance {
            shown_url: redactor.quote(&without_userinfo(&self.app_url)),
            app_url: self.app_url,
            version: redactor.quote(&self.build_info.version),
            edition: redactor.quote(&self.build_info.edition).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editions_keep_grafanas_words() {
        for text in ["Open Source", "Enterprise", "Pro"] {
            assert_eq!(Edition::from(Quoted::constant(text)).to_string(), text);
        }
    }
}
