//! The example provider `zones`: in process, and through real Terraform.
#![cfg(unix)]

#[path = "../programs/mod.rs"]
mod programs;
#[path = "../../examples/zones/main.rs"]
#[allow(dead_code)]
mod provider;
mod service;
mod terraform;

use serde_json::{Value as Json, json};
use service::{Service, TOKEN};
use tfplugin::testing::{Client, State, unknown};

const ZONE: &str = "zones_zone";

async fn configured(service: &Service) -> Client {
    let client = Client::start(provider::Zones).await;
    let said = client.configure(json!({ "endpoint": service.endpoint, "token": TOKEN })).await;
    assert!(said.is_empty(), "{said:?}");
    client
}

fn zone(name: &str, ttl: Json) -> Json {
    let record = |label: &str| json!({ "name": format!("{label}.{name}"), "type": "A", "ttl": ttl, "values": ["192.0.2.1"] });
    json!({ "name": name, "servers": ["ns2.example.net", "ns1.example.net"], "record": [record("b"), record("a")] })
}

#[tokio::test]
async fn a_zone_is_created_when_it_is_served_and_then_differs_in_nothing() {
    let service = Service::start().await;
    let client = configured(&service).await;
    let planned = client.plan(ZONE, &State::none(), zone("example.com", Json::Null)).await;
    assert_eq!(planned.value["serial"], unknown());
    assert_eq!(planned.value["record"][0]["ttl"], 300);
    let state = client.apply(&planned).await;
    assert!(state.diagnostics.is_empty(), "{:?}", state.diagnostics);
    assert_eq!(state.identity, json!({ "name": "example.com" }));
    assert_eq!(service.world().zones["example.com"]["is_served"], true);

    let state = client.read(ZONE, &state).await;
    let again = client.plan(ZONE, &state, zone("example.com", Json::Null)).await;
    assert_eq!(again.value, state.value);
    let changed = client.plan_and_apply(ZONE, &state, zone("example.com", json!(60))).await;
    assert_eq!(changed.value["serial"], 2);
    let gone = client.plan_and_apply(ZONE, &changed, Json::Null).await;
    assert!(gone.value.is_null() && service.world().zones.is_empty());
}

#[tokio::test]
async fn a_zone_that_is_not_served_in_time_is_kept_in_the_state() {
    let service = Service::start().await;
    service.world().is_stuck = true;
    let mut config = zone("example.com", Json::Null);
    config["timeouts"] = json!({ "create": "1s" });
    let client = configured(&service).await;
    let state = client.plan_and_apply(ZONE, &State::none(), config).await;
    assert_eq!(state.diagnostics[0].summary, "Time ran out");
    assert_eq!(state.value["serial"], 1);
}

#[tokio::test]
async fn a_zone_is_imported_by_its_identity_or_its_name() {
    let service = Service::start().await;
    let client = configured(&service).await;
    let made = client.plan_and_apply(ZONE, &State::none(), zone("example.com", Json::Null)).await;
    for imported in [
        client.import(ZONE, "example.com").await,
        client.import_identity(ZONE, &json!({ "name": "example.com" })).await,
    ] {
        assert_eq!(client.read(ZONE, &imported).await.value, made.value);
    }
}

#[tokio::test]
async fn zones_below_a_domain_are_listed() {
    let service = Service::start().await;
    let client = configured(&service).await;
    for name in ["a.example.com", "b.example.org", "c.example.com"] {
        client.plan_and_apply(ZONE, &State::none(), zone(name, Json::Null)).await;
    }
    let below = json!({ "below": "example.com" });
    let (listed, said) = client.list(ZONE, below, true, 10).await;
    assert!(said.is_empty(), "{said:?}");
    let names: Vec<_> = listed.iter().map(|it| it.display_name.as_str()).collect();
    assert_eq!(names, ["a.example.com", "c.example.com"]);
    assert_eq!(listed[1].resource["servers"][0], "ns2.example.net");
}

#[tokio::test]
async fn a_token_is_revoked_when_it_is_closed_or_the_run_ends() {
    let service = Service::start().await;
    let client = configured(&service).await;
    client.plan_and_apply(ZONE, &State::none(), zone("example.com", Json::Null)).await;
    for is_closed in [true, false] {
        let (token, private, said) =
            client.open("zones_token", json!({ "zone": "example.com" })).await;
        assert!(said.is_empty() && token["token"].as_str().unwrap().contains("of-example.com"));
        assert_eq!(service.world().tokens.len(), 1);
        match is_closed {
            true => assert!(client.close("zones_token", private).await.is_empty()),
            false => client.shut_down().await,
        }
        assert!(service.world().tokens.is_empty());
    }
}

#[tokio::test]
async fn a_token_for_a_zone_that_is_not_there_is_an_error_at_the_zone() {
    let service = Service::start().await;
    let client = configured(&service).await;
    let (_, _, said) = client.open("zones_token", json!({ "zone": "example.com" })).await;
    assert!(said[0].detail.contains("no zone"), "{said:?}");
    assert!(said[0].attribute.is_some());
}

#[tokio::test]
async fn what_is_wrong_with_a_configuration_is_said_before_anything_is_asked() {
    let client = Client::start(provider::Zones).await;
    let mut config = zone("example.com", json!(-1));
    config["servers"] = json!([]);
    config["record"][0]["type"] = "SOA".into();
    let said = client.validate(ZONE, config).await;
    assert_eq!(said.len(), 4, "{said:?}");
    let said = client.configure(json!({ "endpoint": "ftp://example.com" })).await;
    assert!(said[0].detail.contains("http"), "{said:?}");
}

#[tokio::test]
async fn each_way_in_which_the_service_cannot_be_used_has_its_own_error() {
    let service = Service::start().await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let dead = format!("http://{}/", closed.local_addr().unwrap());
    drop(closed);
    for (config, summary, detail) in [
        (json!({ "endpoint": dead, "token": TOKEN }), "Cannot reach the zone service", "refused"),
        (json!({ "endpoint": service.endpoint, "token": "old" }), "Not authorized", "token"),
        (
            json!({ "endpoint": unknown(), "token": TOKEN }),
            "Unknown provider configuration",
            "apply",
        ),
    ] {
        let client = Client::start(provider::Zones).await;
        assert!(client.configure(config).await.is_empty());
        let planned = client.plan(ZONE, &State::none(), zone("example.com", Json::Null)).await;
        assert!(planned.diagnostics.is_empty(), "a plan needs no service");
        let state = client.apply(&planned).await;
        assert_eq!(state.diagnostics[0].summary, summary);
        assert!(state.diagnostics[0].detail.contains(detail), "{:?}", state.diagnostics);
        assert!(state.value.is_null());
    }
}

#[tokio::test]
async fn a_name_is_joined_with_its_zone_and_an_argument_that_is_wrong_is_pointed_at() {
    let client = Client::start(provider::Zones).await;
    let call = async |name: &str, zone: &str| {
        client.call("absolute_name", &[json!(name), json!(zone)]).await
    };
    assert_eq!(call("www", "example.com").await, Ok(json!("www.example.com")));
    assert_eq!(call("w w", "example.com").await.unwrap_err().argument, Some(0));
    assert_eq!(call("www", "").await.unwrap_err().argument, Some(1));
}
