use std::time::Duration;

use serde_json::json;
use simulator::grafana::{Grafana, Lag, Options, Routing};

use crate::client::{ADMIN, get, post};

fn cluster(lag: Lag, routing: Routing) -> Grafana {
    Grafana::start(Options { nodes: 3, lag, routing, ..Options::default() }).unwrap()
}

fn check(grafana: &Grafana) -> bool {
    get(grafana, "/api/licensing/check", ADMIN).json() == json!(true)
}

fn install(grafana: &Grafana) {
    let body = json!({"token": grafana.mint_license().unwrap()});
    assert_eq!(post(grafana, "/api/licensing/token", ADMIN, &body).status, 200);
}

#[test]
fn answers_flap_until_every_node_has_noticed() {
    let grafana = cluster(Lag::Requests(4), Routing::PerRequest);
    install(&grafana);
    let answers: Vec<_> = (0..9).map(|_| check(&grafana)).collect();
    // Requests 2 to 10 go to nodes 1, 2, 0, …; node 0 was told by request 1, node 1 notices at 5, node 2 at 9.
    assert_eq!(answers, [false, false, true, true, false, true, true, true, true]);
}

#[test]
fn nodes_can_notice_by_the_clock() {
    let grafana = cluster(Lag::Time(Duration::from_secs(60)), Routing::PerRequest);
    install(&grafana);
    let round = || [check(&grafana), check(&grafana), check(&grafana)];
    assert_eq!(round(), [false, false, true]);
    grafana.advance(Duration::from_secs(61));
    assert_eq!(round(), [true, false, true]);
    grafana.advance(Duration::from_secs(60));
    assert_eq!(round(), [true, true, true]);
}

#[test]
fn a_connection_can_stay_on_its_node() {
    let grafana = cluster(Lag::Requests(1000), Routing::PerConnection);
    let one = reqwest_client();
    let send = |method: &str, path: &str, body: &serde_json::Value| {
        let request = crate::client::request(&one, &grafana.url(), method, path, ADMIN).json(body);
        crate::client::send(request)
    };
    let body = json!({"token": grafana.mint_license().unwrap()});
    assert_eq!(send("POST", "/api/licensing/token", &body).status, 200);
    for _ in 0..3 {
        assert_eq!(send("GET", "/api/licensing/check", &json!({})).json(), json!(true));
    }
    let connections: Vec<_> =
        grafana.journal().entries().iter().map(|entry| entry.connection).collect();
    assert_eq!(connections, [1, 1, 1, 1]);
    let other = reqwest_client();
    let request =
        crate::client::request(&other, &grafana.url(), "GET", "/api/licensing/check", ADMIN);
    assert_eq!(crate::client::send(request).json(), json!(false));
}

fn reqwest_client() -> reqwest::blocking::Client {
    crate::client::builder().build().unwrap()
}
