//! A resource with attributes of every type and marker.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tfplugin::{
    AnyValue, Context, Diagnostic, Done, NoIdentity, Number, Outcome, Resource, Schema, Secret,
    Update, Value, async_trait, path,
};

use super::nested::{Bell, Rule};

/// Everything.
#[derive(Schema)]
#[resource("test_everything", version = 2, timeouts(create = "5m", delete))]
pub struct Model {
    /// What it is known by.
    #[attr(computed, use_state_for_unknown)]
    pub id: Value<String>,
    /// Text.
    #[attr(required, replace, length(1..=20))]
    pub text: Value<String>,
    /// A whole number.
    #[attr(optional, range(1..=10))]
    pub whole: Value<i64>,
    /// A fraction.
    #[attr(optional, range(..=0.5))]
    pub half: Value<f64>,
    /// Any number.
    #[attr(optional)]
    pub huge: Value<Number>,
    /// Yes or no.
    #[attr(optional, default = true)]
    pub flag: Value<bool>,
    /// One of few.
    #[attr(optional, default = "soft", one_of("soft", "hard"))]
    pub kind: Value<String>,
    /// A list.
    #[attr(optional, length(..=3))]
    pub list: Value<Vec<String>>,
    /// A set.
    #[attr(optional)]
    pub set: Value<BTreeSet<String>>,
    /// A map.
    #[attr(optional)]
    pub map: Value<BTreeMap<String, String>>,
    /// Anything.
    #[attr(optional)]
    pub anything: Value<AnyValue>,
    /// A time.
    #[attr(optional)]
    pub time: Value<jiff::Timestamp>,
    /// One object.
    #[attr(optional)]
    pub single: Value<Rule>,
    /// Objects in order.
    #[attr(optional)]
    pub many: Value<Vec<Rule>>,
    /// Objects without order.
    #[attr(optional)]
    pub unique: Value<BTreeSet<Rule>>,
    /// Objects by key.
    #[attr(optional)]
    pub by_key: Value<BTreeMap<String, Rule>>,
    /// Blocks.
    #[block]
    pub bell: Value<Vec<Bell>>,
    /// Hidden.
    #[attr(optional, sensitive, length(4..))]
    pub secret: Value<Secret>,
    /// In no state.
    #[attr(optional, write_only, conflicts(secret))]
    pub secret_wo: Value<Secret>,
    /// Out of use.
    #[attr(optional, deprecated = "Use `text`.", validate = no_spaces)]
    pub old: Value<String>,
    /// Computed anew with each change.
    #[attr(computed)]
    pub seen: Value<String>,
    /// Given, or computed once.
    #[attr(optional, computed, use_state_for_unknown)]
    pub chosen: Value<String>,
}

// A rule takes the type of its field.
fn no_spaces(text: &str) -> Result<(), String> {
    if text.contains(' ') { Err("Expected no spaces.".to_owned()) } else { Ok(()) }
}

/// How long the creation was allowed to take.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    limit: u64,
}

pub struct All;

impl All {
    fn completed(model: Model) -> Model {
        let complete = |mut rule: Rule| {
            rule.number = "1".into();
            rule.made = "made".into();
            rule
        };
        let seen = match (&model.secret_wo, &model.secret) {
            (Value::Known(secret), _) => format!("write-only of {}", secret.expose().len()),
            (_, Value::Known(secret)) => format!("secret of {}", secret.expose().len()),
            _ => "nothing".to_owned(),
        };
        let chosen = match model.chosen {
            Value::Unknown => "by the provider".into(),
            given => given,
        };
        Model {
            id: "1".into(),
            seen: seen.into(),
            chosen,
            single: model.single.map(complete),
            many: model.many.map(|rules| rules.into_iter().map(complete).collect()),
            unique: model.unique.map(|rules| rules.into_iter().map(complete).collect()),
            by_key: model
                .by_key
                .map(|rules| rules.into_iter().map(|(k, r)| (k, complete(r))).collect()),
            bell: model.bell.map(|bells| bells.into_iter().map(Bell::cast).collect()),
            ..model
        }
    }
}

#[async_trait]
impl Resource for All {
    type Model = Model;
    type Identity = NoIdentity;
    type Private = Limit;

    async fn create(&self, plan: Model, cx: &Context<Limit>) -> Outcome<Model> {
        cx.set_private(Limit { limit: cx.timeout().as_secs() });
        Ok(Self::completed(plan).into())
    }

    async fn read(&self, state: Model, _: &Context<Limit>) -> Outcome<Option<Model>> {
        assert!(state.secret_wo.is_null(), "write-only values are never in a state");
        Ok(Done::new(Some(state)))
    }

    async fn delete(&self, _: Model, _: &Context<Limit>) -> Outcome<()> {
        Ok(Done::new(()))
    }

    fn validate(config: &Model) -> Vec<Diagnostic> {
        let both = config.whole.is_known() && config.half.is_known();
        let error = || Diagnostic::error("Whole or half", "Not both.").at(path!(half));
        both.then(error).into_iter().collect()
    }
}

#[async_trait]
impl Update for All {
    async fn update(&self, _: Model, plan: Model, _: &Context<Limit>) -> Outcome<Model> {
        Ok(Self::completed(plan).into())
    }
}
