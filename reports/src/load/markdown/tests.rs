use super::render;
use proofload_results::examples::load::{breached, hostile, invalid, missed};
use proofload_results::examples::validate::HOSTILE;
use pulldown_cmark::{Event, Options, Parser, Tag};

#[test]
fn a_run_that_missed_an_objective() {
    insta::assert_snapshot!(render(&missed()));
}

#[test]
fn a_bottleneck_says_why() {
    let text = render(&invalid());
    assert!(text.starts_with("# Load: INVALID"), "{text}");
    assert!(text.contains("Generator: arrivals were sent late"), "{text}");
}

#[test]
fn doors_have_a_table_of_their_own() {
    insta::assert_snapshot!(render(&breached()));
}

/// However hostile the texts, there are no more tables, headings, links and pictures than without them.
#[test]
fn hostile_texts_end_as_text() {
    let structure = |text: &str| {
        let events = Parser::new_ext(text, Options::all());
        let mut seen = Vec::new();
        for event in events {
            if let Event::Start(tag) = event {
                match tag {
                    Tag::Heading { .. } | Tag::Table(_) | Tag::TableRow => seen.push("structure"),
                    Tag::Link { .. } | Tag::Image { .. } | Tag::CodeBlock(_) | Tag::List(_) => seen.push("forged"),
                    _ => {}
                }
            }
        }
        seen
    };
    let mut plain = structure(&render(&hostile("harmless")));
    plain.retain(|kind| *kind == "structure");
    for text in HOSTILE {
        assert_eq!(structure(&render(&hostile(text))), plain, "{text}");
    }
}
