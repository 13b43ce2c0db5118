//! `decode_license_token`: the claims of a license token, offline.

use tfplugin::{Function, FunctionError, Object, Parameters, Secret};

use crate::claims::{ClaimAttributes, with_claims};
use crate::grafana::license_token;

/// Reads the claims of a Grafana Enterprise license token.
///
/// Nothing is asked of Grafana, and the signature is not checked: its key is inside Grafana
/// Enterprise. Claims that are missing, zero or empty are null. The result of a sensitive or
/// ephemeral token is sensitive or ephemeral too.
#[derive(Parameters)]
#[function("decode_license_token")]
pub struct DecodeLicenseTokenParameters {
    /// The license token: the content of `license.jwt`.
    pub token: Secret,
}

with_claims! {
    /// The claims of a license token.
    #[derive(Object, Clone, Debug, Default)]
    pub struct TokenClaims {}
}

/// The function.
#[derive(Clone, Copy, Debug)]
pub struct DecodeLicenseToken;

impl Function for DecodeLicenseToken {
    type Parameters = DecodeLicenseTokenParameters;
    type Return = TokenClaims;

    fn call(&self, parameters: DecodeLicenseTokenParameters) -> Result<TokenClaims, FunctionError> {
        let claims = license_token::decode(&parameters.token.into())
            .map_err(|error| FunctionError::in_argument(0, format!("{error}.")))?;
        let mut shown = TokenClaims::default();
        shown.show(&claims);
        Ok(shown)
    }
}
