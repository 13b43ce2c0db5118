//! A resource whose computed object has sensitive parts.

use std::fmt;
use std::str::FromStr;

use tfplugin::{
    Context, Done, NoIdentity, Object, Outcome, Plan, Resource, Schema, Secret, Update, Value,
    async_trait,
};

/// A safe.
#[derive(Clone, Schema)]
#[resource("test_safe")]
pub struct Safe {
    /// Its name.
    #[attr(required)]
    pub name: Value<String>,
    /// Where it stands.
    #[attr(optional, replace)]
    pub place: Value<String>,
    /// How it behaves.
    #[attr(optional)]
    pub mode: Value<String>,
    /// How safe it is.
    #[attr(optional, default = Grade::Simple)]
    pub grade: Value<Grade>,
    /// How safe its parts are.
    #[attr(optional)]
    pub parts: Value<Vec<Grade>>,
    /// How safe it really is.
    #[attr(optional, sensitive)]
    pub hidden_grade: Value<Grade>,
    /// What opens it.
    #[attr(optional, write_only, validate = is_code)]
    pub code: Value<Secret>,
    /// What is in it.
    #[attr(computed)]
    pub content: Value<Content>,
    /// What is on it.
    #[attr(computed)]
    pub label: Value<Label>,
}

/// How safe a safe is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Grade {
    Simple,
    Strong,
}

tfplugin::text_type!(Grade, &["simple", "strong"]);

impl FromStr for Grade {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "simple" => Ok(Grade::Simple),
            "strong" => Ok(Grade::Strong),
            other => Err(format!("expected `simple` or `strong`, but got {other:?}")),
        }
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Grade::Simple { "simple" } else { "strong" })
    }
}

fn is_code(code: &str) -> Result<(), &'static str> {
    if code.chars().all(|c| c.is_ascii_digit()) { Ok(()) } else { Err("expected digits only") }
}

/// What is in a safe.
#[derive(Clone, Object)]
pub struct Content {
    /// What it is worth.
    #[attr(computed, use_state_for_unknown)]
    pub worth: Value<i64>,
    /// The lock inside.
    #[attr(computed)]
    pub lock: Value<Lock>,
    /// What is written on it.
    #[attr(computed)]
    pub label: Value<Label>,
}

/// A lock.
#[derive(Clone, Object)]
pub struct Lock {
    /// What opens it.
    #[attr(computed, sensitive)]
    pub code: Value<Secret>,
}

/// A label.
#[derive(Clone, Object)]
pub struct Label {
    /// Its text.
    #[attr(computed)]
    pub text: Value<String>,
}

pub struct Safes;

impl Safes {
    fn filled(safe: Safe) -> Safe {
        let label = Label { text: "safe".into() };
        let lock = Lock { code: Secret::from("1234").into() };
        let content =
            Content { worth: 7.into(), lock: lock.into(), label: Value::Known(label.clone()) };
        let is_empty = safe.mode == "empty".into();
        let content = if is_empty { Value::Null } else { content.into() };
        Safe { content, label: label.into(), ..safe }
    }
}

#[async_trait]
impl Resource for Safes {
    type Model = Safe;
    type Identity = NoIdentity;
    type Private = ();

    async fn create(&self, plan: Safe, _: &Context) -> Outcome<Safe> {
        Ok(Self::filled(plan).into())
    }

    async fn read(&self, state: Safe, _: &Context) -> Outcome<Option<Safe>> {
        Ok(Done::new(Some(state)))
    }

    async fn delete(&self, _: Safe, _: &Context) -> Outcome<()> {
        Ok(Done::new(()))
    }

    async fn plan(&self, plan: &mut Plan<Safe>, _: &Context) -> Outcome<()> {
        match plan.config().mode.known().map_or("", String::as_str) {
            "unknown" => plan.planned.content = Value::Unknown,
            "force" => plan.force_change(),
            _ => {}
        }
        Ok(Done::new(()))
    }
}

#[async_trait]
impl Update for Safes {
    async fn update(&self, _: Safe, plan: Safe, _: &Context) -> Outcome<Safe> {
        Ok(Self::filled(plan).into())
    }
}
