//! Dark, phone and paper.

use crate::chromium::{Opened, View, open};
use crate::{certify, charts, load};
use proofload_reports::html;
use proofload_results::examples;
use proofload_results::validate::Verdict;

/// How bright the paper is, 0 to 255.
async fn brightness(page: &Opened) -> u32 {
    let colour: Vec<u32> = page
        .value("getComputedStyle(document.querySelector('.verdict')).backgroundColor.match(/\\d+/g).slice(0, 3).map(Number)")
        .await;
    colour.iter().sum::<u32>() / 3
}

/// Nothing reaches beyond the screen; what is wide scrolls in its own box.
async fn fits(page: &Opened) {
    let (wide, screen): (u32, u32) = page.value("[document.documentElement.scrollWidth, innerWidth]").await;
    assert!(wide <= screen, "{wide} pixels on a screen of {screen}");
}

#[tokio::test]
async fn dark_follows_the_system_also_while_the_page_is_open() {
    let page = open(&load::page_of(10), View::NIGHT).await;
    assert!(brightness(&page).await < 60);
    charts::have_drawn(&page, 6).await;
    let drawn: u32 = page.value("Number(document.documentElement.dataset.drawn)").await;
    page.view(View::DESK).await;
    page.until(&format!("Number(document.documentElement.dataset.drawn) > {drawn}"))
        .await;
    assert!(brightness(&page).await > 200);
    charts::have_drawn(&page, 6).await;
    page.close().await;
}

#[tokio::test]
async fn a_phone_scrolls_in_one_direction_only() {
    for html in [html::validate(&examples::validate::one_of_each()), load::page_of(10)] {
        let page = open(&html, View::PHONE).await;
        fits(&page).await;
        assert!(page.picture().await.starts_with(b"\x89PNG"));
        page.close().await;
    }
}

#[tokio::test]
async fn paper_is_white_whatever_the_screen_is() {
    let page = open(&load::page_of(10), View::NIGHT).await;
    page.view(View {
        paper: true,
        ..View::NIGHT
    })
    .await;
    page.until("document.documentElement.classList.contains('printing')")
        .await;
    assert!(brightness(&page).await > 250);
    charts::have_drawn(&page, 6).await;
    page.view(View::NIGHT).await;
    page.until("!document.documentElement.classList.contains('printing')")
        .await;
    let pdf = page.pdf().await;
    assert!(pdf.starts_with(b"%PDF") && pdf.len() > 20_000, "{} bytes", pdf.len());
    page.close().await;
}

/// What is folded away on the screen to save room is on paper, and nothing is left of it there afterwards.
#[tokio::test]
async fn paper_has_what_the_screen_has() {
    for html in [
        load::page_of(10),
        certify::page(),
        html::capacity(&examples::capacity::found()),
        html::gate(&examples::gate::regressed()),
        html::validate(&examples::validate::one_of_each()),
    ] {
        let page = open(&html, View::NIGHT).await;
        let headings = "[...document.querySelectorAll('main h1, main h2, main h3, main tbody tr, main .plot')]\
                        .filter((part) => !part.closest('.data, .group') && part.checkVisibility()).length";
        let folded = "document.querySelectorAll('details.fold:not([open]), details.more-data:not([open])').length";
        let (on_screen, shut): (usize, usize) = (page.value(headings).await, page.value(folded).await);
        page.view(View {
            paper: true,
            ..View::NIGHT
        })
        .await;
        page.until(&format!("{folded} === 0")).await;
        let on_paper: usize = page.value(headings).await;
        assert!(on_paper >= on_screen && on_screen > 5, "{on_paper} of {on_screen}");
        page.view(View::NIGHT).await;
        page.until(&format!("{folded} === {shut}")).await;
        page.close().await;
    }
}

#[tokio::test]
async fn the_matrix_can_be_narrowed_to_what_deviates() {
    let mut report = examples::validate::one_of_each();
    let clean = examples::validate::case("getTag/no-token", "GET /api/v1/Tags/{tagId}", Verdict::Pass);
    report.cases.push(clean);
    let page = open(&html::validate(&report), View::DESK).await;
    let rows = "[...document.querySelectorAll('#matrix tbody tr')].filter((row) => row.checkVisibility()).length";
    let (all, clean): (usize, usize) = page
        .value(&format!(
            "[{rows}, document.querySelectorAll('#matrix tr.clean').length]"
        ))
        .await;
    assert!(clean > 0 && clean < all, "{clean} of {all}");
    let _: bool = page.value("document.querySelector('#only').click() || true").await;
    let left: usize = page.value(rows).await;
    assert_eq!(left, all - clean);
    page.close().await;
}
