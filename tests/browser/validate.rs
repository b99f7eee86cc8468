//! The page of a conformance run.

use crate::chromium::{View, open};
use proofload_reports::html;
use proofload_results::examples::validate as examples;

#[tokio::test]
async fn a_cell_of_the_matrix_leads_to_its_case() {
    let report = examples::one_of_each();
    let page = open(&html::validate(&report), View::DESK).await;
    let sentence: String = page.value("document.querySelector('h1').innerText").await;
    assert!(sentence.contains("2 of"), "{sentence}");

    let row = "[...document.querySelectorAll('.matrix tbody tr')].find((row) => row.innerText.includes('listTags'))";
    let target: String = page
        .value(&format!("{row}.querySelector('a.chip').getAttribute('href')"))
        .await;
    page.run(&format!("{row}.querySelector('a.chip').id = 'clicked'")).await;
    page.click("#clicked").await;
    page.until(&format!("location.hash === '{target}'")).await;
    page.until(&format!("document.querySelector('{target}').closest('details').open"))
        .await;
    let shown: bool = page
        .value(&format!(
            "(() => {{ const box = document.querySelector('{target} tr.case').getBoundingClientRect(); \
             return box.height > 0 && box.top < innerHeight && box.bottom > 0; }})()"
        ))
        .await;
    assert!(shown, "the case is on the screen");
    let case: String = page
        .value(&format!("document.querySelector('{target}').innerText"))
        .await;
    assert!(case.contains("listTags/permission@nobody"), "{case}");
    page.close().await;
}

#[tokio::test]
async fn the_filter_leaves_what_matches() {
    let report = examples::one_of_each();
    let page = open(&html::validate(&report), View::DESK).await;
    page.run(
        "document.querySelector('#filter').value = 'tampered'; \
         document.querySelector('#filter').dispatchEvent(new Event('input', { bubbles: true }))",
    )
    .await;
    let left: Vec<String> = page
        .value("[...document.querySelectorAll('tr.case')].filter((row) => row.offsetParent).map((row) => row.cells[1].innerText)")
        .await;
    assert_eq!(left, ["publish/tampered-signature"]);
    let said: String = page.value("document.querySelector('output').textContent").await;
    assert_eq!(said, format!("1 of {} cases", report.cases.len()));
    page.close().await;
}

#[tokio::test]
async fn a_curl_line_can_be_copied_as_it_stands() {
    let report = examples::one_of_each();
    let page = open(&html::validate(&report), View::DESK).await;
    page.click("#failures .command button.copy").await;
    page.until("document.querySelector('#failures .command button.copy').textContent === 'Copied'")
        .await;
    let shown: String = page
        .value("document.querySelector('#failures .command code').textContent")
        .await;
    let curl = report.cases.iter().find_map(|case| case.curl.clone());
    assert_eq!(Some(shown), curl);
    page.close().await;
}

#[tokio::test]
async fn hostile_texts_make_no_element_and_run_nothing() {
    let hostile = examples::hostile();
    let page = open(&html::validate(&hostile), View::DESK).await;
    let foreign: Vec<String> = page
        .value(
            "[...document.querySelectorAll('img, iframe, object, embed, base, link, form:not(.filter), a:not([href^=\"#\"])')]\
             .map((element) => element.outerHTML)",
        )
        .await;
    assert_eq!(foreign, Vec::<String>::new());
    assert_eq!(page.value::<usize>("document.scripts.length").await, 1);
    assert_eq!(
        page.value::<usize>("document.querySelectorAll('tr.case').length").await,
        hostile.cases.len()
    );
    page.close().await;
}
