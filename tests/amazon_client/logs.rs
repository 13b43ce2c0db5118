//! What is logged of a request.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::EnvFilter;

use crate::child::{self, Child};
use crate::start;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }

    /// What this thread logs for the provider, at every level, while the guard lives.
    fn capture(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new("terraform_provider_grafana=trace"))
            .with_ansi(false)
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Alone in a process: what other tests' threads do decides which events a subscriber of this
/// thread gets to see.
#[test]
fn a_request_is_logged_without_any_secret() {
    match child::is_here() {
        true => child::wait_for(logged()),
        false => {
            Child::new(Vec::new()).passes("logs::a_request_is_logged_without_any_secret");
        }
    }
}

async fn logged() {
    let log = Log::default();
    let _capturing = log.capture();
    let (service, client) = start();
    let id = service.workspace_id();
    let token = SecretString::from("of-grafana-labs");
    client.associate_license(None, id, "ENTERPRISE", Some(&token)).await.unwrap();
    service.release(id);
    client.describe_workspace(None, id).await.unwrap();
    client.describe_workspace(None, "g-00000000ff").await.unwrap_err();

    let text = log.text();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    for part in [
        "operation=\"AssociateLicense\"",
        "region=\"us-east-1\"",
        "method=\"POST\"",
        &format!("path=\"/workspaces/{id}/licenses/ENTERPRISE\""),
        "status=202",
        "duration_ms=",
        "aws_request_id=",
    ] {
        assert!(lines[0].contains(part), "{part} in {}", lines[0]);
    }
    assert!(lines[2].contains("status=404"), "{}", lines[2]);
    let secret = service.credential().secret.expose_secret();
    assert!(!text.contains(secret) && !text.contains("of-grafana-labs"), "{text}");
}
