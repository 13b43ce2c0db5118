//! Objects inside `test_everything`.

use tfplugin::{Object, Value};

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Object)]
pub struct Rule {
    /// Its name.
    #[attr(required, length(1..))]
    pub name: Value<String>,
    /// How strict it is.
    #[attr(optional, default = "mild")]
    pub level: Value<String>,
    /// What it was given at first.
    #[attr(computed, use_state_for_unknown)]
    pub number: Value<String>,
    /// What it was given last.
    #[attr(computed)]
    pub made: Value<String>,
    /// Where it holds.
    #[attr(optional, replace)]
    pub place: Value<String>,
}

/// A bell.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
pub struct Bell {
    /// Its tone.
    #[attr(required, one_of("c", "g"))]
    pub tone: Value<String>,
    /// How loud it is.
    #[attr(optional, default = 5)]
    pub volume: Value<i64>,
    /// What it weighs.
    #[attr(computed)]
    pub weight: Value<i64>,
}

impl Bell {
    pub fn cast(self) -> Bell {
        Bell { weight: 100.into(), ..self }
    }
}
