//! A resource that behaves as its `mode` says.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tfplugin::{
    Context, Deferral, Diagnostic, Done, Failure, Identity, ImportTarget, Json, JsonObject, Limits,
    MoveSource, Outcome, Plan, Resource, Schema, Update, Value, async_trait, path,
};

use super::{Meta, World};

/// A thing.
#[derive(Clone, Schema)]
#[resource("test_thing", version = 3, timeouts(create = "10m", read = "10m"))]
pub struct Thing {
    /// Its name.
    #[attr(required)]
    pub name: Value<String>,
    /// Where it is.
    #[attr(optional, replace)]
    pub place: Value<String>,
    /// How it behaves.
    #[attr(optional)]
    pub mode: Value<String>,
    /// Which configuration made it.
    #[attr(computed)]
    pub made_by: Value<String>,
}

/// Names a thing.
#[derive(Clone, Debug, PartialEq, Eq, Identity)]
#[identity(version = 1)]
pub struct Name {
    /// Its name.
    #[identity(required)]
    pub name: Value<String>,
    /// The configuration that it is in.
    #[identity(optional)]
    pub label: Value<String>,
}

/// What is remembered of a thing.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Remembered {
    count: i64,
    imported: Option<bool>,
    planned: Option<String>,
    reviewed: Option<bool>,
}

pub struct Things(pub Arc<World>);

impl Thing {
    pub fn named(name: &str) -> Self {
        let (place, mode, made_by) = Default::default();
        Thing { name: name.into(), place, mode, made_by }
    }

    fn is(&self, mode: &str) -> bool {
        self.mode.known().is_some_and(|it| it == mode)
    }

    fn name(&self) -> &str {
        self.name.known().map_or("", String::as_str)
    }
}

fn broken() -> Diagnostic {
    Diagnostic::error("Broken", "It is broken.").at(path!(mode))
}

impl Things {
    fn made(&self, thing: Thing) -> Thing {
        Thing { made_by: self.0.label.clone().into(), ..thing }
    }

    async fn slow(&self, thing: &Thing, cx: &Limits) -> Result<(), tfplugin::Interrupted> {
        if !thing.mode.known().is_some_and(|mode| mode.starts_with("slow")) {
            return Ok(());
        }
        self.0.events.add(format!("waiting {}", thing.name()));
        cx.wait(std::future::pending()).await
    }
}

#[async_trait]
impl Resource for Things {
    type Model = Thing;
    type Identity = Name;
    type Private = Remembered;

    async fn create(&self, plan: Thing, cx: &Context<Remembered>) -> Outcome<Thing> {
        assert!(!plan.is("panic create"), "creating breaks it");
        if plan.is("fail") {
            Err(broken())?;
        }
        if plan.is("stubborn") {
            self.0.events.add("stubborn");
            std::future::pending::<()>().await;
        }
        if plan.is("unknown result") {
            return Ok(Thing { made_by: Value::Unknown, ..plan }.into());
        }
        if plan.is("another result") {
            return Ok(Thing { name: "other".into(), ..self.made(plan) }.into());
        }
        if let Some(meta) = cx.provider_meta::<Meta>()? {
            self.0.events.add(format!("made for {:?}", meta.module));
        }
        let thing = self.made(plan);
        cx.update_private(|private| private.count = 1);
        if thing.is("request") {
            self.0.events.add(format!("making {}", thing.name()));
            // Not a wait that can be stopped: what is being made must be waited for.
            self.0.events.wait_for("made").await;
        }
        if thing.is("half") {
            return Err(Failure::after(thing, broken()));
        }
        if let Err(why) = self.slow(&thing, cx).await {
            return match thing.is("slow but accepted") {
                true => Ok(Done::new(thing).warn(Diagnostic::warning("Not finished", "Wait."))),
                false => Err(Failure::after(thing, why)),
            };
        }
        Ok(thing.into())
    }

    async fn read(&self, state: Thing, cx: &Context<Remembered>) -> Outcome<Option<Thing>> {
        assert!(!state.is("panic read"), "reading breaks it");
        if state.is("gone") {
            return Ok(Done::new(None));
        }
        if state.is("defer") {
            Err(Deferral::ResourceConfigUnknown)?;
        }
        if state.is("fail read") {
            Err(broken())?;
        }
        self.slow(&state, cx).await?;
        cx.update_private(|private| private.count += 1);
        Ok(Done::new(Some(self.made(state))))
    }

    async fn delete(&self, state: Thing, cx: &Context<Remembered>) -> Outcome<()> {
        assert_eq!(cx.private().reviewed, Some(true), "planning is remembered");
        assert!(!state.is("panic delete"), "deleting breaks it");
        if state.is("fail delete") {
            Err(broken())?;
        }
        self.0.events.add(format!("delete {}", state.name()));
        Ok(Done::new(()))
    }

    async fn undelivered(
        &self,
        prior: Option<Thing>,
        state: Thing,
        cx: &Context<Remembered>,
    ) -> Outcome<()> {
        // Works after the user's stop as well.
        cx.sleep(std::time::Duration::from_millis(1)).await?;
        assert_eq!(cx.private().count, 1);
        let was = prior.map_or_else(|| "nothing".to_owned(), |prior| prior.name().to_owned());
        self.0.events.add(format!("giving back {} for {was}", state.name()));
        Ok(Done::new(()))
    }

    fn validate(config: &Thing) -> Vec<Diagnostic> {
        assert!(!config.is("panic validate"), "validating breaks it");
        Vec::new()
    }

    async fn plan(&self, plan: &mut Plan<Thing>, cx: &Context<Remembered>) -> Outcome<()> {
        assert!(!plan.config().is("panic plan"), "planning breaks it");
        let config = plan.config().clone();
        match config.mode.known().map_or("", String::as_str) {
            "fail plan" => Err(broken())?,
            "warn" => plan.warn(Diagnostic::warning("Beware", "Of the dog.")),
            "replace" if !plan.is_create() => plan.require_replace(path!(name)),
            "stay" => plan.suppress_replace(path!(place)),
            "always" => plan.force_change(),
            "foreseen" => plan.planned.made_by = self.0.label.clone().into(),
            "defer" => Err(Deferral::AbsentPrerequisite)?,
            "remember" => cx.update_private(|private| private.planned = Some("yes".to_owned())),
            _ => {}
        }
        Ok(Done::new(()))
    }

    async fn plan_destroy(&self, state: &Thing, cx: &Context<Remembered>) -> Outcome<()> {
        cx.update_private(|private| private.reviewed = Some(true));
        if state.is("fail plan_destroy") {
            Err(broken())?;
        }
        let warning = Diagnostic::warning("Last of its kind", "It will be gone.");
        let done = Done::new(());
        Ok(if state.is("dear") { done.warn(warning) } else { done })
    }

    async fn import(&self, target: ImportTarget<Name>, cx: &Context<Remembered>) -> Outcome<Thing> {
        cx.update_private(|private| private.imported = Some(true));
        let name = match target {
            ImportTarget::Id(id) if id == "panic" => panic!("importing breaks it"),
            ImportTarget::Id(id) if id == "nowhere" => Err(broken())?,
            ImportTarget::Id(id) if id == "later" => Err(Deferral::AbsentPrerequisite)?,
            ImportTarget::Id(id) => id,
            ImportTarget::Identity(name) => name.name.into_known().unwrap_or_default(),
        };
        Ok(Thing::named(&name).into())
    }

    fn identity(state: &Thing) -> Option<Name> {
        let label = state.made_by.known().cloned().into();
        state.name.is_known().then(|| Name { name: state.name.clone(), label })
    }

    fn upgrade(version: i64, state: &mut JsonObject) -> Outcome<()> {
        match version {
            // Version 1 has `title` in place of `label`.
            0 => {
                let label = state.remove("label").ok_or_else(broken)?;
                state.insert("title".to_owned(), label);
            }
            // Version 2 has `name` in place of `title`.
            1 => {
                let title = state.remove("title").unwrap_or_default();
                assert!(title != "panic upgrade", "upgrading breaks it");
                state.insert("name".to_owned(), title);
            }
            // Version 3 writes places in small letters.
            _ => {
                if let Some(place) = state.get("place").and_then(Json::as_str) {
                    let place = place.to_lowercase();
                    state.insert("place".to_owned(), place.into());
                    let warning = Diagnostic::warning("Small letters", "The place has them now.");
                    return Ok(Done::new(()).warn(warning));
                }
            }
        }
        Ok(Done::new(()))
    }

    fn upgrade_identity(version: i64, identity: &mut JsonObject) -> Outcome<()> {
        assert_eq!(version, 0, "the step to version 1");
        let title = identity.remove("title").unwrap_or_default();
        identity.insert("name".to_owned(), title);
        Ok(Done::new(()))
    }

    const MOVES_FROM: &'static [(&'static str, &'static str)] =
        &[("example/other", "other_thing"), ("example/other", "other_panic")];

    fn move_from(source: &MoveSource) -> Outcome<Thing> {
        assert!(source.type_name != "other_panic", "moving breaks it");
        Ok(Thing::named(source.state["title"].as_str().unwrap_or_default()).into())
    }
}

#[async_trait]
impl Update for Things {
    async fn update(&self, prior: Thing, plan: Thing, cx: &Context<Remembered>) -> Outcome<Thing> {
        if plan.is("fail") {
            Err(broken())?;
        }
        self.slow(&plan, cx).await.ok();
        if plan.is("half") {
            return Err(Failure::after(Thing { name: plan.name, ..prior }, broken()));
        }
        Ok(self.made(plan).into())
    }
}
