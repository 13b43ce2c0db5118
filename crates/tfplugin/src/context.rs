//! What surrounds one operation: what ends it early, and what its resource remembers.

use std::ops::Deref;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::limits::Limits;

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
}

impl<P> Context<P> {
    /// A context for a call outside of the framework, as in tests.
    pub fn new(limits: Limits, private: P) -> Self {
        Context { limits, private: Mutex::new(private) }
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
