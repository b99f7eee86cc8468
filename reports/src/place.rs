//! Where a report may be written: nowhere that waits for somebody, and over nothing that is used for something else.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

/// Whether a report can be written there without waiting for anybody: a plain file, also one that is not there yet, a device such as
/// `/dev/null`, or what the process was started with, such as `/dev/stdout` where that is a pipe.
pub fn takes_a_report(path: &Path) -> bool {
    let Ok(there) = fs::metadata(path) else { return true };
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        let (kind, is_given) = (
            there.file_type(),
            path.starts_with("/dev") || path.starts_with("/proc/self/fd"),
        );
        if kind.is_char_device() || kind.is_fifo() && is_given {
            return true;
        }
    }
    there.is_file()
}

/// Whether arguments, the program's name first, name a file for anything but a report: by itself, behind `=` or behind `@`.
pub fn is_named(arguments: impl Iterator<Item = OsString>, path: &Path) -> bool {
    let mut is_report = false;
    arguments.skip(1).any(|argument| {
        let text = argument.to_string_lossy();
        if std::mem::replace(&mut is_report, text == "--report") || text.starts_with("--report=") {
            return false;
        }
        let behind = text.split_once('=').map_or("", |(_, value)| value);
        [&text, behind].into_iter().any(|name| {
            let bare = name.trim_start_matches('@');
            !bare.is_empty() && [name, bare].into_iter().any(|name| is_same(Path::new(name), path))
        })
    })
}

/// Whether two paths are one file, wherever they lead.
pub fn is_same(one: &Path, other: &Path) -> bool {
    real(one) == real(other)
}

/// A path without links, also of a file that is not there yet.
fn real(path: &Path) -> PathBuf {
    let beside = || {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(folder.join(path.file_name()?))
    };
    let found = path.canonicalize().ok().or_else(beside);
    found.unwrap_or_else(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn what_would_be_waited_for_takes_no_report_and_devices_do() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert!(!takes_a_report(&socket) && !takes_a_report(folder.path()));
        assert!(takes_a_report(Path::new("/dev/null")) && takes_a_report(&folder.path().join("new")));
    }

    #[test]
    fn a_file_is_named_by_itself_and_behind_signs_and_as_a_report_it_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        fs::write(&path, "x").unwrap();
        let named = |arguments: &[&str]| {
            let shown = path.display().to_string();
            let arguments = arguments.iter().map(|argument| argument.replace('#', &shown).into());
            is_named(std::iter::once("proofload".into()).chain(arguments), &path)
        };
        assert!(named(&["load", "-s", "#"]) && named(&["--password-file=#"]) && named(&["--start-at", "@#"]));
        assert!(!named(&["load", "--report", "json=#"]) && !named(&["--report=json=#", "-s", "field-mix"]));
        let other = folder.path().join(".").join("new");
        assert!(is_same(&other, &folder.path().join("new")) && !is_same(&other, &path));
    }
}
