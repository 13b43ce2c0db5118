//! An answer whose body ends before `Content-Length` says it does.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use axum::body::{Body, Bytes};
use http::{HeaderValue, Response, header};
use hyper::body::{Body as HttpBody, Frame, SizeHint};

/// Sends its bytes, gives the connection a chance to flush them, then fails.
pub(super) struct HalfBody {
    half: Option<Bytes>,
    flushing: bool,
    announced: u64,
}

impl HalfBody {
    /// The answer with the second half of its body cut off (a body of at most one byte is announced, not sent).
    pub(super) async fn of(response: Response<Body>) -> Response<Body> {
        let (mut parts, body) = response.into_parts();
        let whole = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
        let announced = whole.len().max(1);
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(announced));
        let half = whole.slice(..whole.len() / 2);
        let half = (!half.is_empty()).then_some(half);
        Response::from_parts(
            parts,
            Body::new(Self { half, flushing: true, announced: announced as u64 }),
        )
    }
}

impl HttpBody for HalfBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(half) = self.half.take() {
            return Poll::Ready(Some(Ok(Frame::data(half))));
        }
        if std::mem::take(&mut self.flushing) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::Error::other("the rest is cut off"))))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}
