//! What surrounds one operation: what ends it early, and what its resource remembers.

use std::ops::Deref;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::codec;
use crate::diagnostic::Diagnostic;
use crate::diagnostics;
use crate::limits::Limits;
use crate::proto::tfplugin6::DynamicValue;
use crate::schema::Model;
use crate::value::AnyValue;

/// What surrounds one operation: its [`Limits`], which it dereferences to, and the private state of
/// its resource ([`PrivateState`](crate::PrivateState)). Code that needs no private state takes
/// `&Limits`.
///
/// ```
/// use std::time::Duration;
/// use tfplugin::{CancellationToken, Context, Limits};
///
/// let limits = Limits::new(CancellationToken::new(), Duration::from_secs(60));
/// let cx = Context::new(limits, vec!["made".to_owned()]);
/// cx.update_private(|steps| steps.push("tagged".to_owned()));
/// assert_eq!(cx.private(), ["made", "tagged"]);
/// cx.set_private(Vec::new());
/// assert!(cx.private().is_empty());
/// assert_eq!(cx.timeout(), Duration::from_secs(60));
/// ```
#[derive(Debug)]
pub struct Context<P = ()> {
    limits: Limits,
    private: Mutex<P>,
    meta: Option<DynamicValue>,
}

impl<P> Context<P> {
    /// A context for a call outside of the framework, as in tests.
    pub fn new(limits: Limits, private: P) -> Self {
        Self::with_meta(limits, private, None)
    }

    pub(crate) fn with_meta(limits: Limits, private: P, meta: Option<DynamicValue>) -> Self {
        Context { limits, private: Mutex::new(private), meta }
    }

    /// What the module that the resource or data source stands in says to the provider, of the schema
    /// handed to [`Offers::provider_meta`](crate::Offers::provider_meta); `None` if it says nothing, or where
    /// Terraform does not tell: outside of `plan`, `create`, `update`, `delete` and `read`.
    ///
    /// # Errors
    /// When it does not fit `M`.
    pub fn provider_meta<M: Model>(&self) -> Result<Option<M>, Diagnostic> {
        let schema = M::schema();
        let meta = codec::decode(self.meta.as_ref(), &schema.block.ty());
        match meta.map_err(|error| diagnostics::unreadable(&error))? {
            AnyValue::Null => Ok(None),
            meta => {
                let meta = M::decode(meta);
                meta.map(Some).map_err(|error| diagnostics::unexpected_value(&error))
            }
        }
    }

    /// What the resource remembers by now.
    pub fn private(&self) -> P
    where
        P: Clone,
    {
        self.lock().clone()
    }

    /// Remembers `private` in place of what was remembered.
    pub fn set_private(&self, private: P) {
        *self.lock() = private;
    }

    /// Changes what is remembered; returns what `change` does. It must not use this context again.
    pub fn update_private<T>(&self, change: impl FnOnce(&mut P) -> T) -> T {
        change(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, P> {
        self.private.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<P> Deref for Context<P> {
    type Target = Limits;

    fn deref(&self) -> &Limits {
        &self.limits
    }
}
