//! The actions: what they compare, keep, leave and exit with.

use super::workflow::Workflow;
use super::{PROGRAM, workspace};
use std::collections::BTreeMap;
use std::fs;
use std::process::Command;

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
