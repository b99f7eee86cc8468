//! The directory of baselines.

use super::entry::{BASELINE_SCHEMA, Baseline, Label};
use super::error::BaselineError;
use super::name::encoded;
use chrono::{DateTime, Utc};
use proofload_results::load::LoadVerdict;
use proofload_results::record::{RecordReader, RunStatus};
use proofload_results::{files, hash, plain_file};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Whose it is.
const LABEL: &str = "baseline.json";
/// No label is longer.
const LABEL_BYTES: u64 = 1 << 20;
/// What is being copied, and what is being removed: never listed.
const HIDDEN: &str = ".part-";

/// A directory of baselines. It need not exist before the first is kept.
#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

/// Which baselines are meant; what is not said does not matter.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this branch.
    pub branch: Option<String>,
    /// Of this scenario.
    pub scenario: Option<String>,
}

/// What became of a run that was to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Where it is.
    pub path: PathBuf,
    /// Whether it had been kept before: nothing was done then.
    pub before: bool,
}

impl Store {
    /// The store in a directory.
    pub fn at(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Copies a load run into the store as a baseline of `branch`.
    ///
    /// The copy is made beside its place and moved there when it is whole.
    ///
    /// # Errors
    /// The run cannot be read, is not complete or not valid; or the store cannot be written.
    pub fn keep(
        &self,
        run: &Path,
        branch: &str,
        commit: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Kept, BaselineError> {
        if branch.trim().is_empty() {
            return Err(BaselineError::NoBranch);
        }
        let record = RecordReader::open(run)?;
        check_fit(&record, run)?;
        let scenario = record.run.scenario.clone();
        let lineage = self.root.join(encoded(&scenario)).join(encoded(branch));
        let place = lineage.join(place_name(&record, run)?);
        if place.exists() {
            return Ok(Kept {
                path: place,
                before: true,
            });
        }
        let part = lineage.join(format!("{HIDDEN}{}-{}", std::process::id(), rand::random::<u32>()));
        fs::create_dir_all(&part).map_err(BaselineError::io("make", &part))?;
        let label = Label {
            schema: BASELINE_SCHEMA.to_owned(),
            branch: branch.to_owned(),
            scenario,
            commit: commit.map(str::to_owned),
            kept_at: now.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        };
        let moved = copied(run, &part, &label).and_then(|()| {
            // What was copied is read again: a run that is being written to changes under our hands.
            RecordReader::open(&part)?.totals()?;
            fs::rename(&part, &place).map_err(BaselineError::io("move a copy to", &place))
        });
        if moved.is_err() {
            // Whatever was wrong is the error; what is left over is hidden and never listed.
            let _ = fs::remove_dir_all(&part);
            if place.exists() {
                return Ok(Kept {
                    path: place,
                    before: true,
                });
            }
        }
        moved.map(|()| Kept {
            path: place,
            before: false,
        })
    }

    /// The baselines that are meant, by scenario and branch, the newest first. What cannot be read comes as a sentence.
    ///
    /// # Errors
    /// The store cannot be read. A store that is not there is empty.
    pub fn list(&self, filter: &Filter) -> Result<(Vec<Baseline>, Vec<String>), BaselineError> {
        let (mut found, mut odd) = (Vec::new(), Vec::new());
        for scenario in directories(&self.root)? {
            for branch in directories(&scenario)? {
                for place in directories(&branch)? {
                    match read(&place) {
                        Ok(baseline) => found.push(baseline),
                        Err(why) => odd.push(format!("{} is left alone: {why}", place.display())),
                    }
                }
            }
        }
        found.retain(|baseline| filter.means(baseline));
        let key = |baseline: &Baseline| (baseline.scenario.clone(), baseline.branch.clone());
        found.sort_by(|a, b| {
            key(a)
                .cmp(&key(b))
                .then(b.started_at.cmp(&a.started_at))
                .then(b.path.cmp(&a.path))
        });
        Ok((found, odd))
    }

    /// Removes a baseline. It is moved out of sight first, so that none is ever seen in half.
    ///
    /// # Errors
    /// The operating system refused.
    pub fn remove(&self, baseline: &Baseline) -> Result<(), BaselineError> {
        let part = baseline
            .path
            .with_file_name(format!("{HIDDEN}{}-{}", std::process::id(), rand::random::<u32>()));
        fs::rename(&baseline.path, &part).map_err(BaselineError::io("remove", &baseline.path))?;
        fs::remove_dir_all(&part).map_err(BaselineError::io("remove", &part))
    }
}

impl Filter {
    fn means(&self, baseline: &Baseline) -> bool {
        let is = |wanted: &Option<String>, value: &str| wanted.as_deref().is_none_or(|wanted| wanted == value);
        is(&self.branch, &baseline.branch) && is(&self.scenario, &baseline.scenario)
    }
}

fn check_fit(record: &RecordReader, run: &Path) -> Result<(), BaselineError> {
    let result = record.run.result.as_ref();
    let verdict = result.map(|result| match result.verdict {
        // A part of a load judges nothing, its own generator included.
        LoadVerdict::Part if !result.generator.healthy => LoadVerdict::Invalid,
        verdict => verdict,
    });
    let why = match (record.run.status, verdict) {
        (RunStatus::Running, _) | (_, None) => "it is still under way, or was killed",
        (RunStatus::Incomplete, _) | (_, Some(LoadVerdict::Incomplete)) => "it was interrupted before its end",
        (_, Some(LoadVerdict::Invalid)) => "its generator was the bottleneck, so that its figures are doubtful",
        (RunStatus::Complete, Some(LoadVerdict::Pass | LoadVerdict::Fail | LoadVerdict::Part)) => return Ok(()),
    };
    let directory = run.to_owned();
    Err(BaselineError::Unfit { directory, why })
}

/// When the run began, in a form that sorts by time, and what tells it from others of that second.
fn place_name(record: &RecordReader, run: &Path) -> Result<String, BaselineError> {
    let path = run.join(files::RUN);
    let bytes = plain_file::read(&path, files::DOCUMENT_BYTES).map_err(BaselineError::io("read", &path))?;
    let started = DateTime::from_timestamp_nanos(i64::try_from(record.run.started_unix_ns).unwrap_or_default());
    Ok(format!(
        "{}-{}",
        started.format("%Y%m%dT%H%M%SZ"),
        &hash::sha256(&bytes)[..8]
    ))
}

/// Copies the files of a run, and labels the copy. What a run does not leave itself (folders, links) stays where it is.
fn copied(run: &Path, part: &Path, label: &Label) -> Result<(), BaselineError> {
    let entries = fs::read_dir(run).map_err(BaselineError::io("read", run))?;
    for entry in entries {
        let entry = entry.map_err(BaselineError::io("read", run))?;
        let path = entry.path();
        if entry.file_type().map_err(BaselineError::io("read", &path))?.is_file() {
            let to = part.join(entry.file_name());
            fs::copy(&path, &to).map_err(BaselineError::io("copy", &path))?;
            synced(&to).map_err(BaselineError::io("write", &to))?;
        }
    }
    let path = part.join(LABEL);
    let text = serde_json::to_string_pretty(label).expect("a label is JSON") + "\n";
    fs::write(&path, text).map_err(BaselineError::io("write", &path))?;
    synced(&path).map_err(BaselineError::io("write", &path))
}

/// On disk before the move, or a power cut leaves a baseline with empty files.
fn synced(path: &Path) -> io::Result<()> {
    File::options().write(true).open(path)?.sync_all()
}

fn read(place: &Path) -> Result<Baseline, String> {
    let path = place.join(LABEL);
    let text =
        plain_file::read_text(&path, LABEL_BYTES).map_err(|error| format!("its {LABEL} cannot be read ({error})"))?;
    let label: Label = serde_json::from_str(&text).map_err(|error| format!("its {LABEL} is damaged ({error})"))?;
    if label.schema != BASELINE_SCHEMA {
        return Err(format!("its {LABEL} is of another version"));
    }
    let record = RecordReader::open(place).map_err(|error| error.to_string())?;
    Baseline::of(label, &record.run, place.to_owned()).ok_or_else(|| "it does not say when it began".to_owned())
}

/// The directories in a directory, hidden ones left out, in order. One that is not there holds none.
fn directories(parent: &Path) -> Result<Vec<PathBuf>, BaselineError> {
    let entries = match fs::read_dir(parent) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(BaselineError::io("read", parent))?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let entry = entry.map_err(BaselineError::io("read", parent))?;
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if !hidden && entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.push(entry.path());
        }
    }
    found.sort();
    Ok(found)
}
