use super::render;
use proofload_results::examples::validate::{HOSTILE, case, hostile, one_of_each, report};
use proofload_results::validate::{ValidateReport, Verdict};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::collections::BTreeMap;

#[test]
fn one_case_of_every_verdict() {
    insta::assert_snapshot!(render(&one_of_each()));
}

#[test]
fn hostile_texts_end_as_text() {
    let xml = render(&hostile());
    insta::assert_snapshot!(xml);
    // XML 1.0's production Char, and nothing that turns a terminal or a sentence around.
    let forbidden = |c: char| {
        !matches!(c, '\t' | '\n' | '\u{20}'..='\u{7e}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    assert_eq!(xml.find(forbidden), None);
}

#[test]
fn counts_agree_with_the_elements() {
    for report in [one_of_each(), hostile()] {
        let xml = render(&report);
        let seen = Seen::read(&xml);
        seen.agrees_with(&report);
    }
}

#[test]
fn a_run_that_tested_nothing_is_an_error() {
    let seen = Seen::read(&render(&report(vec![case("a/b", "GET /a", Verdict::Skip)])));
    assert_eq!((&*seen.root["tests"], &*seen.root["errors"]), ("2", "1"));
}

#[test]
fn what_was_tested_and_what_was_not_is_said() {
    let report = one_of_each();
    let headline = report.sentence().to_string();
    assert!(headline.contains("not tested: writes"), "{headline}");
    let seen = Seen::read(&render(&report));
    assert!(
        seen.texts.iter().any(|text| text.contains(&headline)),
        "{:?}",
        seen.texts
    );
}

#[test]
fn a_text_is_read_back_as_it_was_shown() {
    let report = hostile();
    let seen = Seen::read(&render(&report));
    for text in HOSTILE {
        let shown = proofload_results::text::block(text);
        assert!(seen.texts.iter().any(|body| body.contains(&shown)), "{shown}");
    }
}

#[test]
fn an_endless_answer_is_cut() {
    let mut report = one_of_each();
    report.cases[1].observed = "<".repeat(5_000_000);
    let xml = render(&report);
    assert!(xml.len() < 1_000_000, "{} bytes", xml.len());
    Seen::read(&xml).agrees_with(&report);
}

/// What another parser finds in the document. It checks that end tags match and that every entity is known.
#[derive(Default)]
struct Seen {
    root: BTreeMap<String, String>,
    suites: Vec<BTreeMap<String, String>>,
    /// How often an element occurred, by the number of its suite and its name.
    elements: BTreeMap<(usize, String), usize>,
    texts: Vec<String>,
}

impl Seen {
    fn read(xml: &str) -> Self {
        let mut seen = Self::default();
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_comments = true;
        let mut text = String::new();
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Start(tag) | Event::Empty(tag) => seen.element(&tag),
                Event::End(_) => seen.texts.push(std::mem::take(&mut text)),
                Event::Text(piece) => text.push_str(&piece.xml10_content()),
                Event::GeneralRef(name) => text.push(entity(&name)),
                Event::Eof => return seen,
                Event::Decl(_) => {}
                other => panic!("unexpected in JUnit XML: {other:?}"),
            }
        }
    }

    fn element(&mut self, tag: &BytesStart<'_>) {
        let name = tag.name().as_ref().to_owned();
        let attributes = tag.attributes().map(|attribute| {
            let attribute = attribute.expect("well-formed attribute");
            let key = attribute.key.as_ref().to_owned();
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .expect("known entities");
            (key, value.into_owned())
        });
        let attributes: BTreeMap<_, _> = attributes.collect();
        match name.as_str() {
            "testsuites" => self.root = attributes,
            "testsuite" => self.suites.push(attributes),
            _ => *self.elements.entry((self.suites.len(), name)).or_default() += 1,
        }
    }

    fn count(&self, suite: usize, name: &str) -> usize {
        self.elements.get(&(suite, name.to_owned())).copied().unwrap_or(0)
    }

    fn agrees_with(&self, report: &ValidateReport) {
        let summary = report.summary;
        for (attribute, element, wanted) in [
            ("tests", "testcase", summary.total()),
            ("failures", "failure", summary.fail),
            ("errors", "error", summary.error),
            ("skipped", "skipped", summary.skip),
        ] {
            let stated =
                |attributes: &BTreeMap<String, String>| attributes[attribute].parse::<usize>().expect("a number");
            assert_eq!(stated(&self.root), wanted, "{attribute} of testsuites");
            let mut total = 0;
            for (number, suite) in self.suites.iter().enumerate() {
                assert_eq!(
                    stated(suite),
                    self.count(number + 1, element),
                    "{attribute} of {suite:?}"
                );
                total += stated(suite);
            }
            assert_eq!(total, wanted, "{attribute} of all suites");
        }
    }
}

fn entity(reference: &quick_xml::events::BytesRef<'_>) -> char {
    if let Some(c) = reference.resolve_char_ref().expect("a character reference") {
        return c;
    }
    match reference.as_ref() {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        other => panic!("unknown entity {other:?}"),
    }
}
