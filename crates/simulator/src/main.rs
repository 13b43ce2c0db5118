//! Starts a Grafana and an Amazon Managed Grafana on loopback, for trying things out by hand.

use std::{convert::Infallible, io, path::PathBuf, process::ExitCode};

use clap::Parser;
use simulator::{
    amazon::{self, Amazon},
    grafana::{Generation, Grafana, Options},
    server::Tls,
};

/// Grafana and Amazon Managed Grafana on loopback. Prints what to export, and runs until Ctrl-C.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Generation of Grafana: 8.4, 9.4, 10.4, 11.3, 12.1 or 12.4.
    #[arg(long, default_value_t = Generation::V12_1)]
    generation: Generation,
    /// Grafana Enterprise, with a licensing API (the default).
    #[arg(long, conflicts_with = "oss")]
    enterprise: bool,
    /// Grafana OSS.
    #[arg(long)]
    oss: bool,
    /// Nodes of the cluster behind the one address.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    nodes: u16,
    /// Path to serve Grafana from, like /grafana.
    #[arg(long, default_value = "", value_parser = sub_path)]
    sub_path: String,
    /// Serves Grafana over HTTPS with a certificate of its own authority.
    #[arg(long)]
    tls: bool,
    /// Port of Grafana; any free one if it is 0.
    #[arg(long, default_value_t = 0)]
    port: u16,
}

impl Arguments {
    fn grafana(&self) -> Options {
        Options {
            generation: self.generation,
            enterprise: self.enterprise || !self.oss,
            nodes: self.nodes.into(),
            sub_path: self.sub_path.clone(),
            tls: self.tls.then(Tls::server_only),
            port: self.port,
            ..Options::default()
        }
    }
}

/// With one slash before it and none behind it, as what is served below it expects.
fn sub_path(text: &str) -> Result<String, Infallible> {
    match text.trim_matches('/') {
        "" => Ok(String::new()),
        path => Ok(format!("/{path}")),
    }
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("The simulator cannot run: {error}.");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = {
        let _context = runtime.enter();
        ended()?
    };
    let grafana = Grafana::start(arguments.grafana())?;
    let amazon = Amazon::start(amazon::Options::default())?;
    for (name, value) in exports(&grafana)?.into_iter().chain(amazon.exports()) {
        println!("export {name}={}", quoted(&value));
    }
    runtime.block_on(ended);
    if arguments.tls {
        std::fs::remove_file(ca_file(&grafana))?;
    }
    Ok(())
}

/// Listens from now on for Ctrl-C, or for being told to end, and gives what to wait for.
#[cfg(unix)]
fn ended() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    let mut hung_up = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
            _ = hung_up.recv() => {}
        }
    })
}

/// Listens from now on for Ctrl-C, and gives what to wait for.
#[cfg(windows)]
fn ended() -> io::Result<impl Future<Output = ()>> {
    let mut pressed = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        pressed.recv().await;
    })
}

fn exports(grafana: &Grafana) -> io::Result<Vec<(String, String)>> {
    let mut exports = vec![
        ("GRAFANA_URL".to_owned(), grafana.url()),
        ("GRAFANA_AUTH".to_owned(), "admin:admin".to_owned()),
        ("GRAFANA_LICENSE_TOKEN".to_owned(), grafana.mint_license()?),
    ];
    if let Some(pem) = grafana.ca_pem() {
        let path = ca_file(grafana);
        std::fs::write(&path, pem)?;
        exports.push(("GRAFANA_CA_CERT".to_owned(), path.display().to_string()));
    }
    Ok(exports)
}

fn ca_file(grafana: &Grafana) -> PathBuf {
    std::env::temp_dir().join(format!("simulator-ca-{}.pem", grafana.addr().port()))
}

/// For a POSIX shell.
fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}
