//! The live page in a browser while a run goes on: it grows, what a viewer did stays, and at the end it is the report.

use crate::charts;
use crate::chromium::{View, open, visit};
use proofload_test_support::Mock;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

/// A load run with a live page.
struct Run {
    process: Child,
    page: String,
    folder: tempfile::TempDir,
    _mock: Mock,
}

impl Run {
    fn start() -> Self {
        let (mock, folder) = (Mock::on_premise(), tempfile::tempdir().expect("a directory"));
        let mut process = Command::new(env!("CARGO_BIN_EXE_proofload"))
            .args([
                "load",
                "--scenario",
                "camera-feed",
                "--rate",
                "30/s",
                "--duration",
                "1h",
                "--out",
                "run",
            ])
            .args([
                "--slo",
                "publish.p99 < 30s",
                "--dashboard",
                "0",
                "--username",
                "admin",
                "--url",
                &mock.http_url(),
            ])
            .env("PROOFLOAD_PASSWORD", "admin-pass")
            .current_dir(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let mut said = BufReader::new(process.stderr.take().expect("piped"));
        let mut line = String::new();
        while !line.contains("live page at") {
            line.clear();
            assert!(
                said.read_line(&mut line).expect("text") > 0,
                "it ended before it said where"
            );
        }
        // What else it says is read, so that it never waits for a reader.
        std::thread::spawn(move || said.read_to_string(&mut String::new()));
        let page = line
            .trim()
            .strip_prefix("live page at ")
            .expect("an address")
            .to_owned();
        Self {
            process,
            page,
            folder,
            _mock: mock,
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Errors mean that it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a page says, without the texts that its own script puts under charts and into tables.
const SHOWN: &str = "(() => { const main = document.querySelector('main').cloneNode(true); \
    main.querySelectorAll('.plot, .said, .data > .scroll').forEach((part) => part.replaceChildren()); \
    main.querySelectorAll('details').forEach((part) => part.removeAttribute('open')); return main.innerHTML; })()";

#[tokio::test]
async fn a_page_of_a_run_that_goes_on_grows_and_ends_as_the_report() {
    let mut run = Run::start();
    let page = visit(&run.page, View::DESK).await;
    page.until("document.querySelectorAll('.plot').length >= 9").await;
    charts::have_drawn(&page, 9).await;
    let heading: String = page.value("document.querySelector('.verdict .word').textContent").await;
    assert_eq!(heading, "Running");
    // Where nothing failed, an axis of figures would say something that nobody saw.
    page.until("document.querySelector('#errors .plot').chart.data[0].length > 0")
        .await;
    let labels: Vec<String> = page
        .value("document.querySelector('#errors .plot').chart.axes[1]._values.filter(Boolean)")
        .await;
    assert_eq!(labels, ["0/s"]);

    if let Some(folder) = std::env::var_os("PROOFLOAD_PICTURES") {
        page.until("document.querySelector('#rate .plot').chart.data[0].length >= 20")
            .await;
        page.view(View {
            height: 1_500,
            ..View::DESK
        })
        .await;
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        std::fs::write(folder.join("live.webp"), page.webp().await).expect("written");
    }

    // A viewer unfolds a table, zooms one chart, hides a line of another and scrolls.
    page.until("document.querySelector('#rate .plot').chart.data[0].length >= 3")
        .await;
    page.run("document.querySelector('#rate details.data').open = true; \
              const plot = document.querySelector('#latency .plot').chart; plot.zoomed = true; plot.setScale('x', { min: 0, max: 1 }); \
              document.querySelector('#in-flight .plot').chart.setSeries(1, { show: false }); \
              window.mark = document.querySelector('#latency .plot canvas'); scrollTo(0, 400)")
        .await;
    let (points, fed): (usize, u32) = page
        .value("[document.querySelector('#rate .plot').chart.data[0].length, Number(document.documentElement.dataset.fed)]")
        .await;
    page.until(&format!(
        "document.querySelector('#rate .plot').chart.data[0].length > {points} && Number(document.documentElement.dataset.fed) > {fed} + 1"
    ))
    .await;
    let kept: Vec<bool> = page
        .value(
            "[document.querySelector('#rate details.data').open, \
                 document.querySelector('#rate details.data tbody').rows.length >= 4, \
                 document.querySelector('#latency .plot').chart.scales.x.max === 1, \
                 document.querySelector('#in-flight .plot').chart.series[1].show === false, \
                 document.querySelector('#latency .plot canvas') === window.mark, scrollY > 100]",
        )
        .await;
    assert_eq!(
        kept, [true; 6],
        "unfolded, filled anew, zoomed, hidden, the same drawing, the same place"
    );

    let id = run.process.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .expect("kill runs")
            .success()
    );
    page.until("document.querySelector('.live').textContent === 'over'")
        .await;
    let shown: String = page.value(SHOWN).await;
    let (data, title): (String, String) = page
        .value(
            "[JSON.stringify([...document.querySelectorAll('.plot')].map((plot) => plot.chart.data)), document.title]",
        )
        .await;
    let offered: bool = page.value("!document.querySelector('button.save').hidden").await;
    assert!(offered);
    page.close().await;
    assert_eq!(run.process.wait().expect("it ends").code(), Some(130));

    let report = std::fs::read_to_string(run.folder.path().join("run/report.html")).expect("a page");
    let report = open(&report, View::DESK).await;
    let heading: String = report
        .value("document.querySelector('.verdict .word').textContent")
        .await;
    assert_eq!(heading, "Incomplete");
    let expected: String = report.value(SHOWN).await;
    assert_eq!(shown, expected);
    let (expected, name): (String, String) = report
        .value(
            "[JSON.stringify([...document.querySelectorAll('.plot')].map((plot) => plot.chart.data)), document.title]",
        )
        .await;
    assert_eq!((data, title), (expected, name), "every chart draws the same figures");
    report.close().await;
}
