//! Exporters of every kind, on free ports of this machine.

use super::*;
use proofload_deployment::Credentials;
use proofload_results::watched::read_looks;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

/// A server that lets `answer` deal with every connection, and the endpoint at it.
fn exporter(answer: impl Fn(TcpStream, &str) + Send + 'static) -> Exporter {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let mut head = vec![0; 4096];
            let read = stream.read(&mut head).unwrap_or(0);
            answer(stream, &String::from_utf8_lossy(&head[..read]));
        }
    });
    Exporter::at(&format!("http://{address}")).unwrap()
}

/// An answer with these header lines and this body.
fn answers(head: &'static str, body: &'static str) -> Exporter {
    exporter(move |mut stream, _| {
        let length = body.len();
        let _ = write!(
            stream,
            "HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        );
    })
}

/// One look at an endpoint: what it gave.
fn look(exporter: &Exporter) -> Result<Vec<(String, f64)>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut endpoint = Endpoint::new(exporter, &[Own::parse("mine=up").unwrap()]).unwrap();
    let seen = runtime.block_on(endpoint.look());
    let figures = |reading: crate::reading::Reading| {
        let values = reading.values.into_iter();
        values.map(|(name, figure)| (name.to_string(), figure)).collect()
    };
    seen.found.map(figures)
}

#[test]
fn what_answers_no_figures_is_a_gap_that_says_why() {
    for (exporter, said) in [
        (
            answers("200 OK\r\nContent-Type: text/html", "<html>sign in</html>"),
            "a web page",
        ),
        (
            answers("200 OK\r\nContent-Type: text/plain", "<!doctype html><html></html>"),
            "a web page",
        ),
        (
            answers("200 OK\r\nContent-Type: application/vnd.google.protobuf", "\x01\x02"),
            "binary",
        ),
        (
            answers("200 OK\r\nContent-Type: application/json", "{\"status\": \"UP\"}"),
            "no figures",
        ),
        (answers("200 OK\r\nContent-Type: text/plain", ""), "no figures"),
        (answers("401 Unauthorized", ""), "wants credentials"),
        (
            answers("302 Found\r\nLocation: http://127.0.0.1:1/", ""),
            "redirects are not followed",
        ),
        (answers("404 Not Found", ""), "nothing at this path"),
        (answers("500 Oops", "up 1\n"), "answers 500"),
    ] {
        let why = look(&exporter).unwrap_err();
        assert!(why.contains(said), "{said}: {why}");
    }
}

#[test]
fn what_is_odd_and_holds_figures_is_read() {
    let page = "# TYPE up gauge\nup 1 # {id=\"x\"} 1\nup 7\nbad NaN\nbad +Inf\nnative {count:1,sum:2}\nup{odd=\"\\\"\"} 2\nhalf\n\
                a 1\nb 1\nc 1\nd 1\ne 1\nf 1\n";
    for head in [
        "200 OK\r\nContent-Type: application/octet-stream",
        "200 OK",
        "200 OK\r\nContent-Type: application/openmetrics-text",
    ] {
        assert_eq!(look(&answers(head, page)).unwrap(), [("own[mine]".to_owned(), 3.0)]);
    }
}

#[test]
fn a_page_without_an_end_is_cut_and_left_alone_for_a_while() {
    let endless = exporter(|mut stream, _| {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n");
        let lines = "up 1\n".repeat(10_000);
        while stream.write_all(lines.as_bytes()).is_ok() {}
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut endpoint = Endpoint::new(&endless, &[]).unwrap();
    let seen = runtime.block_on(endpoint.look());
    assert!(seen.found.unwrap_err().contains("longer than 8 MB"));
    let rested = runtime.block_on(endpoint.look());
    assert!(
        rested.found.unwrap_err().contains("longer than 8 MB"),
        "a gap says why all the while"
    );
    assert_eq!(rested.took, std::time::Duration::ZERO, "and nobody was asked");
}

#[test]
fn nobody_answers_and_nobody_ever_will() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let dead = Exporter::at(&format!("http://{closed}")).unwrap();
    assert!(look(&dead).unwrap_err().contains("refused"), "{:?}", look(&dead));
    let kept = Mutex::new(Vec::new());
    let silent = exporter(move |stream, _| kept.lock().push(stream));
    let why = look(&silent).unwrap_err();
    assert!(why.contains("within 3"), "{why}");
}

#[test]
fn credentials_go_with_every_look_and_into_no_text() {
    let guarded = |wanted: &'static str| {
        exporter(move |mut stream, head| {
            let found = head
                .to_lowercase()
                .contains(&format!("authorization: {}", wanted.to_lowercase()));
            let status = if found { "200 OK" } else { "401 No" };
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Length: 5\r\nConnection: close\r\n\r\nup 1\n"
            );
        })
    };
    let mut bearer = guarded("Bearer hunter2");
    assert!(look(&bearer).unwrap_err().contains("401"));
    bearer.credentials = Credentials::Bearer("hunter2".into());
    assert_eq!(look(&bearer).unwrap().len(), 1);
    let mut basic = guarded("Basic bWU6aHVudGVyMg==");
    basic.credentials = Credentials::Basic("me".to_owned(), "hunter2".into());
    assert_eq!(look(&basic).unwrap().len(), 1);
    basic.credentials = Credentials::Bearer("a\nb".into());
    let why = Endpoint::new(&basic, &[]).err().map(|error| error.to_string()).unwrap();
    assert!(why.contains("no header takes"), "{why}");
}

/// Waits for something that another thread does; for a minute at most.
fn wait_for<T>(mut found: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "it never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_run_gets_what_was_seen_from_its_start_on_and_a_record_of_it() {
    let good = answers(
        "200 OK\r\nContent-Type: text/plain",
        "up 3\nprocess_resident_memory_bytes 5e7\n",
    );
    let bad = answers("404 Not Found", "");
    let folder = tempfile::tempdir().unwrap();
    let watcher = Watcher::start(&[good.clone(), bad, good], &[Own::parse("mine=up").unwrap()]).unwrap();
    let later = watcher.tap(Instant::now() + Duration::from_secs(3600), None);
    let tap = watcher.tap(Instant::now(), Some(folder.path()));
    let looks = wait_for(|| {
        let looks = read_looks(folder.path()).unwrap();
        (looks.len() >= 6).then_some(looks)
    });
    assert!(
        looks
            .iter()
            .any(|look| look.gap.as_ref().is_some_and(|gap| gap.contains("404")))
    );
    let report = tap.close().report();
    assert_eq!(report.sources.len(), 3);
    assert!(report.sources[2].name.ends_with("(2)"), "none has the name of another");
    assert_eq!((report.sources[1].looks, report.lost), (report.sources[1].gaps, None));
    let means: Vec<_> = report
        .series
        .iter()
        .map(|row| (row.series.to_string(), row.mean))
        .collect();
    assert_eq!(means[0], ("process.memory".to_owned(), 5e7));
    assert_eq!(means[2], ("own[mine]".to_owned(), 3.0));
    assert!(
        later.close().report().series.is_empty(),
        "nothing was seen of a run that has not begun"
    );
    let sums = Sums::recorded(&read_looks(folder.path()).unwrap()).unwrap();
    assert_eq!(sums.report().series.len(), 4);
}

#[test]
fn a_record_that_cannot_be_written_is_told_and_nothing_more() {
    let watcher = Watcher::start(&[], &[]).unwrap();
    let tap = watcher.tap(Instant::now(), Some(Path::new("/nowhere/at/all")));
    assert!(tap.close().report().lost.is_some());
}

#[test]
fn figures_have_six_digits() {
    for (figure, kept) in [
        (0.123_456_789, 0.123_457),
        (123_456_789.0, 123_457_000.0),
        (0.0, 0.0),
        (-2.5, -2.5),
        (1e-300, 1e-300),
    ] {
        assert!((to_digits(figure) - kept).abs() <= kept.abs() * 1e-9, "{figure}");
    }
}

/// Debian's `node_exporter`, ended with the test.
#[cfg(target_os = "linux")]
struct Real(std::process::Child);

#[cfg(target_os = "linux")]
impl Drop for Real {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Where the package is not installed there is nothing to try; `scripts/test.sh` installs it.
#[cfg(target_os = "linux")]
#[test]
fn a_real_node_exporter_tells_of_this_machine() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut program = std::process::Command::new("prometheus-node-exporter");
    program.arg(format!("--web.listen-address={free}"));
    program
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    let Ok(child) = program.spawn() else { return };
    let _real = Real(child);
    wait_for(|| TcpStream::connect(free).ok());
    let exporter = Exporter::at(&format!("http://{free}")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let watcher = Watcher::start(&[exporter], &[Own::parse("load=node_load1").unwrap()]).unwrap();
    let tap = watcher.tap(Instant::now(), Some(folder.path()));
    wait_for(|| {
        let looks = read_looks(folder.path()).unwrap();
        let whole = |look: &&Look| look.values.keys().any(|name| name.to_string() == "cpu");
        (looks.iter().filter(whole).count() >= 2).then_some(())
    });
    let report = tap.close().report();
    let row = |series: &str| report.series.iter().find(|row| row.series.to_string() == series);
    let cpu = row("cpu").expect("the CPU");
    assert!((0.0..=1.0).contains(&cpu.mean) && cpu.limit == Some(1.0), "{cpu:?}");
    let memory = row("memory").expect("the memory");
    assert!(
        memory
            .limit
            .is_some_and(|limit| memory.mean > 0.0 && memory.mean < limit),
        "{memory:?}"
    );
    assert!(row("own[load]").is_some());
    assert!(row("process.memory").is_none(), "that would be the exporter's own");
}
