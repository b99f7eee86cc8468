//! Which shares of one load a set of records holds.

use super::RunInfo;
use super::merge_error::MergeError;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// Which shares of one load a set of records holds. As text, `2/8` for one, `1+3/8` for two, `1/1` for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shards {
    of: u64,
    held: Vec<u64>,
    /// Records that hold the whole load each.
    whole: usize,
}

impl Shards {
    /// The shares of these runs, each with what people know its record by.
    ///
    /// # Errors
    /// One is held twice, they are of different divisions, or different seeds make them shares of different loads.
    pub(super) fn of(runs: &[(&Path, &RunInfo)]) -> Result<Self, MergeError> {
        let mut held: BTreeMap<u64, &Path> = BTreeMap::new();
        let (mut of, mut whole) = (1, 0);
        for (directory, run) in runs.iter().copied() {
            let (shares, division) = parse(&run.shard).ok_or_else(|| MergeError::NoShard {
                shard: run.shard.clone(),
                directory: directory.to_owned(),
            })?;
            let (first_directory, first) = runs[0];
            let differ = |what: &'static str, one: String, two: String| MergeError::Differ {
                what,
                values: (one, two),
                directories: (first_directory.to_owned(), directory.to_owned()),
            };
            let (_, first_division) = parse(&first.shard).unwrap_or_default();
            if division != first_division {
                return Err(differ(
                    "number of shards",
                    first_division.to_string(),
                    division.to_string(),
                ));
            }
            of = division;
            if division == 1 {
                whole += 1;
                continue;
            }
            if run.seed != first.seed {
                return Err(differ("seed", first.seed.to_string(), run.seed.to_string()));
            }
            for share in shares {
                if let Some(before) = held.insert(share, directory) {
                    return Err(MergeError::SameShard {
                        shard: format!("{share}/{division}"),
                        directories: (before.to_owned(), directory.to_owned()),
                    });
                }
            }
        }
        Ok(Self {
            of,
            held: held.into_keys().collect(),
            whole,
        })
    }

    /// What a person should know, one sentence each.
    pub(super) fn notes(&self) -> Vec<String> {
        if self.whole > 1 {
            return vec![format!(
                "{} runs were not shards and took all arrivals each: their loads add up",
                self.whole
            )];
        }
        Vec::new()
    }

    /// The shares that no record holds, in a sentence; none when all are there. A part is not the whole.
    pub(super) fn missing(&self) -> Option<String> {
        let missing: Vec<String> = (1..=self.of)
            .filter(|share| self.whole == 0 && !self.held.contains(share))
            .map(|share| share.to_string())
            .collect();
        let named = (!missing.is_empty()).then(|| missing.join(", "))?;
        Some(format!(
            "of {} shards, these are missing: {named}; the load was smaller than planned",
            self.of
        ))
    }
}

impl fmt::Display for Shards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.whole > 0 || self.held.len() as u64 == self.of {
            return f.write_str("1/1");
        }
        let held: Vec<String> = self.held.iter().map(ToString::to_string).collect();
        write!(f, "{}/{}", held.join("+"), self.of)
    }
}

/// The shares, from 1, and of how many.
fn parse(text: &str) -> Option<(Vec<u64>, u64)> {
    let (shares, of) = text.split_once('/')?;
    let of: u64 = of.parse().ok().filter(|of| (1..=1000).contains(of))?;
    let shares: Option<Vec<u64>> = shares
        .split('+')
        .map(|share| share.parse().ok().filter(|share| (1..=of).contains(share)))
        .collect();
    Some((shares?, of))
}
