//! Whether the doors stayed shut under load, for people and for a step summary.

use crate::console::{Column, Style, Table, Tone};
use crate::load::console::counts;
use crate::markdown::{CELL_CHARS, code, prose};
use proofload_results::load::LoadReport;
use proofload_results::text;
use std::fmt::Write as _;

/// A table of the guards, and how many answers were looked into; nothing where nobody looked.
pub(super) fn console(out: &mut String, report: &LoadReport, style: &Style) {
    let Some(guards) = &report.guards else { return };
    if guards.rows().next().is_some() {
        let mut table = Table::new(vec![
            Column::words("guards: must be refused"),
            Column::figures("sent"),
            Column::figures("refused"),
            Column::figures("let in"),
            Column::figures("neither"),
            Column::words("answers"),
        ]);
        for (kind, count) in guards.rows() {
            let name = (kind.to_string(), None);
            let row = match count {
                Ok(count) => {
                    let let_in = (count.let_in > 0).then_some(Tone::Bad);
                    [
                        (count.sent.to_string(), None),
                        (count.refused.to_string(), None),
                        (count.let_in.to_string(), let_in),
                        (count.neither().to_string(), None),
                        (text::line(&counts(&count.statuses)), None),
                    ]
                }
                Err(why) => {
                    let blank = || (String::new(), None);
                    [
                        blank(),
                        blank(),
                        blank(),
                        blank(),
                        (format!("not tried: {}", text::line(why)), None),
                    ]
                }
            };
            table.toned(std::iter::once(name).chain(row));
        }
        let (rows, _) = table.render(style);
        out.push_str(&rows);
        out.push('\n');
    }
    for breach in &guards.guarded.breaches {
        let _ = writeln!(
            out,
            "{}  {}",
            style.paint(Tone::Bad, "OPEN"),
            text::line(&breach.to_string())
        );
    }
    if let Some(answers) = guards.answers() {
        let _ = writeln!(out, "answers  {}\n", text::line(&answers));
    }
}

/// The same as Markdown.
pub(super) fn markdown(out: &mut String, report: &LoadReport) {
    let Some(guards) = &report.guards else { return };
    if guards.rows().next().is_some() {
        out.push_str(
            "\n| must be refused | sent | refused | let in | neither | answers |\n|---|---:|---:|---:|---:|---|\n",
        );
        for (kind, count) in guards.rows() {
            let _ = match count {
                Ok(count) => writeln!(
                    out,
                    "| {kind} | {} | {} | {} | {} | {} |",
                    count.sent,
                    count.refused,
                    if count.let_in > 0 {
                        format!("**{}**", count.let_in)
                    } else {
                        "0".to_owned()
                    },
                    count.neither(),
                    code(&counts(&count.statuses), CELL_CHARS)
                ),
                Err(why) => writeln!(out, "| {kind} | | | | | not tried: {} |", code(why, CELL_CHARS)),
            };
        }
    }
    for breach in &guards.guarded.breaches {
        let _ = write!(out, "\nOpen door: {}\n", prose(&breach.to_string(), 2 * CELL_CHARS));
    }
    if let Some(answers) = guards.answers() {
        let _ = write!(out, "\nAnswers: {}\n", prose(&answers, CELL_CHARS));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::load::{breached, missed};

    #[test]
    fn every_kind_has_a_row_and_an_open_door_its_evidence() {
        let shown = crate::load::console::render(&breached(), &Style::PLAIN);
        for text in [
            "a tampered token",
            "not tried: no account is known to lack one",
            "1 x 200, 1 x 401, 1 x 503",
            "OPEN  publish answered 200 after 4.2 s with 73 calls in flight: its signature was changed",
            "OPEN  profile answered 200",
            "answers  40 looked into (sample), 1 was SOMEBODY ELSE'S",
        ] {
            assert!(shown.contains(text), "{text}: {shown}");
        }
        let shown = crate::load::console::render(&missed(), &Style::PLAIN);
        assert!(
            !shown.contains("guards") && !shown.contains("answers  "),
            "nobody looked: {shown}"
        );
    }
}
