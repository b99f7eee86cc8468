use super::{MAX_BYTES, render};
use proofload_results::examples::validate::{HOSTILE, case, hostile, one_of_each, report};
use proofload_results::text;
use proofload_results::validate::{CaseResult, Verdict};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// Every extension that a dialect may have switched on, but for the one that only turns dashes and quotes into others.
const DIALECTS: Options = Options::all().difference(Options::ENABLE_SMART_PUNCTUATION);

#[test]
fn one_case_of_every_verdict() {
    insta::assert_snapshot!(render(&one_of_each()));
}

#[test]
fn a_clean_run_is_short() {
    insta::assert_snapshot!(render(&report(vec![case(
        "publish/no-token",
        "POST /x",
        Verdict::Pass
    )])));
}

#[test]
fn hostile_texts_end_as_text() {
    let markdown = render(&hostile());
    insta::assert_snapshot!(markdown);
    let read = Read::of(&markdown);
    assert_eq!(
        read.headings,
        [
            "Conformance: fail",
            "Causes (11)",
            "Failures (10)",
            "Could not be tested (10)",
            "Warnings (10)",
            "Accepted deviations (10)",
            "Skipped (10)"
        ]
    );
    // The curl line, the exchange and the differences of each.
    assert_eq!(read.code_blocks.len(), 3 * 3 * HOSTILE.len());
    for (row, text) in read.rows("Failures").iter().zip(HOSTILE) {
        let shown = text::line(text);
        assert_eq!(
            row[..],
            [
                format!("publish/{shown}"),
                shown.clone(),
                shown,
                "MUST".to_owned(),
                "seed".to_owned()
            ]
        );
    }
    for (blocks, text) in read.code_blocks.chunks(3).zip(HOSTILE) {
        let shown = text::block(text);
        let shown = shown.trim_end();
        let exchange = format!("{shown}\n\n200\n{shown}: {shown}\n\n{shown}");
        // Three texts in one: only the last one's end is the block's.
        assert_eq!(blocks[1].replace(" \n", "\n").trim_end(), exchange.replace(" \n", "\n"));
        assert_eq!([blocks[0].trim_end(), blocks[2].trim_end()], [shown, shown]);
    }
    for (row, text) in read.rows("Accepted").iter().zip(HOSTILE) {
        assert_eq!(row[2..4], [text::line(text), text::line(text)]);
    }
    for (row, text) in read.rows("Skipped").iter().zip(HOSTILE) {
        assert_eq!(row[..], ["1".to_owned(), text::line(text)]);
    }
}

#[test]
fn no_raw_text_is_left_for_the_dialects_to_find() {
    let text = "@everyone mail@evil.example #1 http://evil.example www.evil.example :skull: $x$";
    let markdown = super::prose(text, 1_000);
    for found in ["@everyone", "@evil", "#1", "://", "www.", ":skull:", "$"] {
        assert!(!markdown.replace("&#", "").contains(found), "{found} in {markdown}");
    }
}

#[test]
fn a_summary_never_outgrows_its_bound() {
    let failing = |number: usize, text: &str| CaseResult {
        observed: text.to_owned(),
        detail: text.to_owned(),
        curl: Some(format!("curl {}", text::clip(text, 2_000))),
        ..case(&format!("publish/case-{number}"), "POST /x", Verdict::Fail)
    };
    for text in ["200".to_owned(), "|`<".repeat(1_000)] {
        let markdown = render(&report((0..3_000).map(|number| failing(number, &text)).collect()));
        assert!(markdown.len() <= MAX_BYTES, "{} bytes", markdown.len());
        let read = Read::of(&markdown);
        let listed = read.rows("Failures").len();
        let repeated = read.code_blocks.len();
        assert!(listed > 0);
        let left_out = 6_000 - listed - repeated;
        if left_out > 0 {
            assert!(
                markdown.contains(&format!("\n{left_out} more lines were left out")),
                "{listed} {repeated}"
            );
        }
        assert_eq!(
            markdown.matches("<details>").count(),
            markdown.matches("</details>").count()
        );
    }
}

#[test]
fn a_curl_line_is_whole_or_not_there() {
    let mut report = one_of_each();
    report.cases[1].curl = Some("curl ".repeat(10_000));
    let markdown = render(&report);
    assert!(markdown.contains("(Its curl line of 50000 bytes is in the JSON report.)"));
    assert!(!markdown.contains("curl curl"));
}

/// What another parser finds in the document; anything that no rendering of ours writes is refused.
#[derive(Default)]
struct Read {
    headings: Vec<String>,
    /// Each row of a table with the heading above it.
    rows: Vec<(String, Vec<String>)>,
    code_blocks: Vec<String>,
}

impl Read {
    fn of(markdown: &str) -> Self {
        let mut read = Self::default();
        let mut text = String::new();
        let mut in_head = false;
        for event in Parser::new_ext(markdown, DIALECTS) {
            match event {
                Event::Start(tag) => {
                    allowed(&tag);
                    text.clear();
                    in_head |= tag == Tag::TableHead;
                    if tag == Tag::TableRow {
                        let heading = read.headings.last().expect("a heading").clone();
                        read.rows.push((heading, vec![]));
                    }
                }
                Event::End(TagEnd::Heading(_)) => read.headings.push(text.clone()),
                Event::End(TagEnd::CodeBlock) => read.code_blocks.push(text.clone()),
                Event::End(TagEnd::TableHead) => in_head = false,
                Event::End(TagEnd::TableCell) if !in_head => {
                    let (_, cells) = read.rows.last_mut().expect("a row");
                    cells.push(text.trim().to_owned());
                }
                Event::Text(piece) => text.push_str(&piece),
                Event::InlineHtml(html) => assert!(["<code>", "</code>", "<!-- -->"].contains(&&*html), "{html}"),
                Event::Html(html) => assert!(
                    html.starts_with("<details><summary>Details of each") || html.starts_with("</details>"),
                    "{html}"
                ),
                Event::End(_) => {}
                other => panic!("unexpected in a summary: {other:?}"),
            }
        }
        read
    }

    fn rows(&self, heading: &str) -> Vec<&Vec<String>> {
        let rows = self.rows.iter().filter(|(above, _)| above.starts_with(heading));
        rows.map(|(_, cells)| cells).collect()
    }
}

fn allowed(tag: &Tag<'_>) {
    let known = matches!(
        tag,
        Tag::Heading { .. }
            | Tag::Paragraph
            | Tag::Strong
            | Tag::Table(_)
            | Tag::TableHead
            | Tag::TableRow
            | Tag::TableCell
            | Tag::HtmlBlock
    ) || matches!(tag, Tag::CodeBlock(CodeBlockKind::Fenced(language)) if ["sh", "http", "diff"].contains(&&**language));
    assert!(known, "unexpected in a summary: {tag:?}");
}
