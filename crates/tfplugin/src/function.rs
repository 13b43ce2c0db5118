//! Provider functions.

use crate::schema::{Attribute, AttributeKind};
use crate::value::{AnyValue, AttributeValue, DecodeError};

/// A provider function: computed from its arguments alone, without a configured provider.
///
/// ```
/// use tfplugin::testing::{Client, json};
/// use tfplugin::{Function, FunctionError, Offers, Parameters};
///
/// /// Joins texts.
/// ///
/// /// `provider::cloud::join("-", "a", "b")` is `a-b`.
/// #[derive(Parameters)]
/// #[function("join")]
/// struct Join {
///     /// What comes between.
///     separator: String,
///     /// The texts.
///     #[variadic]
///     texts: Vec<String>,
/// }
///
/// struct Joins;
///
/// impl Function for Joins {
///     type Parameters = Join;
///     type Return = String;
///
///     fn call(&self, Join { separator, texts }: Join) -> Result<String, FunctionError> {
///         if separator.is_empty() {
///             return Err(FunctionError::in_argument(0, "Expected a separator"));
///         }
///         Ok(texts.join(&separator))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let client = Client::of(Offers::new().function(Joins), ()).await;
/// assert_eq!(client.call("join", &[json!("-"), json!("a"), json!("b")]).await, Ok(json!("a-b")));
/// let error = client.call("join", &[json!("")]).await.unwrap_err();
/// assert_eq!(error.argument, Some(0));
/// # }
/// ```
pub trait Function: Send + Sync + 'static {
    /// Its name, description and parameters.
    type Parameters: Parameters;
    /// What it returns.
    type Return: AttributeValue;

    /// Computes it.
    ///
    /// # Errors
    /// A text for the user, pointing at an argument where one is at fault.
    fn call(&self, parameters: Self::Parameters) -> Result<Self::Return, FunctionError>;
}

/// The parameters of a function, in the order of the fields: derived with `#[derive(Parameters)]`.
///
/// A parameter is a plain type; one of [`Value`](crate::Value) also takes null and unknown values.
pub trait Parameters: Sized + Send + 'static {
    /// The function's name.
    const NAME: &'static str;
    /// One line.
    const SUMMARY: &'static str;
    /// Markdown.
    const DESCRIPTION: &'static str;
    /// Whether the last parameter takes any number of arguments.
    const VARIADIC: bool = false;

    /// The parameters, as attributes; `mode` is optional where null and unknown are taken.
    fn parameters() -> Vec<Attribute>;

    /// Reads the arguments.
    ///
    /// # Errors
    /// When an argument has another type; the path's index is its position.
    fn decode(arguments: Vec<AnyValue>) -> Result<Self, DecodeError>;
}

/// What a function takes and returns.
#[derive(Clone, Debug)]
pub struct FunctionSignature {
    /// Its name.
    pub name: String,
    /// One line.
    pub summary: String,
    /// Markdown.
    pub description: String,
    /// Its parameters; `mode` is optional where null and unknown are taken.
    pub parameters: Vec<Attribute>,
    /// Whether the last parameter, a list, takes any number of arguments.
    pub is_variadic: bool,
    /// What it returns; an object with its attributes and their descriptions.
    pub returns: AttributeKind,
}

/// Why a function could not be computed.
///
/// ```
/// use tfplugin::FunctionError;
///
/// let error = FunctionError::in_argument(1, "Expected a name without `:`.");
/// assert_eq!((error.text.as_str(), error.argument), ("Expected a name without `:`", Some(1)));
/// assert_eq!(FunctionError::new("Nothing to join").argument, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionError {
    /// For the user, without the full stop that Terraform adds.
    pub text: String,
    /// The position of the argument at fault.
    pub argument: Option<i64>,
}

impl FunctionError {
    /// An error of the function as a whole. A full stop at the end is left out: Terraform adds one.
    pub fn new(text: impl Into<String>) -> Self {
        let mut text = text.into();
        text.truncate(text.trim_end_matches('.').len());
        FunctionError { text, argument: None }
    }

    /// An error in the argument at that position, counted from 0.
    pub fn in_argument(position: i64, text: impl Into<String>) -> Self {
        FunctionError { argument: Some(position), ..Self::new(text) }
    }
}
