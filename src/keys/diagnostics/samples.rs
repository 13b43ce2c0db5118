use super::super::delete::KeptAccount;
use tfplugin::{Diagnostic, IntoDiagnostic};

use super::*;
use crate::grafana::ErrorKind;
use crate::http::Redactor;

/// Every diagnostic of this room, by the name of what makes it.
pub(crate) fn samples() -> Vec<(&'static str, Diagnostic)> {
    let id = KeyId { org: "1".parse().expect("an organization"), number: 7 };
    let error = || Error::new(ErrorKind::Server);
    let name = || "ci".to_owned();
    let create = |error: CreateError| error.into_diagnostic();
    let left = |left| create(CreateError::Left { error: error(), left });
    let account = |id, is_disabled| Left::ServiceAccount { name: name(), id, is_disabled };
    let quoted = || Redactor::default().quote("ci");
    let kept = |has_other_tokens| KeptAccount { id: 3, name: quoted(), has_other_tokens };
    let url = "https://staging.example.com/".parse().expect("a URL");
    let invalid_id = || super::super::parse_key_id("seven").expect_err("not an id");
    vec![
        ("create/failed", create(CreateError::Failed(Error::new(ErrorKind::Stopped)))),
        ("create/name_taken", create(CreateError::NameTaken { name: name(), id: Some(id) })),
        ("create/name_taken", create(CreateError::NameTaken { name: name(), id: None })),
        ("create/left", left(Left::ApiKey { name: name(), id: Some(id) })),
        ("create/left", left(Left::ApiKey { name: name(), id: None })),
        ("create/left", left(account(Some(3), false))),
        ("create/left", left(account(Some(3), true))),
        ("create/left", left(account(None, false))),
        ("other_organization", OtherOrganization { asked: 2, own: 1 }.into_diagnostic()),
        ("delete/unproven", DeleteError::Unproven(Some(error())).into_diagnostic()),
        ("delete/unproven", DeleteError::Unproven(None).into_diagnostic()),
        ("delete/unlisted", DeleteError::Unlisted { works: true }.into_diagnostic()),
        ("delete/unlisted", DeleteError::Unlisted { works: false }.into_diagnostic()),
        (
            "delete/left_disabled",
            DeleteError::LeftDisabled { account: 3, error: error() }.into_diagnostic(),
        ),
        ("created_elsewhere", created_elsewhere(id, "https://grafana.example.com/", &url)),
        ("account_kept", account_kept(&quoted(), &kept(true))),
        ("account_kept", account_kept(&quoted(), &kept(false))),
        ("ephemeral_key_kept", ephemeral_key_kept(id, Some("2026-11-26T18:00:00Z"))),
        ("not_listed", not_listed(id)),
        ("presence_unproven", presence_unproven(Some(&error()))),
        ("presence_unproven", presence_unproven(None)),
        ("token_deleted", token_deleted("ci", 3)),
        ("account_disabled", account_disabled("ci", Some(3))),
        ("update/not_alone", UpdateError::NotAlone(7).into_diagnostic()),
        ("update/no_such_role", UpdateError::NoSuchRole(error()).into_diagnostic()),
        ("not_found", not_found(id)),
        ("left_until", left_until(Timestamp::UNIX_EPOCH)),
        ("name_taken_until", name_taken_until(Timestamp::UNIX_EPOCH)),
        ("not_checked", not_checked(Some(&error()))),
        ("not_checked", not_checked(None)),
        ("not_creatable_now", not_creatable_now(no_such_role(&error()))),
        ("lifetime_not_allowed", lifetime_not_allowed()),
        ("organization_unproven", organization_unproven(id.org)),
        ("left_without_end", left_without_end()),
        ("left_with_fixed_name", left_with_fixed_name()),
        ("window_too_long", window_too_long(3600, 600)),
        ("new_key_never_expires", new_key_never_expires()),
        ("unexpected_id", unexpected_id(invalid_id())),
        ("invalid_import_id", invalid_import_id(invalid_id())),
        ("list_cut", list_cut(id.org)),
    ]
}
