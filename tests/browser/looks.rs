//! Dark, phone and paper.

use crate::chromium::{Opened, View, open};
use crate::{certify, charts, load, overlay};
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

/// What reaches beyond the right edge of the page, or is cut where it ends. What is wide may scroll, in a box of its own that is
/// within the page; its head says what it is all the same.
const BEYOND: &str = "(() => { const scrolls = (part) => part && (/auto|scroll/.test(getComputedStyle(part).overflowX) ? part : scrolls(part.parentElement)); \
    const wide = [...document.querySelectorAll('body *')].filter((part) => part.checkVisibility() && !part.closest('.hidden, .skip, caption, script') && part.getClientRects().length \
        && part.getBoundingClientRect().right > document.documentElement.clientWidth + 0.5 && !scrolls(part.parentElement)); \
    const cut = [...document.querySelectorAll('h1, h2, h3, p, li, dd, dt, td, th, summary, figcaption, .badge, .chip, .word, .sentence')] \
        .filter((part) => part.checkVisibility() && !part.closest('.hidden, .skip, caption') && /hidden|clip/.test(getComputedStyle(part).overflowX) && part.scrollWidth > part.clientWidth + 1); \
    const split = [...document.querySelectorAll('th, .badge, .verdict .word, .brand, button')].filter((part) => part.checkVisibility() && part.firstChild && part.children.length === 0 && \
        !/[ \\-\\/_.@:\\u00ad]|[a-z][A-Z]/.test(part.textContent) && part.textContent.length < 24 && (() => { const range = document.createRange(); range.selectNodeContents(part); \
        return new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size > 1; })()); \
    return [wide, cut, split].map((parts) => parts.slice(0, 3).map((part) => `${part.tagName}.${part.className} ${part.textContent.slice(0, 60)}`)); })()";

/// What reaches beyond the screen, is cut at its edge, or has a short word broken in the middle.
async fn faults(page: &Opened, what: &str) -> Vec<String> {
    let found: Vec<Vec<String>> = page.value(BEYOND).await;
    let kinds = ["beyond the page", "cut", "broken"];
    let found = kinds.iter().zip(found).filter(|(_, parts)| !parts.is_empty());
    let mut faults: Vec<String> = found
        .map(|(kind, parts)| format!("{what}: {kind}: {parts:?}"))
        .collect();
    let (wide, screen): (u32, u32) = page.value("[document.documentElement.scrollWidth, innerWidth]").await;
    if wide > screen {
        faults.push(format!("{what}: {wide} pixels on a screen of {screen}"));
    }
    faults
}

/// Phones, tablets, desks: every kind of page, its longest words included.
#[tokio::test]
async fn every_page_fits_every_screen() {
    let mut found = Vec::new();
    for (name, html) in every_kind() {
        let page = open(&html, View::DESK).await;
        for width in [320, 390, 600, 768, 1_024, 1_280, 1_600, 1_920] {
            page.view(View { width, ..View::DESK }).await;
            page.until(&format!("document.documentElement.clientWidth === {width}"))
                .await;
            page.until("[...document.querySelectorAll('.plot')].every((place) => !place.chart || place.chart.width <= Math.max(220, place.clientWidth))").await;
            found.extend(faults(&page, &format!("{name} at {width}")).await);
        }
        page.close().await;
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

fn every_kind() -> Vec<(&'static str, String)> {
    vec![
        ("validate", html::validate(&examples::validate::one_of_each())),
        ("load", load::page_of(10)),
        ("overlay", overlay::page_of([5, 5])),
        ("capacity", html::capacity(&examples::capacity::found())),
        ("gate", html::gate(&examples::gate::regressed())),
        ("certify", certify::page()),
    ]
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
        assert_eq!(faults(&page, "a phone").await, Vec::<String>::new());
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

/// `PROOFLOAD_PAGES=DIR` leaves the pages that are looked at, to be looked at by people.
#[test]
fn pages_can_be_kept() {
    let folder = std::env::var_os("PROOFLOAD_PAGES").map(std::path::PathBuf::from);
    for (name, html) in every_kind() {
        assert!(html.starts_with("<!DOCTYPE html>"), "{name}");
        if let Some(folder) = &folder {
            std::fs::write(folder.join(format!("{name}.html")), html).expect("written");
        }
    }
}
