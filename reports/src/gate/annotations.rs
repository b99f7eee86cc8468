//! A gate as annotations of a GitHub workflow: commands on standard output that the runner shows beside the change.

use proofload_results::gate::{GateReport, GateVerdict};
use proofload_results::text;
use std::fmt::Write as _;

/// GitHub shows ten annotations of each kind for a step, and drops the others silently.
const SHOWN: usize = 9;
/// Longer messages are cut by the runner.
const MESSAGE_CHARS: usize = 1000;

/// One command for each reason and warning: errors when the gate is red, warnings when it cannot tell.
pub fn render(report: &GateReport) -> String {
    let (level, title) = match report.verdict {
        GateVerdict::Regressed => ("error", "proofload gate: regressed"),
        GateVerdict::Inconclusive => ("warning", "proofload gate: inconclusive"),
        GateVerdict::NotRegressed => ("notice", "proofload gate: not regressed"),
    };
    let mut out = String::new();
    commands(&mut out, level, title, &report.reasons);
    commands(&mut out, "notice", "proofload gate: worth knowing", &report.warnings);
    out
}

fn commands(out: &mut String, level: &str, title: &str, sentences: &[String]) {
    for sentence in sentences.iter().take(SHOWN) {
        let _ = writeln!(out, "::{level} title={}::{}", property(title), data(sentence));
    }
    let rest = sentences.len().saturating_sub(SHOWN);
    if rest > 0 {
        let _ = writeln!(
            out,
            "::{level} title={}::and {rest} more, see the report",
            property(title)
        );
    }
}

/// What stands behind the second `::`. A line break would end the command and begin one of the sender's choice.
fn data(sentence: &str) -> String {
    let sentence = text::clip(&text::line(sentence), MESSAGE_CHARS);
    sentence.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(title: &str) -> String {
    data(title).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::gate as examples;

    #[test]
    fn a_red_gate_is_an_error_beside_the_change() {
        let mut report = examples::regressed();
        report.reasons = vec![
            "publish.p50 is 10% higher".to_owned(),
            "a\r\n::stop-commands::x".to_owned(),
        ];
        let text = render(&report);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "::error title=proofload gate%3A regressed::publish.p50 is 10%25 higher"
        );
        assert_eq!(lines.len(), 3);
        assert!(
            lines[1].starts_with("::error title=") && lines[1].contains("::a\\r\\n::stop"),
            "{text}"
        );
    }

    #[test]
    fn no_more_than_github_shows() {
        let mut report = examples::interleaved();
        report.reasons = vec!["x".to_owned(); 40];
        let text = render(&report);
        assert_eq!(text.lines().count(), SHOWN + 1);
        assert!(text.ends_with("and 31 more, see the report\n"), "{text}");
    }
}
