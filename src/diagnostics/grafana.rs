//! Errors of the client of Grafana in words for users.

use tfplugin::{Diagnostic, IntoDiagnostic, path};

use crate::grafana::{Error, ErrorKind, GivenUp, LONGEST_MANAGED_LIFETIME, LifeLimit};

impl IntoDiagnostic for Error {
    fn into_diagnostic(self) -> Diagnostic {
        let diagnostic = Diagnostic::error(summary(&self), detail(&self));
        match self.kind() {
            ErrorKind::LifeLimited(_) => diagnostic.at(path!(seconds_to_live)),
            _ => diagnostic,
        }
    }
}

/// What Amazon Managed Grafana demands of every key.
pub(crate) fn managed_lifetime() -> String {
    format!(
        "Amazon Managed Grafana requires a lifetime and allows at most {LONGEST_MANAGED_LIFETIME} seconds (30 days)"
    )
}

/// An error of every kind, as users read it.
#[cfg(test)]
pub(crate) fn samples() -> Vec<(&'static str, Diagnostic)> {
    let samples = crate::grafana::error_samples().into_iter();
    samples.map(|(name, error)| (name, error.into_diagnostic())).collect()
}

fn summary(error: &Error) -> String {
    use ErrorKind::*;
    let unexpected = || match error.call() {
        Some(call) => format!("Unexpected response from {}", call.url),
        None => "Unexpected response from Grafana".to_owned(),
    };
    let summary = match error.kind() {
        Refused | SignInNeeded => "Grafana authentication failed",
        Forbidden { .. } => "Permission denied by Grafana",
        Connect { .. } | Timeout { .. } | Lost { .. } => "Grafana cannot be reached",
        NotJson { .. } | Rejected | Server => match error.status() {
            Some(502..=504) => "Grafana is unavailable",
            Some(500..) => "Grafana returned an internal error",
            _ => return unexpected(),
        },
        NotGrafana
        | Redirected { .. }
        | Truncated
        | TooLarge { .. }
        | TooMany { .. }
        | Unexpected { .. } => return unexpected(),
        BasicAuthNeeded => "The licensing API needs `user:password`",
        NotEnterprise { .. } => "This instance is not Grafana Enterprise",
        TooManyRequests => "Grafana's rate limit is exceeded",
        LifeLimited(_) => "Key lifetime not allowed",
        Stopped => "Stopped",
        OutOfTime => "Operation timed out",
        NotOffered => "Not available in this version of Grafana",
        NotFound { .. } => "Not found in Grafana",
        Conflict | Invalid | WrongInstance { .. } => "Grafana rejected the request",
    };
    summary.to_owned()
}

/// What happened, why, and what to do.
fn detail(error: &Error) -> String {
    match error.kind() {
        ErrorKind::BasicAuthNeeded => {
            "`auth` must be `user:password` of a server administrator: Grafana's licensing API accepts no token or API \
             key. Amazon Managed Grafana has no licensing API: a workspace's license is a `managed_workspace_license`."
                .to_owned()
        }
        ErrorKind::NotEnterprise { edition, version } => format!(
            "It runs Grafana {edition} {version}, which cannot hold a license. Install Grafana Enterprise; it runs \
             without one. To give up a license in the state, remove it there (`terraform state rm ADDRESS`)."
        ),
        _ => {
            let before = error.before().map_or_else(String::new, |it| format!("Before that: {it}."));
            let parts =
                [format!("{error}."), before, given_up(error), advice(error.kind(), error)];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
        }
    }
}

/// Why it was not sent again, and what to set.
fn given_up(error: &Error) -> String {
    match error.given_up() {
        None => String::new(),
        Some(GivenUp::Retries { attempts: 1, .. }) => {
            "It was sent once, because `retries` is 0.".to_owned()
        }
        Some(GivenUp::Retries { attempts, over }) => format!(
            "It was sent {attempts} times over {:.1} s; raise `retries` or `retry_wait` to keep trying for longer.",
            over.as_secs_f64()
        ),
        Some(GivenUp::Unlisted) => {
            "It was not sent again, because `retry_status_codes` does not list this status."
                .to_owned()
        }
        Some(GivenUp::TooLittleTime { left }) => format!(
            "It was not sent again, because the operation has only {} s left.",
            left.as_secs()
        ),
        Some(GivenUp::TooLongAWait) => {
            "It was not sent again, because that is longer than the provider waits.".to_owned()
        }
    }
}

fn advice(kind: &ErrorKind, error: &Error) -> String {
    use ErrorKind::*;
    let url = error.call().map_or("the instance", |call| call.url.as_str());
    let text = match kind {
        Refused if error.given_up().is_some() => {
            "Check `auth`: a token may have expired or been deleted."
        }
        Refused => {
            "Check `auth`: a token may have expired or been deleted. Not sent again: five failures lock the user for five minutes."
        }
        SignInNeeded => "Set `auth` to a token or `user:password`.",
        Forbidden { permission } => return missing_permission(permission.as_deref(), error),
        NotGrafana | NotJson { .. } | Rejected | NotFound { unknown_path: true } => {
            return format!(
                "Check `url` ({url}), with its sub-path if there is one, and whether a proxy responds instead of Grafana."
            );
        }
        TooManyRequests => "Try again later, or with a lower `-parallelism`.",
        Stopped => "Terraform was asked to stop.",
        OutOfTime => "Raise the time in `timeouts`, if the resource has it.",
        Server => "See the Grafana server log.",
        Truncated => {
            return format!(
                "A proxy may cut long responses: check those on the way to `url` ({url})."
            );
        }
        Lost { .. } => {
            return format!(
                "Try again; if it recurs, check the network and any proxy on the way to `url` ({url})."
            );
        }
        TooLarge { .. } | TooMany { .. } => return format!("Check `url` ({url})."),
        Unexpected { .. } => {
            return format!(
                "Check `url` ({url}) and whether this version of Grafana is supported."
            );
        }
        Redirected { .. } => {
            return format!(
                "Redirects are not followed. Set `url` ({url}) to the final address of the instance. A redirect to a login page comes from a proxy that requires its own sign-in: see `http_headers`."
            );
        }
        Timeout { .. } => "Raise `request_timeout` if the instance is slow.",
        Connect { tls: true, .. } => {
            "Check that the server's certificate is for this host name and from a known authority (else set `ca_cert`), and whether the server requires a client certificate (`tls_cert`, `tls_key`)."
        }
        Connect { tls: false, .. } => {
            return format!("Check `url` ({url}) and whether the instance is running.");
        }
        LifeLimited(limit) => {
            let advice = match limit {
                LifeLimit::Required => "A lifetime is required: set",
                LifeLimit::TooLong => "Set a shorter",
            };
            return format!(
                "{advice} `seconds_to_live`, at most what `api_key_max_seconds_to_live` in the instance's configuration allows. {}.",
                managed_lifetime()
            );
        }
        NotFound { unknown_path: false }
        | NotOffered
        | Conflict
        | Invalid
        | WrongInstance { .. }
        | BasicAuthNeeded
        | NotEnterprise { .. } => "",
    };
    text.to_owned()
}

fn missing_permission(permission: Option<&str>, error: &Error) -> String {
    let right = match permission {
        Some(permission) => format!("permission {permission}"),
        None => "role for this".to_owned(),
    };
    match (permission, error.call().and_then(|call| call.org)) {
        (Some(_), None) => format!("Give the user or service account the {right}."),
        (None, None) => format!(
            "Does the user or service account have the {right}, and does the organization exist?"
        ),
        (_, Some(org)) => format!(
            "Does organization {org} exist, and is the user or service account a member with the {right}? What was in an \
             organization that has been deleted can be dropped from the state (`terraform state rm ADDRESS`)."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Quoted;

    #[test]
    fn a_tls_failure_names_the_settings_of_both_sides() {
        let error = Error::new(ErrorKind::Connect { reason: Quoted::constant("no"), tls: true });
        let diagnostic = error.into_diagnostic().to_string();
        assert!(diagnostic.contains("`ca_cert`") && diagnostic.contains("`tls_cert`"));
    }

    #[test]
    fn what_is_not_grafana_asks_about_the_url() {
        for kind in [
            ErrorKind::NotGrafana,
            ErrorKind::NotJson { content_type: None, title: None },
            ErrorKind::Unexpected { reason: None },
        ] {
            let diagnostic = Error::new(kind).into_diagnostic();
            assert!(diagnostic.detail.contains("Check `url`"), "{diagnostic}");
        }
    }

    #[test]
    fn limits_on_life_name_the_attribute_and_amazons_limit() {
        let error = Error::new(ErrorKind::LifeLimited(LifeLimit::Required));
        let diagnostic = error.into_diagnostic();
        assert_eq!(diagnostic.path, path!(seconds_to_live));
        assert!(diagnostic.detail.contains("2592000"), "{diagnostic}");
        assert!(diagnostic.detail.contains("set `seconds_to_live`"), "{diagnostic}");
        assert!(diagnostic.detail.contains("`api_key_max_seconds_to_live`"), "{diagnostic}");
    }
}
