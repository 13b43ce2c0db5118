//! The table of everything a provider offers, with types erased so that one server serves them all.

mod action;
mod data_source;
mod ephemeral;
mod function;
mod list;
mod resource;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

pub(crate) use action::AnyAction;
pub(crate) use data_source::AnyDataSource;
pub(crate) use ephemeral::AnyEphemeral;
pub(crate) use function::AnyFunction;
pub(crate) use list::{AnyList, ListedAny, Wants};
pub(crate) use resource::{AnyResource, Applied, ApplyRequest, PlanRequest, Planned};

use crate::action::Action;
use crate::context::Context;
use crate::data_source::DataSource;
use crate::diagnostic::Diagnostic;
use crate::diagnostics;
use crate::environment::Completed;
use crate::ephemeral::EphemeralResource;
use crate::function::{Function, Parameters};
use crate::limits::Limits;
use crate::list::ListResource;
use crate::outcome::Failure;
use crate::path::{AttributePath, Step};
use crate::private::{self, PrivateState};
use crate::proto::tfplugin6::DynamicValue;
use crate::resource::{Changes, Resource};
use crate::schema::{Attribute, AttributeKind, HIDDEN, Model, Schema};
use crate::timeouts;
use crate::validate::validate;
use crate::value::{AnyValue, DecodeError, Type, sentence};

/// Everything a provider offers. `C` is what one ConfigureProvider call made: each entry says how
/// to make its resource from that.
///
/// ```
/// # use tfplugin::{Context, Done, Function, FunctionError, NoIdentity, Outcome, Parameters, Resource, Schema, Value, async_trait};
/// # /// A machine.
/// # #[derive(Schema)]
/// # #[resource("cloud_machine")]
/// # struct Machine {
/// #     /// Its name.
/// #     #[attr(required, replace)]
/// #     name: Value<String>,
/// # }
/// # /// Yes.
/// # #[derive(Parameters)]
/// # #[function("yes")]
/// # struct Yes {}
/// # struct Always;
/// # impl Function for Always {
/// #     type Parameters = Yes;
/// #     type Return = bool;
/// #     fn call(&self, _: Yes) -> Result<bool, FunctionError> { Ok(true) }
/// # }
/// use tfplugin::Offers;
///
/// /// What `configure` makes: a client, shared by all.
/// #[derive(Clone)]
/// struct Client {
///     url: String,
/// }
///
/// struct Machines(Client);
/// # #[async_trait]
/// # impl Resource for Machines {
/// #   type Model = Machine;
/// #   type Identity = NoIdentity;
/// #   type Private = ();
/// #   async fn create(&self, plan: Machine, _: &Context) -> Outcome<Machine> { Ok(Done::new(plan)) }
/// #   async fn read(&self, state: Machine, _: &Context) -> Outcome<Option<Machine>> { Ok(Done::new(Some(state))) }
/// #   async fn delete(&self, _: Machine, _: &Context) -> Outcome<()> { Ok(Done::new(())) }
/// # }
///
/// let offers: Offers<Client> =
///     Offers::new().resource(|client: &Client| Machines(client.clone())).function(Always);
/// ```
pub struct Offers<C> {
    pub(crate) resources: BTreeMap<&'static str, Arc<dyn AnyResource<C>>>,
    pub(crate) data_sources: BTreeMap<&'static str, Arc<dyn AnyDataSource<C>>>,
    pub(crate) ephemerals: BTreeMap<&'static str, Arc<dyn AnyEphemeral<C>>>,
    pub(crate) lists: BTreeMap<&'static str, Arc<dyn AnyList<C>>>,
    pub(crate) actions: BTreeMap<&'static str, Arc<dyn AnyAction<C>>>,
    pub(crate) functions: BTreeMap<&'static str, Arc<dyn AnyFunction>>,
    pub(crate) provider_meta: Option<Schema>,
}

/// Makes a resource from what ConfigureProvider made.
pub(crate) type Make<C, R> = Box<dyn Fn(&C) -> R + Send + Sync>;

impl<C> Clone for Offers<C> {
    fn clone(&self) -> Self {
        Offers {
            resources: self.resources.clone(),
            data_sources: self.data_sources.clone(),
            ephemerals: self.ephemerals.clone(),
            lists: self.lists.clone(),
            actions: self.actions.clone(),
            functions: self.functions.clone(),
            provider_meta: self.provider_meta.clone(),
        }
    }
}

impl<C: Send + Sync + 'static> Default for Offers<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C: Send + Sync + 'static> Offers<C> {
    /// An empty table.
    pub fn new() -> Self {
        Offers {
            resources: BTreeMap::new(),
            data_sources: BTreeMap::new(),
            ephemerals: BTreeMap::new(),
            lists: BTreeMap::new(),
            actions: BTreeMap::new(),
            functions: BTreeMap::new(),
            provider_meta: None,
        }
    }

    /// Offers a managed resource. It needs an [`Update`](crate::Update) if it can change in place.
    #[must_use]
    pub fn resource<R>(mut self, make: impl Fn(&C) -> R + Send + Sync + 'static) -> Self
    where
        R: Resource + Changes<<<R as Resource>::Model as Model>::Changes>,
    {
        let entry = resource::Entry::<C, R>::new(Box::new(make), R::updating());
        self.resources.insert(R::Model::TYPE_NAME, Arc::new(entry));
        self
    }

    /// Offers a data source.
    #[must_use]
    pub fn data_source<D: DataSource>(
        mut self,
        make: impl Fn(&C) -> D + Send + Sync + 'static,
    ) -> Self {
        let entry = data_source::Entry::<C, D>::new(Box::new(make));
        self.data_sources.insert(D::Model::TYPE_NAME, Arc::new(entry));
        self
    }

    /// Offers an ephemeral resource.
    #[must_use]
    pub fn ephemeral<E: EphemeralResource>(
        mut self,
        make: impl Fn(&C) -> E + Send + Sync + 'static,
    ) -> Self {
        let entry = ephemeral::Entry::<C, E>::new(Box::new(make));
        self.ephemerals.insert(E::Model::TYPE_NAME, Arc::new(entry));
        self
    }

    /// Offers a list resource, under the type of the managed resource that it lists.
    #[must_use]
    pub fn list<L: ListResource>(mut self, make: impl Fn(&C) -> L + Send + Sync + 'static) -> Self {
        let entry = list::Entry::<C, L>::new(Box::new(make));
        self.lists.insert(<L::Resource as Resource>::Model::TYPE_NAME, Arc::new(entry));
        self
    }

    /// Offers an action.
    #[must_use]
    pub fn action<A: Action>(mut self, make: impl Fn(&C) -> A + Send + Sync + 'static) -> Self {
        let entry = action::Entry::<C, A>::new(Box::new(make));
        self.actions.insert(A::Config::TYPE_NAME, Arc::new(entry));
        self
    }

    /// Takes what modules say to the provider in the `provider_meta` block of their `terraform` block: `M` is
    /// its schema (`#[provider_meta]`), and [`Context::provider_meta`] what the module of a resource or data
    /// source says.
    #[must_use]
    pub fn provider_meta<M: Model>(self) -> Self {
        Offers { provider_meta: Some(M::schema()), ..self }
    }

    /// Offers a function.
    #[must_use]
    pub fn function<F: Function>(mut self, function: F) -> Self {
        self.functions.insert(F::Parameters::NAME, Arc::new(function::Entry::new(function)));
        self
    }
}

/// What the server knows of one call.
pub(crate) struct Call {
    pub(crate) stop: CancellationToken,
    pub(crate) private: Vec<u8>,
    /// What the module says to the provider (`provider_meta`).
    pub(crate) meta: Option<DynamicValue>,
}

impl Call {
    pub(crate) fn new(stop: CancellationToken, private: Vec<u8>) -> Self {
        Call { stop, private, meta: None }
    }

    pub(crate) fn with_meta(self, meta: Option<DynamicValue>) -> Self {
        Call { meta, ..self }
    }

    /// The context of an operation whose `timeouts` block, if any, stands in `value`.
    fn context<M: Model, P: PrivateState>(
        &self,
        operation: &str,
        value: &AnyValue,
    ) -> Result<Context<P>, Diagnostic> {
        let timeout = timeouts::of(value, operation, M::timeouts())?;
        Ok(self.context_within(timeout))
    }

    fn context_within<P: PrivateState>(&self, timeout: Duration) -> Context<P> {
        let limits = Limits::new(self.stop.clone(), timeout);
        Context::with_meta(limits, private::decode(&self.private), self.meta.clone())
    }

    /// The private state as an operation has left it.
    fn private_after<P: PrivateState>(&self, cx: &Context<P>) -> Vec<u8> {
        cx.update_private(|now| private::after(&self.private, now))
    }
}

/// A model's schema as Terraform sees it, with its type.
pub(crate) struct Offered {
    pub(crate) schema: Schema,
    pub(crate) ty: Type,
    /// Attributes and blocks alike, for planning.
    pub(crate) members: Arc<[Attribute]>,
}

impl Offered {
    pub(crate) fn of<M: Model>() -> Self {
        let mut schema = M::schema();
        if !M::timeouts().is_empty() {
            schema.block.blocks.push(timeouts::block(M::timeouts()));
        }
        let (ty, members) = (schema.block.ty(), schema.block.members().into());
        Offered { schema, ty, members }
    }

    /// Checks a configuration: what the schema says first, then the rules of the provider's own.
    pub(crate) fn validate<M: Model>(
        &self,
        config: AnyValue,
        write_only_allowed: bool,
        rules: fn(&M) -> Vec<Diagnostic>,
    ) -> Vec<Diagnostic> {
        if config.is_unknown() {
            // Nothing can be said of it yet.
            return Vec::new();
        }
        let config = self.config(config);
        let mut found = validate(&self.schema.block, &config, write_only_allowed);
        match M::decode(config) {
            Ok(model) => found.extend(rules(&model)),
            // A rule of the type itself has told of it.
            Err(error) if found.iter().any(|it| it.path == error.path) => {}
            Err(error) => found.push(self.invalid(&error)),
        }
        found
    }

    /// A value in a state or plan that does not fit the model: the user's to mend if it is one of text that cannot
    /// be read, else a mistake in the provider.
    fn undecodable(&self, error: &DecodeError) -> Diagnostic {
        if error.may_quote() {
            return self.invalid(error);
        }
        diagnostics::unexpected_value(error)
    }

    /// A value in the configuration that does not fit the model: the user's to mend.
    fn invalid(&self, error: &DecodeError) -> Diagnostic {
        let is_hidden = error.may_quote() && is_sensitive(&self.members, &error.path);
        let detail = if is_hidden { HIDDEN.to_owned() } else { sentence(error) };
        diagnostics::invalid_value(&error.path.to_string(), detail, &error.path)
    }

    /// A configuration as the provider's model.
    pub(crate) fn decode<M: Model>(&self, config: AnyValue) -> Result<M, Diagnostic> {
        M::decode(self.config(config)).map_err(|error| self.invalid(&error))
    }

    /// The provider's configuration, completed from the environment of this process.
    pub(crate) fn completed(&self, config: AnyValue) -> Completed {
        self.completed_by(config, |variable| std::env::var_os(variable))
    }

    /// The provider's configuration, completed from the variables that `lookup` finds.
    pub(crate) fn completed_by(
        &self,
        config: AnyValue,
        lookup: impl Fn(&str) -> Option<OsString>,
    ) -> Completed {
        Completed::new(&self.schema.block, self.config(config), lookup)
    }

    /// A completed configuration as the provider's model. What comes from the environment has to keep the
    /// rules of the schema; the rest has been validated.
    pub(crate) fn decode_completed<M: Model>(
        &self,
        completed: &Completed,
    ) -> Result<M, Vec<Diagnostic>> {
        let mut found = validate(&self.schema.block, &completed.config, true);
        found.retain(|found| completed.variable(&found.path).is_some());
        found.extend(completed.errors.iter().cloned());
        if !found.is_empty() {
            return Err(found);
        }
        M::decode(completed.config.clone()).map_err(|error| vec![self.invalid(&error)])
    }

    /// The same without the variables that cannot be used; with what is said of them.
    pub(crate) fn decode_usable<M: Model>(
        &self,
        completed: &mut Completed,
    ) -> Result<(M, Vec<Diagnostic>), Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        loop {
            let mut found = match self.decode_completed(completed) {
                Ok(model) => return Ok((model, wrong)),
                Err(found) => found,
            };
            let of_variables = completed.take_out(&mut found);
            if of_variables.is_empty() || !found.is_empty() {
                return Err(found);
            }
            wrong.extend(of_variables);
        }
    }

    /// A configuration; a block that does not stand there at all is an empty one.
    pub(crate) fn config(&self, config: AnyValue) -> AnyValue {
        if config.is_null() { self.schema.block.empty() } else { config }
    }

    /// A model's value, completed by the `timeouts` block that stands in `beside`.
    fn complete<M: Model>(&self, model: &M, beside: &AnyValue) -> AnyValue {
        let mut value = model.encode();
        if !M::timeouts().is_empty() {
            value.set(timeouts::BLOCK, beside.get(timeouts::BLOCK).clone());
        }
        self.schema.block.with_blocks(value).normalized(&self.ty)
    }
}

/// Whether the value at that path, or what it stands in, must not be shown.
fn is_sensitive(members: &[Attribute], path: &AttributePath) -> bool {
    let mut members = members;
    for step in path.steps() {
        let Step::Attribute(name) = step else { continue };
        match members.iter().find(|member| member.name == *name) {
            Some(member) if member.sensitive || member.write_only => return true,
            Some(Attribute { kind: AttributeKind::Nested(_, inner), .. }) => members = inner,
            _ => return false,
        }
    }
    false
}

/// Ends early with a failure that reached nothing.
fn failed<T>(diagnostic: Diagnostic) -> Failure<T> {
    diagnostic.into()
}
