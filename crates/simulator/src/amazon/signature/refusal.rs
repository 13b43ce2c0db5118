//! Why AWS does not take a signature, in the words of its two families of protocols.

const UNKNOWN_TOKEN: &str = "The security token included in the request is invalid.";
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

/// A request without a signature that can be accepted. Always answered with 403.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// There is no `Authorization` header.
    MissingToken,
    /// A part of the signature is missing or unreadable; the text says which.
    Incomplete(String),
    /// The access key, or the session token that goes with it, is not known.
    UnknownKey,
    /// Scope, date or signed headers are wrong; the text says how.
    Invalid(String),
    /// The signature is not the one that this request gets with this secret.
    Mismatch {
        /// The canonical request that should have been hashed, secrets left out.
        canonical: String,
        /// The text that should have been signed.
        to_sign: String,
    },
    /// Temporary credentials past their end.
    Expired,
}

impl Refusal {
    /// The error type in the JSON protocols (`grafana`, `sso`).
    pub fn json_type(&self) -> &'static str {
        match self {
            Self::MissingToken => "MissingAuthenticationTokenException",
            Self::Incomplete(_) => "IncompleteSignatureException",
            Self::UnknownKey => "UnrecognizedClientException",
            Self::Invalid(_) | Self::Mismatch { .. } => "InvalidSignatureException",
            Self::Expired => "ExpiredTokenException",
        }
    }

    /// The error code in the query protocol (`sts`).
    pub fn query_code(&self) -> &'static str {
        match self {
            Self::MissingToken => "MissingAuthenticationToken",
            Self::Incomplete(_) => "IncompleteSignature",
            Self::UnknownKey => "InvalidClientTokenId",
            Self::Invalid(_) | Self::Mismatch { .. } => "SignatureDoesNotMatch",
            Self::Expired => "ExpiredToken",
        }
    }

    /// The message. A mismatch shows what should have been signed, as AWS does.
    pub fn message(&self) -> String {
        match self {
            Self::MissingToken => "Missing Authentication Token".into(),
            Self::Incomplete(text) | Self::Invalid(text) => text.clone(),
            Self::UnknownKey => UNKNOWN_TOKEN.into(),
            Self::Mismatch { canonical, to_sign } => format!(
                "{MISMATCH}\n\nThe Canonical String for this request should have been\n'{}'\n\nThe String-to-Sign should have been\n'{to_sign}'\n",
                canonical
            ),
            Self::Expired => "The security token included in the request is expired".into(),
        }
    }
}

/// `canonical` with the secret headers' values left out. It holds the session token and the token
/// of Grafana Labs among the headers: the caller knows them, a log that keeps the message must not.
pub(super) fn without_secrets(canonical: &str) -> String {
    let secret = |line: &str| {
        ["x-amz-security-token", "grafana-token"]
            .into_iter()
            .find(|name| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(':')))
    };
    let lines: Vec<String> = canonical
        .split('\n')
        .map(|line| secret(line).map_or_else(|| line.to_owned(), |name| format!("{name}:…")))
        .collect();
    lines.join("\n")
}
