//! What the operating system and the user's terminal say.
//!
//! Each function listens from the moment it is called, not from the first time that it is awaited.

#[cfg(unix)]
mod system {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// Ignores Ctrl-C from now on: it reaches the whole process group, and Terraform forwards it by a call.
    pub(in crate::server) fn ignore_interrupts() {
        // Once somebody listens for a signal, it no longer ends the process.
        if let Ok(mut interrupts) = signal(SignalKind::interrupt()) {
            tokio::spawn(async move { while interrupts.recv().await.is_some() {} });
        }
    }

    /// Waits for Ctrl-C.
    pub(in crate::server) fn interrupted() -> impl Future<Output = ()> {
        received(signal(SignalKind::interrupt()))
    }

    /// Waits until the system asks to end, or the terminal is closed.
    pub(in crate::server) fn terminated() -> impl Future<Output = ()> {
        let asked = received(signal(SignalKind::terminate()));
        let hung_up = received(signal(SignalKind::hangup()));
        async {
            tokio::select! {
                () = asked => {}
                () = hung_up => {}
            }
        }
    }

    async fn received(signals: std::io::Result<Signal>) {
        match signals {
            Ok(mut signals) => drop(signals.recv().await),
            Err(_) => std::future::pending().await,
        }
    }
}

#[cfg(not(unix))]
mod system {
    /// Ignores Ctrl-C from now on: it reaches the whole process group, and Terraform forwards it by a call.
    pub(in crate::server) fn ignore_interrupts() {
        tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
    }

    /// Waits for Ctrl-C.
    pub(in crate::server) async fn interrupted() {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Waits until the system asks to end: there is no such signal here.
    pub(in crate::server) async fn terminated() {
        std::future::pending().await
    }
}

pub(super) use system::{ignore_interrupts, interrupted, terminated};
