use std::{
    io::Read,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

/// What a running command has written so far, growing while it runs.
#[derive(Clone, Default)]
pub(crate) struct Capture(Arc<(Mutex<Streams>, Condvar)>);

#[derive(Default)]
struct Streams {
    written: [Vec<u8>; 2],
    open: usize,
}

impl Capture {
    /// Reads two streams to their ends, each in a thread of its own.
    pub(crate) fn start(
        stdout: impl Read + Send + 'static,
        stderr: impl Read + Send + 'static,
    ) -> Self {
        let capture = Self::default();
        capture.lock().open = 2;
        capture.follow(0, stdout);
        capture.follow(1, stderr);
        capture
    }

    /// Standard output and standard error so far.
    pub(crate) fn text(&self) -> (String, String) {
        let streams = self.lock();
        let [stdout, stderr] = &streams.written;
        (String::from_utf8_lossy(stdout).into_owned(), String::from_utf8_lossy(stderr).into_owned())
    }

    /// Waits until `text` is in one of the streams.
    pub(crate) fn wait_for(&self, text: &str, timeout: Duration) -> Awaited {
        let wanted = text.as_bytes();
        self.wait(timeout, |streams| {
            let seen =
                |stream: &Vec<u8>| stream.windows(wanted.len()).any(|window| window == wanted);
            if streams.written.iter().any(seen) {
                return Some(Awaited::Seen);
            }
            (streams.open == 0).then_some(Awaited::Closed)
        })
    }

    /// Waits until both streams have ended, which a grandchild that holds them open can delay.
    pub(crate) fn wait_for_end(&self, timeout: Duration) {
        self.wait(timeout, |streams| (streams.open == 0).then_some(Awaited::Closed));
    }

    fn wait(&self, timeout: Duration, check: impl Fn(&Streams) -> Option<Awaited>) -> Awaited {
        let deadline = Instant::now() + timeout;
        let mut streams = self.lock();
        loop {
            if let Some(outcome) = check(&streams) {
                return outcome;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Awaited::TimedOut;
            }
            streams =
                self.0.1.wait_timeout(streams, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn follow(&self, stream: usize, mut source: impl Read + Send + 'static) {
        let capture = self.clone();
        thread::spawn(move || {
            let mut chunk = [0; 8192];
            while let Ok(length @ 1..) = source.read(&mut chunk) {
                capture.lock().written[stream].extend_from_slice(&chunk[..length]);
                capture.0.1.notify_all();
            }
            capture.lock().open -= 1;
            capture.0.1.notify_all();
        });
    }

    fn lock(&self) -> MutexGuard<'_, Streams> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How a wait for output ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Awaited {
    Seen,
    Closed,
    TimedOut,
}

#[cfg(test)]
mod tests {
    use std::io::{self, Cursor, Read};

    use super::*;

    #[test]
    fn text_is_found_across_chunks_and_in_either_stream() {
        let out = Cursor::new("first ").chain(Cursor::new("second"));
        let capture = Capture::start(out, Cursor::new("third"));
        assert_eq!(capture.wait_for("st sec", Duration::from_secs(10)), Awaited::Seen);
        assert_eq!(capture.wait_for("third", Duration::from_secs(10)), Awaited::Seen);
    }

    #[test]
    fn the_end_of_both_streams_ends_the_wait() {
        let capture = Capture::start(Cursor::new("a"), io::empty());
        assert_eq!(capture.wait_for("b", Duration::from_secs(10)), Awaited::Closed);
        assert_eq!(capture.text(), ("a".to_owned(), String::new()));
    }

    #[test]
    fn an_open_stream_without_the_text_times_out() {
        let (reader, _writer) = io::pipe().unwrap();
        let capture = Capture::start(reader, io::empty());
        assert_eq!(capture.wait_for("b", Duration::from_millis(5)), Awaited::TimedOut);
    }
}
