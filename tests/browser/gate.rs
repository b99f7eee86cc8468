//! The page of a gate.

use crate::chromium::{View, open};
use proofload_reports::html;
use proofload_results::examples::gate as examples;
use proofload_results::gate::words;

#[tokio::test]
async fn an_interval_says_its_figures_when_it_is_pointed_at() {
    let report = examples::regressed();
    let page = open(&html::gate(&report), View::DESK).await;
    let one = &report.comparisons[0];
    page.point_at("#forest tbody tr:first-child svg", 0.5).await;
    page.until("!document.querySelector('.tip').hidden").await;
    let tip: String = page.value("document.querySelector('.tip').textContent").await;
    assert!(
        tip.contains(&words::name(one)) && tip.contains(&words::interval(one)),
        "{tip}"
    );
    // The interval of a regression lies wholly to the right of its limit.
    let beyond: bool = page
        .value(
            "(() => { const row = document.querySelector('#forest tbody tr:first-child svg'); \
             return Number(row.querySelector('line.span').getAttribute('x1')) > Number(row.querySelector('line.limit').getAttribute('x1')); })()",
        )
        .await;
    assert!(beyond);
    page.close().await;
}

#[tokio::test]
async fn both_modes_open_on_every_screen() {
    for (report, view) in [
        (examples::regressed(), View::PHONE),
        (examples::interleaved(), View::NIGHT),
    ] {
        let page = open(&html::gate(&report), view).await;
        let (wide, screen): (u32, u32) = page.value("[document.documentElement.scrollWidth, innerWidth]").await;
        assert!(wide <= screen, "{wide} pixels on a screen of {screen}");
        let rows: usize = page
            .value("document.querySelectorAll('#comparisons tbody tr:not(.remark)').length")
            .await;
        assert_eq!(rows, report.comparisons.len());
        page.close().await;
    }
}
