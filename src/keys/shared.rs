//! Something that is asked for once and shared by all who want it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::grafana::Error;

/// How long a failure is the answer to everyone, before Grafana is asked again.
const FAILURE_LASTS: Duration = Duration::from_secs(5);

/// How long an answer is kept that nobody wants: the run that it was read for is over.
const IDLE: Duration = Duration::from_secs(60);

/// An answer that is fetched by the first who wants it, while the others wait, and kept until it is
/// forgotten, or nobody has wanted it for [`IDLE`]. A failure is kept for [`FAILURE_LASTS`]: an
/// instance that is down is not asked a thousand times. What only the limits of the first have ended is
/// not kept: others may have more time.
#[derive(Debug)]
pub(super) struct Shared<T> {
    /// Counts what was written: an answer that was asked for before is no longer good.
    epoch: AtomicU64,
    kept: Mutex<Option<Kept<T>>>,
}

/// An answer, what had been written when it was asked for, and when it was wanted last; of a failure,
/// when it came.
type Kept<T> = (u64, Result<Arc<T>, Error>, Instant);

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Shared { epoch: AtomicU64::new(0), kept: Mutex::new(None) }
    }
}

impl<T> Shared<T> {
    /// The answer, fetched if there is none yet.
    pub(super) async fn get(
        &self,
        fetch: impl Future<Output = Result<T, Error>>,
    ) -> Result<Arc<T>, Error> {
        let mut kept = self.kept.lock().await;
        let epoch = self.epoch.load(Ordering::SeqCst);
        if let Some((since, answer, at)) = &mut *kept
            && *since == epoch
            && at.elapsed() < if answer.is_ok() { IDLE } else { FAILURE_LASTS }
        {
            if answer.is_ok() {
                *at = Instant::now();
            }
            return answer.clone();
        }
        let answer = fetch.await.map(Arc::new);
        let is_of_limits = answer.as_ref().is_err_and(Error::is_of_limits);
        *kept = (!is_of_limits).then(|| (epoch, answer.clone(), Instant::now()));
        answer
    }

    /// Something was written, or may have been.
    pub(super) fn forget(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;
    use crate::grafana::ErrorKind;

    #[tokio::test]
    async fn those_who_ask_together_share_one_answer() {
        let (shared, fetched) = (Shared::default(), AtomicU64::new(0));
        let fetch = || async {
            tokio::task::yield_now().await;
            Ok(fetched.fetch_add(1, Ordering::SeqCst))
        };
        let answers = join_all((0..20).map(|_| shared.get(fetch()))).await;
        assert!(answers.into_iter().all(|answer| answer.is_ok_and(|number| *number == 0)));
        shared.forget();
        assert_eq!(*shared.get(fetch()).await.unwrap(), 1);
    }

    #[tokio::test]
    async fn an_answer_from_before_a_write_is_not_kept() {
        let shared = Shared::default();
        let early = shared.get(async {
            shared.forget();
            Ok(1)
        });
        assert_eq!(*early.await.unwrap(), 1);
        assert_eq!(*shared.get(async { Ok(2) }).await.unwrap(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_shared_for_seconds() {
        let shared = Shared::<u8>::default();
        let failure = || async { Err(Error::new(ErrorKind::BasicAuthNeeded)) };
        assert!(shared.get(failure()).await.is_err());
        assert!(shared.get(async { Ok(1) }).await.is_err());
        shared.forget();
        assert!(shared.get(failure()).await.is_err());
        tokio::time::advance(FAILURE_LASTS).await;
        assert!(shared.get(async { Ok(1) }).await.is_ok());
        tokio::time::advance(FAILURE_LASTS).await;
        assert_eq!(*shared.get(async { Ok(2) }).await.unwrap(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_kept_while_it_is_wanted() {
        let shared = Shared::<u8>::default();
        assert_eq!(*shared.get(async { Ok(1) }).await.unwrap(), 1);
        for _ in 0..9 {
            tokio::time::advance(IDLE / 2).await;
            assert_eq!(*shared.get(async { Ok(2) }).await.unwrap(), 1);
        }
        tokio::time::advance(IDLE).await;
        assert_eq!(*shared.get(async { Ok(2) }).await.unwrap(), 2);
    }
}
