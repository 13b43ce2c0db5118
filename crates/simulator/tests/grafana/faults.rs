use std::{error::Error as _, io, thread, time::Duration};

use reqwest::blocking::{Client, Response};
use serde_json::json;
use simulator::{
    faults::Fault,
    grafana::{Generation, Grafana},
    journal::Outcome,
};

use crate::client::{ADMIN, builder, client, get, post, request, start};

const KEYS: &str = "/api/auth/keys";
const PATIENCE: Duration = Duration::from_secs(30);

fn grafana() -> Grafana {
    start(Generation::V9_4)
}

fn make_key(client: &Client, grafana: &Grafana) -> reqwest::Result<Response> {
    request(client, &grafana.url(), "POST", KEYS, ADMIN)
        .json(&json!({"name": "a", "role": "Viewer"}))
        .send()
}

fn is_reset(error: &reqwest::Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return error.kind() == io::ErrorKind::ConnectionReset;
        }
        source = error.source();
    }
    false
}

#[test]
fn a_status_comes_as_often_as_was_said_with_retry_after() {
    let grafana = grafana();
    grafana.faults().push(Fault::on("POST", KEYS).skip(1).times(2).status(503).retry_after("2"));
    let statuses: Vec<_> = ["a", "b", "c", "d"]
        .iter()
        .map(|name| {
            let body = json!({"name": name, "role": "Viewer"});
            let reply =
                request(&client(), &grafana.url(), "POST", KEYS, ADMIN).json(&body).send().unwrap();
            let retry_after =
                reply.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
            (reply.status().as_u16(), retry_after)
        })
        .collect();
    let busy = (503, Some("2".to_owned()));
    assert_eq!(statuses, [(200, None), busy.clone(), busy, (200, None)]);
    assert_eq!(grafana.api_keys(1).len(), 2);
    assert_eq!(grafana.faults().unused(), Vec::<String>::new());
}

#[test]
fn a_reset_before_loses_the_request_and_a_reset_after_the_answer() {
    let grafana = grafana();
    grafana.faults().push(Fault::on("POST", KEYS).reset_before());
    let client = builder().build().unwrap();
    let before = make_key(&client, &grafana).unwrap_err();
    assert!(is_reset(&before), "{before:?}");
    assert_eq!(grafana.api_keys(1).len(), 0);

    grafana.faults().push(Fault::on("POST", KEYS).reset_after());
    let after = make_key(&client, &grafana).unwrap_err();
    assert!(is_reset(&after), "{after:?}");
    assert_eq!(grafana.api_keys(1).len(), 1);

    let entries = grafana.journal().entries();
    let outcomes: Vec<_> = entries.iter().map(|entry| entry.outcome).collect();
    assert_eq!(outcomes, [Outcome::ResetBefore, Outcome::ResetAfter]);
    assert_ne!(entries[0].connection, entries[1].connection);
    assert!(entries.iter().all(|entry| entry.status().is_none()));
}

#[test]
fn a_truncated_body_ends_before_its_length() {
    let grafana = grafana();
    grafana.faults().push(Fault::on("POST", KEYS).truncate());
    let reply = make_key(&client(), &grafana).unwrap();
    assert_eq!(reply.status(), 200);
    assert!(reply.content_length().unwrap() > 2);
    assert!(reply.bytes().is_err());
    assert_eq!(grafana.api_keys(1).len(), 1);
}

#[test]
fn a_proxy_answers_pages_redirects_and_nothing() {
    let grafana = grafana();
    grafana.faults().push(Fault::on("GET", "/api/org").html(200));
    grafana.faults().push(Fault::on("GET", "/api/org").html(502));
    grafana.faults().push(Fault::on("GET", "/api/org").redirect("https://login.example/"));
    grafana.faults().push(Fault::on("GET", "/api/org").empty(200));
    grafana.faults().push(Fault::on("GET", "/api/org").body("application/json", "{"));
    let mut replies = (0..5)
        .map(|_| request(&client(), &grafana.url(), "GET", "/api/org", ADMIN).send().unwrap());
    for status in [200, 502] {
        let page = replies.next().unwrap();
        assert_eq!(page.status(), status);
        assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
        assert!(page.text().unwrap().contains("<html>"));
    }
    let redirect = replies.next().unwrap();
    assert_eq!(
        (redirect.status().as_u16(), &redirect.headers()["location"]),
        (302, &"https://login.example/".parse().unwrap())
    );
    let empty = replies.next().unwrap();
    assert!(empty.headers().get("content-type").is_none());
    assert_eq!(empty.text().unwrap(), "");
    assert_eq!(replies.next().unwrap().text().unwrap(), "{");
}

#[test]
fn a_gateway_can_lose_patience_with_a_request_that_is_carried_out() {
    let grafana = grafana();
    grafana.faults().push(Fault::on("POST", KEYS).status(504).carried_out());
    assert_eq!(make_key(&client(), &grafana).unwrap().status(), 504);
    assert_eq!(grafana.api_keys(1).len(), 1);
}

#[test]
fn a_hanging_request_goes_on_when_it_is_released() {
    let grafana = grafana();
    grafana.faults().push(Fault::on("*", "/api/**").hang());
    thread::scope(|scope| {
        let hanging =
            scope.spawn(|| make_key(&builder().build().unwrap(), &grafana).unwrap().status());
        let arrived = grafana.journal().wait_for(|entries| !entries.is_empty(), PATIENCE);
        assert!(arrived);
        assert_eq!(grafana.journal().entries()[0].outcome, Outcome::Pending);
        assert_eq!(grafana.api_keys(1).len(), 0);
        grafana.faults().release();
        assert_eq!(hanging.join().unwrap(), 200);
    });
    assert_eq!(grafana.api_keys(1).len(), 1);
}

#[test]
fn a_client_that_gives_up_is_noticed() {
    let grafana = grafana();
    grafana.faults().push(Fault::on("GET", "/api/org").hang());
    let impatient = builder().timeout(Duration::from_secs(2)).build().unwrap();
    let error = request(&impatient, &grafana.url(), "GET", "/api/org", ADMIN).send().unwrap_err();
    assert!(error.is_timeout());
    drop(impatient);
    let abandoned = |entries: &[simulator::journal::Entry]| {
        entries.first().is_some_and(|entry| entry.outcome == Outcome::Abandoned)
    };
    assert!(grafana.journal().wait_for(abandoned, PATIENCE));
}

#[test]
fn delays_add_to_other_faults() {
    let grafana = grafana();
    let faults = grafana.faults();
    faults.push(Fault::on("*", "/api/**").always().delay(Duration::from_millis(1)));
    faults.push(Fault::on("GET", "/api/org").status(500));
    faults.push(Fault::on("GET", "/api/never").status(500));
    assert_eq!(get(&grafana, "/api/org", ADMIN).status, 500);
    assert_eq!(get(&grafana, "/api/org", ADMIN).status, 200);
    assert_eq!(faults.unused(), ["GET /api/never: answer 500"]);
    faults.clear();
    assert_eq!(post(&grafana, KEYS, ADMIN, &json!({"name": "a", "role": "Viewer"})).status, 200);
    assert_eq!(faults.unused(), Vec::<String>::new());
}
