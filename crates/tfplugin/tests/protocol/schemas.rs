//! What Terraform is told of the provider.

use serde_json::Value as Json;
use tfplugin::proto::tfplugin6::schema::nested_block::NestingMode as BlockNesting;
use tfplugin::proto::tfplugin6::schema::object::NestingMode;
use tfplugin::proto::tfplugin6::*;
use tfplugin::testing::Client;

use crate::provider::Everything;

async fn client() -> Client {
    Client::start(Everything::default()).await
}

async fn schemas() -> get_provider_schema::Response {
    let request = get_provider_schema::Request::default();
    client().await.rpcs().get_provider_schema(request).await.unwrap().into_inner()
}

fn attribute<'a>(block: &'a schema::Block, name: &str) -> &'a schema::Attribute {
    block.attributes.iter().find(|it| it.name == name).unwrap()
}

#[tokio::test]
async fn everything_offered_is_in_both_answers() {
    let mut rpcs = client().await.rpcs();
    let metadata = rpcs.get_metadata(get_metadata::Request::default()).await.unwrap().into_inner();
    let schemas = schemas().await;
    assert_eq!(metadata.diagnostics, []);
    assert!(
        metadata.resources.iter().all(|it| schemas.resource_schemas.contains_key(&it.type_name))
    );
    assert_eq!((metadata.resources.len(), schemas.resource_schemas.len()), (5, 5));
    assert_eq!((metadata.data_sources.len(), schemas.data_source_schemas.len()), (1, 1));
    assert_eq!((metadata.functions.len(), schemas.functions.len()), (2, 2));
    assert_eq!(
        (metadata.ephemeral_resources.len(), schemas.ephemeral_resource_schemas.len()),
        (1, 1)
    );
    assert_eq!((metadata.list_resources.len(), schemas.list_resource_schemas.len()), (1, 1));
    assert_eq!((metadata.actions.len(), schemas.action_schemas.len()), (1, 1));
    for capabilities in [metadata.server_capabilities, schemas.server_capabilities] {
        let capabilities = capabilities.unwrap();
        assert!(capabilities.plan_destroy && capabilities.get_provider_schema_optional);
        assert!(capabilities.move_resource_state && capabilities.generate_resource_config);
    }
}

#[tokio::test]
async fn attributes_are_as_their_fields() {
    let schemas = schemas().await;
    let all = &schemas.resource_schemas["test_everything"];
    assert_eq!(all.version, 2);
    let block = all.block.as_ref().unwrap();
    assert_eq!((block.version, block.description.as_str()), (2, "Everything."));
    let text = attribute(block, "text");
    assert!(text.required && !text.optional && !text.computed);
    assert_eq!(text.r#type, br#""string""#);
    let flag = attribute(block, "flag");
    assert!(flag.optional && flag.computed);
    assert!(attribute(block, "secret").sensitive && attribute(block, "secret_wo").write_only);
    let old = attribute(block, "old");
    assert_eq!((old.deprecated, old.deprecation_message.as_str()), (true, "Use `text`."));
    let types = [
        ("huge", r#""number""#),
        ("flag", r#""bool""#),
        ("anything", r#""dynamic""#),
        ("list", r#"["list","string"]"#),
        ("set", r#"["set","string"]"#),
        ("map", r#"["map","string"]"#),
    ];
    for (name, ty) in types {
        assert_eq!(attribute(block, name).r#type, ty.as_bytes(), "{name}");
    }
    let nestings = [
        ("single", NestingMode::Single),
        ("many", NestingMode::List),
        ("unique", NestingMode::Set),
        ("by_key", NestingMode::Map),
    ];
    for (name, nesting) in nestings {
        let nested = attribute(block, name).nested_type.as_ref().unwrap();
        assert_eq!((nested.nesting(), nested.attributes.len()), (nesting, 5), "{name}");
    }
    let nested: Vec<_> =
        block.block_types.iter().map(|it| (it.type_name.as_str(), it.nesting())).collect();
    assert_eq!(nested, [("bell", BlockNesting::List), ("timeouts", BlockNesting::Single)]);
}

#[tokio::test]
async fn functions_tell_their_parameters() {
    let mut rpcs = client().await.rpcs();
    let request = get_functions::Request::default();
    let functions = rpcs.get_functions(request).await.unwrap().into_inner().functions;
    assert_eq!(functions, schemas().await.functions);
    let join = &functions["join_texts"];
    assert_eq!(join.summary, "Joins texts.");
    assert!(join.description.contains("Nothing comes between null ones."));
    let parameters: Vec<_> =
        join.parameters.iter().map(|it| (it.name.as_str(), it.allow_null_value)).collect();
    assert_eq!(parameters, [("separator", false), ("times", true)]);
    let variadic = join.variadic_parameter.as_ref().unwrap();
    assert_eq!((variadic.name.as_str(), &variadic.r#type[..]), ("texts", &br#""string""#[..]));
    let ty: Json = serde_json::from_slice(&functions["length_of"].parameters[0].r#type).unwrap();
    assert_eq!(ty, serde_json::json!(["list", "number"]));
}

#[tokio::test]
async fn only_what_has_an_identity_tells_one() {
    let mut rpcs = client().await.rpcs();
    let request = get_resource_identity_schemas::Request::default();
    let schemas = rpcs.get_resource_identity_schemas(request).await.unwrap().into_inner();
    let [(type_name, identity)] = &schemas.identity_schemas.iter().collect::<Vec<_>>()[..] else {
        panic!("{schemas:?}")
    };
    assert_eq!(*type_name, "test_thing");
    let required: Vec<_> =
        identity.identity_attributes.iter().map(|it| it.required_for_import).collect();
    assert_eq!(required, [true, false]);
}
