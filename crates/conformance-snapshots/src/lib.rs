//! Snapshots: how a deployment answered before, held against how it answers now.
//!
//! One file for each operation in insta's format, `<operationId>.snap`, with a section for each case: its status, media
//! type and the shape of its body. What varies from call to call is not in it. A file that is not
//! there yet is written; one that differs makes the case `<operationId>/snapshot` fail with a diff, and the new state is
//! written beside it as `<operationId>.snap.new`, for `cargo insta review` or any other tool to accept.

mod file;
mod page;
mod shape;

pub use file::SnapshotError;
pub use page::Page;

use proofload_conformance::{ConformanceRun, case_id};
use proofload_results::text;
use proofload_results::validate::{CaseResult, Verdict};
use similar::TextDiff;
use std::path::Path;
use std::time::Duration;

/// The probe of the cases that compare with a snapshot.
pub const PROBE: &str = "snapshot";
/// What of a diff goes into a report.
const MAX_DIFF_CHARS: usize = 20_000;

/// Holds the answers of a run against the snapshots in `directory`, writes those that are missing, and adds a case for
/// each operation to the report. `whole` says that no case was left out by a pattern.
///
/// # Errors
/// The directory or a file in it cannot be read or written, or a file is no snapshot.
pub fn hold(outcome: &mut ConformanceRun, directory: &Path, whole: bool) -> Result<(), SnapshotError> {
    file::prepare(directory)?;
    for page in Page::all(&outcome.observations) {
        let case = compare(&page, outcome, directory, whole)?;
        let cases = &mut outcome.report.cases;
        let behind = cases.iter().rposition(|case| case.group() == page.operation);
        cases.insert(behind.map_or(cases.len(), |place| place + 1), case);
    }
    outcome.report.conclude();
    Ok(())
}

/// Compares one operation with its file.
fn compare(page: &Page, outcome: &ConformanceRun, directory: &Path, whole: bool) -> Result<CaseResult, SnapshotError> {
    let operation = outcome.report.cases.iter().find(|case| case.group() == page.operation);
    let operation = operation.map_or(String::new(), |case| case.operation.clone());
    let path = directory.join(file::name(&page.operation));
    let Some(before) = file::read(&path)? else {
        file::write(&path, &operation, &page.to_string())?;
        // The same words for every operation, so that reports can group them.
        let detail = format!(
            "no snapshot of this operation yet: it is written to {} now",
            shown(directory)
        );
        return Ok(case(page, operation, Verdict::Skip, "nothing to compare with", detail));
    };
    let now = page.settled(&before, |id| untested(outcome, id, whole)).to_string();
    let pending = file::pending(&path);
    if before.trim_end() == now.trim_end() {
        file::remove(&pending)?;
        let detail = format!("Answers have the status and shape that {} holds.", shown(&path));
        return Ok(case(page, operation, Verdict::Pass, "as in the snapshot", detail));
    }
    file::write(&pending, &operation, &now)?;
    let diff = TextDiff::configure()
        .timeout(Duration::from_secs(1))
        .diff_lines(&before, &now);
    let changed = diff
        .iter_all_changes()
        .filter(|change| change.tag() != similar::ChangeTag::Equal)
        .count();
    let detail = format!(
        "Answers differ from the snapshot {}; the new state is in {}. Accept it with `cargo insta review`, or by renaming the file.",
        shown(&path),
        shown(&pending)
    );
    let lines = diff
        .unified_diff()
        .context_radius(2)
        .header("snapshot", "now")
        .to_string();
    Ok(CaseResult {
        diff: Some(text::clip(&text::block(&lines), MAX_DIFF_CHARS)),
        ..case(
            page,
            operation,
            Verdict::Fail,
            &format!("{changed} lines differ"),
            detail,
        )
    })
}

/// Whether a case of the snapshot was not tested this time, so that its silence says nothing.
fn untested(outcome: &ConformanceRun, id: &str, whole: bool) -> bool {
    match outcome.report.cases.iter().find(|case| case.id == id) {
        Some(case) => matches!(case.verdict, Verdict::Skip | Verdict::Error),
        None => !whole,
    }
}

fn case(page: &Page, operation: String, verdict: Verdict, observed: &str, detail: String) -> CaseResult {
    // The clause is the user's own: hold what was held before.
    CaseResult {
        expected: "as in the snapshot".to_owned(),
        observed: observed.to_owned(),
        detail,
        ..CaseResult::new(case_id(&page.operation, PROBE, None), operation, verdict)
    }
}

fn shown(path: &Path) -> String {
    format!("`{}`", text::line(&path.to_string_lossy()))
}

#[cfg(test)]
mod tests;
