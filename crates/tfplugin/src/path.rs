//! Paths to attributes, so that a diagnostic points at the line that is meant.

use std::fmt;

use crate::proto::tfplugin6 as wire;

/// One step of an [`AttributePath`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Into an attribute or block of that name.
    Attribute(String),
    /// Into a map element.
    Key(String),
    /// Into a list element.
    Index(usize),
}

/// Where in a resource's configuration something stands; empty means the whole of it.
///
/// ```
/// use tfplugin::{AttributePath, Step, path};
///
/// let path = path!(disk).index(1).attribute("labels").key("team");
/// assert_eq!(path.to_string(), r#"disk[1].labels["team"]"#);
/// assert_eq!(path.steps()[1], Step::Index(1));
/// assert!(AttributePath::default().steps().is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributePath(Vec<Step>);

impl AttributePath {
    /// The path of an attribute at the top.
    pub fn of(name: impl Into<String>) -> Self {
        AttributePath::default().attribute(name)
    }

    /// This path, one attribute deeper.
    #[must_use]
    pub fn attribute(&self, name: impl Into<String>) -> Self {
        self.step(Step::Attribute(name.into()))
    }

    /// This path, one map element deeper.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        self.step(Step::Key(key.into()))
    }

    /// This path, one list element deeper.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// The steps, outermost first.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// This path behind another.
    #[must_use]
    pub fn within(&self, outer: &AttributePath) -> Self {
        AttributePath(outer.0.iter().chain(&self.0).cloned().collect())
    }

    fn step(&self, step: Step) -> Self {
        let mut path = self.clone();
        path.0.push(step);
        path
    }

    pub(crate) fn to_wire(&self) -> wire::AttributePath {
        use wire::attribute_path::{Step as WireStep, step::Selector};
        let selector = |step: &Step| match step {
            Step::Attribute(name) => Selector::AttributeName(name.clone()),
            Step::Key(key) => Selector::ElementKeyString(key.clone()),
            Step::Index(index) => Selector::ElementKeyInt(*index as i64),
        };
        let steps = self.0.iter().map(|step| WireStep { selector: Some(selector(step)) });
        wire::AttributePath { steps: steps.collect() }
    }

    #[cfg(feature = "testing")]
    pub(crate) fn from_wire(path: &wire::AttributePath) -> Self {
        use wire::attribute_path::step::Selector;
        let steps = path.steps.iter().filter_map(|step| match step.selector.as_ref()? {
            Selector::AttributeName(name) => Some(Step::Attribute(name.clone())),
            Selector::ElementKeyString(key) => Some(Step::Key(key.clone())),
            Selector::ElementKeyInt(index) => Some(Step::Index(usize::try_from(*index).ok()?)),
        });
        AttributePath(steps.collect())
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => f.write_str(name)?,
                Step::Attribute(name) => write!(f, ".{name}")?,
                Step::Key(key) => write!(f, "[{key:?}]")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// The [`AttributePath`] of an attribute, written as in a configuration: `path!(aws.region)`.
///
/// ```
/// assert_eq!(tfplugin::path!(aws.region).to_string(), "aws.region");
/// ```
#[macro_export]
macro_rules! path {
    ($first:ident $(. $rest:ident)*) => {
        $crate::AttributePath::of(stringify!($first))$(.attribute(stringify!($rest)))*
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn reads_as_in_a_configuration() {
        assert_eq!(path!(aws.assume_role).to_string(), "aws.assume_role");
        let deep = path!(rules).index(2).attribute("labels").key("team");
        assert_eq!(deep.to_string(), r#"rules[2].labels["team"]"#);
    }
}
