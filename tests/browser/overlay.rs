//! The page of several load runs.

use crate::charts;
use crate::chromium::{Opened, View, open};
use proofload_reports::html::{self, Overlaid};
use proofload_results::examples::load_record;
use proofload_results::record::RecordReader;

/// The page of two runs of so many seconds.
pub(crate) fn page_of(seconds: [u32; 2]) -> String {
    let folder = tempfile::tempdir().expect("a directory");
    let (before, after) = (folder.path().join("before"), folder.path().join("after"));
    let first = load_record::write_record(&before, seconds[0]).expect("a record");
    let second = load_record::write_slower_record(&after, seconds[1]).expect("a record");
    let records = [before, after].map(|directory| RecordReader::open(&directory).expect("a record"));
    let run = |name, record, report| Overlaid { name, record, report };
    html::overlay(&[
        run("runs/before", &records[0], &first),
        run("runs/after", &records[1], &second),
    ])
    .expect("a page")
}

/// Unfolds every operation and waits for its charts.
async fn unfold(page: &Opened) {
    page.run("for (const fold of document.querySelectorAll('details.fold')) fold.open = true")
        .await;
    page.until("[...document.querySelectorAll('.plot')].every((plot) => plot.chart)")
        .await;
}

#[tokio::test]
async fn every_chart_draws_and_answers() {
    let page = open(&page_of([30, 20]), View::DESK).await;
    unfold(&page).await;
    charts::have_drawn(&page, 19).await;
    for figure in [
        "all-p50",
        "all-p99",
        "all-rate",
        "all-errors",
        "operation-0-percentiles",
        "operation-0-p99",
        "operation-2-rate",
    ] {
        charts::answer_the_mouse(&page, figure, 0.4).await;
    }
    charts::zoom_and_toggle(&page, "all-p99").await;
    page.close().await;
}

/// What is folded away is drawn when it is unfolded, and on paper, where nothing can be unfolded.
#[tokio::test]
async fn folded_operations_are_on_paper() {
    let page = open(&page_of([10, 10]), View::NIGHT).await;
    let drawn = "[...document.querySelectorAll('#operation-1 .plot')].filter((plot) => plot.chart).length";
    assert_eq!(page.value::<usize>(drawn).await, 0);
    page.view(View {
        paper: true,
        ..View::NIGHT
    })
    .await;
    page.until(&format!("{drawn} === 5")).await;
    charts::have_drawn(&page, 19).await;
    page.view(View::NIGHT).await;
    page.until("!document.querySelector('#operation-1').open").await;
    page.close().await;
}

#[tokio::test]
async fn a_phone_scrolls_in_one_direction_only() {
    let page = open(&page_of([10, 10]), View::PHONE).await;
    unfold(&page).await;
    let (wide, screen): (u32, u32) = page.value("[document.documentElement.scrollWidth, innerWidth]").await;
    assert!(wide <= screen, "{wide} pixels on a screen of {screen}");
    page.close().await;
}

/// Two runs of an hour each.
#[tokio::test]
async fn hours_stay_small() {
    let html = page_of([3_600, 3_600]);
    assert!(html.len() < 3 * 1024 * 1024, "{} bytes", html.len());
    let page = open(&html, View::DESK).await;
    let places: Vec<usize> = page
        .value("[...document.querySelectorAll('#together .plot')].map((plot) => plot.chart.data[0].length)")
        .await;
    assert_eq!(places, [600; 4]);
    page.close().await;
}
