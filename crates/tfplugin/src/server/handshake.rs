//! The agreement between Terraform and a provider it has started: environment in, one line out.

use std::io::Write;

use super::StartError;

const COOKIE: &str = "TF_PLUGIN_MAGIC_COOKIE";
const COOKIE_VALUE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
const PROTOCOL: &str = "6";

/// What Terraform says in the environment of a provider it starts.
pub(crate) struct Parent {
    /// The certificate of the only client to accept, as PEM.
    pub(crate) client_certificate: Option<String>,
    multiplexing: bool,
}

/// Reads what Terraform says.
pub(crate) fn from_environment(var: impl Fn(&str) -> Option<String>) -> Result<Parent, StartError> {
    if var(COOKIE).as_deref() != Some(COOKIE_VALUE) {
        return Err(StartError::ByHand);
    }
    // A client of other protocols reads in the line which one is spoken here, and says so.
    Ok(Parent {
        client_certificate: var("PLUGIN_CLIENT_CERT").filter(|pem| !pem.is_empty()),
        multiplexing: var("PLUGIN_MULTIPLEX_GRPC").is_some_and(|value| !value.is_empty()),
    })
}

/// Where a listener is to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// `unix` or `tcp`.
    pub(crate) network: &'static str,
    /// A path, or `127.0.0.1:PORT`.
    pub(crate) address: String,
}

/// The line for which Terraform waits on stdout.
pub(crate) fn line(parent: &Parent, endpoint: &Endpoint, certificate: &str) -> String {
    let Endpoint { network, address } = endpoint;
    let mut line = format!("1|{PROTOCOL}|{network}|{address}|grpc|{certificate}");
    if parent.multiplexing {
        line.push_str("|false");
    }
    line
}

/// Says one line on stdout; nothing else in the process may.
pub(crate) fn say(line: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parent(pairs: &[(&str, &str)]) -> Result<Parent, StartError> {
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        from_environment(move |name| pairs.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone()))
    }

    #[test]
    fn without_the_cookie_it_was_started_by_hand() {
        assert!(matches!(parent(&[]), Err(StartError::ByHand)));
        assert!(matches!(parent(&[(COOKIE, "other")]), Err(StartError::ByHand)));
    }

    #[test]
    fn a_client_of_other_protocols_reads_which_one_is_spoken() {
        let endpoint = Endpoint { network: "unix", address: "/tmp/p.sock".to_owned() };
        let others = [(COOKIE, COOKIE_VALUE), ("PLUGIN_PROTOCOL_VERSIONS", "4,5")];
        assert!(line(&parent(&others).unwrap(), &endpoint, "").starts_with("1|6|"));
    }

    #[test]
    fn the_line_has_a_seventh_field_only_when_asked() {
        let endpoint = Endpoint { network: "unix", address: "/tmp/p.sock".to_owned() };
        let plain = parent(&[(COOKIE, COOKIE_VALUE)]).unwrap();
        assert_eq!(line(&plain, &endpoint, "Q0VSVA"), "1|6|unix|/tmp/p.sock|grpc|Q0VSVA");
        let multiplexing =
            parent(&[(COOKIE, COOKIE_VALUE), ("PLUGIN_MULTIPLEX_GRPC", "true")]).unwrap();
        assert!(line(&multiplexing, &endpoint, "Q0VSVA").ends_with("|Q0VSVA|false"));
    }
}
