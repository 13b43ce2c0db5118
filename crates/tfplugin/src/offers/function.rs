//! Functions, with their types erased.

use crate::function::{Function, FunctionError, FunctionSignature, Parameters};
use crate::path::Step;
use crate::schema::{Attribute, AttributeKind};
use crate::value::{AnyValue, AttributeValue, Type, sentence};

pub(crate) trait AnyFunction: Send + Sync {
    fn summary(&self) -> &'static str;
    fn description(&self) -> &'static str;
    fn parameters(&self) -> &[Attribute];
    fn is_variadic(&self) -> bool;
    fn return_type(&self) -> &Type;
    fn returns(&self) -> AttributeKind;
    fn call(&self, arguments: Vec<AnyValue>) -> Result<AnyValue, FunctionError>;

    fn signature(&self, name: &str) -> FunctionSignature {
        FunctionSignature {
            name: name.to_owned(),
            summary: self.summary().to_owned(),
            description: self.description().to_owned(),
            parameters: self.parameters().to_vec(),
            is_variadic: self.is_variadic(),
            returns: self.returns(),
        }
    }
}

pub(crate) struct Entry<F> {
    function: F,
    parameters: Vec<Attribute>,
    return_type: Type,
}

impl<F: Function> Entry<F> {
    pub(crate) fn new(function: F) -> Self {
        let parameters = F::Parameters::parameters();
        Entry { function, parameters, return_type: F::Return::kind().ty() }
    }
}

impl<F: Function> AnyFunction for Entry<F> {
    fn summary(&self) -> &'static str {
        F::Parameters::SUMMARY
    }

    fn description(&self) -> &'static str {
        F::Parameters::DESCRIPTION
    }

    fn parameters(&self) -> &[Attribute] {
        &self.parameters
    }

    fn is_variadic(&self) -> bool {
        F::Parameters::VARIADIC
    }

    fn return_type(&self) -> &Type {
        &self.return_type
    }

    fn returns(&self) -> AttributeKind {
        F::Return::kind()
    }

    fn call(&self, arguments: Vec<AnyValue>) -> Result<AnyValue, FunctionError> {
        let parameters = F::Parameters::decode(arguments).map_err(|error| {
            let argument = match error.path.steps().first() {
                Some(Step::Index(position)) => Some(*position as i64),
                _ => None,
            };
            FunctionError { argument, ..FunctionError::new(sentence(&error)) }
        })?;
        Ok(self.function.call(parameters)?.encode().normalized(&self.return_type))
    }
}
