//! What CI systems run of ours: the action, the GitLab job, the container recipe, and the examples of docs/ci.md. They are
//! read as those systems read them, and their steps run in bash on the real program and the embedded mock.
#![cfg(unix)]

mod action;
mod gitlab;
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
mod packaged;
mod page;
mod release;
mod workflow;

use serde_yaml_ng::Value;
use std::fs;
use std::path::Path;

const PROGRAM: &str = env!("CARGO_BIN_EXE_proofload");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn yaml(path: &str) -> Value {
    serde_yaml_ng::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A workspace with a scenario in which users set the pace: its generator cannot be late, however busy the machine is.
fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let scenario = "description = 'Two users.'\nduration = '2s'\nusers = 2\n[arrivals]\nprocess = 'closed'\nthink = '20ms'\n\
                    [[journeys]]\nname = 'renewal'\nsteps = [{ operation = 'renewToken' }]\n";
    fs::write(folder.path().join("two-users.toml"), scenario).unwrap();
    folder
}
