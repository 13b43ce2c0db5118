//! Servers that answer with bytes of their own: every request ends, soon and within bounds, and a request that
//! creates something is sent once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use terraform_provider_grafana::grafana::{Client, Error, ErrorKind, Role};
use terraform_provider_grafana::http::CarriedOut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::server::{Made, Reply, Server};

/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(60);

/// A part of an answer.
#[derive(Clone)]
enum Part {
    Bytes(Vec<u8>),
    /// The same again and again, until the client goes or this many bytes are sent.
    Repeated(&'static str, usize),
    /// The same again and again with pauses, until the client goes.
    Dripping(&'static str),
}

use Part::{Bytes, Dripping, Repeated};

const ENDLESS: usize = usize::MAX;

fn text(text: &str) -> Part {
    Bytes(text.as_bytes().to_vec())
}

/// A server that reads the head of a request, sends the parts, and closes the connection.
struct Raw {
    url: String,
    requests: Arc<AtomicUsize>,
}

impl Raw {
    async fn start(parts: Vec<Part>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let requests = Arc::<AtomicUsize>::default();
        let counted = requests.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, parts.clone(), counted.clone()));
            }
        });
        Raw { url, requests }
    }

    fn client(&self, request_timeout: Duration) -> Client {
        let mut made = Made::at(&self.url);
        made.retries = 1;
        made.request_timeout = request_timeout;
        made.client()
    }
}

async fn answer(mut stream: TcpStream, parts: Vec<Part>, requests: Arc<AtomicUsize>) {
    let (mut head, mut buffer) = (Vec::new(), [0; 4096]);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => head.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    requests.fetch_add(1, Ordering::SeqCst);
    for part in parts {
        let sent = match part {
            Bytes(bytes) => stream.write_all(&bytes).await,
            Repeated(text, size) => {
                let block = text.repeat(1 + (64 << 10) / text.len());
                let mut sent = 0;
                loop {
                    let written = stream.write_all(block.as_bytes()).await;
                    sent += block.len();
                    if written.is_err() || sent >= size {
                        break written;
                    }
                }
            }
            Dripping(text) => loop {
                if let Err(error) = stream.write_all(text.as_bytes()).await {
                    break Err(error);
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            },
        };
        if sent.is_err() {
            return;
        }
    }
    let _ = stream.shutdown().await;
    // What the client still sends is read, so that the end is no reset.
    while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {}
}

/// What an answer that does not end is called.
const GIVEN_UP: &str = "no response within";

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";

fn with_head(head: &str, parts: impl IntoIterator<Item = Part>) -> Vec<Part> {
    [text(&format!("{OK}{head}\r\n"))].into_iter().chain(parts).collect()
}

/// What a server sends, and what the error of a list says.
fn answers() -> Vec<(&'static str, Vec<Part>, &'static str)> {
    let head = |head: &str| vec![text(head)];
    let bomb = Bytes(vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
    vec![
        ("an endless body", with_head("", [Repeated(" ", ENDLESS)]), "larger than"),
        ("an endless list", with_head("", [text("["), Repeated("{},", ENDLESS)]), "larger than"),
        (
            "endless chunks",
            with_head(
                "Transfer-Encoding: chunked\r\n",
                [Repeated("20\r\n                                \r\n", ENDLESS)],
            ),
            "larger than",
        ),
        (
            "an endless page",
            with_head("", [text("<title>x"), Repeated("x", ENDLESS)]),
            "expected JSON",
        ),
        (
            "200 MB",
            with_head("Content-Length: 209715200\r\n", [Repeated(" ", 200 << 20)]),
            "larger than",
        ),
        (
            "200 MB of an error",
            vec![
                text("HTTP/1.1 500 No\r\nContent-Length: 209715200\r\n\r\n"),
                Repeated(" ", 200 << 20),
            ],
            "larger than",
        ),
        (
            "a gzip bomb",
            with_head("Content-Encoding: gzip\r\n", [bomb, Repeated("\0", 4 << 20)]),
            "expected JSON",
        ),
        ("a slow drip", with_head("", [Dripping(" ")]), GIVEN_UP),
        ("a slow drip of a head", vec![text(OK), Dripping("X: y\r\n")], GIVEN_UP),
        ("a flood of 100s", vec![Repeated("HTTP/1.1 100 Continue\r\n\r\n", ENDLESS)], GIVEN_UP),
        (
            "a flood of 103s",
            vec![Repeated("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", ENDLESS)],
            GIVEN_UP,
        ),
        ("a slow flood of 102s", vec![Dripping("HTTP/1.1 102 Processing\r\n\r\n")], GIVEN_UP),
        (
            "a length that is too long",
            with_head("Content-Length: 20\r\n", [text("[]")]),
            "connection was lost",
        ),
        (
            "a length that is too short",
            with_head("Content-Length: 1\r\n", [text("[]")]),
            "is incomplete",
        ),
        (
            "a negative length",
            with_head("Content-Length: -1\r\n", [text("[]")]),
            "connection was lost",
        ),
        (
            "two lengths",
            with_head("Content-Length: 2\r\nContent-Length: 3\r\n", [text("[]")]),
            "connection was lost",
        ),
        (
            "a length beyond all numbers",
            with_head("Content-Length: 99999999999999999999999\r\n", [text("[]")]),
            "connection was lost",
        ),
        (
            "a chunk of a wrong size",
            with_head("Transfer-Encoding: chunked\r\n", [text("zz\r\n[]\r\n0\r\n\r\n")]),
            "connection was lost",
        ),
        (
            "chunks that do not end",
            with_head("Transfer-Encoding: chunked\r\n", [text("2\r\n[]\r\n")]),
            "connection was lost",
        ),
        ("an endless head", vec![text(OK), Repeated("X: y\r\n", ENDLESS)], "connection was lost"),
        (
            "an endless header",
            vec![text(OK), text("X: "), Repeated("y", ENDLESS)],
            "connection was lost",
        ),
        (
            "a megabyte of headers",
            vec![text(OK), Repeated("X-Long: 0123456789abcdef\r\n", 1 << 20), text("\r\n[]")],
            "connection was lost",
        ),
        ("nothing", vec![], "connection was lost"),
        ("no HTTP", head("SSH-2.0-OpenSSH_9.7\r\n"), "connection was lost"),
        ("TLS", vec![Bytes(vec![0x15, 3, 1, 0, 2, 2, 70])], "connection was lost"),
        ("another HTTP", head("HTTP/9.9 200 OK\r\n\r\n[]"), "connection was lost"),
        ("a status that is none", head("HTTP/1.1 99999 OK\r\n\r\n[]"), "connection was lost"),
        (
            "another protocol",
            head("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n[]"),
            "101",
        ),
        ("garbage", vec![Bytes((0..=255).cycle().take(5000).collect())], "connection was lost"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_bytes_come_each_request_ends_and_a_post_is_sent_once() {
    let cases = answers().into_iter().map(async |(name, parts, says)| {
        let server = Raw::start(parts).await;
        // Only what never ends by itself has to be given up.
        let timeout = if says == GIVEN_UP { Duration::from_secs(1) } else { LONG };
        let keys = server.client(timeout).api_keys();
        let list = tokio::time::timeout(LONG, keys.list(true)).await.expect(name);
        let said = list.expect_err(name).to_string();
        assert!(said.contains(says) && said.len() < 500, "{name}: {said}");
        let asked = server.requests.load(Ordering::SeqCst);
        assert!(asked <= 2 && (asked > 0 || says == GIVEN_UP), "{name}: {asked}");
        let create = keys.create("a", Role::Viewer, None);
        let error = tokio::time::timeout(LONG, create).await.expect(name).expect_err(name);
        assert_eq!(error.carried_out(), CarriedOut::Maybe, "{name}: {error}");
        // What is given up may be counted late, or never be seen.
        let sent = server.requests.load(Ordering::SeqCst);
        let is_once = if says == GIVEN_UP { sent <= 3 } else { sent == asked + 1 };
        assert!(is_once, "{name}: {sent} requests: {error}");
    });
    join_all(cases).await;
}

/// Closing after an answer without saying so, as proxies do with connections that they keep for a while. A request that
/// crosses the end of its connection may have been carried out, for all that a client can know.
#[tokio::test(flavor = "multi_thread")]
async fn on_connections_that_end_after_each_answer_a_post_is_sent_once_or_may_be_done() {
    let answer = r#"{"id":1,"name":"a","key":"glsa_1"}"#;
    let length = format!("Content-Length: {}\r\n", answer.len());
    let server = Raw::start(with_head(&length, [text(answer)])).await;
    let keys = server.client(LONG).api_keys();
    for before in (0..20).map(|_| server.requests.load(Ordering::SeqCst)) {
        let made = keys.create("a", Role::Viewer, None).await;
        let sent = server.requests.load(Ordering::SeqCst) - before;
        match made {
            Ok(_) => assert_eq!(sent, 1),
            Err(error) => {
                assert!(sent <= 1 && error.carried_out() == CarriedOut::Maybe, "{sent}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_to_where_an_answer_points() {
    let elsewhere = Server::start(|_, _| Reply::Json(200, json!([]))).await;
    for status in [300, 301, 302, 303, 304, 307, 308, 200, 201, 401, 503] {
        for name in ["location", "refresh", "content-location", "link", "alt-svc"] {
            let port = elsewhere.url.rsplit(':').next().unwrap().trim_end_matches('/').to_owned();
            let to = match name {
                "refresh" => format!("0; url={}", elsewhere.url),
                "link" => format!("<{}>; rel=preload", elsewhere.url),
                "alt-svc" => format!("h2=\":{port}\""),
                _ => elsewhere.url.clone(),
            };
            let server = Server::start(move |_, _| Reply::Headed(status, name, to.clone())).await;
            let client = server.client();
            let (keys, accounts) = (client.api_keys(), client.service_accounts());
            let _ = keys.list(true).await;
            let _ = keys.create("a", Role::Viewer, None).await;
            let _ = keys.delete(1).await;
            let _ = accounts.search("").await;
        }
    }
    assert_eq!(elsewhere.count(), 0);
}

/// Values that a Retry-After may have, and whether it is waited for with a limit of a few seconds.
#[tokio::test]
async fn a_retry_after_of_any_kind_is_waited_for_or_told() {
    for (value, is_waited_for) in [
        ("0", true),
        ("00", true),
        ("Wed, 21 Oct 2015 07:28:00 GMT", true),
        ("3600", false),
        ("99999999999999999999", false),
        ("Tue, 31 Dec 2199 23:59:59 GMT", false),
        // What is no Retry-After is none: the client's own waits count.
        ("-1", true),
        ("1.5", true),
        ("", true),
        ("soon", true),
        ("\u{fc}", true),
    ] {
        let server = Server::start(move |_, before| match before {
            0 => Reply::Headed(429, "retry-after", value.to_owned()),
            _ => Reply::Json(200, json!([])),
        })
        .await;
        let keys = server.client().api_keys();
        let list = tokio::time::timeout(LONG, keys.list(true)).await.expect(value);
        assert_eq!(list.is_ok(), is_waited_for, "{value}: {list:?}");
        assert_eq!(server.count(), 1 + usize::from(is_waited_for), "{value}");
    }
}

/// JSON that Grafana never sends.
fn shapes() -> Vec<String> {
    let mut shapes: Vec<String> = [
        "null",
        "true",
        "0",
        "-1",
        "1e400",
        "\"\"",
        "\"id\"",
        "[]",
        "[[]]",
        "[null]",
        "[0]",
        "[\"\"]",
        "{}",
        r#"{"":{}}"#,
        r#"{"id":null}"#,
        "nul",
        "NaN",
        "[1,]",
        "{\"a\":1,}",
        "{'id':1}",
        "{id:1}",
        "[1 2]",
        "[] []",
        "// none\n[]",
        "[",
        "{",
        "\"",
        "]",
        "[\"\\ud800\"]",
        "[\"\\x\"]",
        "\u{feff}[]",
        "[\u{0}]",
        "[\"\t\"]",
        r#"{"id":1,"id":2}"#,
        r#"{"__proto__":{"id":1}}"#,
    ]
    .map(str::to_owned)
    .to_vec();
    for id in [
        "0",
        "-7",
        "\"1\"",
        "1.5",
        "1e3",
        "1e18",
        "9223372036854775808",
        "[]",
        "{}",
        "true",
        "null",
    ] {
        shapes.push(format!(r#"{{"id":{id},"name":"a","key":"glsa_1","role":"Viewer"}}"#));
        shapes.push(format!(
            r#"[{{"id":{id},"name":"a","role":"Viewer","created":"2026-11-22T05:35:39Z"}}]"#
        ));
    }
    for field in [
        r#""name":null"#,
        r#""name":7"#,
        r#""name":"b""#,
        r#""role":7"#,
        r#""role":"Boss""#,
        r#""expiration":"soon""#,
        r#""expiration":-1"#,
        r#""key":null"#,
        r#""key":"","#,
        r#""totalCount":9,"serviceAccounts":null"#,
        r#""totalCount":-1,"serviceAccounts":[]"#,
        r#""totalCount":"1","serviceAccounts":{}"#,
        r#""appUrl":7"#,
    ] {
        shapes.push(format!(r#"{{"id":1,{field}}}"#));
    }
    shapes.push("[".repeat(100_000));
    shapes.push(r#"{"a":"#.repeat(100_000));
    shapes
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_json_is_an_error_or_what_it_says_and_a_post_is_sent_once() {
    let shapes = shapes();
    assert!(shapes.len() > 67);
    for shape in shapes {
        let sent = shape.clone();
        let server =
            Server::start(move |_, _| Reply::Text(200, "application/json", sent.clone())).await;
        let client = server.client_with(|made| made.retries = 0);
        let (keys, accounts) = (client.api_keys(), client.service_accounts());
        let shape: String = shape.chars().take(80).collect();
        let mut errors: Vec<Error> = Vec::new();
        let mut sends = 0;
        let mut ended = |error: Option<Error>| {
            errors.extend(error);
            let count = server.count();
            assert!(count > sends && count <= sends + 3, "{shape}: {count} after {sends}");
            sends = count;
        };
        if let Ok(list) = keys.list(true).await {
            assert!(list.keys.iter().all(|key| key.id > 0), "{shape}");
        }
        ended(None);
        let created = keys.create("a", Role::Viewer, None).await;
        assert!(
            created.as_ref().is_ok_and(|key| key.id > 0 && key.name == "a") != created.is_err(),
            "{shape}"
        );
        assert!(
            created.as_ref().err().is_none_or(|it| it.carried_out() == CarriedOut::Maybe),
            "{shape}: {created:?}"
        );
        ended(created.err());
        ended(keys.delete(1).await.err());
        ended(accounts.search("").await.err());
        ended(accounts.create("a", Role::Viewer).await.err());
        ended(accounts.get(1).await.err());
        ended(accounts.tokens(1).await.err());
        ended(accounts.create_token(1, "a", None).await.err());
        ended(accounts.delete_token(1, 1).await.err());
        ended(client.own_organization().await.err());
        ended(client.instance().await.err());
        let licensing = client.licensing().unwrap();
        ended(licensing.check().await.err());
        ended(licensing.claims().await.err());
        ended(licensing.renew().await.err());
        for error in errors {
            assert!(!matches!(error.kind(), ErrorKind::Refused), "{shape}: {error}");
            assert!(error.to_string().len() < 500, "{shape}: {error}");
        }
    }
}
