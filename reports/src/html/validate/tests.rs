use super::render;
use proofload_results::examples::validate::{HOSTILE, case, hostile, one_of_each, report};
use proofload_results::validate::{CaseResult, ExchangeRecord, Verdict};

/// The numbers of `<data value=…>` elements.
fn figures(page: &str) -> Vec<&str> {
    page.split("<data value=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect()
}

#[test]
fn every_count_of_the_report_is_on_the_page() {
    let report = one_of_each();
    let page = render(&report);
    let summary = report.summary;
    for (verdict, count) in [
        ("pass", summary.pass),
        ("fail", summary.fail),
        ("warn", summary.warn),
        ("skip", summary.skip),
        ("error", summary.error),
    ] {
        let shown = format!("data-count=\"{verdict}\"><data value=\"{count}\">");
        assert!(page.contains(&shown), "{shown}");
    }
    assert!(figures(&page).contains(&"2.5"), "the duration");
    assert_eq!(page.matches("class=\"case\"").count(), report.cases.len());
}

#[test]
fn every_link_leads_somewhere_and_no_place_is_named_twice() {
    for report in [one_of_each(), hostile(), many(1_000, "x")] {
        let page = render(&report);
        let mut places: Vec<&str> = values(&page, " id=\"").collect();
        let all = places.len();
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), all, "an id is given twice");
        for link in values(&page, " href=\"#") {
            assert!(places.binary_search(&link).is_ok(), "{link}");
        }
    }
}

#[test]
fn hostile_texts_end_as_text() {
    let page = render(&hostile());
    let lower = page.to_lowercase();
    for element in ["<img", "<failure", "<a href=\"http", "<script>alert"] {
        assert!(!lower.contains(element), "{element}");
    }
    assert_eq!(lower.matches("<script").count(), 1);
    assert_eq!(lower.matches("</script").count(), 1);
    for hidden in [
        '\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}', '\u{1b}', '\0', '\u{2028}', '\u{9b}',
    ] {
        assert!(!page.contains(hidden), "{hidden:?}");
    }
    let escaped = maud::html! { (HOSTILE[2]) }.into_string();
    assert!(page.contains(&escaped), "{escaped}");
}

#[test]
fn texts_of_any_length_are_bounded() {
    let long = "x".repeat(10 * 1024 * 1024);
    let page = render(&many(3, &long));
    assert!(page.len() < 200_000, "{}", page.len());
    assert!(page.contains("left out here because it is too long"), "the curl line");
}

#[test]
fn a_server_that_breaks_every_case_at_length_cannot_make_the_page_huge() {
    for report in [many(2_600, &"<&\u{202e}\"".repeat(400)), unlike(2_600)] {
        let page = render(&report);
        assert!(page.len() < 3 * 1024 * 1024, "{}", page.len());
        assert_eq!(
            page.matches("class=\"case\"").count(),
            2_600,
            "every case is in the list"
        );
    }
}

#[test]
fn an_answer_that_comes_again_and_again_is_shown_once() {
    let page = render(&unlike(40));
    assert_eq!(page.matches("the same long page of an error").count(), 1);
    assert_eq!(page.matches("answered as <a href=\"#d0\">").count(), 39);
}

#[test]
fn deviations_that_are_alike_stand_on_one_card() {
    let page = render(&many(12, "x"));
    assert_eq!(
        page.matches("class=\"card\"").count(),
        12,
        "each differs from its snapshot"
    );
    let mut report = many(12, "x");
    for case in &mut report.cases {
        case.probe = "no-token".to_owned();
        case.diff = None;
    }
    let page = render(&report);
    assert_eq!(page.matches("class=\"card\"").count(), 1);
    assert!(page.contains("The same in 11 more cases"));
    assert!(page.contains("<li id=\"d11\">"));
}

#[test]
fn a_refusal_beside_something_skipped_is_no_ok_and_a_skip_is_not_green() {
    let cell = |id: &str, verdict, observed: &str| CaseResult {
        expected: "403".to_owned(),
        observed: observed.to_owned(),
        ..case(id, "GET /x", verdict)
    };
    let page = render(&report(vec![
        cell("putTag/permission@a", Verdict::Pass, "403"),
        cell("putTag/traces@a", Verdict::Skip, ""),
        cell("getTag/permission@a", Verdict::Skip, ""),
        cell("getTag/traces@a", Verdict::Pass, "403"),
    ]));
    assert!(page.contains("aria-label=\"putTag, a: 403\""), "{page}");
    assert!(
        page.contains("class=\"chip quiet\" href=\"#o1-0\" aria-label=\"getTag, a: not tested\""),
        "{page}"
    );
}

#[test]
fn an_interrupted_run_says_so_first() {
    let mut report = one_of_each();
    report.run.as_mut().expect("a run").incomplete = true;
    report.conclude();
    let page = render(&report);
    assert!(
        page.contains("the run was stopped after 4 of 7 cases, 2 of them failed"),
        "{page}"
    );
    assert!(page.contains("<title>Interrupted: conformance of lab</title>"));
}

/// So many failing cases, each in a way of its own, with one answer of the server to all of them.
fn unlike(count: usize) -> proofload_results::validate::ValidateReport {
    let mut report = many(count, "500");
    for (number, case) in report.cases.iter_mut().enumerate() {
        case.observed = format!("500 on attempt {number} of what should have been refused");
        case.detail =
            "A request whose token was tampered with is refused before anything else is looked at.".to_owned();
        case.curl = Some(format!(
            "curl -sk -X POST -H \"Authorization: Bearer $TOKEN\" 'https://lab:5009/api/v1/faceEdge/publish?attempt={number}' --data-binary @body.json"
        ));
        case.diff = None;
        if let Some(exchange) = &mut case.exchange {
            exchange.request = format!("POST /api/v1/faceEdge/publish?attempt={number}");
            exchange.body = "<html>the same long page of an error".to_owned() + &"<p>\u{202e}</p>".repeat(500);
        }
    }
    report
}

/// So many failing cases, with this text wherever a server has a say.
fn many(count: usize, text: &str) -> proofload_results::validate::ValidateReport {
    let failing = |number: usize| CaseResult {
        observed: text.to_owned(),
        detail: text.to_owned(),
        curl: Some(text.to_owned()),
        exchange: Some(ExchangeRecord {
            request: text.to_owned(),
            status: 200,
            headers: vec![(text.to_owned(), text.to_owned())],
            body: text.to_owned(),
            elapsed_us: 1,
        }),
        diff: Some(text.to_owned()),
        ..case(&format!("publish/{number}"), "POST /publish", Verdict::Fail)
    };
    report((0..count).map(failing).collect())
}

fn values<'a>(page: &'a str, before: &'static str) -> impl Iterator<Item = &'a str> {
    page.split(before).skip(1).filter_map(|rest| rest.split('"').next())
}
