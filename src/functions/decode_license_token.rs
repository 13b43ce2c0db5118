//! `decode_license_token`: the claims of a license token, offline.

use tfplugin::{Function, FunctionError, Object, Parameters, Secret};

use crate::grafana::license_token;
use crate::license::claims::{ClaimAttributes, with_claims};

/// Reads what a Grafana Enterprise license token grants.
///
/// The function does not contact Grafana and does not check the signature, because the key for that is inside Grafana
/// Enterprise. Claims that are missing, zero or empty are null. The result of a sensitive or ephemeral token is
/// sensitive or ephemeral as well. In `provider::grafana::`, `grafana` is the local name of this provider.
///
/// ~> **Not in the `validation` of a variable.** If that fails, older versions of Terraform, such as 1.11, print the
/// variable's value although it is sensitive. A `precondition` does not print it.
#[derive(Parameters)]
#[function("decode_license_token")]
pub struct DecodeLicenseTokenParameters {
    /// License token: the contents of `license.jwt`.
    pub token: Secret,
}

with_claims! {
    /// The claims of a license token.
    #[derive(Object, Clone, Debug, Default)]
    pub struct TokenClaims {}
}

/// Decodes license tokens.
#[derive(Clone, Copy, Debug)]
pub struct DecodeLicenseTokenFunction;

impl Function for DecodeLicenseTokenFunction {
    type Parameters = DecodeLicenseTokenParameters;
    type Return = TokenClaims;

    fn call(&self, parameters: DecodeLicenseTokenParameters) -> Result<TokenClaims, FunctionError> {
        let claims = license_token::decode(&parameters.token.into())
            .map_err(|error| FunctionError::in_argument(0, error.to_string()))?;
        let mut shown = TokenClaims::default();
        shown.show(&claims);
        Ok(shown)
    }
}
