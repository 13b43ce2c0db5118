//! Planning: what a change will bring, as far as it can be known.

pub(crate) mod draft;
mod modify;
mod nested;
mod replace;
pub(crate) mod result;
pub(crate) mod spelling;

use std::sync::Arc;

use crate::diagnostic::Diagnostic;
use crate::path::AttributePath;
use crate::schema::{Attribute, Model};
use crate::value::{AnyValue, DecodeError, Type};
use draft::{Draft, with_sensitive_parts, with_write_only, without_write_only};

/// A plan that a resource may refine, with the rules for every resource already applied:
/// defaults are set, what the provider computes is unknown where something changes, what is kept is kept.
///
/// ```
/// # use tfplugin::testing::{Client, State, json};
/// # use tfplugin::{Context, Diagnostic, Done, NoIdentity, Offers, Outcome, Plan, Resource, Schema, Update, Value, async_trait, path};
/// /// A disk.
/// #[derive(Schema)]
/// #[resource("cloud_disk")]
/// struct Disk {
///     /// Its size in GiB. It can grow in place; to shrink it is to replace it.
///     #[attr(required)]
///     size: Value<i64>,
///     /// What it costs in a month.
///     #[attr(computed)]
///     price: Value<i64>,
/// }
///
/// struct Disks;
///
/// #[async_trait]
/// impl Resource for Disks {
///     type Model = Disk;
///     type Identity = NoIdentity;
///     type Private = ();
///     // create, read, delete
/// #   async fn create(&self, plan: Disk, _: &Context) -> Outcome<Disk> { Ok(Done::new(plan)) }
/// #   async fn read(&self, state: Disk, _: &Context) -> Outcome<Option<Disk>> { Ok(Done::new(Some(state))) }
/// #   async fn delete(&self, _: Disk, _: &Context) -> Outcome<()> { Ok(Done::new(())) }
///
///     async fn plan(&self, plan: &mut Plan<Disk>, _: &Context) -> Outcome<()> {
///         // The price is known as soon as the size is: users see it before they approve.
///         plan.planned.price = plan.planned.size.clone().map(|size| 2 * size);
///         let before = plan.prior().and_then(|prior| prior.size.known());
///         if plan.planned.size.known() < before {
///             plan.require_replace(path!(size));
///             plan.warn(Diagnostic::warning("The disk is replaced", "What is on it is lost.").at(path!(size)));
///         }
///         Ok(Done::new(()))
///     }
/// }
/// # #[async_trait]
/// # impl Update for Disks {
/// #   async fn update(&self, _: Disk, plan: Disk, _: &Context) -> Outcome<Disk> { Ok(Done::new(plan)) }
/// # }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let client = Client::of(Offers::new().resource(|_| Disks), ()).await;
/// let disk = client.plan_and_apply("cloud_disk", &State::none(), json!({ "size": 10 })).await;
/// assert_eq!(disk.value["price"], 20);
/// let grown = client.plan("cloud_disk", &disk, json!({ "size": 20 })).await;
/// assert!(grown.requires_replace.is_empty());
/// let shrunk = client.plan("cloud_disk", &disk, json!({ "size": 5 })).await;
/// assert_eq!(shrunk.requires_replace, ["size"]);
/// # }
/// ```
pub struct Plan<M> {
    prior: Option<M>,
    config: M,
    /// The planned state; write-only attributes hold what the configuration says.
    pub planned: M,
    draft: Draft,
    members: Arc<[Attribute]>,
    replacing: Vec<AttributePath>,
    not_replacing: Vec<AttributePath>,
    silent: bool,
    warnings: Vec<Diagnostic>,
}

impl<M: Model> Plan<M> {
    pub(crate) fn new(
        prior: Option<M>,
        draft: Draft,
        members: Arc<[Attribute]>,
        silent: bool,
    ) -> Result<Self, DecodeError> {
        let config = M::decode(draft.config.clone())?;
        let planned = decode_planned(&draft, &members)?;
        let (replacing, not_replacing, warnings) = Default::default();
        Ok(Plan {
            prior,
            config,
            planned,
            draft,
            members,
            replacing,
            not_replacing,
            silent,
            warnings,
        })
    }

    /// The state before; `None` for a create, and for the second half of a replacement.
    pub fn prior(&self) -> Option<&M> {
        self.prior.as_ref()
    }

    /// The configuration, write-only attributes included.
    pub fn config(&self) -> &M {
        &self.config
    }

    /// Whether there is no prior state.
    pub fn is_create(&self) -> bool {
        self.prior.is_none()
    }

    /// Whether anything differs from the prior state.
    pub fn is_changed(&self) -> bool {
        self.draft.changed
    }

    /// Makes a change of what would have been none: computed attributes become unknown, except
    /// kept ones. Changes made to `planned` before are lost.
    pub fn force_change(&mut self) {
        if !self.draft.changed {
            self.draft.mark_computed(&self.members);
            if let Ok(planned) = decode_planned(&self.draft, &self.members) {
                self.planned = planned;
            }
        }
    }

    /// Replaces the resource because of that attribute, which must differ from its prior value.
    pub fn require_replace(&mut self, path: AttributePath) {
        self.replacing.push(path);
    }

    /// Does not replace the resource because of that attribute, though its schema says so.
    pub fn suppress_replace(&mut self, path: AttributePath) {
        self.not_replacing.push(path);
    }

    /// Whether the resource is replaced, as far as its attributes say: a user may ask for it besides (`-replace`).
    pub fn is_replacement(&self) -> bool {
        let by_schema = self.draft.replacements(&self.members);
        let mut by_schema = by_schema.iter().filter(|path| !self.not_replacing.contains(path));
        self.prior.is_some() && (!self.replacing.is_empty() || by_schema.next().is_some())
    }

    /// Tells a reviewer something this change brings. Silent where the plan is only made again at apply.
    pub fn warn(&mut self, warning: Diagnostic) {
        if !self.silent {
            self.warnings.push(warning);
        }
    }

    pub(crate) fn finish(mut self, ty: &Type) -> Finished {
        let before = decode_planned::<M>(&self.draft, &self.members).map(|it| it.encode());
        let after = self.planned.encode();
        if let Ok(before) = before
            && before != after
            && let AnyValue::Mapping(after) = after.normalized(ty)
        {
            let before = before.normalized(ty);
            // What the resource did not touch stays as it was, with unknown parts its types cannot hold.
            for (name, value) in after {
                if *before.get(&name) != value {
                    self.draft.planned.set(&name, value);
                }
            }
        }
        let planned = std::mem::take(&mut self.draft.planned);
        let planned = with_sensitive_parts(&self.members, planned, &self.draft.config);
        self.draft.planned = without_write_only(&self.members, planned);
        let mut replacements = self.draft.replacements(&self.members);
        replacements.retain(|path| !self.not_replacing.contains(path));
        if self.prior.is_some() {
            replacements.extend(self.replacing);
        }
        Finished { planned: self.draft.planned, replacements, warnings: self.warnings }
    }
}

/// A finished plan.
pub(crate) struct Finished {
    pub(crate) planned: AnyValue,
    pub(crate) replacements: Vec<AttributePath>,
    pub(crate) warnings: Vec<Diagnostic>,
}

fn decode_planned<M: Model>(draft: &Draft, members: &[Attribute]) -> Result<M, DecodeError> {
    let planned = with_write_only(members, draft.planned.clone(), &draft.config);
    M::decode(planned)
}

#[cfg(test)]
mod tests;
