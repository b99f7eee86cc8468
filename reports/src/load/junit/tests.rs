use super::suites;
use proofload_results::examples::load::{breached, hostile, invalid, missed};
use proofload_results::examples::validate::HOSTILE;
use proofload_results::load::LoadReport;
use quick_junit::Report;
use quick_xml::Reader;
use quick_xml::events::Event;

fn rendered(report: &LoadReport) -> String {
    let mut document = Report::new("proofload report");
    document.add_test_suites(suites(report, "runs/x"));
    document.to_string().expect("memory")
}

#[test]
fn a_missed_objective_is_a_failure() {
    insta::assert_snapshot!(rendered(&missed()));
}

#[test]
fn an_open_door_is_a_failure_of_its_own() {
    let xml = rendered(&breached());
    assert!(xml.contains("the doors stayed shut under load"), "{xml}");
    assert!(
        xml.contains("failures=\"1\"") && xml.contains("type=\"guard\""),
        "{xml}"
    );
    assert!(
        xml.contains("with 73 calls in flight: its signature was changed"),
        "{xml}"
    );
    assert!(!rendered(&missed()).contains("doors"), "nobody looked");
}

#[test]
fn a_bottleneck_is_an_error_and_no_failure() {
    let xml = rendered(&invalid());
    assert!(xml.contains("errors=\"1\"") && xml.contains("failures=\"0\""), "{xml}");
}

#[test]
fn hostile_texts_end_as_text() {
    for text in HOSTILE {
        let xml = rendered(&hostile(text));
        let mut reader = Reader::from_str(&xml);
        let mut elements = 0;
        loop {
            match reader.read_event().expect("well formed") {
                Event::Eof => break,
                Event::Start(_) | Event::Empty(_) => elements += 1,
                _ => {}
            }
        }
        let mut reader = Reader::from_str(&xml);
        reader.config_mut().check_end_names = true;
        assert!(
            elements > 4 && !xml.contains('\u{202e}') && !xml.contains("<script"),
            "{xml}"
        );
    }
}
