//! Tables that fit: columns line up, and where the width does not suffice the least needed ones are left out.

use super::{Style, Tone};
use proofload_results::text;
use unicode_width::UnicodeWidthStr;

/// Between two columns.
const GAP: usize = 2;

/// A column of a table.
#[derive(Debug, Clone)]
pub struct Column {
    title: String,
    left: bool,
    need: u8,
}

impl Column {
    /// Words, which begin at the left.
    pub fn words(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            left: true,
            need: u8::MAX,
        }
    }

    /// Figures, which end at the right.
    pub fn figures(title: &str) -> Self {
        Self {
            left: false,
            ..Self::words(title)
        }
    }

    /// How much it is needed: where the width does not suffice, the columns with the smallest number go first. A column
    /// that does not say is never left out.
    #[must_use]
    pub fn need(self, need: u8) -> Self {
        Self { need, ..self }
    }
}

/// Rows under columns. Cells are escaped as they come in: they may hold what a server sent.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<(String, Option<Tone>)>>,
}

impl Table {
    /// A table without rows.
    pub fn new(columns: Vec<Column>) -> Self {
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row of cells; those that are missing at its end are empty.
    pub fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.toned(cells.into_iter().map(|cell| (cell, None)));
    }

    /// Adds a row of cells, each with its tone.
    pub fn toned<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = (S, Option<Tone>)>) {
        let cells = cells.into_iter().map(|(cell, tone)| (text::line(cell.as_ref()), tone));
        self.rows.push(cells.collect());
    }

    /// The lines, each with a line feed, and whether columns had to be left out.
    pub fn render(&self, style: &Style) -> (String, bool) {
        let widths: Vec<usize> = (0..self.columns.len()).map(|place| self.width(place)).collect();
        let shown = self.fitting(&widths, style.width);
        let mut out = String::new();
        let titles: Vec<_> = self
            .columns
            .iter()
            .map(|column| (column.title.clone(), Some(Tone::Strong)))
            .collect();
        for row in std::iter::once(&titles).chain(&self.rows) {
            let mut line = String::new();
            let mut owed = 0;
            for (&place, first) in shown.iter().zip([true].into_iter().chain(std::iter::repeat(false))) {
                let (cell, tone) = row.get(place).map_or(("", None), |(cell, tone)| (cell.as_str(), *tone));
                let missing = widths[place].saturating_sub(cell.width());
                let (before, behind) = if self.columns[place].left {
                    (0, missing)
                } else {
                    (missing, 0)
                };
                owed += before + if first { 0 } else { GAP };
                if !cell.is_empty() {
                    line.push_str(&" ".repeat(owed));
                    line.push_str(&tone.map_or_else(|| cell.to_owned(), |tone| style.paint(tone, cell)));
                    owed = 0;
                }
                owed += behind;
            }
            out.push_str(&line);
            out.push('\n');
        }
        (out, shown.len() < self.columns.len())
    }

    fn width(&self, place: usize) -> usize {
        let cells = self.rows.iter().filter_map(|row| row.get(place));
        cells
            .map(|(cell, _)| cell.width())
            .chain([self.columns[place].title.width()])
            .max()
            .unwrap_or_default()
    }

    /// The columns that fit into `width`, in order.
    fn fitting(&self, widths: &[usize], width: usize) -> Vec<usize> {
        let mut shown: Vec<usize> = (0..self.columns.len()).collect();
        loop {
            let used = shown
                .iter()
                .map(|&place| widths[place] + GAP)
                .sum::<usize>()
                .saturating_sub(GAP);
            let least = shown
                .iter()
                .enumerate()
                .filter(|(_, place)| self.columns[**place].need < u8::MAX)
                .min_by_key(|(position, place)| (self.columns[**place].need, std::cmp::Reverse(*position)));
            match least {
                Some((position, _)) if used > width => _ = shown.remove(position),
                _ => return shown,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(vec![
            Column::words("operation"),
            Column::figures("p50").need(2),
            Column::figures("p99.9").need(1),
            Column::figures("p99"),
        ]);
        table.row(["publish", "1.00", "20.00", "9.00"]);
        table.toned([("顔", None), ("", None), ("7", Some(Tone::Bad))]);
        table
    }

    #[test]
    fn columns_line_up() {
        let (text, cut) = table().render(&Style::PLAIN);
        assert_eq!(
            text,
            "operation   p50  p99.9   p99\npublish    1.00  20.00  9.00\n顔                   7\n"
        );
        assert!(!cut);
    }

    #[test]
    fn the_least_needed_columns_go_first() {
        let narrow = |width| {
            let style = Style { width, ..Style::PLAIN };
            let (text, cut) = table().render(&style);
            (text.lines().next().unwrap().to_owned(), cut)
        };
        assert_eq!(narrow(27), ("operation   p50   p99".to_owned(), true));
        assert_eq!(narrow(20), ("operation   p99".to_owned(), true));
        assert_eq!(narrow(3), ("operation   p99".to_owned(), true), "what is needed stays");
    }

    #[test]
    fn colours_do_not_move_columns_and_cells_are_escaped() {
        let colourful = Style {
            colour: true,
            ..Style::PLAIN
        };
        let mut table = Table::new(vec![Column::words("a"), Column::figures("b")]);
        table.toned([("evil\x1b[31m", None), ("x", Some(Tone::Good))]);
        let (text, _) = table.render(&colourful);
        assert!(text.ends_with("evil\\u{1b}[31m  \x1b[32mx\x1b[0m\n"), "{text:?}");
    }
}
