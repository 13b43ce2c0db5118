//! What the operating system and the user's terminal say.

#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};

/// Ignores Ctrl-C from now on: it reaches the whole process group, and Terraform forwards it by a call.
#[cfg(unix)]
pub(super) fn ignore_interrupts() {
    // Once somebody listens for a signal, it no longer ends the process.
    if let Ok(mut interrupts) = signal(SignalKind::interrupt()) {
        tokio::spawn(async move { while interrupts.recv().await.is_some() {} });
    }
}

/// Ignores Ctrl-C from now on: it reaches the whole process group, and Terraform forwards it by a call.
#[cfg(not(unix))]
pub(super) fn ignore_interrupts() {
    tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
}

/// Waits for Ctrl-C.
pub(super) async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Waits until the system asks to end, or the terminal is closed.
#[cfg(unix)]
pub(super) async fn terminated() {
    tokio::select! {
        () = received(SignalKind::terminate()) => {}
        () = received(SignalKind::hangup()) => {}
    }
}

#[cfg(unix)]
async fn received(kind: SignalKind) {
    match signal(kind) {
        Ok(mut signals) => drop(signals.recv().await),
        Err(_) => std::future::pending().await,
    }
}

/// Waits until the system asks to end.
#[cfg(not(unix))]
pub(super) async fn terminated() {
    std::future::pending().await
}
