//! Notices when Terraform has died without saying goodbye.

/// Waits until the process that started this one is gone.
#[cfg(target_os = "linux")]
pub(super) fn gone() -> impl Future<Output = ()> {
    // Asked at once: a parent that dies before the first look must not be taken for its heir.
    let parent = std::os::unix::process::parent_id();
    async move {
        if watch(parent).await.is_none() {
            poll(parent).await;
        }
    }
}

/// Waits until the process that started this one is gone.
#[cfg(all(unix, not(target_os = "linux")))]
pub(super) fn gone() -> impl Future<Output = ()> {
    poll(std::os::unix::process::parent_id())
}

/// Windows ends a provider with its Terraform by other means: the connection's end is noticed.
#[cfg(not(unix))]
pub(super) async fn gone() {
    std::future::pending::<()>().await;
}

/// By a descriptor of the process: works whichever thread of it forked. `None` where it cannot be had.
#[cfg(target_os = "linux")]
async fn watch(parent: u32) -> Option<()> {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::process::{Pid, PidfdFlags, pidfd_open};

    let pid = Pid::from_raw(i32::try_from(parent).ok()?)?;
    let descriptor = pidfd_open(pid, PidfdFlags::empty()).ok()?;
    // It may have died, and its number been given away, before the descriptor was opened.
    if std::os::unix::process::parent_id() != parent {
        return Some(());
    }
    let (dead, death) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let ended = poll(&mut [PollFd::new(&descriptor, PollFlags::IN)], None);
        // Nobody waits any more when the process is ending.
        let _ = dead.send(ended.ok());
    });
    death.await.ok().flatten().map(drop)
}

#[cfg(unix)]
async fn poll(parent: u32) {
    let mut tick = tokio::time::interval(std::time::Duration::from_secs(1));
    while std::os::unix::process::parent_id() == parent {
        tick.tick().await;
    }
}
