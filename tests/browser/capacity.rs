//! The page of a capacity search.

use crate::charts;
use crate::chromium::{View, open};
use proofload_reports::html;
use proofload_results::examples::capacity as examples;

#[tokio::test]
async fn the_curve_draws_and_answers() {
    let report = examples::found();
    let page = open(&html::capacity(&report), View::DESK).await;
    let sentence: String = page.value("document.querySelector('.sentence').textContent").await;
    assert_eq!(sentence, report.sentence);
    page.click("#method summary").await;
    page.until("document.querySelector('#scalability .plot').chart?.status === 1")
        .await;
    charts::have_drawn(&page, 3).await;
    for figure in ["latency-curve", "throughput", "scalability"] {
        charts::answer_the_mouse(&page, figure, 0.5).await;
    }
    let steps: usize = page
        .value("document.querySelectorAll('#steps tbody tr:not(.remark)').length")
        .await;
    assert_eq!(steps, report.steps.len());
    page.close().await;
}

#[tokio::test]
async fn the_bracket_is_named_where_it_is() {
    let report = examples::found();
    let page = open(&html::capacity(&report), View::PHONE).await;
    let [low, high] = report.bracket_per_s.expect("a bracket");
    let across: f64 = page
        .value(&format!(
            "(({{ min, max }}) => ({} - min) / (max - min))(document.querySelector('#throughput .plot').chart.scales.x)",
            f64::midpoint(low, high)
        ))
        .await;
    page.point_at("#throughput .u-over", across).await;
    page.until("document.querySelector('#throughput .said').textContent.includes('bracket 180 to 189/s')")
        .await;
    page.close().await;
}
