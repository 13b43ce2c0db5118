//! What an error has to say, so that whoever reads it knows what to do.

use tfplugin::proto::tfplugin6::Diagnostic;

use super::fault::Event::{self, *};
use super::operation::errors;

/// What a text says that asks for something to be done.
const ACTIONS: [&str; 28] = [
    "Check ",
    "check ",
    "Set ",
    "set ",
    "Raise ",
    "raise ",
    "Try again",
    "try again",
    "Apply again",
    "apply again",
    "Plan again",
    "See ",
    "Delete ",
    "delete it",
    "Destroy the key again",
    "Sign in",
    "sign in",
    "Look for it",
    "Give ",
    "terraform import",
    "terraform state rm",
    "retry when",
    "destroy again",
    "Destroy again",
    "Remove ",
    "Choose ",
    "Run Terraform again",
    "keep one of",
];

/// What a text names the place by: a request, an address, or something of the configuration.
const PLACES: [&str; 6] = ["/api/", "http://", "https://", "`", "organization", "Workspace g-"];

/// Calls to AWS, as messages name them.
const CALLS: [&str; 5] = ["Describe", "Associate", "Disassociate", "List", "Create"];

/// One of these stands in an error that such a fault leads to. None: it leads to any.
fn words(event: Event) -> &'static [&'static str] {
    match event {
        Slow => &["request_timeout", "`timeouts`"],
        Throttled | ThrottledForLong => &["429", "throttl"],
        // It is waited for until the time runs out.
        AwsThrottles => &["throttl", "`timeouts`"],
        Busy | GatewayTimeout => &["503", "504"],
        Fails | FailsForEver => &["500", "server error", "failed"],
        Unauthorized => &["401"],
        Untrusted => &["certificate"],
        NoHost => &["`url`", "no host", "`endpoint`"],
        ClockSkew => &["clock"],
        ExpiredCredentials => &["expired"],
        Html => &["expected JSON", "HTML"],
        Truncated => &["incomplete", "lost", "cut", "not known", "got something else"],
        Stopped => &["stop"],
        StatusFails => &["FAILED"],
        StatusNeverEnds => &["`timeouts`", "stop"],
        Lost | AnswerLost => &["lost", "connect", "answer"],
        KilledBefore | KilledAfter | Installed | Removed => &[],
    }
}

/// Fails unless every error says where it was and what to do, and one of them what happened.
pub fn assert_say_what_to_do(event: Event, said: &[Diagnostic], told: &str) {
    let errors = errors(said);
    for error in &errors {
        let Diagnostic { summary, detail, attribute, .. } = error;
        assert!(!summary.is_empty() && !detail.is_empty(), "says nothing: {told}");
        let has = |words: &[&str]| words.iter().any(|word| detail.contains(word));
        let is_stopped = detail.contains("asked to stop");
        let has_place = attribute.is_some() || has(&PLACES) || has(&CALLS);
        assert!(is_stopped || has_place, "does not say where: {detail}\n{told}");
        assert!(is_stopped || has(&ACTIONS), "does not say what to do: {detail}\n{told}");
    }
    let words = words(event);
    let is_said = errors.iter().any(|it| words.iter().any(|word| it.detail.contains(word)));
    // Whether a path is known at all is told by another request, which may have met it.
    let no_path = ["not found (404)", "is not Grafana's either"];
    let is_about_another =
        errors.iter().any(|it| no_path.iter().any(|words| it.detail.contains(words)));
    let is_said = is_said || is_about_another || errors.is_empty() || words.is_empty();
    assert!(is_said, "does not say what happened ({words:?}): {told}");
}
