//! What CI systems run of ours: the action, the GitLab job, the container recipe, and the examples of docs/ci.md. They are
//! read as those systems read them, and their steps run in bash on the real program and the embedded mock.
#![cfg(unix)]

use serde_yaml_ng::Value;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

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

/// Runs the shell steps of the action as GitHub does; the exit code of the first that fails, and the outputs.
struct Workflow<'a> {
    action: &'a str,
    workspace: &'a Path,
    inputs: BTreeMap<&'a str, &'a str>,
}

impl Workflow<'_> {
    fn run(&self) -> (i32, BTreeMap<String, String>, String) {
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
            command.env("GITHUB_STEP_SUMMARY", &summary);
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

#[test]
fn the_action_keeps_a_baseline_and_compares_with_it() {
    let folder = workspace();
    let mut workflow = Workflow {
        action: "action.yml",
        workspace: folder.path(),
        inputs: BTreeMap::from([
            ("binary", PROGRAM),
            ("scenario", "two-users.toml"),
            ("runs", "2"),
            ("keep", "true"),
            // Runs of two seconds are too short for any other answer, however busy the machine is.
            ("gate-options", "--inconclusive pass"),
        ]),
    };
    let (code, outputs, told) = workflow.run();
    assert_eq!((code, outputs["verdict"].as_str()), (0, "no-baseline"), "{told}");
    assert!(told.contains("# Load runs side by side"), "{told}");

    let (code, _, told) = workflow.run();
    assert!(code == 2 && told.contains("is there already"), "{code}: {told}");

    workflow.inputs.insert("results", "second");
    let (code, outputs, told) = workflow.run();
    assert_eq!((code, outputs["verdict"].as_str()), (0, "inconclusive"), "{told}");
    assert_eq!(outputs["results"], "second");
    for file in [
        "load.xml",
        "gate.xml",
        "gate.md",
        "annotations.txt",
        "gate/gate.json",
        "candidate-2/run.json",
    ] {
        assert!(folder.path().join("second").join(file).exists(), "{file}");
    }
    let kept = Command::new(PROGRAM)
        .args(["baseline", "list", "--format", "json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let kept: serde_json::Value = serde_json::from_slice(&kept.stdout).unwrap();
    let kept = kept["baselines"].as_array().unwrap();
    assert_eq!(kept.len(), 4);
    assert!(
        kept.iter()
            .all(|kept| kept["commit"] == "1f2e3d4" && kept["branch"] == "main")
    );
}

/// A mock that takes its time for every answer.
struct SlowMock(std::process::Child, String);

impl SlowMock {
    fn start(service: &str) -> Self {
        let mut child = Command::new(PROGRAM)
            .args([
                "mock",
                "--http",
                "127.0.0.1:0",
                "--https",
                "none",
                "--workers",
                "8",
                "--service",
                service,
            ])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
        let address = line.split_whitespace().find_map(|word| word.strip_prefix("http="));
        let url = format!(
            "--url http://{} --username admin",
            address.unwrap_or_else(|| panic!("{line}"))
        );
        Self(child, url)
    }
}

impl Drop for SlowMock {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_slower_build_makes_the_action_red_and_says_so_everywhere() {
    let folder = workspace();
    let scenario = fs::read_to_string(folder.path().join("two-users.toml")).unwrap();
    fs::write(folder.path().join("two-users.toml"), scenario.replace("'2s'", "'11s'")).unwrap();
    let run = |service: &str, results: &'static str, keep: &'static str| {
        let mock = SlowMock::start(&format!("fixed:{service}"));
        let workflow = Workflow {
            action: "action.yml",
            workspace: folder.path(),
            inputs: BTreeMap::from([
                ("binary", PROGRAM),
                ("scenario", "two-users.toml"),
                ("runs", "1"),
                ("target-options", mock.1.as_str()),
                ("gate-options", "--compare p50"),
                ("results", results),
                ("keep", keep),
            ]),
        };
        workflow.run()
    };
    let (code, outputs, told) = run("10ms", "first", "true");
    assert_eq!((code, outputs["verdict"].as_str()), (0, "no-baseline"), "{told}");
    // Six times as slow: no noise of a busy machine looks like that.
    let (code, outputs, told) = run("60ms", "second", "true");
    assert_eq!((code, outputs["verdict"].as_str()), (1, "regressed"), "{told}");
    let annotation = told
        .lines()
        .find(|line| line.starts_with("::error "))
        .unwrap_or_else(|| panic!("{told}"));
    assert!(
        annotation.contains("regressed::renewToken.p50 is higher than the baseline"),
        "{annotation}"
    );
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let summary = read("summary.md");
    assert!(
        summary.contains("# Gate: regressed") && summary.contains("**regressed**"),
        "{summary}"
    );
    assert!(read("second/gate.xml").contains("<failure"));
    assert!(read("second/gate/report.html").contains("Regressed"));
    let kept = folder.path().join("baselines/two-users.toml");
    let kept = if kept.exists() {
        kept
    } else {
        folder.path().join("baselines/two-users")
    };
    let kept: Vec<_> = fs::read_dir(kept.join("main")).unwrap().collect();
    assert_eq!(kept.len(), 1, "a red run is no baseline");
}

#[test]
fn the_action_fails_with_the_programs_exit_code() {
    let folder = workspace();
    for (input, value, expected) in [
        ("load-options", "--seed 5\n--slo 'renewToken.p50 < 1us'\n", 1),
        ("scenario", "no-such.toml", 2),
        ("target-options", "--url http://127.0.0.1:9 --username nobody", 3),
        ("runs", "none", 2),
    ] {
        let mut inputs = BTreeMap::from([("binary", PROGRAM), ("scenario", "two-users.toml"), ("runs", "1")]);
        inputs.extend([(input, value), ("results", input)]);
        let workflow = Workflow {
            action: "action.yml",
            workspace: folder.path(),
            inputs,
        };
        // No prompt for the password: there is no terminal.
        let (code, _, told) = workflow.run();
        let expected = if input == "target-options" {
            [2, 3]
        } else {
            [expected, expected]
        };
        assert!(expected.contains(&code), "{input}={value}: {code}: {told}");
    }
}

/// A released program as `ci/fetch.sh` finds it: an archive with a program that is ours, and the list of sums.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
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
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
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
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
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

#[test]
fn the_conformance_action_leaves_what_a_pipeline_shows() {
    let folder = workspace();
    let mut workflow = Workflow {
        action: "conformance/action.yml",
        workspace: folder.path(),
        inputs: BTreeMap::from([("binary", PROGRAM), ("validate-options", "--only 'listTags'")]),
    };
    let (code, outputs, told) = workflow.run();
    assert_eq!((code, outputs["verdict"].as_str()), (0, "passed"), "{told}");
    assert!(told.starts_with("# "), "the summary: {told}");
    let read = |name: &str| fs::read_to_string(folder.path().join("proofload-results").join(name)).unwrap();
    let sarif: serde_json::Value = serde_json::from_str(&read("validate.sarif")).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    assert!(read("validate.xml").contains("<testcase"));
    assert!(read("comment.md").starts_with("# "));
    workflow.inputs.extend([
        ("results", "second"),
        ("validate-options", "--only nothing-of-the-kind"),
    ]);
    let (code, outputs, told) = workflow.run();
    assert_eq!((code, outputs["verdict"].as_str()), (3, "not-tested"), "{told}");
    assert!(!folder.path().join("second/validate.sarif").exists());
}

#[test]
fn an_open_comparison_is_repeated_and_called_flaky() {
    let folder = workspace();
    let mut workflow = Workflow {
        action: "action.yml",
        workspace: folder.path(),
        inputs: BTreeMap::from([
            ("binary", PROGRAM),
            ("scenario", "two-users.toml"),
            ("runs", "1"),
            ("keep", "true"),
            ("retries", "1"),
        ]),
    };
    let (code, _, told) = workflow.run();
    assert_eq!(code, 0, "{told}");
    workflow.inputs.insert("results", "second");
    // Runs of two seconds are too short for an answer, however many there are.
    let (code, outputs, told) = workflow.run();
    assert_eq!((code, outputs["flaky"].as_str()), (4, "1"), "{told}");
    let second = folder.path().join("second");
    for file in [
        "candidate-2/run.json",
        "gate-attempt-1/gate.json",
        "gate/gate.json",
        "flaky.md",
    ] {
        assert!(second.join(file).exists(), "{file}");
    }
    let comment = fs::read_to_string(second.join("comment.md")).unwrap();
    assert!(comment.contains("**flaky**: comparison 1 could not tell"), "{comment}");
}

/// Runs the script of a GitLab job, as its image has it.
fn gitlab_job(name: &str, folder: &Path, variables: &[(&str, &str)]) -> Output {
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

#[test]
fn the_container_is_built_offline_and_runs_as_nobody_in_particular() {
    let recipe = text("Containerfile");
    let last = recipe.rsplit("\nFROM ").next().unwrap();
    assert!(last.contains("\nUSER 10001\n"), "{last}");
    assert!(last.contains("ENTRYPOINT [\"proofload\"]"), "{last}");
    let build = recipe.lines().find(|line| line.contains("cargo build")).unwrap();
    assert!(build.contains("--frozen"), "{build}");
    assert!(
        !recipe.contains("apt-get") && recipe.matches("cargo ").count() >= 2,
        "{recipe}"
    );
    for line in recipe
        .lines()
        .filter(|line| line.starts_with("COPY ") && !line.contains("--from"))
    {
        let from: PathBuf = root().join(line.split(' ').nth(1).unwrap());
        assert!(from.exists(), "{line}");
    }
}

/// The examples of the page: every input is one of the action's, every variable one that the script reads.
#[test]
fn the_examples_use_what_there_is() {
    let page = text("docs/ci.md");
    let script: String = ["gate", "conformance", "common", "fetch"]
        .map(|name| text(&format!("ci/{name}.sh")))
        .concat();
    let (gate, conformance) = (yaml("action.yml"), yaml("conformance/action.yml"));
    let mut examples = 0;
    for block in page.split("```yaml\n").skip(1) {
        let block = block.split("```").next().unwrap();
        let example: Value = serde_yaml_ng::from_str(block).unwrap_or_else(|error| panic!("{error}: {block}"));
        let jobs = example["jobs"].as_mapping();
        for step in jobs
            .into_iter()
            .flatten()
            .filter_map(|(_, job)| job["steps"].as_sequence())
            .flatten()
        {
            if step["uses"].as_str().is_some_and(|uses| uses.contains("proofload")) {
                let conforms = step["uses"].as_str().is_some_and(|uses| uses.contains("/conformance@"));
                let action = if conforms { &conformance } else { &gate };
                for (input, _) in step["with"].as_mapping().unwrap() {
                    assert!(
                        action["inputs"].get(input).is_some(),
                        "the action has no input {input:?}"
                    );
                }
            }
        }
        examples += 1;
    }
    assert!(examples >= 2, "the page has examples for GitHub and GitLab");
    let words = page.split(|c: char| !(c.is_ascii_uppercase() || c == '_'));
    for variable in words.filter(|word| word.starts_with("PROOFLOAD_") && !word.ends_with('_')) {
        let known = script.contains(variable) || ["PROOFLOAD_IMAGE", "PROOFLOAD_PASSWORD"].contains(&variable);
        assert!(known, "nobody reads {variable}");
    }
    let inputs = [&gate, &conformance].map(|action| action["inputs"].as_mapping().unwrap());
    for input in inputs.into_iter().flat_map(|inputs| inputs.keys()) {
        let input = input.as_str().unwrap();
        assert!(
            page.contains(&format!("`{input}`")),
            "the page does not tell of {input}"
        );
    }
}
