use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use tfplugin::testing::State;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn at_most_one_token_and_one_to_create() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    let both = json!({ "token": "a.b.c", "token_wo": "a.b.c" });
    assert!(!client.validate(TYPE, both).await.is_empty());
    let version = client.validate(TYPE, json!({ "token_wo_version": 1 })).await;
    assert!(points_at(&version[0], "token_wo_version"), "{version:?}");
    assert!(client.validate(TYPE, json!({})).await.is_empty(), "an import needs none");
    let none = client.plan(TYPE, &State::none(), json!({})).await;
    assert!(error(&none.diagnostics).contains("No license token"));
}

/// A JWT with this header and these claims, signed by nobody.
fn jwt(header: &str, claims: &str) -> String {
    let encoded = [header, claims, "signature"].map(|part| URL_SAFE_NO_PAD.encode(part));
    encoded.join(".")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_license_token_is_refused_at_plan_and_quoted_nowhere() {
    let grafana = enterprise();
    let client = client(&grafana).await;
    const HEADER: &str = r#"{"alg":"ES512"}"#;
    let token = mint(&grafana, &license(&grafana));
    let parts: Vec<_> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("a JWT") };
    let padded = STANDARD.encode(claims);
    let mut wrong = vec![
        format!("Bearer {token}"),
        format!("\"{token}\""),
        format!("'{token}'"),
        format!("token={token}"),
        format!("{token}\n{token}"),
        format!("{token} {token}"),
        token.replace('.', ". "),
        token.replace('.', ".\n"),
        format!("{header}.{claims}"),
        format!("{header}.{claims}."),
        format!(".{claims}.{signature}"),
        format!("{header}..{signature}"),
        format!("{token}.{signature}"),
        format!("{header}.{padded}.{signature}"),
        format!("{header}.{claims}.!"),
        format!("{header}.{claims}\0.{signature}"),
        token[..40].to_owned(),
        token[40..].to_owned(),
        STANDARD.encode(&token),
        format!("\u{feff}{token}"),
        token.to_uppercase(),
        format!("-----BEGIN CERTIFICATE-----\n{token}\n-----END CERTIFICATE-----"),
        "x".repeat(1 << 20),
    ];
    for text in [
        "",
        " ",
        "\n",
        ".",
        "..",
        "...",
        "hunter2",
        "a.b.c",
        "license.jwt",
        "file://license.jwt",
        "null",
        "{}",
    ] {
        wrong.push(text.to_owned());
    }
    for claims in [
        "",
        "null",
        "[]",
        "0",
        "\"\"",
        "{",
        "{}",
        "[{}]",
        r#"{"sub":"https://host/"}"#,
        r#"{"lid":""}"#,
        r#"{"lid":null}"#,
        r#"{"this":"is not a license"}"#,
    ] {
        wrong.push(jwt(HEADER, claims));
    }
    for header in ["", "null", "[]", "alg"] {
        wrong.push(jwt(header, r#"{"lid":"1","sub":"https://host/"}"#));
    }
    assert!(wrong.len() > 41);
    for token in wrong {
        let shown: String = token.chars().take(60).collect();
        let planned = client.plan(TYPE, &State::none(), json!({ "token": token })).await;
        let said = error(&planned.diagnostics);
        assert!(points_at(&planned.diagnostics[0], "token"), "{shown}: {said}");
        assert!(
            said.len() < 1_000 && (token.len() < 12 || !said.contains(&token[..12])),
            "{shown}: {said}"
        );
    }
    assert_eq!(posts(&grafana), 0);
}
