//! The `credential_process` of a profile. The SDK's own reads what it writes without end, leaves it running when
//! it is given up, hands it the provider's variables, which hold secrets, and quotes its errors, which may hold
//! some.

use std::fmt;
use std::process::Stdio;
use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{self, ProvideCredentials, future};
use jiff::Timestamp;
use scopeguard::ScopeGuard;
use serde_json::{Map, Value as Json};
use tokio::io::AsyncReadExt;
use tokio::process::Command;

/// How much of the output is read, in bytes: many times what credentials take.
const OUTPUT_LIMIT: u64 = 64 * 1024;

/// A command line, whose arguments may hold secrets.
#[derive(Clone)]
pub(super) struct CredentialProcess(String);

impl fmt::Debug for CredentialProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialProcess")
    }
}

impl ProvideCredentials for CredentialProcess {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.run())
    }
}

impl CredentialProcess {
    pub(super) fn new(command: &str) -> Self {
        Self(command.to_owned())
    }

    /// Runs it to its end. When this is dropped, it is killed with its children (on Windows alone).
    async fn run(&self) -> provider::Result {
        let mut command = self.command();
        let own = std::env::vars_os().map(|(name, _)| name);
        for name in own.filter(|name| name.to_string_lossy().starts_with("GRAFANA_")) {
            command.env_remove(name);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| failed(format!("could not be started: {error}")))?;
        let group = scopeguard::guard(child.id(), kill_group);
        let mut output = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let read = stdout.take(OUTPUT_LIMIT + 1).read_to_end(&mut output).await;
            read.map_err(|error| failed(format!("could not be read: {error}")))?;
        }
        if output.len() as u64 > OUTPUT_LIMIT {
            return Err(failed(format!("wrote more than {OUTPUT_LIMIT} bytes")));
        }
        let status = child.wait().await;
        let status = status.map_err(|error| failed(format!("was lost: {error}")))?;
        ScopeGuard::into_inner(group);
        if !status.success() {
            return Err(failed(format!("ended with {status}")));
        }
        credentials(&output).map_err(|what| failed(format!("wrote {what}")))
    }

    #[cfg(not(windows))]
    fn command(&self) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", &self.0]).process_group(0);
        command
    }

    /// In quotes, as `cmd.exe` wants a command line whose program's path has spaces.
    #[cfg(windows)]
    fn command(&self) -> Command {
        let mut command = Command::new("cmd.exe");
        command.arg("/C").raw_arg(format!("\"{}\"", self.0));
        command
    }
}

/// Kills what has been started in the group of that process.
fn kill_group(leader: Option<u32>) {
    #[cfg(unix)]
    if let Some(group) = leader.and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())) {
        // It may be over.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    #[cfg(not(unix))]
    let _ = leader;
}

fn failed(what: String) -> CredentialsError {
    CredentialsError::provider_error(format!("the external process {what}"))
}

/// What [its documentation](https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html)
/// says that it writes, with names in any case as all SDKs take them.
///
/// # Errors
/// What it is instead.
fn credentials(output: &[u8]) -> Result<Credentials, String> {
    let fields: Map<String, Json> =
        serde_json::from_slice(output).map_err(|_| "no JSON object".to_owned())?;
    let field = |name: &str| {
        fields.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    };
    let text = |name: &str| field(name).and_then(Json::as_str);
    let required = |name: &str| text(name).ok_or_else(|| format!("no `{name}`"));
    if field("Version").and_then(Json::as_i64) != Some(1) {
        return Err("no `Version` 1".to_owned());
    }
    let expiry = text("Expiration").map(str::parse::<Timestamp>).transpose();
    let expiry = expiry.map_err(|_| "an `Expiration` that is not RFC 3339".to_owned())?;
    Ok(Credentials::new(
        required("AccessKeyId")?,
        required("SecretAccessKey")?,
        text("SessionToken").map(str::to_owned),
        expiry.map(SystemTime::from),
        "CredentialProcess",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_documented_is_read() {
        let full = r#"{ "Version": 1, "AccessKeyId": "ASIA", "secretaccesskey": "key",
            "SessionToken": "token", "Expiration": "2030-01-02T03:04:05+00:00", "More": {} }"#;
        let read = credentials(full.as_bytes()).unwrap();
        assert_eq!((read.access_key_id(), read.secret_access_key()), ("ASIA", "key"));
        assert_eq!(read.session_token(), Some("token"));
        let end: Timestamp = "2030-01-02T03:04:05Z".parse().unwrap();
        assert_eq!(read.expiry(), Some(SystemTime::from(end)));
        for (wrong, said) in [
            ("hello", "no JSON object"),
            (r#"{ "Version": 2 }"#, "no `Version` 1"),
            (r#"{ "Version": 1, "AccessKeyId": "A" }"#, "no `SecretAccessKey`"),
            (r#"{ "Version": 1, "Expiration": "soon" }"#, "`Expiration`"),
        ] {
            assert!(credentials(wrong.as_bytes()).unwrap_err().contains(said), "{wrong}");
        }
    }
}
