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
            title: text::line(title),
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

/// A cell and how it is shown.
type Cell = (String, Option<Tone>);

/// Rows under columns. Cells are escaped as they come in: they may hold what a server sent.
#[derive(Debug, Clone)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
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
        let widths = self.widths();
        let shown = self.fitting(&widths, style.width);
        (self.lines(&shown, &widths, style), shown.len() < self.columns.len())
    }

    /// The lines of a table that leaves nothing out: where the width does not suffice, its columns stand in several blocks
    /// below each other, each with the first and the last column and followed by an empty line.
    pub fn in_blocks(&self, style: &Style) -> String {
        let widths = self.widths();
        let mut out = String::new();
        for shown in blocks(&widths, style.width) {
            out.push_str(&self.lines(&shown, &widths, style));
            out.push('\n');
        }
        out
    }

    /// The columns `shown`, titles first.
    fn lines(&self, shown: &[usize], widths: &[usize], style: &Style) -> String {
        let titles: Vec<Cell> = self
            .columns
            .iter()
            .map(|column| (column.title.clone(), Some(Tone::Strong)))
            .collect();
        let mut out = String::new();
        for row in std::iter::once(&titles).chain(&self.rows) {
            self.line(&mut out, row, shown, widths, style);
            out.push('\n');
        }
        out
    }

    /// One line; what would be blank at its end is left out.
    fn line(&self, out: &mut String, row: &[Cell], shown: &[usize], widths: &[usize], style: &Style) {
        let mut owed = 0;
        for (position, &place) in shown.iter().enumerate() {
            let (cell, tone) = row.get(place).map_or(("", None), |(cell, tone)| (cell.as_str(), *tone));
            let missing = widths[place].saturating_sub(cell.width());
            let (before, behind) = if self.columns[place].left {
                (0, missing)
            } else {
                (missing, 0)
            };
            owed += before + if position == 0 { 0 } else { GAP };
            if !cell.is_empty() {
                out.push_str(&" ".repeat(owed));
                out.push_str(&tone.map_or_else(|| cell.to_owned(), |tone| style.paint(tone, cell)));
                owed = 0;
            }
            owed += behind;
        }
    }

    fn widths(&self) -> Vec<usize> {
        (0..self.columns.len()).map(|place| self.width(place)).collect()
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

/// Which columns stand together so that each block fits into `width`: the first, the last, and at least one between them.
fn blocks(widths: &[usize], width: usize) -> Vec<Vec<usize>> {
    let last = widths.len().saturating_sub(1);
    let room = width.saturating_sub(widths.first().copied().unwrap_or(0) + GAP + widths.last().copied().unwrap_or(0));
    let mut rest: Vec<usize> = (1..last).collect();
    let mut blocks = Vec::new();
    loop {
        let mut used = 0;
        let fitting = rest.iter().take_while(|place| {
            used += widths[**place] + GAP;
            used <= room
        });
        let fitting = fitting.count().max(1).min(rest.len());
        let block = std::iter::once(0).chain(rest.drain(..fitting));
        blocks.push(block.chain((last > 0).then_some(last)).collect());
        if rest.is_empty() {
            return blocks;
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
    fn what_does_not_fit_stands_in_blocks_below_each_other() {
        let middle = |width| -> Vec<Vec<usize>> {
            let blocks = blocks(&[9, 10, 10, 50, 10, 6], width);
            assert!(blocks.iter().all(|block| block[0] == 0 && block.last() == Some(&5)));
            blocks
                .into_iter()
                .map(|block| block[1..block.len() - 1].to_vec())
                .collect()
        };
        assert_eq!(middle(9 + 2 + 6 + 24), [vec![1, 2], vec![3], vec![4]]);
        assert_eq!(middle(3), [vec![1], vec![2], vec![3], vec![4]]);
        assert_eq!(middle(200), [vec![1, 2, 3, 4]]);
        assert_eq!(blocks(&[9, 6], 3), [vec![0, 1]]);
        let style = Style {
            width: 21,
            ..Style::PLAIN
        };
        let shown = "operation   p50   p99\npublish    1.00  9.00\n顔\n\n\
                     operation  p99.9   p99\npublish    20.00  9.00\n顔             7\n\n";
        assert_eq!(table().in_blocks(&style), shown);
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
