//! Functions.

use serde_json::{Value as Json, json};
use tfplugin::FunctionError;
use tfplugin::testing::{Client, unknown};

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
