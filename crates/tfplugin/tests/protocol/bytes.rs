//! Requests that no Terraform sends: types that are not there, and bytes that are no value.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;
use tfplugin::proto::tfplugin6::*;
use tfplugin::testing::Client;
use tokio_stream::StreamExt;

use crate::provider::{client, summaries};

fn rubbish() -> Option<DynamicValue> {
    Some(DynamicValue { msgpack: vec![0xc1, 0xff, 0x00], json: Vec::new() })
}

fn raw() -> Option<RawState> {
    Some(RawState { json: b"{".to_vec(), ..Default::default() })
}

/// Asks every call that takes a type for one; what is said in all answers.
macro_rules! ask {
    ($client:ident, $($rpc:ident($module:ident { $($field:ident: $value:expr),* $(,)? })),* $(,)?) => {{
        let mut said = Vec::new();
        $({
            // Some requests have no other fields.
            #[allow(clippy::needless_update)]
            let request = $module::Request { $($field: $value,)* ..Default::default() };
            let answer = $client.rpcs().$rpc(request).await.expect("answers").into_inner();
            said.push((stringify!($rpc), answer.diagnostics));
        })*
        said
    }};
}

#[tokio::test]
async fn types_that_are_not_there_are_told() {
    let client = client().await;
    let none = || "test_nothing".to_owned();
    let said = ask!(
        client,
        validate_resource_config(validate_resource_config { type_name: none() }),
        upgrade_resource_state(upgrade_resource_state { type_name: none(), raw_state: raw() }),
        upgrade_resource_identity(upgrade_resource_identity { type_name: none() }),
        read_resource(read_resource { type_name: none() }),
        plan_resource_change(plan_resource_change { type_name: none() }),
        apply_resource_change(apply_resource_change { type_name: none() }),
        import_resource_state(import_resource_state { type_name: none() }),
        move_resource_state(move_resource_state { target_type_name: none() }),
        generate_resource_config(generate_resource_config { type_name: none() }),
        validate_data_resource_config(validate_data_resource_config { type_name: none() }),
        read_data_source(read_data_source { type_name: none() }),
        validate_ephemeral_resource_config(validate_ephemeral_resource_config {
            type_name: none()
        }),
        open_ephemeral_resource(open_ephemeral_resource { type_name: none() }),
        renew_ephemeral_resource(renew_ephemeral_resource { type_name: none() }),
        close_ephemeral_resource(close_ephemeral_resource { type_name: none() }),
        validate_list_resource_config(validate_list_resource_config { type_name: none() }),
        validate_action_config(validate_action_config { type_name: none() }),
        plan_action(plan_action { action_type: none() }),
    );
    for (rpc, said) in said {
        assert_eq!(said.len(), 1, "{rpc}");
        assert!(said[0].summary.starts_with("Unknown "), "{rpc}: {said:?}");
        assert!(said[0].detail.contains("test_nothing"), "{rpc}: {said:?}");
    }
    let request = call_function::Request { name: none(), ..Default::default() };
    let error = client.rpcs().call_function(request).await.unwrap().into_inner().error.unwrap();
    assert!(error.text.contains("Unknown function"), "{}", error.text);
    let request = list_resource::Request { type_name: none(), ..Default::default() };
    let mut events = client.rpcs().list_resource(request).await.unwrap().into_inner();
    let event = events.next().await.unwrap().unwrap();
    assert_eq!(summaries(&event.diagnostic), ["Unknown list resource"]);
    let request = invoke_action::Request { action_type: none(), ..Default::default() };
    let mut events = client.rpcs().invoke_action(request).await.unwrap().into_inner();
    let Some(invoke_action::event::Type::Completed(ended)) =
        events.next().await.unwrap().unwrap().r#type
    else {
        panic!("no end")
    };
    assert_eq!(summaries(&ended.diagnostics), ["Unknown action"]);
}

#[tokio::test]
async fn bytes_that_are_no_value_are_told() {
    let client = client().await;
    let thing = || "test_thing".to_owned();
    let identity = || Some(ResourceIdentityData { identity_data: rubbish() });
    let said = ask!(
        client,
        validate_provider_config(validate_provider_config { config: rubbish() }),
        configure_provider(configure_provider { config: rubbish() }),
        validate_resource_config(validate_resource_config {
            type_name: thing(),
            config: rubbish()
        }),
        upgrade_resource_state(upgrade_resource_state {
            type_name: thing(),
            version: 3,
            raw_state: raw()
        }),
        upgrade_resource_identity(upgrade_resource_identity {
            type_name: thing(),
            raw_identity: raw()
        }),
        read_resource(read_resource { type_name: thing(), current_state: rubbish() }),
        read_resource(read_resource { type_name: thing(), current_identity: identity() }),
        plan_resource_change(plan_resource_change { type_name: thing(), config: rubbish() }),
        plan_resource_change(plan_resource_change { type_name: thing(), prior_state: rubbish() }),
        apply_resource_change(apply_resource_change {
            type_name: thing(),
            planned_state: rubbish()
        }),
        import_resource_state(import_resource_state { type_name: thing(), identity: identity() }),
        generate_resource_config(generate_resource_config { type_name: thing(), state: rubbish() }),
        validate_data_resource_config(validate_data_resource_config {
            type_name: "test_fact".to_owned(),
            config: rubbish()
        }),
        read_data_source(read_data_source { type_name: "test_fact".to_owned(), config: rubbish() }),
        validate_ephemeral_resource_config(validate_ephemeral_resource_config {
            type_name: "test_loan".to_owned(),
            config: rubbish()
        }),
        open_ephemeral_resource(open_ephemeral_resource {
            type_name: "test_loan".to_owned(),
            config: rubbish()
        }),
        validate_list_resource_config(validate_list_resource_config {
            type_name: thing(),
            config: rubbish()
        }),
        validate_action_config(validate_action_config {
            type_name: "test_ring".to_owned(),
            config: rubbish()
        }),
        plan_action(plan_action { action_type: "test_ring".to_owned(), config: rubbish() }),
    );
    for (rpc, said) in said {
        assert_eq!(summaries(&said), ["Unreadable value"], "{rpc}");
    }
    let request = call_function::Request {
        name: "length_of".to_owned(),
        arguments: rubbish().into_iter().collect(),
    };
    let error = client.rpcs().call_function(request).await.unwrap().into_inner().error.unwrap();
    assert!(error.text.contains("Unreadable value"), "{}", error.text);
}

#[tokio::test]
async fn requests_with_nothing_in_them_are_answered() {
    let client = client().await;
    let said = ask!(
        client,
        plan_resource_change(plan_resource_change { type_name: "test_thing".to_owned() }),
        apply_resource_change(apply_resource_change { type_name: "test_thing".to_owned() }),
        read_resource(read_resource { type_name: "test_thing".to_owned() }),
        move_resource_state(move_resource_state { target_type_name: "test_thing".to_owned() }),
        upgrade_resource_state(upgrade_resource_state { type_name: "test_thing".to_owned() }),
        renew_ephemeral_resource(renew_ephemeral_resource { type_name: "test_loan".to_owned() }),
        close_ephemeral_resource(close_ephemeral_resource { type_name: "test_loan".to_owned() }),
        validate_resource_config(validate_resource_config { type_name: "test_thing".to_owned() }),
    );
    for (rpc, said) in said {
        assert!(said.iter().all(|it| !it.summary.contains("bug")), "{rpc}: {said:?}");
    }
}

/// What `test_thing` is planned to be, as MessagePack.
async fn packed(client: &Client) -> Vec<u8> {
    let json = br#"{"name":"n","place":"here","mode":null,"made_by":null,"timeouts":{"create":"1s","read":null}}"#;
    let config = Some(DynamicValue { json: json.to_vec(), msgpack: Vec::new() });
    let request = plan_resource_change::Request {
        type_name: "test_thing".to_owned(),
        proposed_new_state: config.clone(),
        config,
        ..Default::default()
    };
    let planned = client.rpcs().plan_resource_change(request).await.unwrap().into_inner();
    assert_eq!(planned.diagnostics, []);
    planned.planned_state.unwrap().msgpack
}

/// Sends this configuration to the calls that answer in a stream; what each says.
async fn stream(
    client: &Client,
    config: Option<DynamicValue>,
) -> Vec<(&'static str, Vec<Diagnostic>)> {
    let mut said = Vec::new();
    let request = list_resource::Request {
        type_name: "test_thing".to_owned(),
        config: config.clone(),
        limit: -1,
        ..Default::default()
    };
    let mut events = client.rpcs().list_resource(request).await.expect("answers").into_inner();
    while let Some(event) = events.next().await {
        said.push(("list_resource", event.expect("an event").diagnostic));
    }
    let action_type = "test_ring".to_owned();
    let request = invoke_action::Request { action_type, config, ..Default::default() };
    let mut events = client.rpcs().invoke_action(request).await.expect("answers").into_inner();
    while let Some(event) = events.next().await {
        if let Some(invoke_action::event::Type::Completed(ended)) = event.expect("an event").r#type
        {
            said.push(("invoke_action", ended.diagnostics));
        }
    }
    said
}

/// Sends these bytes wherever a value can stand; what is said.
async fn send(client: &Client, bytes: &[u8], as_json: bool) -> Vec<Diagnostic> {
    let value = || {
        let (json, msgpack) =
            if as_json { (bytes.to_vec(), vec![]) } else { (vec![], bytes.to_vec()) };
        Some(DynamicValue { json, msgpack })
    };
    let thing = || "test_thing".to_owned();
    let raw_state = || Some(RawState { json: bytes.to_vec(), ..Default::default() });
    let identity = || Some(ResourceIdentityData { identity_data: value() });
    let text = || String::from_utf8_lossy(bytes).into_owned();
    let may_defer =
        || Some(ClientCapabilities { deferral_allowed: as_json, ..ClientCapabilities::default() });
    let mut said = ask!(
        client,
        validate_provider_config(validate_provider_config { config: value() }),
        validate_resource_config(validate_resource_config { type_name: thing(), config: value() }),
        upgrade_resource_state(upgrade_resource_state {
            type_name: thing(),
            version: 3,
            raw_state: raw_state(),
        }),
        upgrade_resource_identity(upgrade_resource_identity {
            type_name: thing(),
            raw_identity: raw_state(),
        }),
        read_resource(read_resource {
            type_name: thing(),
            current_state: value(),
            private: bytes.to_vec(),
            current_identity: identity(),
            client_capabilities: may_defer(),
        }),
        plan_resource_change(plan_resource_change {
            type_name: thing(),
            prior_state: value(),
            proposed_new_state: value(),
            config: value(),
            prior_private: bytes.to_vec(),
            prior_identity: identity(),
            client_capabilities: may_defer(),
            provider_meta: value(),
        }),
        apply_resource_change(apply_resource_change {
            type_name: thing(),
            prior_state: value(),
            planned_state: value(),
            config: value(),
            planned_private: bytes.to_vec(),
            planned_identity: identity(),
        }),
        import_resource_state(import_resource_state {
            type_name: thing(),
            id: text(),
            client_capabilities: may_defer(),
        }),
        import_resource_state(import_resource_state { type_name: thing(), identity: identity() }),
        move_resource_state(move_resource_state {
            source_provider_address: text(),
            source_type_name: thing(),
            source_schema_version: i64::from(bytes.first().copied().unwrap_or(0)) - 1,
            source_state: raw_state(),
            target_type_name: thing(),
            source_private: bytes.to_vec(),
            source_identity: raw_state(),
        }),
        generate_resource_config(generate_resource_config { type_name: thing(), state: value() }),
        read_data_source(read_data_source {
            type_name: "test_fact".to_owned(),
            config: value(),
            client_capabilities: may_defer(),
        }),
        open_ephemeral_resource(open_ephemeral_resource {
            type_name: "test_loan".to_owned(),
            config: value(),
        }),
        renew_ephemeral_resource(renew_ephemeral_resource {
            type_name: "test_loan".to_owned(),
            private: Some(bytes.to_vec()),
        }),
        close_ephemeral_resource(close_ephemeral_resource {
            type_name: "test_loan".to_owned(),
            private: Some(bytes.to_vec()),
        }),
        validate_list_resource_config(validate_list_resource_config {
            type_name: thing(),
            config: value(),
        }),
        plan_action(plan_action { action_type: "test_ring".to_owned(), config: value() }),
    );
    said.extend(stream(client, value()).await);
    for function in ["join_texts", "length_of"] {
        let arguments = std::iter::repeat_with(value).flatten().take(bytes.len() % 5).collect();
        let request = call_function::Request { name: function.to_owned(), arguments };
        let answer = client.rpcs().call_function(request).await.expect("answers").into_inner();
        assert!(answer.error.is_some() != answer.result.is_some(), "one of both");
        let error = answer.error.map(|error| error.text).unwrap_or_default();
        assert!(!error.contains("bug"), "{error}");
    }
    said.into_iter().flat_map(|(_, said)| said).collect()
}

#[test]
fn whatever_stands_for_a_value_every_call_answers_and_none_panics() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let client = runtime.block_on(client());
    let valid = runtime.block_on(packed(&client));
    let changes = proptest::collection::vec((any::<Index>(), any::<u8>(), 0..3u8), 0..4);
    let bytes = prop_oneof![
        1 => proptest::collection::vec(any::<u8>(), 0..64),
        3 => changes.prop_map(move |changes| {
            let mut bytes = valid.clone();
            for (index, byte, kind) in changes {
                let at = index.index(bytes.len() + 1).min(bytes.len());
                match kind {
                    0 => bytes.truncate(at),
                    1 => bytes.insert(at, byte),
                    _ if at < bytes.len() => bytes[at] = byte,
                    _ => bytes.push(byte),
                }
            }
            bytes
        }),
    ];
    let config =
        ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() };
    let sent = TestRunner::new(config).run(&(bytes, any::<bool>()), |(bytes, as_json)| {
        let said = runtime.block_on(send(&client, &bytes, as_json));
        prop_assert!(said.iter().all(|it| !it.summary.contains("bug")), "{:?}", said);
        Ok(())
    });
    sent.unwrap();
}
