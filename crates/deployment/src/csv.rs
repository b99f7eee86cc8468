//! Tables in CSV (RFC 4180), as spreadsheets write them: a first line of names, then values. Nothing of a value is ever repeated
//! in an error: it may be a password.

use std::borrow::Cow;

/// A table.
#[derive(Debug)]
pub struct Table<'a> {
    /// The names of its columns, trimmed.
    pub columns: Vec<String>,
    /// The lines below it that hold anything.
    pub rows: Vec<Row<'a>>,
}

/// A line of a table, as wide as the first one.
pub struct Row<'a> {
    /// The line of the file that it begins on, from 1.
    pub line: usize,
    /// Its values.
    pub values: Vec<Cow<'a, str>>,
}

impl std::fmt::Debug for Row<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Row").field("line", &self.line).finish_non_exhaustive()
    }
}

/// What is wrong with a table, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct CsvError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

impl<'a> Table<'a> {
    /// Reads a text of `most` lines of values at most. Columns are separated by commas, or by semicolons where the first line has no
    /// comma; a first line `sep=;` says so itself.
    ///
    /// # Errors
    /// A line has another width than the first, a quote is not closed, a name is missing or stands twice, or there are more lines.
    pub fn read(text: &'a str, most: usize) -> Result<Self, CsvError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut reader = Reader::of(text);
        let Some(names) = reader.next()? else {
            return Err(wrong(1, "it is empty; its first line names the columns"));
        };
        let columns: Vec<String> = names.values.iter().map(|name| name.trim().to_owned()).collect();
        for (place, name) in columns.iter().enumerate() {
            if name.is_empty() || columns[..place].contains(name) {
                let why = "the first line names the columns, each by a name of its own, such as name,username,password";
                return Err(wrong(names.line, why));
            }
        }
        let mut rows = Vec::new();
        while let Some(row) = reader.next()? {
            if row.values.len() != columns.len() {
                let (has, wants) = (row.values.len(), columns.len());
                let why = format!("it has {has} values, and the first line names {wants} columns");
                return Err(wrong(row.line, why));
            }
            if rows.len() == most {
                return Err(wrong(row.line, format!("more than {most} lines are not read")));
            }
            rows.push(row);
        }
        Ok(Self { columns, rows })
    }

    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|known| known == name)
    }
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    separator: char,
}

impl<'a> Reader<'a> {
    /// Before the line of names. A line such as `sep=;` above it is Excel's way of saying what separates the columns.
    fn of(text: &'a str) -> Self {
        let first = text.lines().next().unwrap_or_default();
        let (said, line) = match first.trim_end().strip_prefix("sep=") {
            Some(";") => (Some(';'), 2),
            Some(",") => (Some(','), 2),
            _ => (None, 1),
        };
        let has_semicolons = first.contains(';') && !first.contains(',');
        let rest = text.split_once('\n').filter(|_| said.is_some());
        Self {
            rest: rest.map_or(text, |(_, rest)| rest),
            line,
            separator: said.unwrap_or(if has_semicolons { ';' } else { ',' }),
        }
    }

    /// The next line that holds anything; a value in quotes may go on over several.
    fn next(&mut self) -> Result<Option<Row<'a>>, CsvError> {
        while let Some(blank) = self.rest.strip_prefix("\r\n").or(self.rest.strip_prefix('\n')) {
            (self.rest, self.line) = (blank, self.line + 1);
        }
        if self.rest.trim().is_empty() {
            return Ok(None);
        }
        let mut row = Row {
            line: self.line,
            values: Vec::new(),
        };
        loop {
            let value = if self.rest.starts_with('"') {
                self.quoted()?
            } else {
                self.plain()
            };
            row.values.push(value);
            if let Some(rest) = self.rest.strip_prefix(self.separator) {
                self.rest = rest;
                continue;
            }
            let end = self.rest.strip_prefix("\r\n").or(self.rest.strip_prefix('\n'));
            match end {
                Some(rest) => (self.rest, self.line) = (rest, self.line + 1),
                None if self.rest.trim().is_empty() => self.rest = "",
                None => return Err(wrong(self.line, "something stands behind a closing quote")),
            }
            return Ok(Some(row));
        }
    }

    fn plain(&mut self) -> Cow<'a, str> {
        let end = self.rest.find([self.separator, '\n']).unwrap_or(self.rest.len());
        let (value, rest) = self.rest.split_at(end);
        // What ends a line on Windows belongs to no value.
        let ends_line = !rest.starts_with(self.separator);
        let value = value.strip_suffix('\r').filter(|_| ends_line).unwrap_or(value);
        self.rest = &self.rest[value.len()..];
        Cow::Borrowed(value)
    }

    fn quoted(&mut self) -> Result<Cow<'a, str>, CsvError> {
        let begins = self.line;
        let inner = &self.rest[1..];
        let mut from = 0;
        loop {
            let Some(quote) = inner[from..].find('"').map(|at| from + at) else {
                return Err(wrong(begins, "a quote is opened and never closed"));
            };
            if inner[quote + 1..].starts_with('"') {
                from = quote + 2;
                continue;
            }
            let value = &inner[..quote];
            self.line += value.matches('\n').count();
            self.rest = &inner[quote + 1..];
            return Ok(if value.contains("\"\"") {
                Cow::Owned(value.replace("\"\"", "\""))
            } else {
                Cow::Borrowed(value)
            });
        }
    }
}

fn wrong(line: usize, why: impl Into<String>) -> CsvError {
    CsvError { line, why: why.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(usize, Vec<String>)>, String> {
        let table = Table::read(text, 3).map_err(|error| error.to_string())?;
        let row = |row: &Row<'_>| (row.line, row.values.iter().map(ToString::to_string).collect());
        Ok(table.rows.iter().map(row).collect())
    }

    #[test]
    fn values_are_read_as_spreadsheets_write_them() {
        let row = |line, values: [&str; 2]| (line, values.map(str::to_owned).to_vec());
        for (text, rows) in [
            ("a,b\n1,2\n", vec![row(2, ["1", "2"])]),
            (
                "\u{feff}a,b\r\n1,2\r\n\r\n3,4",
                vec![row(2, ["1", "2"]), row(4, ["3", "4"])],
            ),
            ("a;b\n1;2,5\r\n", vec![row(2, ["1", "2,5"])]),
            (
                "a,b\n\"x, \"\"y\"\"\nz\",2\n,\n",
                vec![row(2, ["x, \"y\"\nz", "2"]), row(4, ["", ""])],
            ),
            ("sep=;\r\na;b\r\n1;2,5\r\n", vec![row(3, ["1", "2,5"])]),
            ("a,b\n1,2\r", vec![row(2, ["1", "2"])]),
            ("a,b\n1, two \n", vec![row(2, ["1", " two "])]),
            ("a,b\n", vec![]),
        ] {
            assert_eq!(read(text), Ok(rows), "{text:?}");
        }
    }

    #[test]
    fn a_bad_line_is_named_and_not_repeated() {
        for (text, sentence) in [
            ("", "line 1: it is empty"),
            (
                "a,b\n1,2\nsecret\n",
                "line 3: it has 1 values, and the first line names 2 columns",
            ),
            ("a,b\n\"secret,2\n", "line 2: a quote is opened"),
            ("a,b\n\"1\"secret,2\n", "line 2: something stands behind"),
            ("a,a\n", "line 1: the first line names"),
            ("a,\n", "line 1: the first line names"),
            ("a\n1\n2\n3\n4\n", "line 5: more than 3 lines"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.starts_with(sentence) && !error.contains("secret"), "{error}");
        }
    }
}
