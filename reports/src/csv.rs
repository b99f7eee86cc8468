//! Tables for spreadsheets and scripts: RFC 4180, a head line, no secrets of spreadsheets.

use proofload_results::text;

/// A table as CSV.
#[derive(Debug)]
pub(crate) struct Csv(csv::Writer<Vec<u8>>);

impl Csv {
    /// A table with these columns.
    pub(crate) fn new<S: AsRef<str>>(columns: impl IntoIterator<Item = S>) -> Self {
        let mut table = Self(csv::Writer::from_writer(Vec::new()));
        table.row(columns);
        table
    }

    /// Adds a row. What a spreadsheet would take for a formula gets an apostrophe before it, unless it is a number.
    pub(crate) fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let cells = cells.into_iter().map(|cell| inert(cell.as_ref()));
        self.0
            .write_record(cells)
            .expect("rows are as long as the head, and memory does not fail");
    }

    /// The text.
    pub(crate) fn finish(self) -> String {
        let bytes = self.0.into_inner().expect("memory does not fail");
        String::from_utf8(bytes).expect("cells are strings")
    }
}

fn inert(cell: &str) -> String {
    let line = text::line(cell);
    if line.starts_with(['=', '+', '-', '@']) && line.parse::<f64>().is_err() {
        format!("'{line}")
    } else {
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formulas() {
        let mut table = Csv::new(["a", "b"]);
        table.row(["one, two", "say \"x\""]);
        table.row(["=cmd|' /C calc'!A0", "-1.5"]);
        table.row(["two\r\nlines", ""]);
        assert_eq!(
            table.finish(),
            "a,b\n\"one, two\",\"say \"\"x\"\"\"\n'=cmd|' /C calc'!A0,-1.5\ntwo\\r\\nlines,\n"
        );
    }
}
