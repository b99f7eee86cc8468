//! Files that are none, in place of every file that a command reads: refused at once, in one sentence.
#![cfg(unix)]

use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

fn fifo(path: &Path) {
    let _ = std::fs::remove_file(path);
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Runs the program, which must end at once with one sentence that holds `why`.
#[track_caller]
fn refuses(folder: &TempDir, args: &str, why: &str) {
    let output = Command::new("timeout")
        .args(["20", env!("CARGO_BIN_EXE_proofload")])
        .args(args.split_whitespace())
        .current_dir(folder)
        .env_remove("PROOFLOAD_PASSWORD")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    // 124 is a program that waited for a file without end.
    assert!(
        matches!(output.status.code(), Some(2 | 3)),
        "{args}: {:?} {said}",
        output.status
    );
    assert!(
        said.lines()
            .any(|line| line.starts_with("error: ") && line.contains(why)),
        "{args}: {said}"
    );
}

#[test]
fn pipes_and_devices_are_no_files_to_read() {
    let folder = tempfile::tempdir().unwrap();
    fifo(&folder.path().join("pipe.toml"));
    let at = "--url http://127.0.0.1:9 --username a";
    for args in [
        format!("load {at} --password-file pipe.toml"),
        format!("load {at} --password-file /dev/zero"),
        "load --scenario pipe.toml".to_owned(),
        "validate --config pipe.toml".to_owned(),
        "validate --accepted pipe.toml".to_owned(),
        "validate --contract pipe.toml".to_owned(),
        "contract --contract /dev/zero".to_owned(),
    ] {
        refuses(&folder, &args, "and no plain file");
    }
}

#[test]
fn a_record_is_made_of_plain_files() {
    let folder = tempfile::tempdir().unwrap();
    for file in [
        "capacity.json",
        "gate.json",
        "validate.json",
        "certify.json",
        "run.json",
    ] {
        let record = folder.path().join(file.replace('.', "-"));
        std::fs::create_dir(&record).unwrap();
        fifo(&record.join(file));
        refuses(
            &folder,
            &format!("report {}", record.display()),
            "it is a pipe and no plain file",
        );
        std::fs::remove_file(record.join(file)).unwrap();
        std::os::unix::fs::symlink("/dev/zero", record.join(file)).unwrap();
        refuses(
            &folder,
            &format!("report {}", record.display()),
            "it is a device and no plain file",
        );
    }
}

#[test]
fn what_a_file_or_an_option_says_is_shown_and_not_obeyed() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("s.toml"),
        "description = \"x\"\n\"a\\u001b[1;31mFAKE\\u009b\\u202e\" = 1\n",
    )
    .unwrap();
    let hostile = "\u{1b}]0;x\u{7}\u{9b}31m\u{202e}\u{200b}";
    let (set, slo) = (format!("a{hostile}.b=1"), format!("publish.p99{hostile} < 1s"));
    for args in [
        &["load", "--scenario", "s.toml"][..],
        &["load", "--scenario", hostile],
        &["load", "--set", &set],
        &["load", "--slo", &slo],
        &["load", "--duration", hostile],
        &["report", hostile],
        &[hostile],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_proofload"))
            .args(args)
            .current_dir(&folder)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        let obeyed = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{200b}');
        assert!(!said.is_empty() && !said.contains(obeyed), "{args:?}: {said:?}");
    }
}
