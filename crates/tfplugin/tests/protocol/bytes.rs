//! Requests that no Terraform sends: types that are not there, and bytes that are no value.

use tfplugin::proto::tfplugin6::*;
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
