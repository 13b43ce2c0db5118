//! What is only spelt in another way: it keeps the spelling that is there, and is no change.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use tfplugin::testing::{Client, State, json};
use tfplugin::{
    Context, Done, NoIdentity, Object, Offers, Outcome, Resource, Schema, Update, Value,
    async_trait, parse_duration,
};

/// `1h` and `60m` are the same; it is written in seconds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Lasting(Duration);

tfplugin::text_type!(Lasting);

impl FromStr for Lasting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse_duration(text).map(Lasting)
    }
}

impl fmt::Display for Lasting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}s", self.0.as_secs())
    }
}

/// A recipe.
#[derive(Schema)]
#[resource("test_recipe", timeouts(create = "1m"))]
struct Recipe {
    /// What it is called.
    #[attr(required)]
    name: Value<String>,
    /// Changed, it is another.
    #[attr(optional, replace)]
    rest: Value<Lasting>,
    /// By default a day.
    #[attr(optional, default = Lasting(Duration::from_secs(86400)))]
    keeps: Value<Lasting>,
    /// In order.
    #[attr(optional)]
    turns: Value<Vec<Lasting>>,
    /// In no order.
    #[attr(optional)]
    any_of: Value<BTreeSet<Lasting>>,
    /// By name.
    #[attr(optional)]
    by_name: Value<BTreeMap<String, Lasting>>,
    /// What it is baked in.
    #[attr(optional)]
    oven: Value<Oven>,
    /// How often it was changed.
    #[attr(computed)]
    changes: Value<i64>,
    /// What is done.
    #[block]
    step: Value<Vec<Step>>,
}

/// An oven.
#[derive(Object)]
struct Oven {
    /// How long it needs.
    #[attr(required)]
    heats: Value<Lasting>,
    /// What it is called.
    #[attr(optional)]
    name: Value<String>,
}

/// A step.
#[derive(Object)]
struct Step {
    /// What is done.
    #[attr(required)]
    name: Value<String>,
    /// How long.
    #[attr(required, replace)]
    time: Value<Lasting>,
    /// The number.
    #[attr(computed)]
    number: Value<i64>,
}

struct Recipes;

fn made(mut recipe: Recipe, changes: i64) -> Recipe {
    let numbered = |(step, number): (Step, i64)| Step { number: number.into(), ..step };
    recipe.step = recipe.step.map(|steps| steps.into_iter().zip(1..).map(numbered).collect());
    Recipe { changes: changes.into(), ..recipe }
}

#[async_trait]
impl Resource for Recipes {
    type Model = Recipe;
    type Identity = NoIdentity;
    type Private = ();

    async fn create(&self, plan: Recipe, _: &Context) -> Outcome<Recipe> {
        Ok(Done::new(made(plan, 0)))
    }

    /// It is renamed by others.
    async fn read(&self, state: Recipe, _: &Context) -> Outcome<Option<Recipe>> {
        Ok(Done::new(Some(Recipe { name: "renamed".into(), ..state })))
    }

    async fn delete(&self, _: Recipe, _: &Context) -> Outcome<()> {
        Ok(Done::new(()))
    }
}

#[async_trait]
impl Update for Recipes {
    async fn update(&self, prior: Recipe, plan: Recipe, _: &Context) -> Outcome<Recipe> {
        Ok(Done::new(made(plan, prior.changes.into_known().unwrap_or_default() + 1)))
    }
}

async fn client() -> Client {
    Client::of(Offers::new().resource(|_| Recipes), ()).await
}

fn config(name: &str, hour: &str, two: &str) -> tfplugin::Json {
    json!({
        "name": name, "rest": hour, "keeps": "24h", "turns": [hour, two], "any_of": [two, hour],
        "by_name": { "a": hour }, "oven": { "heats": hour, "name": "o" },
        "step": [{ "name": "s", "time": two }],
    })
}

#[tokio::test]
async fn a_configuration_that_is_only_spelt_in_another_way_plans_no_change() {
    let client = client().await;
    let state = client.plan_and_apply("test_recipe", &State::none(), config("n", "1h", "2h")).await;
    assert_eq!(state.value["turns"], json!(["1h", "2h"]), "as it was planned");
    let planned = client.plan("test_recipe", &state, config("n", "60m", "120m")).await;
    assert_eq!(planned.value, state.value);
    assert!(planned.requires_replace.is_empty());
    // Nor where the default says the same.
    let mut without = config("n", "60m", "120m");
    without["keeps"] = json!(null);
    assert_eq!(client.plan("test_recipe", &state, without).await.value, state.value);
}

#[tokio::test]
async fn what_changes_beside_it_is_changed_alone() {
    let client = client().await;
    let state = client.plan_and_apply("test_recipe", &State::none(), config("n", "1h", "2h")).await;
    let mut other = config("m", "60m", "120m");
    other["turns"] = json!(["60m", "3h"]);
    other["oven"]["name"] = json!("p");
    other["step"][0]["name"] = json!("t");
    let planned = client.plan("test_recipe", &state, other).await;
    assert!(planned.requires_replace.is_empty());
    // A list is planned as the configuration has it, or as it was: Terraform takes no mixture.
    assert_eq!(planned.value["turns"], json!(["60m", "3h"]));
    assert_eq!(planned.value["oven"], json!({ "heats": "1h", "name": "p" }));
    let changed = client.apply(&planned).await;
    assert_eq!(changed.diagnostics, []);
    assert_eq!(changed.value["rest"], "1h");
    assert_eq!(changed.value["any_of"], state.value["any_of"]);
    assert_eq!(changed.value["step"], json!([{ "name": "t", "time": "2h", "number": 1 }]));
}

#[tokio::test]
async fn a_read_keeps_the_spelling_beside_what_has_changed() {
    let client = client().await;
    let state = client.plan_and_apply("test_recipe", &State::none(), config("n", "1h", "2h")).await;
    let read = client.read("test_recipe", &state).await;
    let mut expected = state.value.clone();
    expected["name"] = json!("renamed");
    assert_eq!(read.value, expected);
}
