//! Machines under test, watched beside a load, a merge and a search; and what is no exporter.

use crate::program::{program, proofload};
use proofload_test_support::{assert_holds, schema};
use serde_json::Value;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Output;

/// An exporter whose counter of CPU seconds says that the machine is busy, at a free port.
fn exporter() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 2048]);
            let body = format!(
                "node_cpu_seconds_total{{cpu=\"0\",mode=\"idle\"}} 10\nnode_cpu_seconds_total{{cpu=\"0\",mode=\"user\"}} {number}\n\
                 node_memory_MemTotal_bytes 8e9\nnode_memory_MemAvailable_bytes 6e9\nqueue_length 7\n"
            );
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            );
        }
    });
    format!("http://{address}")
}

fn looks(directory: &Path) -> Vec<Value> {
    let lines = fs::read_to_string(directory.join("target.jsonl")).expect("the looks");
    lines
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn a_missed_objective_is_told_with_what_was_at_its_limit() {
    let folder = tempfile::tempdir().expect("a directory");
    let (url, folder) = (exporter(), folder.path());
    let line = [
        "load",
        "--rate",
        "40/s",
        "--duration",
        "4s",
        "--slo",
        "publish.p99 < 1us",
        "--format",
        "json",
        "--out",
        "a",
        "--watch",
        "queue=queue_length",
        "--watch-target",
        &url,
    ];
    let report = json(&proofload(folder, &line));
    assert_holds(&schema("load"), &report);
    let (schema, looks) = (schema("target"), looks(&folder.join("a")));
    assert!(looks.len() >= 2, "{looks:?}");
    for look in &looks {
        assert_holds(&schema, look);
    }
    let series = report["watched"]["series"].as_array().expect("series");
    let named: Vec<_> = series.iter().filter_map(|row| row["series"].as_str()).collect();
    assert_eq!(named, ["cpu", "memory", "own[queue]"]);
    assert!(!report["operations"][0]["phases"].as_array().expect("phases").is_empty());
    if report["verdict"] == "fail" {
        let told = report["ran_out"]["sentence"].as_str().expect("a sentence");
        assert_eq!(told, "together with it was at its limit: CPU of all cores 100%");
    }
    let shown = String::from_utf8(proofload(folder, &["report", "a"]).stdout).expect("text");
    assert!(
        shown.contains("watched ") && shown.contains("memory in use 2.00 GB of 8.00 GB"),
        "{shown}"
    );
    let page = fs::read_to_string(folder.join("a/report.html")).expect("the page");
    assert!(page.contains("Machines under test") && page.contains("Where the time goes"));
}

#[test]
fn what_cannot_be_watched_is_told() {
    let folder = tempfile::tempdir().expect("a directory");
    let url = exporter();
    for (options, said) in [
        (vec!["--watch-target", "box:9100"], "http://box:9100"),
        (
            vec!["--watch-target", "http://me:hunter2@box:9100"],
            "carries credentials",
        ),
        (vec!["--watch", "x=y"], "--watch-target"),
        (
            vec!["--watch-target", &url, "--watch", "x=rate(y[1m])"],
            "leave the [...] out",
        ),
        (vec!["--cameras", "4", "--fps", "2", "--rate", "5/s"], "--rate"),
        (vec!["--images", "none/at/all"], "images"),
        (vec!["--soak", "1h", "--duration", "5s"], "--duration"),
    ] {
        let mut command = program();
        let output = command.arg("load").args(&options).current_dir(folder.path()).output();
        let output = output.expect("the program runs");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{options:?}: {stderr}");
        assert!(
            stderr.contains(said) && !stderr.contains("hunter2"),
            "{options:?}: {stderr}"
        );
    }
}
