use aws_sdk_grafana::config::{BehaviorVersion, Config};
use aws_sdk_grafana::error::ErrorMetadata;
use aws_sdk_grafana::operation::associate_license::AssociateLicenseError;
use aws_sdk_grafana::types::ValidationExceptionField;
use aws_sdk_grafana::types::error::{ResourceNotFoundException, ValidationException};
use aws_sdk_grafana::{Client, config};

use super::*;
use crate::amazon::troubles::Troubles;
use crate::http::Redactor;

/// Errors of every kind, as calls end with them.
pub(crate) fn samples() -> Vec<(&'static str, Error)> {
    let region = "eu-central-1".parse().expect("a region");
    let sdk = Config::builder().behavior_version(BehaviorVersion::latest());
    let call = Call {
        operation: "AssociateLicense",
        region,
        endpoint: None,
        deadline: None,
        redactor: Redactor::default(),
        troubles: Troubles::default(),
        client: Client::from_conf(sdk.region(config::Region::new("eu-central-1")).build()),
    };
    let answer = |status| AnswerHead {
        status,
        request_id: Some("5d1c2f0e".to_owned()),
        retry_after: None,
        is_html: true,
    };
    let coded = |code: &str, message: &str, status| {
        let metadata = ErrorMetadata::builder().code(code).message(message).build();
        refused(&call, &AssociateLicenseError::generic(metadata).into(), &answer(status))
    };
    let meta = |code: &str| ErrorMetadata::builder().code(code).build();
    let field = ValidationExceptionField::builder().name("workspaceId").message("is not valid");
    let invalid = ValidationException::builder()
        .message("1 validation error")
        .meta(meta("ValidationException"))
        .reason("FIELD_VALIDATION_FAILED".into())
        .field_list(field.build().expect("a field"));
    let missing = ResourceNotFoundException::builder()
        .message("Workspace not found")
        .meta(meta("ResourceNotFoundException"))
        .resource_id("g-0123456789")
        .resource_type("workspace");
    let typed = |refusal: aws_sdk_grafana::Error, status| refused(&call, &refusal, &answer(status));
    let of_keys = |code| (code, coded(code, "The request was refused", 403));
    let mut all = vec![
        (
            "ResourceNotFoundException",
            typed(
                aws_sdk_grafana::Error::ResourceNotFoundException(
                    missing.build().expect("complete"),
                ),
                404,
            ),
        ),
        (
            "ValidationException",
            typed(
                aws_sdk_grafana::Error::ValidationException(invalid.build().expect("complete")),
                400,
            ),
        ),
        ("ConflictException", coded("ConflictException", "Workspace is being updated", 409)),
        ("ServiceQuotaExceededException", coded("ServiceQuotaExceededException", "Quota", 402)),
        ("AccessDeniedException", coded("AccessDeniedException", "Not authorized", 403)),
        ("ThrottlingException", coded("ThrottlingException", "Rate exceeded", 429)),
        ("InternalServerException", coded("InternalServerException", "Failed", 500)),
        ("another code", coded("Sulking", "No", 400)),
        ("wrong region", coded("", "Credential should be scoped to a valid region.", 403)),
        ("HTML", coded("", "", 403)),
        ("NoAnswer", call.unanswered("No answer came in time")),
        ("unknown host", call.unknown_host()),
        ("incomplete", call.incomplete("workspace")),
        ("too large", call.too_large(ANSWER_LIMIT)),
        ("not a region", "Frankfurt!".parse::<crate::amazon::Region>().expect_err("no region")),
    ];
    all.extend(
        ["ExpiredToken", "UnrecognizedClientException", "InvalidSignatureException"].map(of_keys),
    );
    all.extend(["OptInRequired", "MissingAuthenticationToken"].map(of_keys));
    all
}
