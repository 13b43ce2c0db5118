//! What planning does with one attribute, beyond the markers that every attribute can have.

use std::fmt;
use std::sync::Arc;

use crate::value::{AnyValue, AttributeValue, Value};

/// One attribute in a plan.
#[derive(Clone, Debug)]
pub struct AttributePlan<T> {
    /// What the configuration says of it.
    pub config: Value<T>,
    /// What it was; null for a new object.
    pub prior: Value<T>,
    /// Whether its object, or the one it stands in, is new.
    pub is_new: bool,
    /// What is planned, which a modifier may change. Terraform takes what the configuration says, the prior
    /// value where that means the same, and, for computed ones, whatever is known or [`Value::Unknown`].
    pub planned: Value<T>,
    /// Whether the resource is replaced because of it, should it differ.
    pub replace: bool,
}

/// What planning does with one attribute: `plan_modifier = …`. A function `fn(&mut AttributePlan<T>)` is one.
///
/// Like [`Resource::plan`](crate::Resource::plan) it is asked again at apply and must come to the same known values.
///
/// ```
/// # use tfplugin::{AttributePlan, PlanModifier, Schema, Value};
/// /// Keeps the prior text where only the case differs.
/// struct CaseInsensitive;
///
/// impl PlanModifier<String> for CaseInsensitive {
///     fn modify(&self, plan: &mut AttributePlan<String>) {
///         if let (Value::Known(prior), Value::Known(planned)) = (&plan.prior, &plan.planned)
///             && prior.eq_ignore_ascii_case(planned)
///         {
///             plan.planned = plan.prior.clone();
///         }
///     }
/// }
///
/// /// Replaces where the number falls.
/// fn replace_if_less(plan: &mut AttributePlan<i64>) {
///     plan.replace = plan.planned.known() < plan.prior.known();
/// }
///
/// /// A disk.
/// #[derive(Schema)]
/// #[resource("example_disk")]
/// struct Disk {
///     /// Its name.
///     #[attr(required, plan_modifier = CaseInsensitive)]
///     name: Value<String>,
///     /// How large it is, in GB.
///     #[attr(required, plan_modifier = replace_if_less)]
///     size: Value<i64>,
/// }
/// ```
pub trait PlanModifier<T>: Send + Sync + 'static {
    /// Changes the plan of the attribute.
    fn modify(&self, plan: &mut AttributePlan<T>);
}

/// What can stand behind `plan_modifier = `: a [`PlanModifier`], or a function. `How` says which.
pub trait IntoModifier<T, How> {
    /// It as a function.
    fn into_modifier(self) -> impl Fn(&mut AttributePlan<T>) + Send + Sync + 'static;
}

/// A modifier that is a function.
pub struct Function;
/// A modifier that is a type.
pub struct Trait;

impl<T, F> IntoModifier<T, Function> for F
where
    F: Fn(&mut AttributePlan<T>) + Send + Sync + 'static,
{
    fn into_modifier(self) -> impl Fn(&mut AttributePlan<T>) + Send + Sync + 'static {
        self
    }
}

impl<T, M: PlanModifier<T>> IntoModifier<T, Trait> for M {
    fn into_modifier(self) -> impl Fn(&mut AttributePlan<T>) + Send + Sync + 'static {
        move |plan: &mut AttributePlan<T>| self.modify(plan)
    }
}

/// A modifier of a schema's attribute.
#[derive(Clone)]
pub struct Modifier(Arc<Modify>);

type Modify = dyn Fn(&mut Beside, &mut AnyValue) + Send + Sync;

/// What stands beside a planned value.
pub(crate) struct Beside<'a> {
    pub(crate) config: &'a AnyValue,
    pub(crate) prior: &'a AnyValue,
    pub(crate) is_new: bool,
    pub(crate) replace: bool,
}

impl Modifier {
    /// Erases the type of a modifier.
    pub fn new<T: AttributeValue + 'static, How>(modifier: impl IntoModifier<T, How>) -> Self {
        let modify = modifier.into_modifier();
        Modifier(Arc::new(move |beside: &mut Beside, planned: &mut AnyValue| {
            let read = |value: &AnyValue| Value::<T>::decode(value.clone());
            let (Ok(config), Ok(prior), Ok(before)) =
                (read(beside.config), read(beside.prior), read(planned))
            else {
                return;
            };
            let unchanged = before.encode();
            let (is_new, replace) = (beside.is_new, beside.replace);
            let mut plan = AttributePlan { config, prior, is_new, planned: before, replace };
            modify(&mut plan);
            beside.replace = plan.replace;
            // What is not touched stays as it is, with unknown parts that the type has no room for.
            let after = plan.planned.encode();
            if after != unchanged {
                *planned = after;
            }
        }))
    }

    pub(crate) fn modify(&self, beside: &mut Beside, planned: &mut AnyValue) {
        (self.0)(beside, planned);
    }
}

impl fmt::Debug for Modifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a plan modifier")
    }
}
