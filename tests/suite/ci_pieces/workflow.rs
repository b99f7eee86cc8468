//! A GitHub action's shell steps, run as GitHub runs them.

use super::{root, yaml};
use serde_yaml_ng::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs the shell steps of the action as GitHub does; the exit code of the first that fails, and the outputs.
pub(super) struct Workflow<'a> {
    pub(super) action: &'a str,
    pub(super) workspace: &'a Path,
    pub(super) inputs: BTreeMap<&'a str, &'a str>,
}

impl Workflow<'_> {
    pub(super) fn run(&self) -> (i32, BTreeMap<String, String>, String) {
        self.run_with(&[])
    }

    /// The same with these variables of the runner's environment.
    pub(super) fn run_with(&self, runner: &[(&str, &str)]) -> (i32, BTreeMap<String, String>, String) {
        let action = yaml(self.action);
        let (output, summary) = (self.workspace.join("output"), self.workspace.join("summary.md"));
        let mut outputs: BTreeMap<String, String> = BTreeMap::new();
        let mut steps = BTreeMap::new();
        for step in action["runs"]["steps"].as_sequence().unwrap() {
            let Some(script) = step["run"].as_str() else { continue };
            assert_eq!(step["shell"], "bash");
            fs::write(&output, "").unwrap();
            let mut command = Command::new("bash");
            command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]);
            command
                .current_dir(self.workspace)
                .env("GITHUB_OUTPUT", &output)
                .env("GITHUB_ACTIONS", "true")
                .env("PROOFLOAD_PASSWORD", "admin-pass");
            command
                .env("GITHUB_STEP_SUMMARY", &summary)
                .envs(runner.iter().copied());
            for (name, value) in step["env"].as_mapping().unwrap() {
                let value = self.evaluated(value.as_str().unwrap(), &action, &steps);
                command.env(name.as_str().unwrap(), value);
            }
            let Output { status, stdout, stderr } = command.output().unwrap();
            let told = String::from_utf8_lossy(&stdout).into_owned() + &String::from_utf8_lossy(&stderr);
            for line in fs::read_to_string(&output).unwrap().lines() {
                let (name, value) = line.split_once('=').unwrap();
                let id = step["id"].as_str().unwrap();
                steps.insert(format!("steps.{id}.outputs.{name}"), value.to_owned());
                outputs.insert(name.to_owned(), value.to_owned());
            }
            if !status.success() {
                return (status.code().unwrap(), outputs, told);
            }
        }
        (0, outputs, fs::read_to_string(&summary).unwrap_or_default())
    }

    /// What `${{ inputs.release || github.action_ref }}` and the like make of a text.
    fn evaluated(&self, text: &str, action: &Value, steps: &BTreeMap<String, String>) -> String {
        let Some((before, rest)) = text.split_once("${{ ") else {
            return text.to_owned();
        };
        let (expression, after) = rest.split_once(" }}").unwrap();
        let mut values = expression.split(" || ").map(|name| self.value(name, action, steps));
        let value = values.find(|value| !value.is_empty()).unwrap_or_default();
        format!("{before}{value}{}", self.evaluated(after, action, steps))
    }

    fn value(&self, name: &str, action: &Value, steps: &BTreeMap<String, String>) -> String {
        match (name, name.strip_prefix("inputs.")) {
            (_, Some(input)) => {
                let default = action["inputs"][input]["default"].as_str();
                let default = default.unwrap_or_else(|| panic!("the action has no input {input} with a default"));
                self.inputs.get(input).copied().unwrap_or(default).to_owned()
            }
            ("github.action_path", _) => {
                let folder = root().join(self.action).parent().unwrap().to_owned();
                folder.display().to_string()
            }
            ("github.action_ref", _) => "v0.1.0".to_owned(),
            ("github.action_repository", _) => "somebody/proofload".to_owned(),
            ("runner.temp", _) => self.workspace.join("temp").display().to_string(),
            ("github.ref_name", _) => "main".to_owned(),
            ("github.sha", _) => "1f2e3d4".to_owned(),
            _ => steps.get(name).unwrap_or_else(|| panic!("who sets {name}?")).clone(),
        }
    }
}
