//! Managed resources.

use async_trait::async_trait;
use futures::future::BoxFuture;

use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::diagnostics;
use crate::outcome::Outcome;
use crate::plan::Plan;
use crate::private::PrivateState;
use crate::schema::{ByReplacement, Identity, InPlace, Model};
use crate::{Json, JsonObject};

/// A managed resource: what Terraform creates, reads, updates and deletes.
///
/// Create, read and delete are what every resource has, and [`Update`] what most have; the rest is taken up
/// where there is something to say. In `create` and `update`, write-only attributes of the plan hold what the
/// configuration says; everywhere else they are null.
///
/// ```
/// use std::collections::BTreeMap;
/// use std::sync::{Arc, Mutex};
///
/// use tfplugin::testing::{Client, State, json, unknown};
/// use tfplugin::{Context, Done, ImportTarget, NoIdentity, Offers, Outcome, Resource, Schema, Update, Value, async_trait};
///
/// /// A note.
/// #[derive(Clone, Default, Schema)]
/// #[resource("cloud_note")]
/// struct Note {
///     /// Its number.
///     #[attr(computed, use_state_for_unknown)]
///     id: Value<i64>,
///     /// What it says.
///     #[attr(required)]
///     text: Value<String>,
/// }
///
/// type Shelf = Arc<Mutex<BTreeMap<i64, String>>>;
///
/// /// The resource, with what it needs: here where the notes are, elsewhere a client.
/// struct Notes(Shelf);
///
/// impl Notes {
///     fn write(&self, id: i64, note: Note) -> Outcome<Note> {
///         let text = note.text.known().cloned().unwrap_or_default();
///         self.0.lock().unwrap().insert(id, text);
///         Ok(Done::new(Note { id: id.into(), ..note }))
///     }
/// }
///
/// #[async_trait]
/// impl Resource for Notes {
///     type Model = Note;
///     type Identity = NoIdentity;
///     type Private = ();
///
///     async fn create(&self, plan: Note, _: &Context) -> Outcome<Note> {
///         let id = self.0.lock().unwrap().len() as i64 + 1;
///         self.write(id, plan)
///     }
///
///     async fn read(&self, state: Note, _: &Context) -> Outcome<Option<Note>> {
///         let found = state.id.known().and_then(|id| self.0.lock().unwrap().get(id).cloned());
///         Ok(Done::new(found.map(|text| Note { text: text.into(), ..state })))
///     }
///
///     async fn delete(&self, state: Note, _: &Context) -> Outcome<()> {
///         let id = state.id.into_known().unwrap_or_default();
///         self.0.lock().unwrap().remove(&id);
///         Ok(Done::new(()))
///     }
///
///     async fn import(&self, target: ImportTarget<NoIdentity>, _: &Context) -> Outcome<Note> {
///         let ImportTarget::Id(id) = target;
///         // What is not a number is found nowhere.
///         Ok(Done::new(Note { id: id.parse().ok().into(), ..Note::default() }))
///     }
/// }
///
/// #[async_trait]
/// impl Update for Notes {
///     async fn update(&self, prior: Note, plan: Note, _: &Context) -> Outcome<Note> {
///         self.write(prior.id.into_known().unwrap_or_default(), plan)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let offers = Offers::new().resource(|shelf: &Shelf| Notes(shelf.clone()));
/// let client = Client::of(offers, Shelf::default()).await;
/// let plan = client.plan("cloud_note", &State::none(), json!({ "text": "milk" })).await;
/// assert_eq!(plan.value, json!({ "id": unknown(), "text": "milk" }));
/// let note = client.apply(&plan).await;
/// assert_eq!(note.value, json!({ "id": 1, "text": "milk" }));
/// let note = client.plan_and_apply("cloud_note", &note, json!({ "text": "bread" })).await;
/// let imported = client.import("cloud_note", "1").await;
/// assert_eq!(client.read("cloud_note", &imported).await.value, note.value);
/// let gone = client.plan_and_apply("cloud_note", &note, json!(null)).await;
/// assert!(gone.value.is_null());
/// # }
/// ```
#[async_trait]
pub trait Resource: Send + Sync + 'static {
    /// Its schema and typed values.
    type Model: Model;
    /// What names one remote object for good; [`NoIdentity`](crate::schema::NoIdentity) if nothing beside its `id` does.
    type Identity: Identity;
    /// What it remembers beside its state, unseen by users; `()` where nothing is.
    type Private: PrivateState;

    /// Whether a result has the planned value where one was known, whatever an operation answers: what the remote
    /// object has instead is put off to the next read. For objects that others change meanwhile, and that must
    /// not be replaced for it: Terraform taints, and so replaces, what was created with an error.
    const KEEPS_PLANNED: bool = false;

    /// Makes the remote object. Values that were planned as unknown must be known in the result, and those that
    /// were planned as known must be as planned, as Terraform demands: what differs is an error that names
    /// it, and what was made is in the state.
    async fn create(&self, plan: Self::Model, cx: &Context<Self::Private>) -> Outcome<Self::Model>;

    /// Reads the remote object; `None` if it is gone. Failing to find out is an error, never `None`.
    async fn read(
        &self,
        state: Self::Model,
        cx: &Context<Self::Private>,
    ) -> Outcome<Option<Self::Model>>;

    /// Removes the remote object; one that is gone already is a success.
    async fn delete(&self, state: Self::Model, cx: &Context<Self::Private>) -> Outcome<()>;

    /// Gives back what a create or update has made when nobody can receive its answer any more: Terraform
    /// has gone, or no longer waits, and `state` will be in no state. `prior` is what an update began with.
    /// The user's stop does not reach it, and its time is short.
    async fn undelivered(
        &self,
        prior: Option<Self::Model>,
        state: Self::Model,
        cx: &Context<Self::Private>,
    ) -> Outcome<()> {
        let _ = (prior, state, cx);
        Ok(().into())
    }

    /// Checks what no single attribute can: called with the configuration, offline.
    fn validate(config: &Self::Model) -> Vec<Diagnostic> {
        let _ = config;
        Vec::new()
    }

    /// Refines a plan. It is called again at apply and must come to the same known values: no
    /// clock, no random names.
    async fn plan(&self, plan: &mut Plan<Self::Model>, cx: &Context<Self::Private>) -> Outcome<()> {
        let _ = (plan, cx);
        Ok(().into())
    }

    /// Says what destroying brings that a reviewer should know: called when the plan is to destroy.
    /// What it leaves in the private state is handed to `delete`.
    async fn plan_destroy(&self, state: &Self::Model, cx: &Context<Self::Private>) -> Outcome<()> {
        let _ = (state, cx);
        Ok(().into())
    }

    /// The first state of an imported object, enough for `read` to complete it.
    async fn import(
        &self,
        target: ImportTarget<Self::Identity>,
        cx: &Context<Self::Private>,
    ) -> Outcome<Self::Model> {
        let _ = (target, cx);
        Err(diagnostics::import_not_supported(Self::Model::TYPE_NAME))?
    }

    /// The identity of the object in `state`, as soon as it is known.
    fn identity(state: &Self::Model) -> Option<Self::Identity> {
        let _ = state;
        None
    }

    /// Brings a stored state from `version` of the schema to the next, by editing it: called once for each
    /// version from the stored one up to the present. What is not touched stays, and what the schema no
    /// longer has is left out in the end, so that a new attribute needs no step.
    ///
    /// ```
    /// # use tfplugin::{Done, JsonObject, Outcome};
    /// fn upgrade(version: i64, state: &mut JsonObject) -> Outcome<()> {
    ///     match version {
    ///         // Version 1 has `name` in place of `label`.
    ///         0 => {
    ///             let label = state.remove("label").unwrap_or_default();
    ///             state.insert("name".to_owned(), label);
    ///         }
    ///         // Version 2 counts in seconds.
    ///         1 => {
    ///             let minutes = state["minutes"].as_i64().unwrap_or_default();
    ///             state.insert("seconds".to_owned(), (minutes * 60).into());
    ///         }
    ///         _ => {}
    ///     }
    ///     Ok(Done::new(()))
    /// }
    /// # let mut state = JsonObject::from_iter([("label".to_owned(), "a".into()), ("minutes".to_owned(), 2.into())]);
    /// # for version in 0..2 { upgrade(version, &mut state).unwrap(); }
    /// # assert_eq!((&state["name"], &state["seconds"]), (&"a".into(), &120.into()));
    /// ```
    fn upgrade(version: i64, state: &mut JsonObject) -> Outcome<()> {
        let _ = (version, state);
        Ok(().into())
    }

    /// Brings a stored identity from `version` of its form (`#[identity(version = …)]`) to the next, as
    /// [`upgrade`](Resource::upgrade) does a state.
    fn upgrade_identity(version: i64, identity: &mut JsonObject) -> Outcome<()> {
        let _ = (version, identity);
        Ok(().into())
    }

    /// Resources of other providers whose state a `moved` block hands over to
    /// [`move_from`](Resource::move_from): namespace and name of the provider (`hashicorp/aws`), and the type.
    ///
    /// The state of its own type needs no entry, whatever the address of the provider that has stored it
    /// (another registry, a mirror, a fork): where it fits the schema it is read as an upgrade.
    const MOVES_FROM: &'static [(&'static str, &'static str)] = &[];

    /// Takes over the state of one of [`MOVES_FROM`](Resource::MOVES_FROM). Called without a configured
    /// provider: no network.
    fn move_from(source: &MoveSource) -> Outcome<Self::Model> {
        Err(diagnostics::unsupported_move(source, Self::Model::TYPE_NAME, Self::MOVES_FROM))?
    }
}

/// A resource that can change in place. [`Offers::resource`](crate::Offers::resource) asks for it where an
/// attribute or block can be changed and is not marked as `replace`; a change of `timeouts` alone never comes here.
/// The example at [`Resource`] has one.
#[async_trait]
pub trait Update: Resource {
    /// Changes the remote object in place. As in [`create`](Resource::create), planned unknown values must be known in the result.
    async fn update(
        &self,
        prior: Self::Model,
        plan: Self::Model,
        cx: &Context<Self::Private>,
    ) -> Outcome<Self::Model>;
}

/// An update with its types.
pub type Updating<R> = for<'a> fn(
    &'a R,
    <R as Resource>::Model,
    <R as Resource>::Model,
    &'a Context<<R as Resource>::Private>,
) -> BoxFuture<'a, Outcome<<R as Resource>::Model>>;

/// A resource that does for changes what its schema asks for: `How` is the schema's
/// [`Changes`](crate::schema::Model::Changes).
#[diagnostic::on_unimplemented(
    message = "`{Self}` has attributes that can change in place, but no `Update`",
    note = "implement `tfplugin::Update` for it, or mark what cannot be changed with `replace`"
)]
pub trait Changes<How>: Resource {
    /// How it is changed in place; `None` if it never is.
    fn updating() -> Option<Updating<Self>>
    where
        Self: Sized;
}

impl<R: Update> Changes<InPlace> for R {
    fn updating() -> Option<Updating<Self>> {
        Some(|resource, prior, plan, cx| resource.update(prior, plan, cx))
    }
}

impl<R: Resource> Changes<ByReplacement> for R {
    fn updating() -> Option<Updating<Self>> {
        None
    }
}

/// What a user asks to import.
///
/// ```
/// use tfplugin::{Identity, ImportTarget, Value};
///
/// /// What names a machine for good.
/// #[derive(Identity)]
/// struct MachineName {
///     /// Its name.
///     #[identity(required)]
///     name: Value<String>,
/// }
///
/// fn name(target: ImportTarget<MachineName>) -> Value<String> {
///     match target {
///         ImportTarget::Id(name) => name.into(),
///         ImportTarget::Identity(MachineName { name }) => name,
///     }
/// }
///
/// assert_eq!(name(ImportTarget::Id("web".to_owned())), "web".into());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportTarget<I> {
    /// By the text of `terraform import ADDRESS ID` or of an `import` block.
    Id(String),
    /// By identity (Terraform 1.12+).
    Identity(I),
}

/// The resource that a `moved` block takes a state from.
///
/// ```
/// use tfplugin::MoveSource;
/// use tfplugin::testing::json;
///
/// let source = MoveSource {
///     provider_address: "registry.terraform.io/hashicorp/aws".to_owned(),
///     type_name: "aws_instance".to_owned(),
///     schema_version: 1,
///     state: json!({ "id": "i-07" }),
/// };
/// assert!(source.is("hashicorp/aws", "aws_instance"));
/// ```
#[derive(Clone, Debug)]
pub struct MoveSource {
    /// Such as `registry.terraform.io/hashicorp/aws`, or only `aws` from OpenTofu before 1.11.12 and 1.12.4.
    pub provider_address: String,
    /// Such as `aws_grafana_license_association`.
    pub type_name: String,
    /// The version of its schema.
    pub schema_version: i64,
    /// Its attributes.
    pub state: Json,
}

impl MoveSource {
    /// Whether it is of that type and of a provider of that namespace and name (`hashicorp/aws`), on any
    /// host. An address that is only a name may be of any namespace.
    pub fn is(&self, provider: &str, type_name: &str) -> bool {
        let is_provider = match self.provider_address.split_once('/') {
            Some((_host, from)) => from == provider,
            None => provider.rsplit('/').next() == Some(&self.provider_address),
        };
        is_provider && self.type_name == type_name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_match_on_any_host() {
        let mut source = MoveSource {
            provider_address: "registry.opentofu.org/hashicorp/aws".to_owned(),
            type_name: "aws_x".to_owned(),
            schema_version: 0,
            state: Json::Null,
        };
        assert!(source.is("hashicorp/aws", "aws_x"));
        assert!(!source.is("hashicorp/aws", "aws_y"));
        for (address, is_aws) in [
            ("registry.terraform.io/other/aws", false),
            ("aws", true),
            ("", false),
            ("hashicorp", false),
            ("hashicorp/aws", false),
        ] {
            source.provider_address = address.to_owned();
            assert_eq!(source.is("hashicorp/aws", "aws_x"), is_aws, "{address}");
        }
    }
}
