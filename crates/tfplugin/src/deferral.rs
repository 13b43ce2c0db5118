//! What cannot be done yet, because something it needs is not there before other changes are applied.

use crate::diagnostic::{Diagnostic, IntoDiagnostic};
use crate::diagnostics;
use crate::proto::tfplugin6::{Deferred, deferred};

/// Why something must wait. As an error of `plan`, `read`, `import` or a data source's `read` it defers the
/// resource, where the client allows that: Terraform goes on and plans it in the next round. Elsewhere it is
/// an error that says so.
///
/// ```
/// # use tfplugin::{Deferral, Outcome, Done, Value};
/// fn client(url: &Value<String>) -> Outcome<String> {
///     match url {
///         Value::Known(url) => Ok(Done::new(url.clone())),
///         Value::Unknown => Err(Deferral::ProviderConfigUnknown)?,
///         Value::Null => Err(tfplugin::Diagnostic::error("No URL", "Set `url` in the provider block."))?,
///     }
/// }
/// assert!(client(&Value::Unknown).is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deferral {
    /// Its own configuration is not known yet.
    ResourceConfigUnknown,
    /// The provider's configuration is not known yet.
    ProviderConfigUnknown,
    /// Something that must exist first does not.
    AbsentPrerequisite,
}

impl Deferral {
    pub(crate) fn to_wire(self) -> Deferred {
        let reason = match self {
            Deferral::ResourceConfigUnknown => deferred::Reason::ResourceConfigUnknown,
            Deferral::ProviderConfigUnknown => deferred::Reason::ProviderConfigUnknown,
            Deferral::AbsentPrerequisite => deferred::Reason::AbsentPrereq,
        };
        Deferred { reason: reason.into() }
    }
}

impl IntoDiagnostic for Deferral {
    fn into_diagnostic(self) -> Diagnostic {
        Diagnostic { deferral: Some(self), ..diagnostics::deferred(self) }
    }
}

/// Takes the deferral out of what is said, if there is one and the client may be told of it.
pub(crate) fn take(diagnostics: &mut Vec<Diagnostic>, is_allowed: bool) -> Option<Deferral> {
    let deferral = diagnostics.iter().find_map(|diagnostic| diagnostic.deferral);
    let deferral = deferral.filter(|_| is_allowed)?;
    diagnostics.retain(|diagnostic| diagnostic.deferral.is_none());
    let has_failed = diagnostics.iter().any(Diagnostic::is_error);
    (!has_failed).then_some(deferral)
}
