use super::render;
use crate::validate::examples::{HOSTILE, case, hostile, one_of_each, report};
use crate::validate::{CaseResult, ExchangeRecord, Verdict};

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
    let page = render(&many(2_600, &"<&\u{202e}\"".repeat(400)));
    assert!(page.len() < 40 * 1024 * 1024, "{}", page.len());
}

/// So many failing cases, with this text wherever a server has a say.
fn many(count: usize, text: &str) -> crate::validate::ValidateReport {
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
