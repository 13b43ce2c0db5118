//! The client against the simulated Grafana of each generation.

use std::time::Duration;

use futures::future::join_all;
use secrecy::ExposeSecret;
use simulator::faults::Fault;
use simulator::grafana::{Generation, Grafana, Migration, NoLicense, Options};
use simulator::server::{Flaw, Tls};
use terraform_provider_grafana::grafana::{
    Auth, Client, Deletion, Edition, ErrorKind, LifeLimit, Probe, Role, license_token,
    same_root_url,
};
use terraform_provider_grafana::http::CarriedOut;

use crate::server::Made;

const GENERATIONS: [Generation; 6] = Generation::ALL;

fn start(generation: Generation, change: impl FnOnce(&mut Options)) -> Grafana {
    let mut options = Options { generation, ..Options::default() };
    change(&mut options);
    Grafana::start(options).unwrap()
}

fn client_at(url: &str, auth: &str) -> Client {
    let mut made = Made::at(url);
    made.auth = Auth::parse(&auth.into()).unwrap();
    made.client()
}

fn client_as(grafana: &Grafana, auth: &str) -> Client {
    client_at(&grafana.url(), auth)
}

fn client(grafana: &Grafana) -> Client {
    client_as(grafana, "admin:admin")
}

/// From 10.4 on Grafana has no words of its own for a key that is gone.
fn assert_gone(generation: Generation, probe: &Probe) {
    if generation < Generation::V10_4 {
        assert_eq!(*probe, Probe::Gone, "{generation:?}");
    } else {
        let Probe::Unproven(error) = probe else { panic!("{generation:?}: {probe:?}") };
        let said = (error.kind(), error.message(), error.message_id());
        assert_eq!(said, (&ErrorKind::Refused, Some("Unauthorized"), None), "{generation:?}");
    }
}

#[tokio::test]
async fn an_api_key_lives_on_every_generation_that_makes_them() {
    for generation in GENERATIONS {
        let grafana = start(generation, |_| {});
        let keys = client(&grafana).api_keys();
        let made = match keys.create(" ü/\"q\" ", Role::Editor, Some(60)).await {
            Ok(made) => made,
            Err(error) => {
                assert!(
                    error.is_not_offered() && generation >= Generation::V11_3,
                    "{generation:?}: {error}"
                );
                continue;
            }
        };
        assert!(generation < Generation::V11_3);
        let listed = keys.list(true).await.unwrap();
        let found = listed.keys.iter().find(|key| key.id == made.id).unwrap();
        assert_eq!((found.name.as_str(), found.role), (" ü/\"q\" ", Some(Role::Editor)));
        assert!(found.expiration.is_some() && !listed.may_be_cut);
        let taken = keys.create(" ü/\"q\" ", Role::Viewer, None).await.unwrap_err();
        assert!(taken.is_conflict(), "{generation:?}: {taken}");
        assert_eq!(keys.probe(&made.key).await, Probe::Alive { org_id: 1 });
        grafana.advance(Duration::from_secs(61));
        assert_eq!(keys.probe(&made.key).await, Probe::Expired);
        assert_eq!(keys.delete(made.id).await.unwrap(), Deletion::Deleted);
        assert_eq!(keys.delete(made.id).await.unwrap(), Deletion::AlreadyGone);
        assert_gone(generation, &keys.probe(&made.key).await);
    }
}

#[tokio::test]
async fn lists_and_deletions_end_with_12_1() {
    for generation in GENERATIONS {
        let grafana = start(generation, |_| {});
        let keys = client(&grafana).api_keys();
        let offered = generation < Generation::V12_1;
        let list = keys.list(true).await;
        assert_eq!(list.is_ok(), offered, "{generation:?}: {list:?}");
        assert!(list.err().is_none_or(|error| error.is_not_offered()));
        match keys.delete(99).await {
            Ok(deletion) => assert!(offered && deletion == Deletion::AlreadyGone),
            Err(error) => assert!(!offered && error.is_not_offered(), "{generation:?}: {error}"),
        }
    }
}

#[tokio::test]
async fn a_service_account_lives_on_every_generation_that_has_them() {
    for generation in GENERATIONS {
        let grafana = start(generation, |_| {});
        let client = client(&grafana);
        let accounts = client.service_accounts();
        let account = match accounts.create("sa one", Role::Viewer).await {
            Ok(account) => account,
            Err(error) => {
                assert!(
                    error.is_not_offered() && generation == Generation::V8_4,
                    "{generation:?}: {error}"
                );
                continue;
            }
        };
        let taken = accounts.create("sa one", Role::Viewer).await.unwrap_err();
        assert!(taken.is_conflict(), "{generation:?}: {taken}");
        let token = accounts.create_token(account.id, "tok", None).await.unwrap();
        assert!(token.key.expose_secret().starts_with("glsa_"));
        let taken = accounts.create_token(account.id, "tok", None).await.unwrap_err();
        assert!(taken.is_conflict(), "{generation:?}: {taken}");
        let found = accounts.search("sa").await.unwrap();
        assert_eq!((found.len(), found[0].tokens), (1, Some(1)));
        let tokens = accounts.tokens(account.id).await.unwrap();
        assert_eq!((tokens.len(), tokens[0].id, tokens[0].expiration), (1, token.id, None));
        assert_eq!(client.api_keys().probe(&token.key).await, Probe::Alive { org_id: 1 });
        let gone = [Deletion::Deleted, Deletion::AlreadyGone];
        for expected in gone {
            assert_eq!(
                accounts.delete_token(account.id, token.id).await.unwrap(),
                expected,
                "{generation:?}"
            );
        }
        let probe = client.api_keys().probe(&token.key).await;
        assert_gone(generation, &probe);
        for expected in gone {
            assert_eq!(accounts.delete(account.id).await.unwrap(), expected, "{generation:?}");
        }
        assert_eq!(accounts.get(account.id).await.unwrap(), None);
        assert!(accounts.tokens(account.id).await.unwrap().is_empty());
        let missing = accounts.create_token(account.id, "t", None).await.unwrap_err();
        assert!(matches!(missing.kind(), ErrorKind::NotFound { .. }), "{generation:?}: {missing}");
    }
}

#[tokio::test]
async fn a_disabled_account_keeps_its_token() {
    for generation in &GENERATIONS[1..] {
        disable_and_probe(*generation).await;
    }
}

async fn disable_and_probe(generation: Generation) {
    let grafana = start(generation, |_| {});
    let client = client(&grafana);
    let accounts = client.service_accounts();
    let account = accounts.create("a", Role::Viewer).await.unwrap();
    let token = accounts.create_token(account.id, "t", None).await.unwrap();
    let changes = terraform_provider_grafana::grafana::ServiceAccountChanges {
        is_disabled: Some(true),
        ..Default::default()
    };
    assert!(accounts.update(account.id, &changes).await.unwrap().is_disabled);
    assert_eq!(client.api_keys().probe(&token.key).await, Probe::Disabled);
}

#[tokio::test]
async fn a_migrated_key_is_a_token_with_the_same_id_and_secret() {
    let grafana = start(Generation::V8_4, |_| {});
    let before = client(&grafana);
    let made = before.api_keys().create("ci", Role::Admin, None).await.unwrap();
    grafana.upgrade(Generation::V9_4, Migration::AtStart);
    let after = client(&grafana);
    assert_eq!(after.api_keys().probe(&made.key).await, Probe::Alive { org_id: 1 });
    assert_eq!(after.api_keys().delete(made.id).await.unwrap(), Deletion::AlreadyGone);
    let accounts = after.service_accounts();
    let account = accounts.search("sa-autogen").await.unwrap().remove(0);
    assert_eq!(account.role, Some(Role::Admin));
    assert_eq!(accounts.tokens(account.id).await.unwrap()[0].id, made.id);
}

#[tokio::test]
async fn organizations_are_apart() {
    let grafana = start(Generation::V9_4, |_| {});
    let second = grafana.create_organization("Second").unwrap();
    let client = client(&grafana);
    let keys = client.for_org(Some(second)).api_keys();
    let made = keys.create("a", Role::Viewer, None).await.unwrap();
    assert_eq!(keys.probe(&made.key).await, Probe::Alive { org_id: second });
    assert_eq!(client.api_keys().delete(made.id).await.unwrap(), Deletion::AlreadyGone);
    let nowhere = client.for_org(Some(999)).api_keys().list(true).await.unwrap_err();
    assert!(matches!(nowhere.kind(), ErrorKind::Forbidden { permission: Some(_) }), "{nowhere}");
}

#[tokio::test]
async fn a_list_of_many_keys_says_that_it_may_be_cut() {
    let grafana = start(Generation::V9_4, |_| {});
    for number in 0..250 {
        let role = simulator::grafana::Role::Viewer;
        grafana.create_api_key(1, &format!("k{number:03}"), role, None).unwrap();
    }
    let list = client(&grafana).api_keys().list(true).await.unwrap();
    assert_eq!((list.keys.len(), list.may_be_cut), (100, true));
}

#[tokio::test]
async fn every_account_is_found_beyond_one_page() {
    let grafana = start(Generation::V9_4, |_| {});
    for number in 0..1001 {
        let role = simulator::grafana::Role::Viewer;
        grafana.create_service_account(1, &format!("a{number}"), role).unwrap();
    }
    let found = client(&grafana).service_accounts().search("").await.unwrap();
    assert_eq!(found.len(), 1001);
    assert_eq!(grafana.journal().count("GET", "/api/serviceaccounts/search"), 2);
}

#[tokio::test]
async fn a_lost_answer_leaves_one_key_and_is_told() {
    let grafana = start(Generation::V9_4, |_| {});
    let keys = client(&grafana).api_keys();
    let role = Role::Viewer;
    grafana.faults().push(Fault::on("POST", "/api/auth/keys").reset_after());
    let lost = keys.create("a", role, None).await.unwrap_err();
    assert_eq!(lost.carried_out(), CarriedOut::Maybe, "{lost}");
    grafana.faults().push(Fault::on("POST", "/api/auth/keys").reset_before());
    assert!(keys.create("b", role, None).await.is_err());
    grafana.faults().push(Fault::on("POST", "/api/auth/keys").status(503));
    assert!(keys.create("c", role, None).await.is_err());
    grafana.faults().push(Fault::on("POST", "/api/auth/keys").retry_after("0"));
    assert!(keys.create("d", role, None).await.is_err());
    let names: Vec<_> = grafana.api_keys(1).into_iter().map(|key| key.name).collect();
    assert_eq!(names, ["a"]);
    assert_eq!(grafana.journal().count("POST", "/api/auth/keys"), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_wrong_passwords_do_not_lock_the_administrator() {
    let grafana = start(Generation::V9_4, |_| {});
    let wrong = client_as(&grafana, "admin:wrong");
    let tasks = (0..10).map(|_| {
        let client = wrong.clone();
        tokio::spawn(async move { client.instance().await.map(drop) })
    });
    let results = join_all(tasks).await;
    assert!(
        results
            .iter()
            .all(|result| matches!(result, Ok(Err(error)) if *error.kind() == ErrorKind::Refused))
    );
    assert_eq!(grafana.journal().entries().len(), 1);
    assert!(client(&grafana).instance().await.is_ok());
}

#[tokio::test]
async fn a_wrong_sub_path_is_told_from_a_missing_api() {
    let grafana = start(Generation::V9_4, |options| options.sub_path = "/grafana".to_owned());
    assert!(client(&grafana).own_organization().await.is_ok());
    let root = grafana.url().replace("/grafana", "");
    for url in [format!("{root}/other"), root] {
        let error = client_at(&url, "admin:admin").api_keys().list(true).await.unwrap_err();
        assert!(error.is_unreachable() && !error.is_not_offered(), "{error}");
    }
}

#[tokio::test]
async fn limits_on_life_have_their_error() {
    for generation in GENERATIONS {
        let grafana = start(generation, |options| options.api_key_max_seconds_to_live = Some(3600));
        let client = client(&grafana);
        for (life, expected) in [(None, LifeLimit::Required), (Some(3601), LifeLimit::TooLong)] {
            let error = if generation < Generation::V11_3 {
                client.api_keys().create("a", Role::Viewer, life).await.unwrap_err()
            } else {
                let name = format!("a{life:?}");
                let account = client.service_accounts().create(&name, Role::Viewer).await.unwrap();
                let made = client.service_accounts().create_token(account.id, "a", life).await;
                made.unwrap_err()
            };
            assert!(*error.kind() == ErrorKind::LifeLimited(expected), "{generation:?}: {error}");
        }
    }
}

#[tokio::test]
async fn a_license_is_installed_renewed_and_removed() {
    for generation in GENERATIONS {
        let grafana = start(generation, |_| {});
        let client = client(&grafana);
        let licensing = client.licensing().unwrap();
        assert_eq!(licensing.claims().await, Ok(None));
        assert!(!licensing.check().await.unwrap());
        let token = grafana.mint_license().unwrap().into();
        let offline = license_token::decode(&token).unwrap();
        licensing.install(&token).await.unwrap();
        let active = licensing.claims().await.unwrap().unwrap();
        assert!(licensing.check().await.unwrap());
        assert_eq!(active.license_id, offline.license_id);
        assert_eq!(active.expires_at, offline.expires_at);
        let instance = client.instance().await.unwrap();
        assert_eq!(instance.edition, Edition::Enterprise);
        let subject = active.subject.unwrap();
        assert!(same_root_url(&instance.app_url, &subject));
        licensing.renew().await.unwrap();
        let renewed = licensing.claims().await.unwrap().unwrap();
        assert_eq!(renewed.license_id, offline.license_id);
        assert_ne!(renewed.token_id, offline.token_id);
        assert!(licensing.refresh_stats().await.unwrap().active_users.is_some());
        let wrong = licensing.remove("https://wrong.example.com/").await.unwrap_err();
        assert!(matches!(wrong.kind(), ErrorKind::WrongInstance { .. }), "{wrong}");
        licensing.remove(&subject).await.unwrap();
        assert_eq!(licensing.claims().await, Ok(None));
        licensing.remove(&subject).await.unwrap();
    }
}

#[tokio::test]
async fn no_license_is_seen_in_either_answer() {
    for answer in [NoLicense::NotFound, NoLicense::Zeros] {
        let grafana = start(Generation::V12_1, |options| options.no_license = answer);
        assert_eq!(client(&grafana).licensing().unwrap().claims().await, Ok(None), "{answer:?}");
    }
}

#[tokio::test]
async fn open_source_says_so() {
    for generation in GENERATIONS {
        let grafana = start(generation, |options| options.enterprise = false);
        let error = client(&grafana).licensing().unwrap().claims().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::NotEnterprise { .. }), "{generation:?}: {error}");
    }
}

#[tokio::test]
async fn a_missing_licensing_permission_is_named() {
    let grafana = start(Generation::V12_1, |_| {});
    grafana.create_user("reader", "pw12345").unwrap();
    grafana.add_member(1, "reader", simulator::grafana::Role::Viewer).unwrap();
    grafana.set_permissions("reader", &["licensing:read"]).unwrap();
    let licensing = client_as(&grafana, "reader:pw12345").licensing().unwrap();
    assert!(!licensing.check().await.unwrap());
    let error = licensing.install(&grafana.mint_license().unwrap().into()).await.unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::Forbidden { permission: Some(name) } if name.contains("licensing:")),
        "{error}"
    );
}

#[tokio::test]
async fn a_refused_license_token_is_not_shown() {
    let grafana = start(Generation::V12_1, |_| {});
    let other = start(Generation::V12_1, |_| {});
    let token = other.mint_license().unwrap();
    let error =
        client(&grafana).licensing().unwrap().install(&token.as_str().into()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (&ErrorKind::Invalid, Some(400)), "{error}");
    assert!(!format!("{error} {error:?}").contains(&token));
}

#[tokio::test]
async fn a_certificate_that_proves_nothing_is_refused_at_once_and_can_be_skipped() {
    for flaw in [Flaw::Expired, Flaw::NotYetValid, Flaw::OtherName, Flaw::OtherPurpose] {
        let grafana = start(Generation::V12_1, |options| options.tls = Some(Tls::flawed(flaw)));
        let client = |insecure_skip_verify| {
            let mut made = Made::at(&grafana.url());
            made.auth = Auth::parse(&"admin:admin".into()).unwrap();
            made.ca_cert = grafana.ca_pem().map(str::to_owned);
            made.insecure_skip_verify = insecure_skip_verify;
            made.client()
        };
        let error = client(false).own_organization().await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Connect { tls: true, .. }), "{flaw:?}: {error}");
        assert!(grafana.journal().entries().is_empty(), "{flaw:?}");
        assert_eq!(client(true).own_organization().await.unwrap(), 1, "{flaw:?}");
    }
}
