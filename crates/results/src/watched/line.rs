//! `target.jsonl`: what was read off a machine under test, a line for each look at it.

use super::series::SeriesName;
use crate::files::{LINE_BYTES, TARGET};
use proofload_contract::plain_file;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read as _, Write as _};
use std::path::Path;

/// From this size on, in bytes, only every tenth second is written.
const THINNED_BYTES: u64 = 48 << 20;
/// The file grows no larger than this, in bytes.
const MOST_BYTES: u64 = 96 << 20;
/// One of so many seconds is written from then on.
const THINNED: u64 = 10;

/// One look at a machine: its figures, or why there are none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// When it was, in seconds since the run's first arrival was due, by the clock of the machine that loads: that of the other one
    /// counts nowhere.
    pub at_s: f64,
    /// What the machine, or the exporter, is called.
    pub source: String,
    /// How long it took to get an answer, in milliseconds.
    #[serde(default)]
    pub took_ms: f64,
    /// The figures by series. Of counters, how much they grew a second since the look before.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<SeriesName, f64>,
    /// How much there is of what the figures are of, where that is known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<SeriesName, f64>,
    /// Why there are no figures; absent where there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<String>,
}

/// Writes `target.jsonl`; what cannot be written any more takes nothing else with it.
#[derive(Debug)]
pub struct LookWriter {
    file: BufWriter<File>,
    written: u64,
    count: u64,
    lost: Option<String>,
}

impl LookWriter {
    /// Begins the file in a run directory that is there.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn create(directory: &Path) -> io::Result<Self> {
        Ok(Self {
            file: BufWriter::new(File::create_new(directory.join(TARGET))?),
            written: 0,
            count: 0,
            lost: None,
        })
    }

    /// Writes a line and hands it to the operating system; from the first that could not be written on, none is.
    pub fn write(&mut self, look: &Look) {
        self.count += 1;
        let thinned = self.written > THINNED_BYTES && !self.count.is_multiple_of(THINNED);
        if self.lost.is_some() || thinned || self.written > MOST_BYTES {
            return;
        }
        let Ok(mut line) = serde_json::to_vec(look) else { return };
        line.push(b'\n');
        match self.file.write_all(&line).and_then(|()| self.file.flush()) {
            Ok(()) => self.written += line.len() as u64,
            Err(error) => self.lost = Some(error.to_string()),
        }
    }

    /// Why lines are missing, if they are.
    pub fn lost(&self) -> Option<&str> {
        self.lost.as_deref()
    }
}

/// Reads the looks of a run directory, none where nothing was watched. Of a file that was cut, all up to there; a line that is
/// none, and a series that a later version wrote, are left out.
///
/// # Errors
/// The file is there and cannot be read.
pub fn read_looks(directory: &Path) -> io::Result<Vec<Look>> {
    let file = match plain_file::open(&directory.join(TARGET)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut lines = BufReader::new(file.take(2 * MOST_BYTES));
    let (mut looks, mut line) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        if lines.by_ref().take(LINE_BYTES).read_until(b'\n', &mut line)? == 0 {
            return Ok(looks);
        }
        looks.extend(parsed(&line));
    }
}

fn parsed(line: &[u8]) -> Option<Look> {
    /// The same with names that need not be known.
    #[derive(Deserialize)]
    struct Loose {
        at_s: f64,
        source: String,
        #[serde(default)]
        took_ms: f64,
        #[serde(default)]
        values: BTreeMap<String, f64>,
        #[serde(default)]
        limits: BTreeMap<String, f64>,
        #[serde(default)]
        gap: Option<String>,
    }
    let known = |figures: BTreeMap<String, f64>| {
        let named = figures.into_iter().filter(|(_, figure)| figure.is_finite());
        named
            .filter_map(|(name, figure)| Some((name.parse().ok()?, figure)))
            .collect()
    };
    let loose: Loose = serde_json::from_slice(line).ok()?;
    loose.at_s.is_finite().then(|| Look {
        at_s: loose.at_s,
        source: loose.source,
        took_ms: loose.took_ms,
        values: known(loose.values),
        limits: known(loose.limits),
        gap: loose.gap,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(at_s: f64) -> Look {
        Look {
            at_s,
            source: "box".to_owned(),
            took_ms: 4.2,
            values: BTreeMap::from([("cpu".parse().unwrap(), 0.5)]),
            limits: BTreeMap::from([("cpu".parse().unwrap(), 1.0)]),
            gap: None,
        }
    }

    #[test]
    fn what_is_written_is_read_and_a_cut_or_foreign_line_is_left_out() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read_looks(folder.path()).unwrap(), []);
        let mut writer = LookWriter::create(folder.path()).unwrap();
        let gap = Look {
            at_s: 1.0,
            source: "box".to_owned(),
            gap: Some("no answer".to_owned()),
            ..Look::default()
        };
        for one in [look(0.5), gap.clone()] {
            writer.write(&one);
        }
        assert_eq!(writer.lost(), None);
        let mut file = File::options().append(true).open(folder.path().join(TARGET)).unwrap();
        file.write_all(
            b"not json\n{\"at_s\":2,\"source\":\"box\",\"values\":{\"new.kind\":1,\"cpu\":0.25}}\n{\"at_s\":3,",
        )
        .unwrap();
        let looks = read_looks(folder.path()).unwrap();
        assert_eq!(looks.len(), 3);
        assert_eq!((&looks[0], &looks[1]), (&look(0.5), &gap));
        assert_eq!(looks[2].values.len(), 1);
    }

    #[test]
    fn a_file_has_an_end_however_long_the_run() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = LookWriter::create(folder.path()).unwrap();
        writer.written = THINNED_BYTES + 1;
        (0..100).for_each(|second| writer.write(&look(f64::from(second))));
        assert_eq!(read_looks(folder.path()).unwrap().len(), 10);
        writer.written = MOST_BYTES + 1;
        (0..100).for_each(|second| writer.write(&look(f64::from(second))));
        assert_eq!(read_looks(folder.path()).unwrap().len(), 10);
    }
}
