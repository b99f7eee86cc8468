//! The jobs for GitLab, run as their image has them.

use super::{PROGRAM, root, workspace, yaml};
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs the script of a GitLab job, as its image has it.
pub(super) fn gitlab_job(name: &str, folder: &Path, variables: &[(&str, &str)]) -> Output {
    let bin = folder.join("bin");
    fs::create_dir_all(&bin).unwrap();
    for (from, to) in [
        (PathBuf::from(PROGRAM), "proofload"),
        (root().join("ci/gate.sh"), "proofload-gate"),
        (root().join("ci/conformance.sh"), "proofload-conformance"),
    ] {
        if !bin.join(to).exists() {
            symlink(from, bin.join(to)).unwrap();
        }
    }
    let template = yaml("ci/gitlab.yml");
    let job = &template[name];
    assert_eq!(job["extends"], ".proofload");
    let script: Vec<&str> = job["script"]
        .as_sequence()
        .unwrap()
        .iter()
        .map(|line| line.as_str().unwrap())
        .collect();
    let mut command = Command::new("bash");
    command.args(["-e", "-c", &script.join("\n")]).current_dir(folder);
    let path = std::env::join_paths(
        std::iter::once(bin).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    command.env("PATH", path.unwrap());
    let gitlab = BTreeMap::from([
        ("CI_COMMIT_REF_NAME", "main"),
        ("CI_DEFAULT_BRANCH", "main"),
        ("CI_COMMIT_SHA", "1f2e"),
    ]);
    command.envs(&gitlab);
    let own = job["variables"].as_mapping();
    for (name, value) in own
        .into_iter()
        .flatten()
        .chain(template[".proofload"]["variables"].as_mapping().unwrap())
    {
        let value = value.as_str().unwrap();
        let value = value.strip_prefix('$').map_or(value, |name| gitlab[name]);
        command.env(name.as_str().unwrap(), value);
    }
    command.envs(variables.iter().copied()).output().unwrap()
}

#[test]
fn the_gitlab_jobs_run() {
    let folder = workspace();
    let template = yaml("ci/gitlab.yml");
    for (name, variables) in [
        (
            "proofload-gate",
            [("PROOFLOAD_SCENARIO", "two-users.toml"), ("PROOFLOAD_RUNS", "1")],
        ),
        (
            "proofload-conformance",
            [
                ("PROOFLOAD_VALIDATE_OPTIONS", "--only listTags"),
                ("PROOFLOAD_RUNS", "1"),
            ],
        ),
    ] {
        let output = gitlab_job(name, folder.path(), &variables);
        assert_eq!(output.status.code(), Some(0), "{name}: {output:?}");
        let junit = template[name]["artifacts"]["reports"]["junit"][0].as_str().unwrap();
        let junit = fs::read_to_string(folder.path().join(junit)).unwrap();
        assert!(junit.contains("<testsuite"), "{name}");
        fs::remove_dir_all(folder.path().join("proofload-results")).unwrap();
    }
    let cached = template["proofload-gate"]["cache"]["paths"][0].as_str().unwrap();
    assert!(folder.path().join(cached).join("two-users/main").is_dir());
}
