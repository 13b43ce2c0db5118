//! One call: what it is, and the errors that an answer to it can be.

use std::collections::HashSet;
use std::time::Duration;

use aws_sdk_grafana::Client;
use aws_sdk_grafana::config::http::HttpResponse;
use aws_sdk_grafana::config::{Builder, Config};
use aws_sdk_grafana::operation::RequestId;
use secrecy::SecretString;
use tokio::time::Instant;

use super::error::{Error, ErrorKind};
use super::region::Region;
use super::retry::{self, Repeat, Retries};
use super::troubles::{AttemptNotes, Troubles};
use crate::http::{Quoted, Redactor};

/// How many items of a list are read, and how many pages: many times what AWS's quotas allow.
const MOST_ITEMS: usize = 10_000;
const MOST_PAGES: usize = 1_000;

/// Sends the request of a call; what AWS answers, or the error that its answer means.
macro_rules! send {
    ($call:expr, $repeat:expr, $request:expr) => {{
        let request = $request.customize().config_override($call.config($repeat));
        // The SDK's futures are large and nest deep.
        Box::pin(request.send()).await.map_err(|error| $call.failed(error))
    }};
}
pub(super) use send;

/// What is called, where, and with what.
pub(super) struct Call {
    pub(super) operation: &'static str,
    pub(super) region: Region,
    pub(super) endpoint: Option<String>,
    pub(super) deadline: Option<Instant>,
    pub(super) redactor: Redactor,
    pub(super) troubles: Troubles,
    pub(super) client: Client,
}

/// The head of an answer.
pub(super) struct AnswerHead {
    pub(super) status: u16,
    pub(super) request_id: Option<String>,
    pub(super) retry_after: Option<Duration>,
    pub(super) is_html: bool,
}

impl AnswerHead {
    pub(super) fn of(raw: &HttpResponse) -> Self {
        let content_type = raw.headers().get("content-type").unwrap_or_default();
        let body = raw.body().bytes().unwrap_or_default().trim_ascii_start();
        Self {
            status: raw.status().as_u16(),
            request_id: raw.request_id().map(str::to_owned),
            retry_after: retry::retry_after(raw),
            is_html: content_type.starts_with("text/html") || body.starts_with(b"<"),
        }
    }
}

impl Call {
    /// What the request is sent with.
    pub(super) fn config(&self, repeat: Repeat) -> Builder {
        let (operation, troubles) = (self.operation, self.troubles.clone());
        Config::builder()
            .retry_classifier(Retries { repeat, deadline: self.deadline })
            .interceptor(AttemptNotes { operation, troubles })
    }

    /// What AWS or a proxy said. Only the first line: where a signature is wrong, AWS sends the headers
    /// of the request after it.
    pub(super) fn quote(&self, text: &str) -> Quoted {
        self.redactor.quote(text.trim().lines().next().unwrap_or_default())
    }

    pub(super) fn request_id(&self, answer: &AnswerHead) -> Option<Quoted> {
        answer.request_id.as_deref().map(|id| self.quote(id))
    }

    /// An error of this call.
    pub(super) fn error(&self, kind: ErrorKind, message: String) -> Error {
        Error::new(kind, message).during(self.operation)
    }

    /// For an answer without what it must hold.
    pub(super) fn incomplete(&self, what: &str) -> Error {
        let message = format!("The response has no {what}. {}", self.check_endpoint());
        self.error(ErrorKind::UnexpectedAnswer, message).maybe_carried_out()
    }

    /// The secret in an answer, which is shown nowhere from now on.
    pub(super) fn secret(&self, text: String, what: &str) -> Result<SecretString, Error> {
        if text.is_empty() {
            return Err(self.incomplete(what));
        }
        let secret = SecretString::from(text);
        self.redactor.add(&secret);
        Ok(secret)
    }

    /// For an answer that is not one of Amazon Managed Grafana.
    pub(super) fn unexpected(&self, answer: &AnswerHead) -> Error {
        let what = match answer.is_html {
            true => "an HTML page",
            false => "something else",
        };
        let message = format!(
            "Expected a response of Amazon Managed Grafana but got {what} (status {}). {}",
            answer.status,
            self.check_endpoint()
        );
        self.error(ErrorKind::UnexpectedAnswer, message).with_request_id(self.request_id(answer))
    }

    /// For an answer that is longer than any of Amazon Managed Grafana.
    pub(super) fn too_large(&self, limit: usize) -> Error {
        let message = format!("The answer is larger than {limit} bytes. {}", self.check_endpoint());
        self.error(ErrorKind::UnexpectedAnswer, message).maybe_carried_out()
    }

    /// What all pages of a list hold, each read by `page` with the token that the one before ended with. A list
    /// that goes round, or on for longer than one of AWS can, is an error.
    pub(super) async fn all_pages<T, F>(
        &self,
        page: impl Fn(Option<String>) -> F,
    ) -> Result<Vec<T>, Error>
    where
        F: Future<Output = Result<(Vec<T>, Option<String>), Error>>,
    {
        let (mut tokens, mut all, mut next) = (HashSet::new(), Vec::new(), None);
        loop {
            let (items, token) = page(next).await?;
            all.extend(items);
            let Some(token) = token.filter(|token| !token.is_empty()) else { return Ok(all) };
            let is_new = tokens.insert(token.clone());
            let why = match is_new {
                false => "names a page again that was read before".to_owned(),
                true if all.len() > MOST_ITEMS => format!("has more than {MOST_ITEMS} items"),
                true if tokens.len() > MOST_PAGES => format!("has more than {MOST_PAGES} pages"),
                true => {
                    next = Some(token);
                    continue;
                }
            };
            let message = format!("The list does not end: it {why}. {}", self.check_endpoint());
            return Err(self.error(ErrorKind::UnexpectedAnswer, message));
        }
    }

    pub(super) fn check_endpoint(&self) -> String {
        match &self.endpoint {
            Some(endpoint) => format!("Check `endpoint` (`{endpoint}`)."),
            None => "Check AWS_ENDPOINT_URL_GRAFANA, AWS_ENDPOINT_URL and any proxy.".to_owned(),
        }
    }
}
