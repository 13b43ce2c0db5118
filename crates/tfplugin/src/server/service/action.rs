//! Actions.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use futures::FutureExt;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::Request;
use tracing::Instrument;

use super::run::{Scope, log_answer, panicked, to_wire};
use super::wire::Asked;
use super::{BoxStream, Service, decode, decode_known};
use crate::action::Progress;
use crate::diagnostic::Diagnostic;
use crate::diagnostics::unknown_type;
use crate::proto::tfplugin6::invoke_action::event::{Completed, Progress as Said, Type as Kind};
use crate::proto::tfplugin6::*;
use crate::provider::Provider;

pub(super) async fn validate<P: Provider>(
    scope: Scope<P>,
    request: validate_action_config::Request,
) -> Result<validate_action_config::Response, Diagnostic> {
    let entry = scope.sessions.offers.actions.get(request.type_name.as_str());
    let entry = entry.ok_or_else(|| unknown_type("action", &request.type_name))?;
    let config = decode(request.config.as_ref(), &entry.offered().ty)?;
    let diagnostics = to_wire(&entry.validate(config));
    Ok(validate_action_config::Response { diagnostics })
}

pub(super) async fn plan<P: Provider>(
    scope: Scope<P>,
    request: plan_action::Request,
) -> Result<plan_action::Response, Diagnostic> {
    let entry = scope.sessions.offers.actions.get(request.action_type.as_str());
    let entry = entry.ok_or_else(|| unknown_type("action", &request.action_type))?;
    let configured = scope.configured()?;
    let config = decode(request.config.as_ref(), &entry.offered().ty)?;
    let call = scope.session.call(Vec::new());
    let diagnostics = entry.plan(&configured, config, &call).await;
    Ok(plan_action::Response { diagnostics: to_wire(&diagnostics), deferred: None })
}

fn event(kind: Kind) -> invoke_action::Event {
    invoke_action::Event { r#type: Some(kind) }
}

/// Invokes an action: what it tells on the way, then how it ended.
pub(super) fn invoke<P: Provider>(
    service: &Service<P>,
    request: Request<invoke_action::Request>,
) -> BoxStream<invoke_action::Event> {
    let scope = service.scope(&request);
    let request = request.into_inner();
    let type_name = request.type_name().to_owned();
    let span = service.span("InvokeAction", &type_name);
    let tracker = scope.session.running.clone();
    let (progress, messages) = mpsc::unbounded_channel();
    let (ended, end) = mpsc::unbounded_channel();
    let work = async move {
        let begun = Instant::now();
        let done = AssertUnwindSafe(act(scope, request, Progress(progress))).catch_unwind().await;
        let diagnostics = match done {
            Ok(Ok(diagnostics)) => diagnostics,
            Ok(Err(error)) => vec![error],
            Err(_) => vec![panicked("InvokeAction", &type_name)],
        };
        let diagnostics = to_wire(&diagnostics);
        log_answer(&diagnostics, begun);
        // The caller may have gone; the action has been done all the same.
        let _ = ended.send(Ok(event(Kind::Completed(Completed { diagnostics }))));
    };
    tracker.spawn(work.instrument(span));
    let messages = UnboundedReceiverStream::new(messages)
        .map(|message| Ok(event(Kind::Progress(Said { message }))));
    Box::pin(messages.chain(UnboundedReceiverStream::new(end)))
}

async fn act<P: Provider>(
    scope: Scope<P>,
    request: invoke_action::Request,
    progress: Progress,
) -> Result<Vec<Diagnostic>, Diagnostic> {
    let entry = scope.sessions.offers.actions.get(request.action_type.as_str());
    let entry = entry.ok_or_else(|| unknown_type("action", &request.action_type))?;
    let configured = scope.configured()?;
    let config = decode_known(request.config.as_ref(), &entry.offered().ty)?;
    let call = scope.session.call(Vec::new());
    Ok(entry.invoke(&configured, config, progress, &call).await)
}
