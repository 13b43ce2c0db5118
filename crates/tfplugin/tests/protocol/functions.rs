//! Functions.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};
use tfplugin::proto::tfplugin6 as wire;
use tfplugin::testing::{Client, unknown};
use tfplugin::{AnyValue, Function, FunctionError, Object, Offers, Parameters, Value};

use crate::provider::Everything;

async fn join(arguments: &[Json]) -> Result<Json, FunctionError> {
    Client::start(Everything::default()).await.call("join_texts", arguments).await
}

#[tokio::test]
async fn any_number_of_arguments_is_taken() {
    let (dash, once) = (json!("-"), json!(1));
    assert_eq!(join(&[dash.clone(), once.clone(), json!("a")]).await, Ok(json!("a")));
    let many = [dash.clone(), json!(2), json!("a"), json!(null), json!("b")];
    assert_eq!(join(&many).await, Ok(json!("a--b")));
    let error = join(&[dash, once]).await.unwrap_err();
    assert_eq!(error, FunctionError::new("Nothing to join."));
}

#[tokio::test]
async fn null_and_unknown_are_taken_where_the_parameter_says_so() {
    let (dash, a) = (json!("-"), json!("a"));
    assert_eq!(join(&[dash.clone(), json!(null), a.clone()]).await, Ok(a));
    assert_eq!(join(&[dash, json!(1), unknown()]).await, Ok(unknown()));
}

#[tokio::test]
async fn errors_name_their_argument() {
    let error = join(&[json!(""), json!(1), json!("a")]).await.unwrap_err();
    assert_eq!(error, FunctionError::in_argument(0, "Expected a separator."));
    let error = join(&[json!("-"), json!(1.5), json!("a")]).await.unwrap_err();
    assert_eq!(error.argument, Some(1));
    assert!(error.text.contains("whole number"), "{}", error.text);
    let client = Client::start(Everything::default()).await;
    let error = client.call("length_of", &[json!([1, null])]).await.unwrap_err();
    assert_eq!(error.argument, Some(0));
}

#[tokio::test]
async fn an_argument_too_many_is_refused() {
    let client = Client::start(Everything::default()).await;
    let error = client.call("length_of", &[json!([1]), json!([2])]).await.unwrap_err();
    assert_eq!(error, FunctionError::in_argument(1, "Too many arguments: expected 1, but got 2"));
}

#[test]
fn terraform_adds_the_full_stop() {
    assert_eq!(FunctionError::new("Nothing to join.").text, "Nothing to join");
}

/// How a text is rendered.
#[derive(Object)]
struct Style {
    /// What comes before.
    #[attr(required)]
    prefix: Value<String>,
    /// In capitals.
    #[attr(optional)]
    is_loud: Value<bool>,
}

/// Renders a text.
#[derive(Parameters)]
#[function("render")]
struct Render {
    /// The text.
    text: String,
    /// What stands for its names.
    values: BTreeMap<String, String>,
    /// What is left as it is.
    without: BTreeSet<String>,
    /// How.
    style: Style,
    /// More of them.
    #[variadic]
    more: Vec<Style>,
}

struct Renders;

impl Function for Renders {
    type Parameters = Render;
    type Return = BTreeSet<String>;

    fn call(&self, render: Render) -> Result<BTreeSet<String>, FunctionError> {
        let mut text = render.text;
        for (name, value) in
            render.values.iter().filter(|(name, _)| !render.without.contains(*name))
        {
            text = text.replace(name, value);
        }
        let styled = |style: Style| {
            let text = format!("{}{text}", style.prefix.into_known().unwrap_or_default());
            if style.is_loud == true.into() { text.to_uppercase() } else { text }
        };
        Ok([render.style].into_iter().chain(render.more).map(styled).collect())
    }
}

/// What kind of thing something is, and the thing.
#[derive(Parameters)]
#[function("look")]
struct Look {
    /// Anything.
    thing: Value<AnyValue>,
}

struct Looks;

impl Function for Looks {
    type Parameters = Look;
    type Return = Value<AnyValue>;

    fn call(&self, Look { thing }: Look) -> Result<Value<AnyValue>, FunctionError> {
        match thing.known().map(AnyValue::untyped) {
            Some(AnyValue::Bool(_)) => Err(FunctionError::in_argument(0, "Expected no bool")),
            _ => Ok(thing),
        }
    }
}

async fn of_every_type() -> Client {
    Client::of(Offers::new().function(Renders).function(Looks), ()).await
}

#[tokio::test]
async fn maps_sets_and_objects_are_taken_and_returned() {
    let client = of_every_type().await;
    let (values, without) = (json!({ "x": "1", "y": "2" }), json!(["y", "z", "y"]));
    let style = json!({ "prefix": "> ", "is_loud": true });
    let arguments = [json!("x y"), values, without, style];
    assert_eq!(client.call("render", &arguments).await, Ok(json!(["> 1 Y"])));
    let more = [&arguments[..], &[json!({ "prefix": "b" }), json!({ "prefix": "a" })]].concat();
    assert_eq!(client.call("render", &more).await, Ok(json!(["> 1 Y", "a1 y", "b1 y"])));
}

#[tokio::test]
async fn what_is_optional_in_an_object_may_be_left_out() {
    let client = of_every_type().await;
    let functions = client.rpcs().get_functions(wire::get_functions::Request {}).await.unwrap();
    let render = &functions.get_ref().functions["render"];
    let of = |parameter: &wire::function::Parameter| -> Json {
        serde_json::from_slice(&parameter.r#type).unwrap()
    };
    let style = json!(["object", { "is_loud": "bool", "prefix": "string" }, ["is_loud"]]);
    assert_eq!(of(&render.parameters[3]), style);
    assert_eq!(of(render.variadic_parameter.as_ref().unwrap()), style);
}

#[tokio::test]
async fn a_dynamic_argument_is_anything_and_brings_its_type() {
    let client = of_every_type().await;
    for (thing, ty) in [
        (json!(1), json!("number")),
        (json!("text"), json!("string")),
        (json!(["a", 1, null]), json!(["tuple", ["string", "number", "dynamic"]])),
        (
            json!({ "a": { "b": [] } }),
            json!(["object", { "a": ["object", { "b": ["tuple", []] }] }]),
        ),
    ] {
        let looked = client.call("look", std::slice::from_ref(&thing)).await.unwrap();
        assert_eq!(looked, json!({ "type": ty, "value": thing }));
    }
    for thing in [json!(null), unknown()] {
        assert_eq!(client.call("look", std::slice::from_ref(&thing)).await, Ok(thing));
    }
    let error = client.call("look", &[json!(true)]).await.unwrap_err();
    assert_eq!(error.argument, Some(0));
}
