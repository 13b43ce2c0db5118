//! Where the server listens: a Unix socket that only the user may reach, or TCP on Windows.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio_stream::wrappers::ReceiverStream;

use super::StartError;
use super::connection::{Connection, ConnectionId};
use super::handshake::Endpoint;

/// How long to wait after a failure to accept: it may be a lack of descriptors.
const AFTER_FAILURE: Duration = Duration::from_millis(50);

/// How long a client may take to agree on TLS.
const TLS_BOUND: Duration = Duration::from_secs(20);

/// How many connections may be agreeing on TLS at once. One more ends the oldest of them, so that connections
/// that are only held take no descriptor from Terraform's own, which agrees within milliseconds.
const HANDSHAKES: usize = 16;

/// A bound listener. Dropping it removes the socket.
pub(super) struct Listener {
    #[cfg(unix)]
    socket: unix::Socket,
    #[cfg(not(unix))]
    socket: tcp::Socket,
}

impl Listener {
    /// Binds as the environment says.
    pub(super) fn bind(var: impl Fn(&str) -> Option<String>) -> Result<Self, StartError> {
        #[cfg(unix)]
        let socket = unix::Socket::bind(var);
        #[cfg(not(unix))]
        let socket = tcp::Socket::bind(var);
        Ok(Listener { socket: socket.map_err(StartError::Listen)? })
    }

    pub(super) fn endpoint(&self) -> Endpoint {
        self.socket.endpoint()
    }

    /// What removes, when it is called, what killed processes have left.
    pub(super) fn sweep(&self) -> impl FnOnce() + Send + use<> {
        self.socket.sweep()
    }

    /// Accepts connections for ever. The second value, dropped, removes the socket.
    pub(super) fn connections(
        self,
        tls: Option<Arc<ServerConfig>>,
        ended: mpsc::UnboundedSender<ConnectionId>,
    ) -> (ReceiverStream<std::io::Result<Connection>>, impl Drop) {
        let (sender, receiver) = mpsc::channel(16);
        let (listener, kept) = self.socket.into_parts();
        tokio::spawn(async move {
            let mut handshakes = VecDeque::new();
            loop {
                match listener.accept().await {
                    Ok(stream) => {
                        let connection = Connection::new(stream, ended.clone());
                        let over = hand_over(connection, tls.clone(), sender.clone());
                        handshakes.push_back(tokio::spawn(over).abort_handle());
                        handshakes.retain(|handshake| !handshake.is_finished());
                        if tls.is_some() && handshakes.len() > HANDSHAKES {
                            handshakes.pop_front().iter().for_each(AbortHandle::abort);
                        }
                    }
                    Err(error) => {
                        tracing::warn!(%error, "a connection was lost before it was accepted");
                        tokio::time::sleep(AFTER_FAILURE).await;
                    }
                }
            }
        });
        (ReceiverStream::new(receiver), kept)
    }
}

async fn hand_over(
    connection: Connection,
    tls: Option<Arc<ServerConfig>>,
    sender: mpsc::Sender<std::io::Result<Connection>>,
) {
    let connection = match tls {
        None => Ok(connection),
        Some(config) => tokio::time::timeout(TLS_BOUND, connection.secured(config))
            .await
            .unwrap_or_else(|late| Err(late.into())),
    };
    match connection {
        Ok(connection) => drop(sender.send(Ok(connection)).await),
        Err(error) => tracing::warn!(%error, "refused a connection that is not Terraform's"),
    }
}

#[cfg(unix)]
mod unix {
    use std::fs::{File, Metadata, Permissions};
    use std::io;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::path::{Path, PathBuf};

    use tempfile::TempDir;
    use tokio::net::{UnixListener, UnixStream};

    use super::Endpoint;

    /// Longer paths do not fit a Unix socket's address.
    const MAX_PATH: usize = 100;

    /// How the names of the sockets' directories begin.
    const PREFIX: &str = "terraform-provider-";
    const SOCKET: &str = "provider.sock";
    /// A file that is locked for as long as the process lives that has made it.
    const LOCK: &str = "provider.lock";

    pub(super) struct Socket {
        listener: UnixListener,
        path: PathBuf,
        kept: Kept,
    }

    /// Removes the socket and its directory when dropped.
    pub(super) struct Kept {
        path: PathBuf,
        _lock: File,
        _directory: TempDir,
    }

    impl Drop for Kept {
        fn drop(&mut self) {
            let _ = std::fs::remove_file(&self.path);
        }
    }

    pub(super) struct Accepting(UnixListener);

    impl Accepting {
        pub(super) async fn accept(&self) -> io::Result<UnixStream> {
            self.0.accept().await.map(|(stream, _)| stream)
        }
    }

    impl Socket {
        pub(super) fn bind(var: impl Fn(&str) -> Option<String>) -> io::Result<Self> {
            let directory = directory(var("PLUGIN_UNIX_SOCKET_DIR").map(PathBuf::from))?;
            let lock = locked(directory.path())?;
            let path = directory.path().join(SOCKET);
            let listener = UnixListener::bind(&path)?;
            if let Some(group) = var("PLUGIN_UNIX_SOCKET_GROUP").filter(|group| !group.is_empty()) {
                open_to_group(directory.path(), &path, &group)?;
            }
            let kept = Kept { path: path.clone(), _lock: lock, _directory: directory };
            Ok(Socket { listener, path, kept })
        }

        /// Removes what killed processes have left beside this socket.
        pub(super) fn sweep(&self) -> impl FnOnce() + Send + use<> {
            let parent = self.path.ancestors().nth(2).map(Path::to_owned);
            move || {
                if let Some(Err(error)) = parent.as_deref().map(sweep) {
                    tracing::debug!(%error, "what killed runs have left cannot be looked for");
                }
            }
        }

        pub(super) fn endpoint(&self) -> Endpoint {
            Endpoint { network: "unix", address: self.path.display().to_string() }
        }

        pub(super) fn into_parts(self) -> (Accepting, Kept) {
            (Accepting(self.listener), self.kept)
        }
    }

    /// A directory of mode 0700 for the socket, where its path fits.
    fn directory(wanted: Option<PathBuf>) -> io::Result<TempDir> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX).permissions(Permissions::from_mode(0o700));
        let parent = wanted.unwrap_or_else(std::env::temp_dir);
        let fits = parent.as_os_str().len() + 50 <= MAX_PATH;
        builder.tempdir_in(if fits { parent.as_path() } else { Path::new("/tmp") })
    }

    /// Locks a directory as that of a living process. The file has its name only once it is locked.
    fn locked(directory: &Path) -> io::Result<File> {
        let (unlocked, locked) = (directory.join("unlocked"), directory.join(LOCK));
        let file = File::create(&unlocked)?;
        file.lock()?;
        std::fs::rename(unlocked, locked)?;
        Ok(file)
    }

    /// Removes what processes have left in `parent` that were killed: directories of this user's whose lock
    /// nobody holds any more. Nothing but a socket and a lock is ever removed from them.
    pub(super) fn sweep(parent: &Path) -> io::Result<()> {
        for entry in std::fs::read_dir(parent)?.flatten() {
            let is_named = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
            let is_own = |found: &Metadata| {
                found.is_dir() && found.uid() == nix::unistd::Uid::effective().as_raw()
            };
            if is_named && std::fs::symlink_metadata(entry.path()).is_ok_and(|found| is_own(&found))
            {
                // One that cannot be removed is another start's affair.
                let _ = remove_if_dead(&entry.path());
            }
        }
        Ok(())
    }

    fn remove_if_dead(directory: &Path) -> io::Result<()> {
        let lock = directory.join(LOCK);
        let file = File::open(&lock)?;
        if file.try_lock().is_ok() {
            match std::fs::remove_file(directory.join(SOCKET)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            std::fs::remove_file(lock)?;
            std::fs::remove_dir(directory)?;
        }
        Ok(())
    }

    fn open_to_group(directory: &Path, socket: &Path, group: &str) -> io::Result<()> {
        let unknown = || io::Error::other(format!("no group {group:?} for the socket"));
        let id = match group.parse::<u32>() {
            Ok(id) => id,
            Err(_) => nix::unistd::Group::from_name(group)?.ok_or_else(unknown)?.gid.as_raw(),
        };
        for (path, mode) in [(directory, 0o750), (socket, 0o660)] {
            std::os::unix::fs::chown(path, None, Some(id))?;
            std::fs::set_permissions(path, Permissions::from_mode(mode))?;
        }
        Ok(())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[tokio::test]
        async fn only_the_user_may_enter_and_nothing_is_left_behind() {
            let parent = tempfile::tempdir().unwrap();
            let wanted = parent.path().display().to_string();
            let socket =
                Socket::bind(|name| (name == "PLUGIN_UNIX_SOCKET_DIR").then(|| wanted.clone()))
                    .unwrap();
            let directory = socket.path.parent().unwrap().to_owned();
            let mode = std::fs::metadata(&directory).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
            drop(socket.into_parts());
            assert!(!directory.exists());
        }

        #[tokio::test]
        async fn what_killed_processes_have_left_is_swept_and_nothing_else() {
            let parent = tempfile::tempdir().unwrap();
            let wanted = parent.path().display().to_string();
            let bind = || {
                Socket::bind(|name| (name == "PLUGIN_UNIX_SOCKET_DIR").then(|| wanted.clone()))
                    .unwrap()
            };
            let (alive, killed) = (bind(), bind());
            let left = killed.path.parent().unwrap().to_owned();
            // As a kill leaves it: without its lock, and with its files.
            let Socket { listener, kept, .. } = killed;
            let Kept { _lock, _directory, .. } = &kept;
            _lock.unlock().unwrap();
            std::mem::forget(kept);
            drop(listener);
            let others = ["terraform-provider-other", "terraform-provider-more", "else"];
            for other in others {
                std::fs::create_dir(parent.path().join(other)).unwrap();
            }
            let more = parent.path().join("terraform-provider-more");
            for file in [LOCK, "important"] {
                std::fs::write(more.join(file), "").unwrap();
            }
            alive.sweep()();
            assert!(!left.exists());
            assert!(alive.path.exists() && more.join("important").exists());
            assert!(others.iter().all(|other| parent.path().join(other).exists()));
        }

        #[tokio::test]
        async fn a_long_temporary_directory_still_gives_a_socket() {
            let parent = tempfile::tempdir().unwrap().path().join("x".repeat(200));
            std::fs::create_dir_all(&parent).unwrap();
            let wanted = parent.display().to_string();
            let socket =
                Socket::bind(|name| (name == "PLUGIN_UNIX_SOCKET_DIR").then(|| wanted.clone()))
                    .unwrap();
            assert!(socket.endpoint().address.len() < MAX_PATH);
            std::fs::remove_dir_all(parent.parent().unwrap()).unwrap();
        }
    }
}

#[cfg(not(unix))]
mod tcp {
    use std::io;
    use std::net::{Ipv4Addr, TcpListener as StdListener};

    use tokio::net::{TcpListener, TcpStream};

    use super::Endpoint;

    pub(super) struct Socket {
        listener: TcpListener,
        port: u16,
    }

    /// Nothing is left behind by TCP.
    pub(super) struct Kept;

    impl Drop for Kept {
        fn drop(&mut self) {}
    }

    pub(super) struct Accepting(TcpListener);

    impl Accepting {
        pub(super) async fn accept(&self) -> io::Result<TcpStream> {
            let (stream, _) = self.0.accept().await?;
            // Without it every call waits 40 ms for an acknowledgement.
            stream.set_nodelay(true)?;
            Ok(stream)
        }
    }

    impl Socket {
        pub(super) fn bind(var: impl Fn(&str) -> Option<String>) -> io::Result<Self> {
            let port = |name: &str| var(name).and_then(|text| text.parse::<u16>().ok());
            let ports = port("PLUGIN_MIN_PORT").unwrap_or(0)..=port("PLUGIN_MAX_PORT").unwrap_or(0);
            let mut last = io::Error::other("no port to listen on");
            for port in ports {
                match StdListener::bind((Ipv4Addr::LOCALHOST, port)) {
                    Ok(listener) => return Self::of(listener),
                    Err(error) => last = error,
                }
            }
            Err(last)
        }

        /// Nothing is left behind by TCP.
        pub(super) fn sweep(&self) -> impl FnOnce() + Send + use<> {
            || {}
        }

        fn of(listener: StdListener) -> io::Result<Self> {
            listener.set_nonblocking(true)?;
            let port = listener.local_addr()?.port();
            Ok(Socket { listener: TcpListener::from_std(listener)?, port })
        }

        pub(super) fn endpoint(&self) -> Endpoint {
            Endpoint { network: "tcp", address: format!("127.0.0.1:{}", self.port) }
        }

        pub(super) fn into_parts(self) -> (Accepting, Kept) {
            (Accepting(self.listener), Kept)
        }
    }
}
