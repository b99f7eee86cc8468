//! The first minute of somebody without Rust: from a release's archive to an answer, on a system that has next to nothing.

use std::fs;
use std::path::Path;
use std::process::Command;

/// What `scripts/first-minute.sh` calls. No compiler is among it, and no curl.
const PROGRAMS: [&str; 14] = [
    "bash", "tar", "gzip", "cat", "grep", "sed", "rm", "mktemp", "readlink", "sleep", "id", "env", "nginx", "openssl",
];

fn said(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.success(), said)
}

/// An archive as releases have it; `PROOFLOAD_ARCHIVE` names another.
fn archive(place: &Path) {
    if let Some(named) = std::env::var_os("PROOFLOAD_ARCHIVE") {
        fs::copy(named, place).unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("proofload");
    fs::create_dir(&inside).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_proofload"), inside.join("proofload")).unwrap();
    // Packed quickly rather than well: it is large, with all that a debugger wants.
    let mut tar = Command::new("tar");
    tar.arg("-C")
        .arg(folder.path())
        .args(["--use-compress-program", "gzip -1", "-cf"])
        .arg(place)
        .arg("proofload");
    assert!(tar.status().unwrap().success());
}

#[test]
fn an_archive_and_a_bare_system_are_enough_for_an_answer() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let bare = folder.path().join("root");
    // Whoever may not change the root of a process cannot try this; everywhere else it must work.
    let (may, why) = said(Command::new("chroot").args(["/", "true"]));
    if !may {
        #[expect(clippy::print_stderr, reason = "whoever reads the log is told")]
        {
            eprintln!("not tried: {}", why.trim());
        }
        return;
    }
    let (made, why) = said(
        Command::new(root.join("scripts/bare-root.sh"))
            .arg(&bare)
            .args(PROGRAMS),
    );
    assert!(made, "{why}");
    fs::copy(root.join("scripts/first-minute.sh"), bare.join("root/first-minute.sh")).unwrap();
    archive(&bare.join("root/proofload.tar.gz"));
    let (done, told) = said(
        Command::new("chroot")
            .arg(&bare)
            .args([
                "/bin/env",
                "-i",
                "PATH=/bin",
                "OPTIONS=--only listTags",
                "/bin/bash",
                "/root/first-minute.sh",
            ])
            .arg("/root/proofload.tar.gz"),
    );
    assert!(done, "{told}");
    for sentence in [
        "the embedded mock answers as documented",
        "lab is https://127.0.0.1:",
        "/identities\n",
        "written: proofload.toml",
        "Passed: 1 operation as 'admin'",
        "from the archive to an answer: ",
    ] {
        assert!(told.contains(sentence), "{sentence}: {told}");
    }
}
