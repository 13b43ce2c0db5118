//! An AWS, or a proxy before it, that repeats what it is sent: nothing secret of it is shown or kept anywhere.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde_json::json;
use simulator::server::{Options, Server};
use terraform_runner::{Run, Workspace};

use crate::leaks::{self, Secrets};

const SECRET_KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const SESSION_TOKEN: &str = "FwoGZXIvYXdzEBYaDJ/+tokenOfASession==";
const LABS_TOKEN: &str = "qZ7x/Vw3Lr8+Mn2Pc5=Tk9&Hd4Jf6Gb";
const ID: &str = "g-0123456789";

const MAIN: &str = r#"
variable "token" {
  ephemeral = true
  sensitive = true
}

resource "managed_workspace_license" "main" {
  provider         = grafana
  workspace_id     = "g-0123456789"
  grafana_token_wo = var.token
}

data "managed_workspace" "main" {
  provider     = grafana
  workspace_id = "g-0123456789"
}

output "reason" {
  value = data.managed_workspace.main.workspace.degraded_workspace_reason
}
"#;

/// A server and the signatures that it has got.
struct Echo {
    server: Server,
    signatures: Arc<Mutex<Vec<String>>>,
}

impl Echo {
    /// With `describes`, it describes the workspace and refuses all else.
    fn start(describes: bool) -> Self {
        let signatures = Arc::<Mutex<Vec<String>>>::default();
        let (got, count) = (signatures.clone(), Arc::new(AtomicUsize::new(0)));
        let answer = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| async move {
            let authorization = headers.get("authorization").and_then(|it| it.to_str().ok());
            let signature = authorization.and_then(|it| it.split_once("Signature="));
            got.lock().unwrap().extend(signature.map(|(_, it)| it.to_owned()));
            let said = repeated(&uri, &headers, &body, count.fetch_add(1, Ordering::Relaxed));
            match describes && method == Method::GET {
                true => described(&said),
                false => refused(&said),
            }
        };
        let server = Server::start(Router::new().fallback(answer), Options::default()).unwrap();
        Self { server, signatures }
    }
}

/// One header or the body, the next one with each request, in one spelling after the other.
fn repeated(uri: &Uri, headers: &HeaderMap, body: &Bytes, count: usize) -> String {
    let header = |name| headers.get(name).map(|it| String::from_utf8_lossy(it.as_bytes()));
    let names = ["authorization", "x-amz-security-token", "grafana-token"];
    let parts: Vec<String> = names
        .into_iter()
        .filter_map(header)
        .map(Into::into)
        .chain([uri.to_string(), String::from_utf8_lossy(body).into_owned()])
        .collect();
    let part = &parts[count % parts.len()];
    let escaped: String = url::form_urlencoded::byte_serialize(part.as_bytes()).collect();
    let base64 = STANDARD_NO_PAD.encode(part);
    format!("{part} {escaped} {base64} {}", serde_json::Value::from(part.as_str()))
}

fn refused(said: &str) -> Response {
    let header: String = said.chars().filter(char::is_ascii_graphic).collect();
    let headers = [
        ("x-amzn-errortype", "ValidationException"),
        ("x-amzn-requestid", &header),
        ("content-type", "application/json"),
    ];
    let body = json!({
        "message": said, "reason": "OTHER", "resourceId": said, "resourceType": said,
        "fieldList": [{ "name": said, "message": said }],
    });
    (StatusCode::BAD_REQUEST, headers, body.to_string()).into_response()
}

fn described(said: &str) -> Response {
    let workspace = json!({
        "id": ID, "status": "DEGRADED", "degradedWorkspaceReason": said, "grafanaToken": LABS_TOKEN,
        "created": 1.6e9, "modified": 1.6e9, "endpoint": "nowhere.example", "dataSources": [],
        "grafanaVersion": "10.4", "authentication": { "providers": [] },
    });
    let body = json!({ "workspace": workspace }).to_string();
    ([("content-type", "application/json")], body).into_response()
}

/// Expects no secret in what a run shows and leaves in its directory; whether something was taken out of it.
fn is_redacted(secrets: &Secrets, workspace: &Workspace, run: &Run) -> bool {
    let shown = [run.stdout.as_str(), &run.stderr].concat();
    secrets.assert_none_in("the output", &shown);
    for file in std::fs::read_dir(workspace.path()).unwrap() {
        let path = file.unwrap().path();
        match path.file_name().and_then(|name| name.to_str()) {
            Some("planned") => leaks::assert_none_in_zip(secrets, "the plan", &path),
            Some(name) if path.is_file() => {
                secrets.assert_none_in(name, std::fs::read(&path).unwrap());
            }
            _ => {}
        }
    }
    shown.contains("[redacted]")
}

cli_test! {
    needs(WriteOnly)
    fn what_is_repeated_is_in_no_output_log_plan_or_state(terraform: &Terraform) {
        for describes in [false, true] {
            let echo = Echo::start(describes);
            let mut workspace = crate::setup::workspace(terraform);
            workspace
                .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
                .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
                .env("AWS_SESSION_TOKEN", SESSION_TOKEN)
                .env("AWS_REGION", "us-east-1")
                .env("AWS_ENDPOINT_URL_GRAFANA", echo.server.url())
                .env("TF_VAR_token", LABS_TOKEN)
                .env("TF_LOG", "TRACE");
            workspace.write("provider.tf", "provider \"grafana\" {}\n").unwrap();
            workspace.write("main.tf", MAIN).unwrap();
            let mut was_redacted = false;
            for options in [
                &["plan", "-out", "planned"][..],
                &["apply", "-auto-approve", "-json"],
                &["apply", "-auto-approve"],
                &["apply", "-auto-approve", "-no-color"],
                &["output", "-json"],
                &["show", "-json"],
            ] {
                let run = workspace.run(options).unwrap();
                let signatures = echo.signatures.lock().unwrap();
                assert!(!signatures.is_empty());
                let others = [SECRET_KEY, SESSION_TOKEN, LABS_TOKEN];
                let secrets = Secrets::new(others.into_iter().chain(signatures.iter().map(String::as_str)));
                was_redacted |= is_redacted(&secrets, &workspace, &run);
            }
            assert!(was_redacted, "nothing was repeated");
        }
    }
}
