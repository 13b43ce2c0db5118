//! List resources.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures::FutureExt;
use tokio::sync::mpsc;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::{ReceiverStream, UnboundedReceiverStream};
use tonic::Request;
use tracing::Instrument;

use super::run::{Scope, log_answer, panicked, to_wire};
use super::wire::Asked;
use super::{BoxStream, Service, decode, decode_known};
use crate::codec::encode;
use crate::diagnostic::Diagnostic;
use crate::diagnostics::unknown_type;
use crate::offers::{AnyList, AnyResource, ListedAny, Wants};
use crate::proto::tfplugin6::*;
use crate::provider::Provider;

type Entry<P> = Arc<dyn AnyList<<P as Provider>::Configured>>;
type Managed<P> = Arc<dyn AnyResource<<P as Provider>::Configured>>;

pub(super) async fn validate<P: Provider>(
    scope: Scope<P>,
    request: validate_list_resource_config::Request,
) -> Result<validate_list_resource_config::Response, Diagnostic> {
    let (entry, _) = entries(&scope, &request.type_name)?;
    let config = decode(request.config.as_ref(), &entry.offered().ty)?;
    let diagnostics = to_wire(&entry.validate(config));
    Ok(validate_list_resource_config::Response { diagnostics })
}

fn entries<P: Provider>(
    scope: &Scope<P>,
    name: &str,
) -> Result<(Entry<P>, Managed<P>), Diagnostic> {
    let offers = &scope.sessions.offers;
    match (offers.lists.get(name), offers.resources.get(name)) {
        (Some(list), Some(resource)) => Ok((list.clone(), resource.clone())),
        _ => Err(unknown_type("list resource", name)),
    }
}

/// Lists what is there: an event for each object, then one for what there is to say.
pub(super) fn list<P: Provider>(
    service: &Service<P>,
    request: Request<list_resource::Request>,
) -> BoxStream<list_resource::Event> {
    let scope = service.scope(&request);
    let request = request.into_inner();
    let type_name = request.type_name().to_owned();
    let span = service.span("ListResource", &type_name);
    let tracker = scope.session.running.clone();
    let (events, listed) = mpsc::channel(64);
    let (ended, end) = mpsc::unbounded_channel();
    let work = async move {
        let begun = Instant::now();
        let done = AssertUnwindSafe(find(scope, request, events)).catch_unwind().await;
        let diagnostics = match done {
            Ok(Ok(diagnostics)) => diagnostics,
            Ok(Err(error)) => vec![error],
            Err(_) => vec![panicked("ListResource", &type_name)],
        };
        let diagnostic = to_wire(&diagnostics);
        log_answer(&diagnostic, begun);
        if !diagnostic.is_empty() {
            // The caller may have gone, having seen enough.
            let _ = ended.send(Ok(list_resource::Event { diagnostic, ..Default::default() }));
        }
    };
    tracker.spawn(work.instrument(span));
    Box::pin(ReceiverStream::new(listed).map(Ok).chain(UnboundedReceiverStream::new(end)))
}

async fn find<P: Provider>(
    scope: Scope<P>,
    request: list_resource::Request,
    events: mpsc::Sender<list_resource::Event>,
) -> Result<Vec<Diagnostic>, Diagnostic> {
    let (entry, resource) = entries(&scope, &request.type_name)?;
    let configured = scope.configured()?;
    let config = decode_known(request.config.as_ref(), &entry.offered().ty)?;
    let limit = usize::try_from(request.limit).ok().filter(|limit| *limit > 0);
    let wants =
        Wants { resource: request.include_resource_object, limit: limit.unwrap_or(usize::MAX) };
    let (sender, mut receiver) = mpsc::channel(64);
    let call = scope.session.call(Vec::new());
    let forward = async move {
        while let Some(listed) = receiver.recv().await {
            if events.send(event(&listed, resource.as_ref())).await.is_err() {
                return;
            }
        }
    };
    let listing = entry.list(&configured, config, wants, sender, &call);
    Ok(tokio::join!(listing, forward).0)
}

fn event<C>(listed: &ListedAny, resource: &dyn AnyResource<C>) -> list_resource::Event {
    let identity = encode(&listed.identity, resource.identity_type());
    list_resource::Event {
        identity: Some(ResourceIdentityData { identity_data: Some(identity) }),
        display_name: listed.display_name.clone(),
        resource_object: listed.resource.as_ref().map(|r| encode(r, &resource.offered().ty)),
        diagnostic: Vec::new(),
    }
}
