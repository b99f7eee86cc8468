//! The page of a load run.

use crate::charts;
use crate::chromium::{View, open};
use proofload_reports::html;
use proofload_results::examples::load_record;
use proofload_results::record::RecordReader;
use std::process::Command;

/// The page of an example's run of so many seconds.
pub(crate) fn page_of(seconds: u32) -> String {
    let folder = tempfile::tempdir().expect("a directory");
    let directory = folder.path().join("run");
    let report = load_record::write_record(&directory, seconds).expect("a record");
    let record = RecordReader::open(&directory).expect("a record");
    html::load(&record, &report).expect("a page")
}

#[tokio::test]
async fn every_chart_draws_and_answers() {
    let page = open(&page_of(40), View::DESK).await;
    charts::have_drawn(&page, 10).await;
    for figure in [
        "curve-0",
        "latency",
        "by-operation",
        "rate",
        "errors",
        "in-flight",
        "heat-map",
        "lag",
        "busy",
    ] {
        charts::answer_the_mouse(&page, figure, 0.65).await;
    }
    charts::zoom_and_toggle(&page, "latency").await;
    page.close().await;
}

#[tokio::test]
async fn what_was_wrong_is_said_where_it_was() {
    let page = open(&page_of(40), View::DESK).await;
    // The example's target stalls between 62% and 66% of the run.
    page.point_at("#latency .u-over", 0.635).await;
    page.until("document.querySelector('#latency .said').textContent.includes('missed here: publish.p99 < 250ms')")
        .await;
    page.until("document.querySelector('#latency .said').textContent.includes('stage: hold')")
        .await;
    page.point_at("#heat-map .u-over", 0.3).await;
    page.until("/calls took .* to /.test(document.querySelector('#heat-map .said').textContent)")
        .await;
    page.close().await;
}

#[tokio::test]
async fn a_chart_is_read_by_key() {
    let page = open(&page_of(10), View::DESK).await;
    page.run("document.querySelector('#rate .plot').focus()").await;
    for key in ["ArrowRight", "ArrowRight", "ArrowRight"] {
        page.value::<bool>(&format!(
            "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true, cancelable: true }}))"
        ))
        .await;
    }
    page.until("document.querySelector('#rate .plot').chart.cursor.idx === 2")
        .await;
    page.close().await;
}

#[tokio::test]
async fn load_leaves_its_page_beside_the_record() {
    let folder = tempfile::tempdir().expect("a directory");
    let output = Command::new(env!("CARGO_BIN_EXE_proofload"))
        .current_dir(folder.path())
        .args([
            "load",
            "--scenario",
            "smoke",
            "--duration",
            "2s",
            "--out",
            "run",
            "--format",
            "json",
        ])
        .output()
        .expect("the program runs");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a report");
    let html = std::fs::read_to_string(folder.path().join("run/report.html")).expect("a page");
    let page = open(&html, View::DESK).await;
    charts::have_drawn(&page, 6).await;
    let shown: String = page
        .value("document.querySelector('[data-count=done] data').value")
        .await;
    assert_eq!(shown, report["arrivals"]["done"].to_string());
    page.close().await;
}
