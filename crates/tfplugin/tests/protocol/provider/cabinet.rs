//! A resource with blocks in blocks, rules and plan modifiers of its own.

use std::collections::{BTreeMap, BTreeSet};

use tfplugin::rules::{self, Rule};
use tfplugin::{
    AnyValue, AttributePlan, Context, Done, NoIdentity, Object, Outcome, PlanModifier, Resource,
    Schema, Secret, Update, Value, async_trait,
};

/// A cabinet.
#[derive(Schema)]
#[resource("test_cabinet")]
pub struct Cabinet {
    /// Where it is described.
    #[attr(optional, matches("^https?://", "a web address"), exactly_one_of(drawing, shelf))]
    pub page: Value<String>,
    /// Where it is drawn.
    #[attr(optional, validate = rules::url(&["https"]))]
    pub drawing: Value<String>,
    /// Who opens it.
    #[attr(optional, sensitive, validate = rules::json(), conflicts(shelf))]
    pub key: Value<Secret>,
    /// Where it can be opened from.
    #[attr(optional, length(1..), each(length(2..), validate = rules::either(rules::ip_address(), rules::cidr())), validate = rules::distinct())]
    pub from: Value<Vec<String>>,
    /// How high it is.
    #[attr(optional, validate = Even, plan_modifier = only_grows)]
    pub height: Value<i64>,
    /// What it is called.
    #[attr(optional, plan_modifier = IgnoreCase)]
    pub name: Value<String>,
    /// What it weighs.
    #[attr(computed)]
    pub weight: Value<f64>,
    /// Whatever is in it.
    #[attr(optional)]
    pub content: Value<AnyValue>,
    /// What the provider makes of it.
    #[attr(computed)]
    pub label: Value<AnyValue>,
    /// Its port.
    #[attr(optional)]
    pub port: Value<Port>,
    /// Its shelves.
    #[block(length(..=3), requires(name))]
    pub shelf: Value<Vec<Shelf>>,
    /// Its door.
    #[block(replace)]
    pub door: Value<Door>,
}

/// A shelf.
#[derive(Object)]
pub struct Shelf {
    /// What it is called.
    #[attr(required)]
    pub name: Value<String>,
    /// Its boxes.
    #[block(length(1..=2))]
    pub r#box: Value<BTreeSet<Crate>>,
    /// Its labels.
    #[block]
    pub label: Value<BTreeMap<String, Label>>,
}

/// A box.
#[derive(PartialEq, Eq, PartialOrd, Ord, Object)]
pub struct Crate {
    /// Its color.
    #[attr(optional, default = "grey", one_of("grey", "red"))]
    pub color: Value<String>,
    /// Its number.
    #[attr(computed)]
    pub number: Value<i64>,
    /// Its lid.
    #[block(required)]
    pub lid: Value<Lid>,
}

/// A lid.
#[derive(PartialEq, Eq, PartialOrd, Ord, Object)]
pub struct Lid {
    /// What it is made of.
    #[attr(required, length(1..))]
    pub material: Value<String>,
}

/// A label.
#[derive(Object)]
pub struct Label {
    /// What it says.
    #[attr(required)]
    pub text: Value<String>,
}

/// A door.
#[derive(Object)]
pub struct Door {
    /// Its hinges.
    #[block]
    pub hinge: Value<Vec<Lid>>,
    /// Whether it has glass.
    #[attr(optional)]
    pub glass: Value<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Port(u16);

tfplugin::custom_type!(Port, i64);

impl TryFrom<i64> for Port {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        let port = u16::try_from(number);
        port.map(Port).map_err(|_| format!("expected a port, but got {number}"))
    }
}

impl From<&Port> for i64 {
    fn from(port: &Port) -> i64 {
        port.0.into()
    }
}

struct Even;

impl Rule<i64> for Even {
    fn expected(&self) -> String {
        "an even number".to_owned()
    }

    fn allows(&self, value: &i64) -> bool {
        value % 2 == 0
    }
}

fn only_grows(plan: &mut AttributePlan<i64>) {
    plan.replace = plan.planned.known() < plan.prior.known();
}

struct IgnoreCase;

impl PlanModifier<String> for IgnoreCase {
    fn modify(&self, plan: &mut AttributePlan<String>) {
        if let (Value::Known(prior), Value::Known(planned)) = (&plan.prior, &plan.planned)
            && prior.eq_ignore_ascii_case(planned)
        {
            plan.planned = plan.prior.clone();
        }
    }
}

pub struct Cabinets;

#[async_trait]
impl Resource for Cabinets {
    type Model = Cabinet;
    type Identity = NoIdentity;
    type Private = ();

    async fn create(&self, plan: Cabinet, _: &Context) -> Outcome<Cabinet> {
        let number = |crates: BTreeSet<Crate>| {
            crates.into_iter().map(|it| Crate { number: 7.into(), ..it }).collect()
        };
        let fill = |shelf: Shelf| Shelf { r#box: shelf.r#box.map(number), ..shelf };
        let shelf = plan.shelf.map(|shelves| shelves.into_iter().map(fill).collect());
        // Of a dynamic attribute, what is not said is its type.
        let label = Value::Known(AnyValue::from("made"));
        Ok(Done::new(Cabinet { weight: 0.1.into(), shelf, label, ..plan }))
    }

    async fn read(&self, state: Cabinet, _: &Context) -> Outcome<Option<Cabinet>> {
        Ok(Done::new(Some(state)))
    }

    async fn delete(&self, _: Cabinet, _: &Context) -> Outcome<()> {
        Ok(Done::new(()))
    }
}

#[async_trait]
impl Update for Cabinets {
    async fn update(&self, _: Cabinet, plan: Cabinet, cx: &Context) -> Outcome<Cabinet> {
        self.create(plan, cx).await
    }
}

/// A stamp, which nothing can change.
#[derive(Schema)]
#[resource("test_stamp", timeouts(create, delete))]
pub struct Stamp {
    /// What it says.
    #[attr(required, replace)]
    pub text: Value<String>,
    /// When it was made.
    #[attr(computed)]
    pub made: Value<String>,
}

pub struct Stamps;

#[async_trait]
impl Resource for Stamps {
    type Model = Stamp;
    type Identity = NoIdentity;
    type Private = ();

    async fn create(&self, plan: Stamp, _: &Context) -> Outcome<Stamp> {
        Ok(Done::new(Stamp { made: "today".into(), ..plan }))
    }

    async fn read(&self, state: Stamp, _: &Context) -> Outcome<Option<Stamp>> {
        Ok(Done::new(Some(state)))
    }

    async fn delete(&self, _: Stamp, _: &Context) -> Outcome<()> {
        Ok(Done::new(()))
    }
}
