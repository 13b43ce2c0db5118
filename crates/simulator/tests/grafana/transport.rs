use reqwest::{Certificate, Identity, blocking::Client};
use serde_json::json;
use simulator::{
    grafana::{Generation, Grafana, Options},
    server::Tls,
};

use crate::client::{ADMIN, builder, get, request, send};

fn secure(tls: Tls) -> Grafana {
    Grafana::start(Options { tls: Some(tls), ..Options::default() }).unwrap()
}

fn trusting(grafana: &Grafana, identity: Option<Identity>) -> Client {
    let ca = Certificate::from_pem(grafana.ca_pem().unwrap().as_bytes()).unwrap();
    let builder = builder().tls_certs_only([ca]);
    match identity {
        Some(identity) => builder.identity(identity).build().unwrap(),
        None => builder.build().unwrap(),
    }
}

#[test]
fn tls_is_trusted_by_its_own_authority_only() {
    let grafana = secure(Tls::server_only());
    assert!(grafana.url().starts_with("https://127.0.0.1:"));
    let client = trusting(&grafana, None);
    assert_eq!(send(request(&client, &grafana.url(), "GET", "/api/org", ADMIN)).status, 200);
    let other = secure(Tls::server_only());
    assert!(request(&client, &other.url(), "GET", "/api/org", ADMIN).send().is_err());
}

#[test]
fn mutual_tls_asks_for_a_certificate_of_its_authority() {
    let grafana = secure(Tls::mutual());
    let identity = |grafana: &Grafana| {
        let identity = grafana.client_identity().unwrap();
        Identity::from_pem(format!("{}{}", identity.cert_pem, identity.key_pem).as_bytes()).unwrap()
    };
    let known = trusting(&grafana, Some(identity(&grafana)));
    assert_eq!(send(request(&known, &grafana.url(), "GET", "/api/org", ADMIN)).status, 200);
    let nobody = trusting(&grafana, None);
    assert!(request(&nobody, &grafana.url(), "GET", "/api/org", ADMIN).send().is_err());
    let stranger = trusting(&grafana, Some(identity(&secure(Tls::mutual()))));
    assert!(request(&stranger, &grafana.url(), "GET", "/api/org", ADMIN).send().is_err());
    assert_eq!(grafana.journal().entries().len(), 1);
}

#[test]
fn a_sub_path_is_part_of_the_url_and_not_of_the_journal() {
    let options = Options {
        generation: Generation::V9_4,
        sub_path: "/grafana".to_owned(),
        ..Options::default()
    };
    let grafana = Grafana::start(options).unwrap();
    let settings = get(&grafana, "/api/frontend/settings", ADMIN).json();
    assert_eq!(settings["appUrl"], format!("{}/", grafana.url()));
    assert_eq!(settings["appSubUrl"], "/grafana");
    assert_eq!(grafana.journal().count("GET", "/api/frontend/settings"), 1);

    let bare = grafana.url().replace("/grafana", "");
    let outside =
        |path: &str, auth| send(request(&crate::client::client(), &bare, "GET", path, auth));
    for path in ["/api/health", "/api/org", "/grafanaapi/org"] {
        let page = outside(path, None);
        assert_eq!(
            (page.status, page.content_type.as_str()),
            (200, "text/html; charset=UTF-8"),
            "{path}"
        );
        assert_eq!(outside(path, ADMIN).json(), json!({"message": "Not found"}), "{path}");
    }
}

#[test]
fn dropping_frees_the_port() {
    let grafana = Grafana::start(Options::default()).unwrap();
    let port = grafana.addr().port();
    assert_eq!(get(&grafana, "/api/health", None).status, 200);
    drop(grafana);
    let again = Grafana::start(Options { port, ..Options::default() }).unwrap();
    assert_eq!(get(&again, "/api/health", None).status, 200);
}

#[tokio::test]
async fn it_starts_and_stops_inside_a_runtime() {
    let grafana = Grafana::start(Options::default()).unwrap();
    let stream = tokio::net::TcpStream::connect(grafana.addr()).await.unwrap();
    drop(grafana);
    drop(stream);
}
