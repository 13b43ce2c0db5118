//! A data source, an ephemeral resource, a list, an action and functions.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tfplugin::function::{Function, FunctionError};
use tfplugin::{
    Action, Context, DataSource, Diagnostic, Done, EphemeralResource, Found, ListResource, Listed,
    Opened, Outcome, Parameters, Progress, Schema, Value, async_trait, path,
};

use super::World;
use super::thing::{Name, Thing, Things};

fn forbidden(name: &Value<String>) -> Vec<Diagnostic> {
    assert!(*name != "panic validate".into(), "validating breaks it");
    let error = || Diagnostic::error("Forbidden name", "Choose another.").at(path!(name));
    (*name == "forbidden".into()).then(error).into_iter().collect()
}

/// A fact.
#[derive(Schema)]
#[data_source("test_fact", timeouts(read = "1m"))]
pub struct Fact {
    /// What about.
    #[attr(required, length(1..))]
    pub name: Value<String>,
    /// What is known, by which configuration.
    #[attr(computed)]
    pub known_by: Value<String>,
}

pub struct Facts(pub Arc<World>);

#[async_trait]
impl DataSource for Facts {
    type Model = Fact;

    async fn read(&self, config: Fact, cx: &Context) -> Outcome<Fact> {
        match config.name.known().map_or("", String::as_str) {
            "panic" => panic!("reading breaks it"),
            "fail" => Err(Diagnostic::error("Unknown fact", "Ask another.").at(path!(name)))?,
            _ => {}
        }
        let known_by = format!("{} in {}s", self.0.label, cx.timeout().as_secs());
        Ok(Fact { known_by: known_by.into(), ..config }.into())
    }

    fn validate(config: &Fact) -> Vec<Diagnostic> {
        forbidden(&config.name)
    }
}

/// Something lent for one run.
#[derive(Schema)]
#[ephemeral("test_loan")]
pub struct Loan {
    /// What.
    #[attr(required)]
    pub name: Value<String>,
    /// A ticket.
    #[attr(computed, sensitive)]
    pub ticket: Value<String>,
}

/// What is remembered of a loan.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Lent {
    name: String,
    renewed: bool,
}

pub struct Loans(pub Arc<World>);

impl Loans {
    fn name(cx: &Context<Lent>) -> String {
        cx.private().name
    }
}

#[async_trait]
impl EphemeralResource for Loans {
    type Model = Loan;
    type Private = Lent;

    async fn open(&self, config: Loan, cx: &Context<Lent>) -> Outcome<Opened<Loan>> {
        let name = config.name.known().cloned().unwrap_or_default();
        assert!(name != "panic open", "opening breaks it");
        if name == "slow" {
            self.0.events.add("opening slow");
            // Not a wait that can be stopped: what is being made must be waited for.
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        if name == "fail" {
            Err(Diagnostic::error("Nothing to lend", "Come back later."))?;
        }
        self.0.events.add(format!("open {name}"));
        cx.set_private(Lent { name: name.clone(), renewed: false });
        let model = Loan { ticket: format!("ticket of {name}").into(), ..config };
        let renew_at = Some(jiff::Timestamp::UNIX_EPOCH);
        Ok(Done::new(Opened { model, renew_at }))
    }

    async fn renew(&self, cx: &Context<Lent>) -> Outcome<Option<jiff::Timestamp>> {
        let name = Self::name(cx);
        assert!(name != "panic renew", "renewing breaks it");
        self.0.events.add(format!("renew {name}"));
        cx.update_private(|private| private.renewed = true);
        Ok(Done::new(None))
    }

    async fn close(&self, cx: &Context<Lent>) -> Outcome<()> {
        let name = Self::name(cx);
        assert!(name != "panic close", "closing breaks it");
        if name == "hang" {
            std::future::pending::<()>().await;
        }
        self.0.events.add(format!("closing {name}"));
        // Works after the user's stop as well.
        cx.sleep(std::time::Duration::from_millis(1)).await?;
        self.0.events.add(format!("close {name} in {:?}", self.0.label));
        Ok(Done::new(()))
    }

    fn validate(config: &Loan) -> Vec<Diagnostic> {
        forbidden(&config.name)
    }
}

/// Finds things.
#[derive(Schema)]
#[list_resource("test_thing")]
pub struct ThingQuery {
    /// How their names begin.
    #[attr(optional, length(1..))]
    pub name: Value<String>,
}

pub struct ThingList;

#[async_trait]
impl ListResource for ThingList {
    type Config = ThingQuery;
    type Resource = Things;

    async fn list(&self, config: ThingQuery, found: &Found<Things>, _: &Context) -> Outcome<()> {
        assert!(config.name != "panic".into(), "listing breaks it");
        let begin = config.name.into_known().unwrap_or_default();
        for number in 0.. {
            let name = format!("{begin}{number}");
            let listed = Listed {
                identity: Name { name: name.as_str().into(), label: Value::Null },
                display_name: format!("thing {number}"),
                // Handed over whether it is wanted or not.
                resource: Some(Thing::named(&name)),
            };
            if !found.push(listed).await || number == 2 {
                break;
            }
        }
        let warning = Diagnostic::warning("More there", "Some are not shown.");
        Ok(Done::new(()).warn(warning))
    }

    fn validate(config: &ThingQuery) -> Vec<Diagnostic> {
        forbidden(&config.name)
    }
}

/// Rings.
#[derive(Schema)]
#[action("test_ring", timeouts(invoke = "2m"))]
pub struct Ring {
    /// Whom for.
    #[attr(optional)]
    pub name: Value<String>,
    /// How often.
    #[attr(optional, range(1..=3))]
    pub times: Value<i64>,
}

pub struct Ringing;

#[async_trait]
impl Action for Ringing {
    type Config = Ring;

    async fn invoke(&self, config: Ring, progress: &Progress, cx: &Context) -> Outcome<()> {
        for number in 0..config.times.into_known().unwrap_or(1) {
            progress.say(format!("ring {number} within {}s", cx.timeout().as_secs()));
        }
        match config.name.known().map_or("", String::as_str) {
            "panic" => panic!("ringing breaks it"),
            "fail" => Err(Diagnostic::error("No bell", "Buy one.").at(path!(name)))?,
            _ => Ok(Done::new(())),
        }
    }

    async fn plan(&self, config: &Ring, _: &Context) -> Outcome<()> {
        assert!(config.name != "panic plan".into(), "planning breaks it");
        Ok(Done::new(()).warn(Diagnostic::warning("It will be loud", "Cover your ears.")))
    }

    fn validate(config: &Ring) -> Vec<Diagnostic> {
        forbidden(&config.name)
    }
}

/// Joins texts.
///
/// Nothing comes between null ones.
#[derive(Parameters)]
#[function("join_texts")]
pub struct JoinTexts {
    /// What comes between.
    pub separator: String,
    /// How often.
    pub times: Value<i64>,
    /// The texts.
    #[variadic]
    pub texts: Vec<Value<String>>,
}

pub struct Joining;

impl Function for Joining {
    type Parameters = JoinTexts;
    type Return = Value<String>;

    fn call(&self, called: JoinTexts) -> Result<Value<String>, FunctionError> {
        assert!(called.separator != "panic", "joining breaks it");
        if called.separator.is_empty() {
            return Err(FunctionError::in_argument(0, "Expected a separator."));
        }
        if called.texts.iter().any(Value::is_unknown) {
            return Ok(Value::Unknown);
        }
        let times = usize::try_from(called.times.into_known().unwrap_or(1)).unwrap_or_default();
        let texts: Vec<String> = called.texts.into_iter().filter_map(Value::into_known).collect();
        if texts.is_empty() {
            return Err(FunctionError::new("Nothing to join."));
        }
        Ok(texts.join(&called.separator.repeat(times)).into())
    }
}

/// The length of a list, without parameters that may be left out.
#[derive(Parameters)]
#[function("length_of")]
pub struct LengthOf {
    /// The list.
    pub list: Vec<i64>,
}

pub struct Probing;

impl Function for Probing {
    type Parameters = LengthOf;
    type Return = i64;

    fn call(&self, LengthOf { list }: LengthOf) -> Result<i64, FunctionError> {
        Ok(list.len() as i64)
    }
}
