//! Editions of Grafana.

use std::fmt;

use crate::http::Quoted;

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
