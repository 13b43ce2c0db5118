//! Writes log lines from a thread of its own, so that nobody who logs ever waits for the one who reads.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender, SyncSender};
use std::time::Duration;

/// How many bytes may wait to be written; lines beyond are dropped and counted.
const MOST: usize = 4 << 20;

/// How long the end of the process waits for lines that are still to be written.
const LAST_LINES: Duration = Duration::from_millis(500);

/// Where log lines go. Clones share it.
#[derive(Clone)]
pub(super) struct LogWriter {
    sender: Sender<Message>,
    state: Arc<State>,
}

enum Message {
    Line(String),
    /// Everything before has been written.
    Flush(SyncSender<()>),
}

#[derive(Default)]
struct State {
    waiting: AtomicUsize,
    dropped: AtomicU64,
}

impl LogWriter {
    /// Writes to `out`; `lost` makes the line that tells how many were dropped.
    pub(super) fn new(out: impl Write + Send + 'static, lost: fn(u64) -> String) -> Self {
        let (sender, messages) = mpsc::channel();
        let state = Arc::new(State::default());
        let shared = state.clone();
        std::thread::spawn(move || write_all(out, &messages, &shared, lost));
        LogWriter { sender, state }
    }

    /// Hands a line over, unless too many wait already.
    pub(super) fn write(&self, line: String) {
        let size = line.len();
        if self.state.waiting.fetch_add(size, Ordering::Relaxed) + size > MOST {
            self.state.waiting.fetch_sub(size, Ordering::Relaxed);
            self.state.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        // The thread ends with the process only.
        let _ = self.sender.send(Message::Line(line));
    }

    /// Waits a little until everything is written.
    pub(super) fn flush(&self) {
        let (written, all_written) = mpsc::sync_channel(1);
        if self.sender.send(Message::Flush(written)).is_ok() {
            let _ = all_written.recv_timeout(LAST_LINES);
        }
    }
}

fn write_all(
    mut out: impl Write,
    messages: &Receiver<Message>,
    state: &State,
    lost: fn(u64) -> String,
) {
    // A log that cannot be written has nowhere to say so.
    for message in messages {
        match message {
            Message::Line(line) => {
                let _ = writeln!(out, "{line}");
                state.waiting.fetch_sub(line.len(), Ordering::Relaxed);
            }
            Message::Flush(written) => drop(written.send(())),
        }
        let dropped = state.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            let _ = writeln!(out, "{}", lost(dropped));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Mutex;

    use super::*;

    /// Takes nothing until it is opened.
    #[derive(Clone, Default)]
    struct Gate(Arc<(Mutex<bool>, std::sync::Condvar)>, Arc<Mutex<Vec<u8>>>);

    impl Gate {
        fn open(&self) {
            *self.0.0.lock().unwrap() = true;
            self.0.1.notify_all();
        }
    }

    impl Write for Gate {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _open = self.0.1.wait_while(self.0.0.lock().unwrap(), |open| !*open).unwrap();
            self.1.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nobody_waits_for_a_reader_and_what_is_dropped_is_counted() {
        let gate = Gate::default();
        let writer = LogWriter::new(gate.clone(), |dropped| format!("{dropped} dropped"));
        let line = "x".repeat(1 << 20);
        for _ in 0..10 {
            writer.write(line.clone());
        }
        gate.open();
        writer.write("after".to_owned());
        let written = || String::from_utf8(gate.1.lock().unwrap().clone()).unwrap();
        while !written().contains("dropped") {
            std::thread::yield_now();
        }
        writer.write("last".to_owned());
        while !written().contains("last") {
            std::thread::yield_now();
        }
        let lines: Vec<usize> = written().lines().map(str::len).collect();
        assert_eq!(lines.iter().filter(|length| **length == 1 << 20).count(), 4);
        assert!(written().contains("6 dropped") || written().contains("7 dropped"));
    }
}
