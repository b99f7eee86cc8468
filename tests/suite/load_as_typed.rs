//! Runs as people type them: so many calls, accounts and data of their own, proxies; each against a little server that sees what
//! was sent.

use crate::odd_server::{Asked, answer, given, serve, token};
use crate::program::program;
use proofload_test_support::Mock;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Output;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

pub(crate) type Seen = Arc<Mutex<Vec<Asked>>>;

/// A server that gives every account a token, takes every call, and keeps what it saw. The first logins fare as `first` says.
pub(crate) fn server(first: impl Fn(usize) -> Option<Vec<u8>> + Send + Sync + 'static) -> (String, Seen) {
    let seen = Seen::default();
    let (log, logins) = (seen.clone(), AtomicUsize::new(0));
    let base = serve(move |asked| {
        let answer = if asked.is_login() {
            // The look at the server before everything asks without a name.
            let known = asked.body.contains("username");
            let odd = known.then(|| first(logins.fetch_add(1, Ordering::Relaxed))).flatten();
            odd.unwrap_or_else(|| given(&token(",\"exp\":4000000000,\"iat\":3999996400")))
        } else if asked.token.is_empty() {
            answer(401, "", b"")
        } else {
            answer(200, "Content-Type: application/json\r\n", b"{}")
        };
        log.lock().unwrap().push(asked.clone());
        answer
    });
    (base, seen)
}

fn load(args: &[&str]) -> Output {
    let mut command = program();
    command.args(["load", "--format", "json"]).args(args);
    command.env("PROOFLOAD_PASSWORD", "secret12").output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stderr(output)))
}

fn findings(report: &Value) -> String {
    report["findings"].to_string()
}

/// The user names that logged in, each with how often.
fn logins(seen: &Seen) -> BTreeMap<String, usize> {
    let mut logins = BTreeMap::new();
    for asked in seen.lock().unwrap().iter().filter(|asked| asked.is_login()) {
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        if let Some(username) = body["username"].as_str() {
            *logins.entry(username.to_owned()).or_default() += 1;
        }
    }
    logins
}

fn published(seen: &Seen) -> Vec<Value> {
    let seen = seen.lock().unwrap();
    let published = seen.iter().filter(|asked| asked.path.ends_with("/publish"));
    published
        .map(|asked| serde_json::from_str(&asked.body).unwrap())
        .collect()
}

fn as_admin<'a>(base: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["--url", base, "--username", "admin", "--seed", "1"], more].concat()
}

#[test]
fn so_many_calls_are_made_and_no_more() {
    let (base, seen) = server(|_| None);
    let open = report(&load(&as_admin(&base, &["--rate", "400/2s", "-n", "60", "-c", "8"])));
    assert_eq!(
        open["scenario"], "camera-feed",
        "a rate alone picks a scenario that has one"
    );
    assert_eq!(
        (&open["arrivals"]["due"], &open["arrivals"]["done"]),
        (&60.into(), &60.into())
    );
    assert_eq!((published(&seen).len(), &open["generator"]["users"]), (60, &8.into()));
    // Five calls a round: a round is not cut in two.
    let closed = report(&load(&as_admin(
        &base,
        &[
            "--scenario",
            "smoke",
            "--set",
            "arrivals.think=1ms",
            "--connections",
            "3",
            "--requests",
            "42",
        ],
    )));
    assert_eq!(closed["arrivals"]["done"], 9, "{closed}");
    assert!(closed["duration_s"].as_f64().unwrap() < 5.0, "{closed}");
}

#[test]
fn users_come_and_go_and_rates_begin_with_nothing() {
    let (base, _) = server(|_| None);
    let stages = "arrivals.stages=[{ ramp = \"600ms\", to = 6 }, { ramp = \"600ms\", to = 0 }]";
    let args = [
        "--scenario",
        "smoke",
        "--set",
        "arrivals.think=20ms",
        "--set",
        stages,
        "--set",
        "duration=",
        "--set",
        "users=",
    ];
    let closed = report(&load(&as_admin(&base, &args)));
    assert_eq!(closed["generator"]["users"], 6, "{closed}");
    assert!(closed["arrivals"]["done"].as_u64().unwrap() > 10, "{closed}");
    let stages = "arrivals.stages=[{ ramp = \"500ms\", to = \"200/s\" }, { ramp = \"500ms\", to = \"0/s\" }]";
    let args = [
        "--scenario",
        "camera-feed",
        "--set",
        "journeys.camera.frame_rate=",
        "--set",
        "arrivals.rate=0/s",
        "--set",
        stages,
    ];
    let args = [&args[..], &["--set", "duration="]].concat();
    let open = report(&load(&as_admin(&base, &args)));
    assert_eq!(open["arrivals"]["done"], 100, "{open}");
}

#[test]
fn a_missed_objective_ends_the_run() {
    let (base, _) = server(|_| None);
    let args = [
        "--rate",
        "50/s",
        "-z",
        "30s",
        "--slo",
        "publish.p50 < 1us",
        "--stop-on-breach",
        "0s",
    ];
    let output = load(&as_admin(&base, &args));
    let report = report(&output);
    assert_eq!((output.status.code(), &report["verdict"]), (Some(1), &"fail".into()));
    assert!(report["duration_s"].as_f64().unwrap() < 10.0, "{report}");
    assert!(
        findings(&report).contains("because publish.p50 < 1us was missed by then"),
        "{report}"
    );
    let output = load(&as_admin(
        &base,
        &[
            "--rate",
            "50/s",
            "--scenario",
            "token-churn",
            "--set",
            "slos=",
            "--stop-on-breach",
        ],
    ));
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("needs an objective"), "{}", stderr(&output));
}

#[test]
fn accounts_are_dealt_in_turn_and_share_a_session_where_asked() {
    let folder = tempfile::tempdir().unwrap();
    let accounts = folder.path().join("accounts.csv");
    std::fs::write(
        &accounts,
        "username,password\r\nanna,\"s3cret-\"\"a\"\"\"\r\nbert,s3cret-b\r\n",
    )
    .unwrap();
    let accounts = accounts.to_str().unwrap();
    let common = ["--rate", "100/s", "-d", "300ms", "-c", "6", "--accounts", accounts];
    let (base, seen) = server(|_| None);
    let output = load(&[&["--url", &base], &common[..]].concat());
    assert_eq!(
        logins(&seen),
        [("anna".to_owned(), 3), ("bert".to_owned(), 3)].into(),
        "{}",
        stderr(&output)
    );
    assert!(!stderr(&output).contains("s3cret") && !String::from_utf8_lossy(&output.stdout).contains("s3cret"));
    let (base, seen) = server(|_| None);
    load(&[&["--url", &base, "--one-login"], &common[..]].concat());
    assert_eq!(logins(&seen), [("anna".to_owned(), 1), ("bert".to_owned(), 1)].into());
    let tokens: BTreeSet<String> = {
        let seen = seen.lock().unwrap();
        let published = seen.iter().filter(|asked| asked.path.ends_with("/publish"));
        published.map(|asked| asked.token.clone()).collect()
    };
    assert_eq!(tokens.len(), 2, "one for each account");
    std::fs::write(accounts, "username,password\nanna,s3cret\nbert\n").unwrap();
    let output = load(&[&["--url", &base], &common[..]].concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("line 3: it has 1 values") && !stderr(&output).contains("s3cret"));
}

#[test]
fn each_call_takes_the_next_line_of_the_data() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("doors.csv"),
        "door\nnorth \"A\"\nsouth\nwest\n".replace("north \"A\"", "\"north \"\"A\"\"\""),
    )
    .unwrap();
    let scenario = folder.path().join("doors.toml");
    let text = "description = \"Doors.\"\nduration = \"1s\"\n[arrivals]\nprocess = \"constant\"\nrate = \"200/s\"\n[data]\nfile = \"doors.csv\"\n\
                [[journeys]]\nname = \"door\"\nsteps = [{ operation = \"publish\", body = { detectorName = \"{door}\" } }]\n";
    std::fs::write(&scenario, text).unwrap();
    let (base, seen) = server(|_| None);
    let output = load(&as_admin(
        &base,
        &["--scenario", scenario.to_str().unwrap(), "-n", "6", "--threads", "2"],
    ));
    let mut doors: Vec<String> = published(&seen)
        .iter()
        .map(|body| body["detectorName"].as_str().unwrap().to_owned())
        .collect();
    doors.sort();
    assert_eq!(
        doors,
        ["north \"A\"", "north \"A\"", "south", "south", "west", "west"],
        "{}",
        stderr(&output)
    );
}

#[test]
fn logins_survive_what_passes_and_a_refusal_ends_the_run_at_the_first() {
    let (base, seen) = server(|login| match login {
        0 => Some(Vec::new()),
        1 => Some(answer(503, "", b"starting")),
        _ => None,
    });
    let args = ["--rate", "50/s", "-d", "300ms", "-c", "5"];
    let output = load(&as_admin(&base, &args));
    let told = findings(&report(&output));
    assert!(
        told.contains("tried again 2 times") && told.contains("1 x status 503"),
        "{told}"
    );
    assert_eq!(logins(&seen)["admin"], 7);
    let (base, seen) = server(|_| Some(answer(401, "", b"no")));
    let output = load(&as_admin(&base, &args));
    assert_eq!(output.status.code(), Some(3));
    assert!(
        stderr(&output).contains("as admin: the login was refused with status 401"),
        "{}",
        stderr(&output)
    );
    assert_eq!(logins(&seen)["admin"], 1);
}

#[test]
fn plain_calls_go_to_the_proxy_with_their_whole_url() {
    let (proxy, seen) = server(|_| None);
    let args = [
        "--url",
        "http://box.example:6009",
        "--username",
        "admin",
        "--i-may-load-this-target",
        "--rate",
        "100/s",
        "-n",
        "3",
    ];
    let mut command = program();
    command.args(["load", "--format", "json"]).args(args);
    let command = command.env("PROOFLOAD_PASSWORD", "secret12").env("HTTP_PROXY", &proxy);
    let output = command.output().unwrap();
    assert!(
        stderr(&output).contains(&format!("go through the proxy {proxy} (HTTP_PROXY)")),
        "{}",
        stderr(&output)
    );
    assert!(findings(&report(&output)).contains("went through the proxy"));
    assert_eq!(published(&seen).len(), 3);
    let seen = seen.lock().unwrap();
    assert!(
        seen.iter()
            .all(|asked| asked.path.starts_with("http://box.example:6009/api/v1/"))
    );
}

/// A proxy that makes tunnels to wherever it is asked to, and counts them; it wants `user:secret`.
fn tunnels() -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = count.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let counted = counted.clone();
            std::thread::spawn(move || tunnel(stream, &counted));
        }
    });
    (format!("http://user:secret@127.0.0.1:{port}"), count)
}

fn tunnel(mut client: TcpStream, counted: &AtomicUsize) {
    let (mut head, mut byte) = (Vec::new(), [0]);
    while !head.ends_with(b"\r\n\r\n") {
        if client.read_exact(&mut byte).is_err() {
            return;
        }
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    if !head
        .to_lowercase()
        .contains("proxy-authorization: basic dxnlcjpzzwnyzxq=")
    {
        let _ = client.write_all(b"HTTP/1.1 407 Who?\r\nContent-Length: 0\r\n\r\n");
        return;
    }
    let Some(target) = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()) else {
        return;
    };
    let Ok(mut server) = TcpStream::connect(target) else {
        return;
    };
    counted.fetch_add(1, Ordering::Relaxed);
    let _ = client.write_all(b"HTTP/1.1 200 Here you are\r\n\r\n");
    let (mut back, mut forth) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut back, &mut forth);
        let _ = forth.shutdown(Shutdown::Both);
    });
    let _ = std::io::copy(&mut client, &mut server);
    let _ = server.shutdown(Shutdown::Both);
}

#[test]
fn calls_over_tls_go_through_a_tunnel_in_every_command() {
    let mock = Mock::on_premise();
    let (proxy, count) = tunnels();
    let common = ["--url", &mock.https_url(), "--username", "admin", "--insecure"];
    let run = |command: &str, more: &[&str]| {
        let mut program = program();
        program.arg(command).args(common).args(more);
        program.env("PROOFLOAD_PASSWORD", "admin-pass").output().unwrap()
    };
    let more = [
        "--proxy", &proxy, "--rate", "50/s", "-n", "5", "-c", "2", "--format", "json",
    ];
    let output = run("load", &more);
    assert_eq!(report(&output)["operations"][0]["errors"], 0, "{}", stderr(&output));
    assert!(!stderr(&output).contains("secret") && !stderr(&output).contains("dXNlcjpzZWNyZXQ="));
    let loaded = count.swap(0, Ordering::Relaxed);
    assert!(loaded >= 2, "one for each user: {loaded}");
    let output = run("validate", &["--proxy", &proxy, "--only", "profile/control"]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        stderr(&output),
        String::from_utf8_lossy(&output.stdout)
    );
    assert!(count.load(Ordering::Relaxed) > 0);
    let nobody = proxy.replace("user:secret@", "");
    let output = run("validate", &["--proxy", &nobody, "--only", "profile/control"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        stderr(&output).contains(&format!("through the proxy {nobody}")),
        "{}",
        stderr(&output)
    );
}

#[test]
fn streams_are_some_of_http2_on_connections_that_are_kept() {
    for (args, part) in [
        ("--streams 4", "--http2"),
        ("--http2 --streams 0", "0 is not in 1..=10000"),
        ("--http2 --streams 1000000", "1000000 is not in 1..=10000"),
        ("--http2 --streams -1", "invalid value '-1'"),
        ("--http2 --streams many", "invalid value 'many'"),
        ("--http2 --streams 4 --no-keep-alive", "'--no-keep-alive'"),
    ] {
        let output = load(&args.split(' ').collect::<Vec<_>>());
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(part) && output.stdout.is_empty(), "{args}: {said}");
    }
}
