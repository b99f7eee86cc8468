//! Both templates from one end to the other with a released program, where there is no compiler.

use super::gitlab::gitlab_job;
use super::workflow::Workflow;
use super::{PROGRAM, workspace};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a runner has beside the template's own scripts.
const TOOLS: [&str; 26] = [
    "bash",
    "cat",
    "chmod",
    "cp",
    "curl",
    "date",
    "dirname",
    "env",
    "grep",
    "gzip",
    "head",
    "install",
    "ls",
    "mkdir",
    "mktemp",
    "mv",
    "readlink",
    "rm",
    "sed",
    "seq",
    "sh",
    "sha256sum",
    "tail",
    "tar",
    "uname",
    "wc",
];
const SYSTEM: &str = "x86_64-unknown-linux-gnu";

/// A folder with the tools of a runner, and no others: no cargo, no cc.
fn tools(folder: &Path) -> PathBuf {
    let place = folder.join("tools");
    fs::create_dir(&place).unwrap();
    let path = std::env::var_os("PATH").unwrap();
    for tool in TOOLS {
        let found = std::env::split_paths(&path)
            .map(|folder| folder.join(tool))
            .find(|tool| tool.is_file());
        symlink(found.unwrap_or_else(|| panic!("no {tool}")), place.join(tool)).unwrap();
    }
    place
}

/// The program as a release has it: an archive and the list of sums; where they are.
fn release(folder: &Path) -> PathBuf {
    let place = folder.join("release");
    let inside = place.join(format!("proofload-{SYSTEM}"));
    fs::create_dir_all(&inside).unwrap();
    fs::copy(PROGRAM, inside.join("proofload")).unwrap();
    let script = format!(
        "tar --use-compress-program 'gzip -1' -cf proofload-{SYSTEM}.tar.gz proofload-{SYSTEM} && sha256sum proofload-{SYSTEM}.tar.gz > SHA256SUMS"
    );
    let packed = Command::new("sh")
        .args(["-c", &script])
        .current_dir(&place)
        .status()
        .unwrap();
    assert!(packed.success());
    place
}

#[test]
fn both_templates_run_with_a_released_program_and_no_compiler() {
    let folder = workspace();
    let (tools, release) = (tools(folder.path()), release(folder.path()));
    let path = tools.to_str().unwrap();
    let downloads = format!("file://{}", release.display());
    let without = Command::new("sh")
        .args(["-c", "command -v cargo || command -v cc || command -v rustc"])
        .env("PATH", path)
        .output()
        .unwrap();
    assert!(!without.status.success(), "{without:?}");

    // GitHub: fetched, checked, kept, run.
    for (action, inputs, verdict) in [
        (
            "conformance/action.yml",
            ("validate-options", "--only listTags"),
            "passed",
        ),
        ("action.yml", ("scenario", "two-users.toml"), "no-baseline"),
    ] {
        let results = format!("github-{verdict}");
        let workflow = Workflow {
            action,
            workspace: folder.path(),
            inputs: BTreeMap::from([inputs, ("runs", "1"), ("results", results.as_str())])
                .into_iter()
                .filter(|(name, _)| *name != "runs" || action == "action.yml")
                .collect(),
        };
        let (code, outputs, told) = workflow.run_with(&[("PATH", path), ("PROOFLOAD_DOWNLOADS", &downloads)]);
        assert_eq!((code, outputs["verdict"].as_str()), (0, verdict), "{told}");
        assert!(
            outputs["program"].ends_with("/proofload/v0.1.0/proofload"),
            "{outputs:?}"
        );
    }

    // GitLab: the image has it.
    let bin = folder.path().join("bin");
    fs::create_dir(&bin).unwrap();
    symlink(
        folder.path().join("temp/proofload/v0.1.0/proofload"),
        bin.join("proofload"),
    )
    .unwrap();
    let path = format!("{}:{path}", bin.display());
    for (job, variables) in [
        (
            "proofload-conformance",
            ("PROOFLOAD_VALIDATE_OPTIONS", "--only listTags"),
        ),
        ("proofload-gate", ("PROOFLOAD_SCENARIO", "two-users.toml")),
    ] {
        let output = gitlab_job(
            job,
            folder.path(),
            &[variables, ("PROOFLOAD_RUNS", "1"), ("PATH", &path)],
        );
        assert_eq!(output.status.code(), Some(0), "{job}: {output:?}");
        fs::remove_dir_all(folder.path().join("proofload-results")).unwrap();
    }
}
