//! `proofload mock`: an Identities server of our own to try everything against.

use super::mock_queue::QueueOptions;
#[cfg(unix)]
use super::shared::signals;
use super::shared::values::duration;
use super::{Console, Failure};
use crate::exit::Exit;
use clap::ValueEnum;
use proofload_deployment::nearest;
use proofload_deployment::read_key;
use proofload_mock_server::{Defect, Identities, Listen, Server, Settings, Variant};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  proofload mock
  proofload mock --http 127.0.0.1:0 --https 127.0.0.1:0 --prefix /identities --cert-out c.pem
  proofload mock --token-lifetime 5s --swagger
  proofload mock --list-defects";

/// Start an Identities server to try against, with real tokens and five accounts.
///
/// The accounts are admin, publisher, recognizer, reader and nobody, with passwords <name>-pass. One line on stdout says
/// where it listens: `listening http=127.0.0.1:6009 https=127.0.0.1:5009 prefix=/`. It runs until Ctrl-C or SIGTERM,
/// lets open requests end, and then exits 0: a server that was asked to stop has done its work.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct MockArgs {
    /// Serve HTTP here, or `none`; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:6009", value_parser = address)]
    http: Address,
    /// Serve HTTPS here, or `none`, with a self-signed certificate made at start; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:5009", value_parser = address)]
    https: Address,
    /// Serve everything under this path: /identities is the cloud's, none is on premise
    #[arg(long, value_name = "PATH", default_value = "", value_parser = Settings::prefix_from)]
    prefix: String,
    /// Serve the OpenAPI document at swagger/v1/swagger.json
    #[arg(long)]
    swagger: bool,
    /// How long tokens live
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = token_lifetime)]
    token_lifetime: Duration,
    /// Sign tokens with the key in this file; otherwise with a random one
    #[arg(long, value_name = "FILE")]
    signing_key_file: Option<PathBuf>,
    /// Write the certificate here, in PEM, for clients to trust
    #[arg(long, value_name = "FILE")]
    cert_out: Option<PathBuf>,
    /// Make the certificate say CA:TRUE, as some deployments' do
    #[arg(long)]
    cert_is_ca: bool,
    /// Give the server a fault of this name; can be repeated
    #[arg(long, value_name = "NAME", value_parser = defect)]
    defect: Vec<Defect>,
    /// Let the server differ in a way that the documents leave open: docs/sound.md lists the names; can be repeated
    #[arg(long, value_name = "NAME", value_parser = variant)]
    variant: Vec<Variant>,
    #[command(flatten)]
    queue: QueueOptions,
    /// List the faults there are, and start nothing
    #[arg(long, value_name = "FORMAT", value_enum, num_args = 0..=1, default_missing_value = "table")]
    list_defects: Option<ListFormat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    /// For people
    Table,
    /// For programs
    Json,
    /// As docs/defects.md
    Markdown,
}

/// Where to listen, if at all.
#[derive(Debug, Clone, Copy)]
struct Address(Option<SocketAddr>);

/// Serves until it is asked to stop.
///
/// # Errors
/// A file cannot be read or written, or an address cannot be listened on.
pub(super) async fn run(args: MockArgs, console: &Console) -> Result<Exit, Failure> {
    if let Some(format) = args.list_defects {
        console.result(&list_of_defects(format))?;
        return Ok(Exit::Passed);
    }
    let settings = settings(&args)?;
    let prefix = settings.prefix.clone();
    let listen = Listen {
        http: args.http.0,
        https: args.https.0,
        certificate_is_ca: args.cert_is_ca,
    };
    if listen.http.is_none() && listen.https.is_none() {
        return Err(Failure::usage(
            "with --http none and --https none there is nothing to serve",
        ));
    }
    if listen.https.is_none() && (args.cert_out.is_some() || args.cert_is_ca) {
        return Err(Failure::usage(
            "--cert-out and --cert-is-ca are about HTTPS, which --https none switches off",
        ));
    }
    warn_when_reachable(&listen, console);
    if let Some(queue) = &settings.queue {
        console.note(&queue.to_string());
    }
    // Asked for before the line is printed: whoever reads it may signal at once.
    let mut stop = Stop::listen()?;
    let server = Server::start(Arc::new(Identities::new(settings)), listen).await;
    let server = server.map_err(Failure::could_not_test)?;
    if let (Some(path), Some(pem)) = (&args.cert_out, server.certificate_pem()) {
        write_certificate(path, pem)?;
    }
    console.result(&listening(&server, &prefix))?;
    stop.wait().await;
    // Whoever asks twice does not wait for calls that are under way.
    tokio::select! {
        () = server.shutdown() => {}
        () = stop.wait() => {}
    }
    Ok(Exit::Passed)
}

fn settings(args: &MockArgs) -> Result<Settings, Failure> {
    let mut settings = Settings {
        prefix: args.prefix.clone(),
        swagger: args.swagger,
        token_lifetime: args.token_lifetime,
        defects: args.defect.clone(),
        variants: args.variant.clone(),
        queue: args.queue.settings().map_err(Failure::usage)?,
        ..Settings::default()
    };
    if let Some(path) = &args.signing_key_file {
        settings.signing_key = read_key(path).map_err(Failure::usage)?;
    }
    Ok(settings)
}

/// The one line that scripts read: `name=value` pairs, of which those that are not served are left out.
fn listening(server: &Server, prefix: &str) -> String {
    let mut line = "listening".to_owned();
    for (name, address) in [("http", server.http_addr()), ("https", server.https_addr())] {
        if let Some(address) = address {
            let _ = write!(line, " {name}={address}");
        }
    }
    let _ = writeln!(line, " prefix={}", if prefix.is_empty() { "/" } else { prefix });
    line
}

/// The passwords are known to everybody, so that a mock beyond loopback is worth a word.
fn warn_when_reachable(listen: &Listen, console: &Console) {
    for address in [listen.http, listen.https].into_iter().flatten() {
        if !address.ip().is_loopback() {
            console.note(&format!(
                "warning: {address} may be reachable from other machines, and the mock's passwords are no secret"
            ));
        }
    }
}

fn write_certificate(path: &Path, pem: &str) -> Result<(), Failure> {
    std::fs::write(path, pem).map_err(|error| {
        Failure::usage(format!(
            "cannot write the certificate to {}: {error}; give --cert-out a file that can be written",
            path.display()
        ))
    })
}

fn address(text: &str) -> Result<Address, String> {
    if text == "none" {
        return Ok(Address(None));
    }
    let address = text.parse().map(|address| Address(Some(address)));
    address.map_err(|_| "write an address and a port, such as 127.0.0.1:6009 or [::1]:0, or none".to_owned())
}

fn token_lifetime(text: &str) -> Result<Duration, String> {
    let lifetime = duration(text)?;
    if lifetime < Duration::from_secs(1) {
        return Err("tokens count in whole seconds: the least is 1s".to_owned());
    }
    Ok(lifetime)
}

fn defect(name: &str) -> Result<Defect, String> {
    let advice = || nearest::advice(name, Defect::ALL.iter().map(|defect| defect.name()));
    Defect::from_str(name).map_err(|error| format!("{error}{}; --list-defects shows all", advice()))
}

fn variant(name: &str) -> Result<Variant, String> {
    let advice = || nearest::advice(name, Variant::ALL.iter().map(|variant| variant.name()));
    Variant::from_str(name).map_err(|error| format!("{error}{}; docs/sound.md shows all", advice()))
}

fn list_of_defects(format: ListFormat) -> String {
    match format {
        ListFormat::Markdown => Defect::markdown(),
        ListFormat::Json => Defect::json(),
        ListFormat::Table => Defect::table(),
    }
}

/// What asks a server to stop.
struct Stop {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    /// `None` where whoever started the mock wants it to outlive the terminal.
    #[cfg(unix)]
    hang_up: Option<tokio::signal::unix::Signal>,
}

impl Stop {
    #[cfg(unix)]
    fn listen() -> Result<Self, Failure> {
        use tokio::signal::unix::{SignalKind, signal};
        let handler =
            |kind| signal(kind).map_err(|error| Failure::could_not_test(format!("cannot listen for signals: {error}")));
        Ok(Self {
            interrupt: handler(SignalKind::interrupt())?,
            terminate: handler(SignalKind::terminate())?,
            hang_up: if signals::hang_up_is_ignored() {
                None
            } else {
                Some(handler(SignalKind::hangup())?)
            },
        })
    }

    #[cfg(unix)]
    async fn wait(&mut self) {
        let Self {
            interrupt,
            terminate,
            hang_up,
        } = self;
        let hung_up = async {
            match hang_up {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hung_up => {}
        }
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "the same shape as on Unix")]
    fn listen() -> Result<Self, Failure> {
        Ok(Self {})
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, reason = "the same shape as on Unix")]
    async fn wait(&mut self) {
        // Without a handler there is nothing to wait for but the process's end.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_lives_a_second_at_least() {
        assert!(token_lifetime("999ms").is_err());
        assert_eq!(token_lifetime("1s"), Ok(Duration::from_secs(1)));
    }
}
