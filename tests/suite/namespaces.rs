//! Networks as they fail, between two network namespaces that a test makes: addresses whose packets go nowhere, and a network
//! that is lost in the middle of a run. Nothing leaves the namespaces. It takes root and `ip`; where they are not at hand, that is
//! said and nothing is tried.

use crate::program::program;
use serde_json::Value;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Where the mock is, of the networks that are kept for tests (RFC 2544).
const ALIVE: &str = "198.18.0.2";
/// Whoever has it, nobody answers there.
const DEAD: &str = "198.18.0.3";
/// The same in IPv6, of the network that is kept for examples (RFC 3849).
const DEAD_V6: &str = "2001:db8:16::2";
/// No interface has it: what is sent there is dropped without a word.
const NOBODY: &str = "02:00:00:00:16:ff";

/// A network of two: proofload on the one side, a mock on the other.
struct Lab {
    client: String,
    server: String,
    mock: Option<Child>,
}

impl Lab {
    /// Makes it, with a name that has these addresses for the client; why there is none, where there cannot be one.
    fn new(addresses: &[&str]) -> Result<Self, String> {
        static MADE: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let nth = MADE.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = |side: &str| format!("proofload-{}-{nth}-{side}", std::process::id());
        let mut lab = Self {
            client: name("c"),
            server: name("s"),
            mock: None,
        };
        ip(&format!("netns add {}", lab.client))?;
        ip(&format!("netns add {}", lab.server))?;
        let (client, server) = (lab.client.clone(), lab.server.clone());
        ip(&format!(
            "link add pl0 netns {client} type veth peer name pl0 netns {server}"
        ))?;
        for line in [
            format!("-n {client} addr add 198.18.0.1/24 dev pl0"),
            format!("-n {server} addr add {ALIVE}/24 dev pl0"),
            format!("-n {client} link set lo up"),
            format!("-n {server} link set lo up"),
            format!("-n {client} link set pl0 up"),
            format!("-n {server} link set pl0 up"),
        ] {
            ip(&line)?;
        }
        lab.drop_packets_to(DEAD)?;
        if addresses.contains(&DEAD_V6) {
            // Where this machine has no IPv6 at all, an address of it is not even tried.
            ip(&format!("-n {client} addr add 2001:db8:16::1/64 dev pl0 nodad"))?;
            lab.drop_packets_to(DEAD_V6)?;
        }
        let lines: Vec<String> = addresses
            .iter()
            .map(|address| format!("{address} box.example\n"))
            .collect();
        fs::create_dir_all(lab.names()).map_err(|error| error.to_string())?;
        fs::write(lab.names().join("hosts"), lines.concat()).map_err(|error| error.to_string())?;
        lab.mock = Some(lab.serve());
        Ok(lab)
    }

    /// What `ip netns exec` shows the client in place of `/etc`.
    fn names(&self) -> PathBuf {
        PathBuf::from("/etc/netns").join(&self.client)
    }

    /// From now on nothing that the client sends there arrives.
    fn drop_packets_to(&self, address: &str) -> Result<(), String> {
        let client = &self.client;
        ip(&format!(
            "-n {client} neigh replace {address} lladdr {NOBODY} dev pl0 nud permanent"
        ))
    }

    fn within(namespace: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", namespace]).arg(program().get_program());
        command
    }

    fn serve(&self) -> Child {
        let mut mock = Self::within(&self.server)
            .args(["mock", "--https", "none", "--http", &format!("{ALIVE}:6009")])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(mock.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert!(line.starts_with("listening"), "{line}");
        mock
    }

    /// A load of the mock by its name.
    fn load(&self, args: &str) -> Command {
        let mut load = Self::within(&self.client);
        load.args("load --url http://box.example:6009 --username admin --i-may-load-this-target".split(' '))
            .args("--scenario camera-feed --format json".split(' '))
            .args(args.split(' '))
            .env("PROOFLOAD_PASSWORD", "admin-pass")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        load
    }
}

/// Whatever came of it, nothing is left behind.
impl Drop for Lab {
    fn drop(&mut self) {
        if let Some(mock) = &mut self.mock {
            let _ = mock.kill();
            let _ = mock.wait();
        }
        for namespace in [&self.client, &self.server] {
            let _ = ip(&format!("netns del {namespace}"));
        }
        let _ = fs::remove_dir_all(self.names());
        // Only where nobody else has names there.
        let _ = fs::remove_dir("/etc/netns");
    }
}

fn ip(line: &str) -> Result<(), String> {
    let output = Command::new("ip").args(line.split(' ')).output();
    let output = output.map_err(|error| format!("ip cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("ip {line}: {}", String::from_utf8_lossy(&output.stderr).trim()))
}

/// A network to try with; none where it cannot be made, which is said.
fn lab(addresses: &[&str]) -> Option<Lab> {
    match Lab::new(addresses) {
        Ok(lab) => Some(lab),
        Err(why) => {
            let _ = writeln!(
                std::io::stderr(),
                "skipped: there can be no network namespaces here: {why}"
            );
            None
        }
    }
}

fn report(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

#[test]
fn a_name_server_that_does_not_answer_is_told_apart_from_the_target() {
    let Some(lab) = lab(&[]) else { return };
    fs::write(lab.names().join("resolv.conf"), format!("nameserver {DEAD}\n")).unwrap();
    let output = lab.load("--rate 20/s --duration 1s").output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(
        said.contains("looking up the name box.example came to no end") && said.contains("does the name server"),
        "{said}"
    );
}

/// A name with a dead address costs nobody anything but its head start, once, and is told.
fn a_dead_address_is_passed_by(dead: &str, within: Duration) {
    let Some(lab) = lab(&[dead, ALIVE]) else { return };
    let began = Instant::now();
    let output = lab.load("--rate 50/s --duration 1s --users 4").output().unwrap();
    let report = report(&output);
    assert!(began.elapsed() < within, "{:?}: {report:#}", began.elapsed());
    let row = &report["operations"][0];
    assert_eq!((&row["ok"], &row["errors"]), (&50.into(), &0.into()), "{report:#}");
    // 0 where the machine was quiet enough to judge it.
    assert!(matches!(output.status.code(), Some(0 | 4)), "{report:#}");
    let findings = report["findings"].to_string();
    assert!(
        findings.contains(dead) && findings.contains("a quarter of a second"),
        "{findings}"
    );
}

#[test]
fn a_dead_ipv6_address_costs_its_head_start() {
    a_dead_address_is_passed_by(DEAD_V6, Duration::from_secs(9));
}

#[test]
fn a_dead_ipv4_address_costs_a_run_its_head_start() {
    // The look at the target before the run goes through the HTTP library, which gives a first address of the same family half
    // of the time for connecting.
    a_dead_address_is_passed_by(DEAD, Duration::from_secs(15));
}

/// A network that is lost while a load goes on ends it after five seconds without an answer, and a little.
fn a_lost_network_ends_a_run(how: &str) {
    let Some(lab) = lab(&[ALIVE]) else { return };
    let began = Instant::now();
    let mut load = lab.load(&format!("--rate 20/s --duration 60s --timeout 500ms --users 12{how}"));
    let run = load.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(2500));
    lab.drop_packets_to(ALIVE).unwrap();
    let output = run.wait_with_output().unwrap();
    let report = report(&output);
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}: {report:#}",
        began.elapsed()
    );
    assert_eq!(output.status.code(), Some(1), "{report:#}");
    let sentence = report["sentence"].as_str().unwrap();
    assert!(
        sentence.contains("The target stopped answering: nothing came for 5 seconds"),
        "{sentence}"
    );
    let row = &report["operations"][0];
    assert!(
        row["ok"].as_u64() > Some(0) && row["statuses"]["timeout"].as_u64() > Some(0),
        "{row}"
    );
}

#[test]
fn a_lost_network_ends_a_run_over_http1() {
    a_lost_network_ends_a_run("");
}

#[test]
fn a_lost_network_ends_a_run_over_a_connection_that_users_share() {
    a_lost_network_ends_a_run(" --http2 --streams 4");
}
