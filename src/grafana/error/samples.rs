use super::*;
use crate::grafana::about::Edition;

/// An error of every kind.
pub(crate) fn samples() -> Vec<(&'static str, Error)> {
    use ErrorKind::*;
    let quoted = Quoted::constant;
    let seconds = Duration::from_secs;
    let call = Call {
        method: reqwest::Method::POST,
        path: "/api/auth/keys".to_owned(),
        url: "https://grafana.example.com/".to_owned(),
        org: None,
    };
    let in_org = Call { org: Some(42), ..call.clone() };
    let of = |kind| Error::of(&call, kind);
    let answered = |kind, status, message| {
        Error::of(&call, kind).with_status(status).says(Some(Quoted::constant(message)))
    };
    let given_up = |mut error: Error, why| {
        error.give_up(Some(why), false);
        error
    };
    let limited = || of(TooManyRequests).with_status(429);
    let permission = Some(quoted("apikeys:create"));
    let html = NotJson {
        content_type: Some(quoted("text/html")),
        title: Some(quoted("Sign in - Example Proxy")),
    };
    vec![
        ("Refused", answered(Refused, 401, "Invalid API key")),
        ("SignInNeeded", answered(SignInNeeded, 401, "Unauthorized")),
        ("Forbidden", of(Forbidden { permission: permission.clone() }).with_status(403)),
        ("Forbidden", Error::of(&in_org, Forbidden { permission }).with_status(403)),
        ("Forbidden", answered(Forbidden { permission: None }, 403, "Access denied")),
        ("Forbidden", Error::of(&in_org, Forbidden { permission: None }).with_status(403)),
        ("NotFound", answered(NotFound { unknown_path: false }, 404, "API key not found")),
        ("NotOffered", of(NotOffered).with_status(410)),
        ("NotGrafana", of(NotGrafana).with_status(404)),
        ("Conflict", answered(Conflict, 409, "API key name is taken")),
        ("Invalid", answered(Invalid, 400, "Invalid role")),
        ("LifeLimited", answered(LifeLimited(LifeLimit::Required), 400, "ttl required")),
        ("LifeLimited", answered(LifeLimited(LifeLimit::TooLong), 400, "ttl too long")),
        ("WrongInstance", of(WrongInstance { instance: call.url.clone() }).with_status(422)),
        ("TooManyRequests", limited()),
        (
            "TooManyRequests",
            given_up(
                limited().with_retry_after(Some(seconds(60))),
                GivenUp::TooLittleTime { left: seconds(5) },
            ),
        ),
        (
            "TooManyRequests",
            given_up(limited().with_retry_after(Some(seconds(3600))), GivenUp::TooLongAWait),
        ),
        (
            "Server",
            given_up(
                of(Server).with_status(503),
                GivenUp::Retries { attempts: 4, over: Duration::from_millis(1850) },
            ),
        ),
        (
            "Server",
            given_up(
                of(Server).with_status(503),
                GivenUp::Retries { attempts: 1, over: Duration::ZERO },
            ),
        ),
        ("Server", given_up(of(Server).with_status(503), GivenUp::Unlisted)),
        ("Server", answered(Server, 500, "Failed to add API key")),
        ("Server", of(Server).with_status(503)),
        ("Rejected", of(Rejected).with_status(418)),
        ("NotJson", of(html).with_status(200)),
        ("NotJson", of(NotJson { content_type: None, title: None }).with_status(502)),
        ("Truncated", of(Truncated).with_status(200)),
        ("TooLarge", of(TooLarge { limit: 16 << 20 }).with_status(200)),
        ("Unexpected", of(Unexpected { reason: Some("no `key`".to_owned()) }).with_status(200)),
        ("Unexpected", of(Unexpected { reason: None }).with_status(200)),
        ("TooMany", of(TooMany { what: "service accounts", limit: 100_000 })),
        (
            "Redirected",
            of(Redirected { location: Some(quoted("https://login.example.com/")) })
                .with_status(302),
        ),
        ("Timeout", of(Timeout { after: seconds(60) })),
        ("Connect", of(Connect { reason: quoted("connection refused"), tls: false })),
        (
            "Connect",
            of(Connect { reason: quoted("invalid peer certificate: UnknownIssuer"), tls: true }),
        ),
        ("Lost", of(Lost { reason: quoted("connection reset by peer") })),
        ("Stopped", of(Stopped)),
        ("OutOfTime", of(OutOfTime)),
        ("BasicAuthNeeded", Error::new(BasicAuthNeeded)),
        (
            "NotEnterprise",
            Error::new(NotEnterprise { edition: Edition::OpenSource, version: quoted("12.1.0") }),
        ),
    ]
}
