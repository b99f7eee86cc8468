//! The scripts that a conformance run leaves beside its record.

use crate::cli::Failure;
use proofload_conformance::ConformanceRun;
use proofload_reports::evidence;
use proofload_results::evidence::{Evidence, FOLDER};
use proofload_results::{text, whole};
use std::fs;
use std::io;
use std::path::Path;

/// Says of each case where its script is, as seen from where `directory` is named.
pub(in crate::cli) fn name(outcome: &mut ConformanceRun, directory: &Path) {
    let Some(evidence) = &outcome.evidence else { return };
    for case in &mut outcome.report.cases {
        let script = evidence.script_of(&case.id);
        let path = script.map(|script| directory.join(FOLDER).join(script));
        case.evidence = path.map(|path| path.to_string_lossy().replace('\\', "/"));
    }
}

/// Leaves the scripts in a record, and what they send. None are left where nothing is to be repeated.
///
/// # Errors
/// One cannot be written; the record is kept.
pub(in crate::cli) fn leave(directory: &Path, found: Option<&Evidence>) -> Result<(), Failure> {
    let folder = directory.join(FOLDER);
    for file in found.into_iter().flat_map(evidence::files) {
        let path = folder.join(&file.name);
        let written = fs::create_dir_all(&folder).and_then(|()| whole::write(&folder, &file.name, &file.content));
        let written = written.and_then(|()| if file.is_script { runnable(&path) } else { Ok(()) });
        written.map_err(|error| {
            let shown = text::line(&path.to_string_lossy());
            Failure::could_not_test(format!("the record is kept, but `{shown}` cannot be written: {error}"))
        })?;
    }
    Ok(())
}

#[cfg(unix)]
fn runnable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn runnable(_: &Path) -> io::Result<()> {
    Ok(())
}
