//! What the framework itself finds, in words for users.

use std::time::Duration;

use crate::codec::CodecError;
use crate::deferral::Deferral;
use crate::diagnostic::Diagnostic;
use crate::limits::Interrupted;
use crate::path::AttributePath;
use crate::resource::MoveSource;
use crate::value::DecodeError;

const REPORT: &str = "This is a bug in the provider; please report it.";

// Calls.

pub(crate) fn unreadable(error: &CodecError) -> Diagnostic {
    let advice = match error {
        CodecError::Mismatch { .. } => " Does it come from another version of the provider?",
        CodecError::MessagePack | CodecError::Json => " Please report it.",
        CodecError::TooLarge | CodecError::Flatmap => "",
    };
    let detail = format!("The provider cannot read a value that Terraform sent: {error}.{advice}");
    Diagnostic::error("Unreadable value", detail)
}

/// A type that the provider does not offer.
pub(crate) fn unknown_type(kind: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        format!("Unknown {kind}"),
        format!("This version of the provider has no {kind} {name:?}. Use a version that has it."),
    )
}

pub(crate) fn not_configured() -> Diagnostic {
    Diagnostic::error(
        "Provider not configured",
        "The provider was asked for this before it was configured. Terraform always configures it first: please \
         report it, with the program that started the provider.",
    )
}

/// `at` and `type_name` may be empty.
pub(crate) fn panicked(rpc: &str, type_name: &str, at: &str) -> Diagnostic {
    let at = if at.is_empty() { String::new() } else { format!(" at {at}") };
    let of = if type_name.is_empty() { String::new() } else { format!(" of {type_name}") };
    Diagnostic::error(
        "The provider has a bug",
        format!(
            "{rpc}{of} panicked{at}. Nothing else is affected; please report it with this text."
        ),
    )
}

pub(crate) fn failed_silently() -> Diagnostic {
    Diagnostic::error("The operation failed without an error message", REPORT)
}

/// A value of the provider's own that does not fit its model.
pub(crate) fn unexpected_value(error: &DecodeError) -> Diagnostic {
    let at = error.path.to_string();
    let at = if at.is_empty() { at } else { format!(" at {at}") };
    Diagnostic::error(
        "Unexpected value",
        format!("A value does not fit the model of the provider: {error}{at}. {REPORT}"),
    )
    .at(error.path.clone())
}

pub(crate) fn interrupted(interrupted: Interrupted) -> Diagnostic {
    match interrupted {
        Interrupted::Stopped => Diagnostic::error("Stopped", "Terraform was asked to stop."),
        Interrupted::TimedOut(limit) => timed_out(limit),
    }
}

fn timed_out(limit: Duration) -> Diagnostic {
    Diagnostic::error(
        "Time ran out",
        format!(
            "The operation did not finish within {limit:?}; a longer time can be set in the `timeouts` block, where there is one."
        ),
    )
}

pub(crate) fn deferred(why: Deferral) -> Diagnostic {
    let (summary, what) = match why {
        Deferral::ResourceConfigUnknown => ("Unknown configuration", "The configuration depends"),
        Deferral::ProviderConfigUnknown => {
            ("Unknown provider configuration", "The configuration of the provider depends")
        }
        Deferral::AbsentPrerequisite => ("Missing prerequisite", "This depends"),
    };
    let detail = format!(
        "{what} on something that is created at apply, but it is needed now. Apply that first (`-target`)."
    );
    Diagnostic::error(summary, detail)
}

/// A value that was planned as known and came out otherwise, or one that is still unknown.
pub(crate) fn inconsistent(at: &AttributePath, is_unknown: bool) -> Diagnostic {
    let what = match is_unknown {
        true => "is still unknown after apply",
        false => "came out other than planned",
    };
    Diagnostic::error(
        INCONSISTENT,
        format!("{at} {what}. The object was changed, and is in the state. {REPORT}"),
    )
    .at(at.clone())
}

/// The summary of [`inconsistent`].
pub(crate) const INCONSISTENT: &str = "Provider returned an inconsistent result";

// What a resource does not offer.

pub(crate) fn update_not_supported(type_name: &str) -> Diagnostic {
    Diagnostic::error("Update not supported", format!("{type_name} cannot be changed in place."))
}

pub(crate) fn import_not_supported(type_name: &str) -> Diagnostic {
    Diagnostic::error("Import not supported", format!("{type_name} cannot be imported."))
}

pub(crate) fn no_identity(type_name: &str) -> Diagnostic {
    Diagnostic::error(
        "Resource without an identity",
        format!("{type_name} has no identity. Use its import ID instead."),
    )
}

/// `sources` are what can be moved there, beside a state of the same type that fits.
pub(crate) fn unsupported_move(
    source: &MoveSource,
    target: &str,
    sources: &[(&str, &str)],
) -> Diagnostic {
    let sources = sources.iter().map(|(provider, name)| format!(" or {name} of {provider}"));
    let MoveSource { provider_address, type_name, .. } = source;
    Diagnostic::error(
        "Unsupported move",
        format!(
            "Only a state of {target}{} can be moved to {target}, but this is one of {type_name} of \
             {provider_address}, or lacks what is required. Remove the `moved` block, and import the object.",
            sources.collect::<String>()
        ),
    )
}

pub(crate) fn newer_state(type_name: &str, version: i64, present: i64) -> Diagnostic {
    Diagnostic::error(
        "State of a newer provider",
        format!(
            "A newer version of the provider stored the state of this {type_name}: its schema version is {version}, \
             and this provider reads versions up to {present}. Use that version or a newer one."
        ),
    )
}

// Configurations.

/// A value that breaks a rule, or cannot be read.
pub(crate) fn invalid_value(name: &str, why: impl Into<String>, at: &AttributePath) -> Diagnostic {
    Diagnostic::error(format!("Invalid {name}").trim_end(), why).at(at.clone())
}

/// An attribute, or the whole configuration, that is needed now and known later.
pub(crate) fn not_known(attribute: Option<&str>) -> Diagnostic {
    let why = "depends on something that is created at apply, but it is needed now. Apply that first (`-target`), or set a known value.";
    match attribute {
        Some(name) => Diagnostic::error(format!("Unknown {name}"), format!("{name} {why}"))
            .at(AttributePath::of(name)),
        None => Diagnostic::error("Unknown configuration", format!("The configuration {why}")),
    }
}

pub(crate) fn invalid_timeout(why: String, at: AttributePath) -> Diagnostic {
    Diagnostic::error("Invalid timeout", why).at(at)
}

pub(crate) fn invalid_variable(attribute: &str, variable: &str, expected: &str) -> Diagnostic {
    Diagnostic::error(
        format!("Invalid {variable}"),
        format!(
            "Expected {expected} in the environment variable {variable}, which stands in for `{attribute}`: correct \
             or unset it, or set `{attribute}`."
        ),
    )
    .at(AttributePath::of(attribute))
}

pub(crate) fn write_only_refused(at: &AttributePath) -> Diagnostic {
    Diagnostic::error(
        "Write-only attribute not supported",
        format!(
            "{at} is write-only, and this version of Terraform does not know write-only attributes: it would store \
             the value in its state. Use Terraform 1.11 or later, or set another attribute."
        ),
    )
    .at(at.clone())
}

pub(crate) fn missing(at: &AttributePath) -> Diagnostic {
    let detail = format!("{at} is required and must not be null.");
    Diagnostic::error("Missing required attribute", detail).at(at.clone())
}

pub(crate) fn incomplete(at: &AttributePath, other: &AttributePath) -> Diagnostic {
    let detail = format!("{at} needs {other}, which is not set: set both, or neither.");
    Diagnostic::error("Incomplete attributes", detail).at(at.clone())
}

pub(crate) fn conflict(at: &AttributePath, other: &AttributePath) -> Diagnostic {
    let detail = format!("{at} and {other} cannot be set together: remove one of them.");
    Diagnostic::error("Conflicting attributes", detail).at(at.clone())
}

pub(crate) fn none_of(names: &[&str], only_one: bool, at: AttributePath) -> Diagnostic {
    let how_many = if only_one { "one" } else { "at least one" };
    let detail = format!("Set {how_many} of {}.", names.join(", "));
    Diagnostic::error("Missing attribute", detail).at(at)
}

pub(crate) fn more_than_one_of(
    names: &[&str],
    one: &str,
    other: &str,
    at: AttributePath,
) -> Diagnostic {
    let detail =
        format!("{one} and {other} cannot be set together: set one of {}.", names.join(", "));
    Diagnostic::error("Conflicting attributes", detail).at(at)
}

/// `most` is `None` without an upper bound.
pub(crate) fn wrong_count(
    block: &str,
    (least, most): (usize, Option<usize>),
    count: usize,
    at: &AttributePath,
) -> Diagnostic {
    let expected = match most {
        None => format!("at least {least}"),
        Some(most) if least == most => least.to_string(),
        Some(most) => format!("{least} to {most}"),
    };
    let detail = format!("Expected {expected} of the block {block}, but got {count}.");
    Diagnostic::error("Wrong number of blocks", detail).at(at.clone())
}

/// Every one of them, by the name of what makes it.
#[cfg(feature = "testing")]
pub(crate) fn samples() -> Vec<(&'static str, Diagnostic)> {
    use crate::diagnostic::ErrorContext;
    use crate::schema::Validator;
    use crate::value::AttributeValue;

    let of = |name: &str| AttributePath::of(name);
    let at = of("name");
    let mismatch = CodecError::Mismatch { expected: "a string", at: "tags.team".to_owned() };
    let rule = |rule: Validator, value: crate::AnyValue, is_sensitive| {
        invalid_value("name", rule.check(&value, is_sensitive).expect_err("a breach"), &at)
    };
    let failed = Err::<(), _>(std::io::Error::other("connection refused"));
    let roles = || Validator::one_of(&["Viewer", "Editor"]);
    let source = MoveSource {
        provider_address: "registry.terraform.io/hashicorp/aws".to_owned(),
        type_name: "aws_thing".to_owned(),
        schema_version: 0,
        state: serde_json::Value::Null,
    };
    vec![
        ("unreadable", unreadable(&mismatch)),
        ("unreadable", unreadable(&CodecError::MessagePack)),
        ("unreadable", unreadable(&CodecError::Json)),
        ("unreadable", unreadable(&CodecError::TooLarge)),
        ("unreadable", unreadable(&CodecError::Flatmap)),
        ("unknown_type", unknown_type("resource", "example_thing")),
        ("not_configured", not_configured()),
        ("panicked", panicked("ApplyResourceChange", "example_thing", "src/main.rs:7:5")),
        ("failed_silently", failed_silently()),
        ("unexpected_value", unexpected_value(&bool::decode("yes".into()).expect_err("a text"))),
        ("interrupted", interrupted(Interrupted::Stopped)),
        ("interrupted", interrupted(Interrupted::TimedOut(Duration::from_secs(1200)))),
        ("context", failed.context("Cannot reach the service").expect_err("a failure")),
        ("deferred", deferred(Deferral::ResourceConfigUnknown)),
        ("deferred", deferred(Deferral::ProviderConfigUnknown)),
        ("deferred", deferred(Deferral::AbsentPrerequisite)),
        ("inconsistent", inconsistent(&at, true)),
        ("inconsistent", inconsistent(&at, false)),
        ("update_not_supported", update_not_supported("example_thing")),
        ("import_not_supported", import_not_supported("example_thing")),
        ("no_identity", no_identity("example_thing")),
        (
            "unsupported_move",
            unsupported_move(&source, "example_thing", &[("example/former", "former_thing")]),
        ),
        ("newer_state", newer_state("example_thing", 2, 1)),
        ("invalid_value", rule(roles(), "admin".into(), false)),
        ("invalid_value", rule(roles(), "admin".into(), true)),
        ("invalid_value", rule(Validator::length::<String>(1, Some(36)), "".into(), false)),
        ("invalid_value", rule(Validator::range(Some(1_i64), None), 0_i64.encode(), false)),
        ("not_known", not_known(Some("name"))),
        ("not_known", not_known(None)),
        (
            "invalid_timeout",
            invalid_timeout(crate::parse_duration("soon").expect_err("no duration"), at.clone()),
        ),
        ("invalid_variable", invalid_variable("retries", "EXAMPLE_RETRIES", "a number")),
        ("write_only_refused", write_only_refused(&of("token_wo"))),
        ("missing", missing(&at)),
        ("incomplete", incomplete(&of("access_key"), &of("secret_key"))),
        ("conflict", conflict(&at, &of("name_prefix"))),
        ("none_of", none_of(&["name", "name_prefix"], true, at.clone())),
        ("none_of", none_of(&["name", "name_prefix"], false, at.clone())),
        ("more_than_one_of", more_than_one_of(&["a", "b", "c"], "a", "b", at.clone())),
        ("wrong_count", wrong_count("rule", (1, None), 0, &at)),
        ("wrong_count", wrong_count("rule", (0, Some(1)), 2, &at)),
    ]
}
