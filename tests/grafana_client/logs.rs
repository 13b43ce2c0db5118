//! What the client logs: every request, and no secret.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use terraform_provider_grafana::grafana::Auth;
use tokio::sync::Notify;
use tracing_subscriber::filter::LevelFilter;

use crate::server::{Made, Reply, Server};

/// Collects log lines and tells when there are new ones.
#[derive(Clone, Default)]
pub struct Log {
    text: Arc<Mutex<String>>,
    grown: Arc<Notify>,
}

impl Log {
    pub fn text(&self) -> String {
        self.text.lock().unwrap().clone()
    }

    async fn until(&self, part: &str) {
        while !self.text().contains(part) {
            self.grown.notified().await;
        }
    }

    /// Everything that this thread logs, at every level, while the guard lives.
    pub fn capture(&self) -> tracing::subscriber::DefaultGuard {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::set_default(subscriber)
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.lock().unwrap().push_str(&String::from_utf8_lossy(bytes));
        self.grown.notify_one();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_request_is_logged_without_any_secret() {
    let log = Log::default();
    let _capturing = log.capture();
    let server = Server::start(|_, before| match before {
        0 => Reply::Json(503, json!({"message": "hunter2-hunter2"})),
        _ => Reply::Json(200, json!([{"id": 1, "name": "a", "role": "Viewer"}])),
    })
    .await;
    let client = server.client_with(|settings| {
        settings.auth = Auth::parse(&"admin:hunter2-hunter2".into()).unwrap();
        settings.http_headers = BTreeMap::from([("X-Secret".to_owned(), "hunter2".into())]);
        settings.org_id = Some(4);
    });
    client.api_keys().list(true).await.unwrap();
    client.licensing().unwrap().install(&"hunter2.a.b".into()).await.unwrap();
    client.api_keys().probe(&"hunter2".into()).await;
    let text = log.text();
    let ours: Vec<_> =
        text.lines().filter(|line| line.contains("terraform_provider_grafana::grafana")).collect();
    assert_eq!(ours.len(), 5, "four requests and one repetition: {text}");
    for part in
        ["DEBUG", "method=GET", "path=\"/api/auth/keys\"", "status=200", "org=4", "duration_ms="]
    {
        assert!(ours[2].contains(part), "{part} in {}", ours[2]);
    }
    assert!(ours[1].contains("attempt=1"), "{}", ours[1]);
    for secret in ["hunter2", "YWRtaW46aHVudGVyM"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn a_request_that_met_no_server_is_sent_again() {
    let log = Log::default();
    let _capturing = log.capture();
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}/", socket.local_addr().unwrap());
    let mut made = Made::at(&url);
    made.retries = 1000;
    made.retry_wait = Duration::from_millis(20);
    let client = made.client();
    let server_starts = async {
        log.until("request will be sent again").await;
        Server::serve(socket.listen(8).unwrap(), url, |_, _| Reply::Json(200, json!({"id": 1})))
    };
    let (asked, server) = futures::join!(client.own_organization(), server_starts);
    assert_eq!((asked.unwrap(), server.count()), (1, 1));
}
