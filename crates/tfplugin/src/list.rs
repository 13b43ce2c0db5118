//! List resources, for `terraform query` (Terraform 1.14+).

use async_trait::async_trait;
use tokio::sync::mpsc;

use crate::context::Context;
use crate::diagnostic::Diagnostic;
use crate::outcome::Outcome;
use crate::resource::Resource;
use crate::schema::Model;

/// Finds the remote objects that a managed resource could manage. Its type is the resource's.
///
/// ```
/// use tfplugin::testing::{Client, json};
/// use tfplugin::{
///     Context, Done, Found, Identity, ListResource, Listed, Offers, Outcome, Resource, Schema, Value, async_trait,
/// };
///
/// /// A machine.
/// #[derive(Schema)]
/// #[resource("cloud_machine")]
/// struct Machine {
///     /// Its name.
///     #[attr(required, replace)]
///     name: Value<String>,
/// }
///
/// /// What names a machine for good.
/// #[derive(Identity)]
/// struct MachineName {
///     /// Its name.
///     #[identity(required)]
///     name: Value<String>,
/// }
///
/// struct Machines;
///
/// #[async_trait]
/// impl Resource for Machines {
///     type Model = Machine;
///     type Identity = MachineName;
///     type Private = ();
///     // create, read and delete
/// #   async fn create(&self, plan: Machine, _: &Context) -> Outcome<Machine> { Ok(Done::new(plan)) }
/// #   async fn read(&self, state: Machine, _: &Context) -> Outcome<Option<Machine>> { Ok(Done::new(Some(state))) }
/// #   async fn delete(&self, _: Machine, _: &Context) -> Outcome<()> { Ok(Done::new(())) }
///
///     fn identity(state: &Machine) -> Option<MachineName> {
///         Some(MachineName { name: state.name.clone() })
///     }
/// }
///
/// /// Machines that are there already.
/// #[derive(Schema)]
/// #[list_resource("cloud_machine")]
/// struct MachineQuery {
///     /// How their names begin.
///     #[attr(optional)]
///     prefix: Value<String>,
/// }
///
/// struct MachineList;
///
/// #[async_trait]
/// impl ListResource for MachineList {
///     type Config = MachineQuery;
///     type Resource = Machines;
///
///     async fn list(&self, config: MachineQuery, found: &Found<Machines>, _: &Context) -> Outcome<()> {
///         let prefix = config.prefix.into_known().unwrap_or_default();
///         for name in ["db", "web-1", "web-2"].into_iter().filter(|name| name.starts_with(&prefix)) {
///             let listed = Listed {
///                 identity: MachineName { name: name.into() },
///                 display_name: name.to_owned(),
///                 resource: found.wants_resource().then(|| Machine { name: name.into() }),
///             };
///             // Terraform wants so many and no more.
///             if !found.push(listed).await {
///                 break;
///             }
///         }
///         Ok(Done::new(()))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let client = Client::of(Offers::new().resource(|_| Machines).list(|_| MachineList), ()).await;
/// let (listed, _) = client.list("cloud_machine", json!({ "prefix": "web" }), false, 10).await;
/// assert_eq!(listed[1].identity, json!({ "name": "web-2" }));
/// # }
/// ```
#[async_trait]
pub trait ListResource: Send + Sync + 'static {
    /// The schema and typed values of the `config` block.
    type Config: Model;
    /// The managed resource whose objects it finds; it must have an identity.
    type Resource: Resource;

    /// Finds them, and hands each to `found` until that wants no more.
    async fn list(
        &self,
        config: Self::Config,
        found: &Found<Self::Resource>,
        cx: &Context,
    ) -> Outcome<()>;

    /// Checks what no single attribute can: called with the configuration, offline.
    fn validate(config: &Self::Config) -> Vec<Diagnostic> {
        let _ = config;
        Vec::new()
    }
}

/// One object found; the example at [`ListResource`] finds some.
pub struct Listed<R: Resource> {
    /// What names it for good.
    pub identity: R::Identity,
    /// What people know it by.
    pub display_name: String,
    /// Its whole state, if [`Found::wants_resource`].
    pub resource: Option<R::Model>,
}

/// Takes what is found, as in the example at [`ListResource`].
pub struct Found<R: Resource> {
    sender: mpsc::Sender<Listed<R>>,
    wants_resource: bool,
}

impl<R: Resource> Found<R> {
    pub(crate) fn new(sender: mpsc::Sender<Listed<R>>, wants_resource: bool) -> Self {
        Found { sender, wants_resource }
    }

    /// Whether the whole state of each is asked for, not only its identity.
    pub fn wants_resource(&self) -> bool {
        self.wants_resource
    }

    /// Hands one over; `false` if no more are wanted.
    pub async fn push(&self, listed: Listed<R>) -> bool {
        self.sender.send(listed).await.is_ok()
    }
}
