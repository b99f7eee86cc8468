//! A release, fetched as CI jobs fetch it.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use super::{PROGRAM, root};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A released program as `ci/fetch.sh` finds it: an archive with a program that is ours, and the list of sums.
fn release(folder: &Path) -> String {
    let system = "x86_64-unknown-linux-gnu";
    let place = folder.join("release");
    let inside = place.join(format!("proofload-{system}"));
    fs::create_dir_all(&inside).unwrap();
    fs::write(inside.join("proofload"), format!("#!/bin/sh\nexec {PROGRAM} \"$@\"\n")).unwrap();
    let script = format!(
        "chmod 755 proofload-{system}/proofload && tar -czf proofload-{system}.tar.gz proofload-{system} \
         && sha256sum proofload-{system}.tar.gz > SHA256SUMS"
    );
    let made = Command::new("sh")
        .args(["-c", &script])
        .current_dir(&place)
        .status()
        .unwrap();
    assert!(made.success());
    format!("file://{}", place.display())
}

/// What `ci/fetch.sh` does with a release; its exit code, and what it said.
fn fetched(folder: &Path, downloads: &str) -> (Option<i32>, String) {
    let output = Command::new(root().join("ci/fetch.sh"))
        .env("PROOFLOAD_DOWNLOADS", downloads)
        .env("PROOFLOAD_RELEASE", "v0.1.0")
        .env("PROOFLOAD_CACHE", folder.join("cache"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (output.status.code(), said.trim().to_owned())
}

#[test]
fn a_release_is_fetched_once_and_only_when_its_sum_is_right() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said) = fetched(folder.path(), &format!("file://{}/none", folder.path().display()));
    assert!(code == Some(3) && said.contains("is there a release v0.1.0"), "{said}");
    let downloads = release(folder.path());
    let sums = folder.path().join("release/SHA256SUMS");
    let right = fs::read_to_string(&sums).unwrap();
    fs::write(&sums, right.replace(|c: char| c.is_ascii_digit(), "0")).unwrap();
    let (code, said) = fetched(folder.path(), &downloads);
    assert!(code == Some(3) && said.contains("is not what SHA256SUMS"), "{said}");
    fs::write(&sums, right).unwrap();
    let (code, program) = fetched(folder.path(), &downloads);
    assert_eq!(code, Some(0), "{program}");
    fs::remove_dir_all(folder.path().join("release")).unwrap();
    assert_eq!(
        fetched(folder.path(), &downloads),
        (Some(0), program.clone()),
        "from the cache"
    );
    let version = Command::new(program).arg("--version").output().unwrap();
    assert!(String::from_utf8_lossy(&version.stdout).starts_with("proofload "));
}
