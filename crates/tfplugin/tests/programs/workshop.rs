//! A provider for tests of what ends a run: waits that are stopped, panics, what is still open.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tfplugin::{
    Context, Diagnostic, Done, EphemeralResource, Failure, Interrupted, Limits, NoIdentity, Offers,
    Opened, Outcome, Provider, Resource, Run, Schema, Secret, Update, Value, async_trait,
};

/// A workshop that takes orders in a directory.
#[derive(Schema)]
#[provider]
struct Config {
    /// Where orders are left, and where the workshop leaves word.
    #[attr(required)]
    directory: Value<String>,
    /// What the workshop wants to hear first.
    #[attr(optional, sensitive)]
    password: Value<Secret>,
}

/// Something the workshop makes. It is done when a file `NAME.done` appears.
#[derive(Schema)]
#[resource("workshop_order", timeouts(create = "10m"))]
struct Order {
    /// What to make.
    #[attr(required, replace)]
    name: Value<String>,
    /// Whether an order that is accepted but not done in time is a success with a warning, instead of an error.
    #[attr(optional, default = false)]
    patient: Value<bool>,
    /// Whether the workshop breaks down over it.
    #[attr(optional)]
    cursed: Value<bool>,
    /// Who may fetch it.
    #[attr(optional, sensitive)]
    pin: Value<Secret>,
    /// Who may fetch it, without a trace in the state.
    #[attr(optional, write_only)]
    pin_wo: Value<Secret>,
    /// Whether it is done.
    #[attr(computed)]
    done: Value<bool>,
}

struct Orders(PathBuf);

impl Orders {
    fn file(&self, order: &Order, ending: &str) -> PathBuf {
        self.0.join(format!("{}.{ending}", order.name.known().map_or("", String::as_str)))
    }

    async fn done(&self, order: &Order, cx: &Limits) -> Result<(), Interrupted> {
        while !self.file(order, "done").exists() {
            cx.sleep(Duration::from_millis(20)).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Resource for Orders {
    type Model = Order;
    type Identity = NoIdentity;
    type Private = ();

    async fn create(&self, plan: Order, cx: &Context) -> Outcome<Order> {
        assert!(plan.cursed != Value::Known(true), "the hammer broke: {:?}", plan.pin);
        let _ = std::fs::write(self.file(&plan, "accepted"), "");
        let waited = self.done(&plan, cx).await;
        let order = Order { done: waited.is_ok().into(), ..plan };
        match waited {
            Ok(()) => Ok(order.into()),
            // An error would taint it, and the next apply would destroy what is being made.
            Err(_) if order.patient == Value::Known(true) => {
                Ok(Done::new(order).warn(Diagnostic::warning(
                    "The order is accepted but not done",
                    "The next refresh tells whether it is.",
                )))
            }
            Err(why) => Err(Failure::after(order, why)),
        }
    }

    async fn read(&self, state: Order, _: &Context) -> Outcome<Option<Order>> {
        let done = self.file(&state, "done").exists().into();
        Ok(Done::new(Some(Order { done, ..state })))
    }

    async fn delete(&self, _: Order, _: &Context) -> Outcome<()> {
        Ok(Done::new(()))
    }
}

#[async_trait]
impl Update for Orders {
    async fn update(&self, _: Order, plan: Order, _: &Context) -> Outcome<Order> {
        let done = self.file(&plan, "done").exists().into();
        Ok(Order { done, ..plan }.into())
    }
}

/// A tool that is lent for one run.
#[derive(Schema)]
#[ephemeral("workshop_tool")]
struct Tool {
    /// Which.
    #[attr(required)]
    name: Value<String>,
}

/// What `close` has to know.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
struct Lent {
    file: Option<PathBuf>,
}

struct Tools(PathBuf);

#[async_trait]
impl EphemeralResource for Tools {
    type Model = Tool;
    type Private = Lent;

    async fn open(&self, config: Tool, cx: &Context<Lent>) -> Outcome<Opened<Tool>> {
        let file = self.0.join(config.name.known().map_or("", String::as_str));
        std::fs::write(&file, "lent").map_err(|_| no_access(&file))?;
        // It is closed after a failed run and after Ctrl-C as well.
        cx.set_private(Lent { file: Some(file) });
        Ok(Done::new(config.into()))
    }

    async fn close(&self, cx: &Context<Lent>) -> Outcome<()> {
        let Some(file) = cx.private().file else { return Ok(Done::new(())) };
        std::fs::remove_file(&file).map_err(|_| no_access(&file))?;
        Ok(Done::new(()))
    }
}

fn no_access(file: &Path) -> Diagnostic {
    Diagnostic::error("No access to the file", file.display().to_string())
}

struct Workshop;

#[async_trait]
impl Provider for Workshop {
    type Config = Config;
    type Configured = PathBuf;

    fn address(&self) -> &str {
        "registry.terraform.io/example/workshop"
    }

    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    fn offers(&self) -> Offers<PathBuf> {
        Offers::new()
            .resource(|directory: &PathBuf| Orders(directory.clone()))
            .ephemeral(|directory: &PathBuf| Tools(directory.clone()))
    }

    async fn configure(&self, config: Config, _: &Run) -> Outcome<PathBuf> {
        Ok(PathBuf::from(config.directory.into_known().unwrap_or_default()).into())
    }
}

fn main() -> ExitCode {
    tfplugin::serve(Workshop, &["workshop"])
}
