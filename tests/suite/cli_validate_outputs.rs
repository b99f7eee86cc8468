//! What `proofload validate` prints and keeps: formats, report files, accepted deviations, snapshots.

use crate::program::program;
use proofload_mock_server::Settings;
use proofload_test_support::Mock;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;
use tempfile::TempDir;

/// A right deployment, and a configuration that is wrong about it: it says that `nobody` may do everything, so that
/// exactly the case `getTag/permission@nobody` fails.
struct Lab {
    _mock: Mock,
    folder: TempDir,
}

impl Lab {
    fn new() -> Self {
        let mock = Mock::start(Settings::default());
        let folder = tempfile::tempdir().expect("a directory");
        let account = |name: &str| {
            fs::write(folder.path().join(format!("{name}.secret")), format!("{name}-pass\n")).expect("written");
            format!(
                "[[targets.lab.accounts]]\nname = '{name}'\nusername = '{name}'\npassword = {{ file = '{name}.secret' }}\npermissions = 'all'\n"
            )
        };
        let config = format!(
            "[targets.lab]\nurl = '{}'\n{}{}",
            mock.http_url(),
            account("admin"),
            account("nobody")
        );
        fs::write(folder.path().join("proofload.toml"), config).expect("written");
        Self { _mock: mock, folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn validate(&self, options: &[&str]) -> Output {
        program()
            .current_dir(self.folder.path())
            .args(["validate", "--target", "lab", "--only", "getTag"])
            .args(options)
            .output()
            .expect("the program runs")
    }

    fn accept(&self, case: &str, expires: &str) {
        let text = format!(
            "[[accepted]]\ncase = '{case}'\nreason = 'wrong on purpose'\nowner = 'the test'\nexpires = {expires}\n"
        );
        fs::write(self.path("accepted.toml"), text).expect("written");
    }
}

#[track_caller]
fn exit(output: &Output, code: i32) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    stderr
}

fn json(text: &[u8]) -> Value {
    serde_json::from_slice(text).expect("JSON and nothing else")
}

fn case<'a>(report: &'a Value, id: &str) -> &'a Value {
    let cases = report["cases"].as_array().expect("cases");
    cases.iter().find(|case| case["id"] == id).expect(id)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a file")
}

#[test]
fn a_run_directory_holds_the_result_and_the_page_that_shows_it() {
    let lab = Lab::new();
    let output = lab.validate(&["--format", "json", "--out", "runs/v", "--report", "html=page.html"]);
    exit(&output, 1);
    let kept = fs::read_to_string(lab.path("runs/v/validate.json")).expect("the result");
    assert_eq!(kept.as_bytes(), output.stdout);
    let page = fs::read_to_string(lab.path("runs/v/report.html")).expect("the page");
    assert!(page.contains("getTag/permission@nobody"), "{page}");
    let result: Value = serde_json::from_str(&kept).expect("JSON");
    let failed = format!("data-count=\"fail\"><data value=\"{}\">", result["summary"]["fail"]);
    assert!(page.contains(&failed), "{failed}");
    assert_eq!(fs::read_to_string(lab.path("page.html")).expect("the same page"), page);

    let refused = exit(&lab.validate(&["--out", "runs/v"]), 2);
    assert!(refused.contains("not empty"), "{refused}");
    assert_eq!(
        fs::read_to_string(lab.path("runs/v/report.html")).expect("untouched"),
        page
    );
}

/// One account, which was said nothing of and holds one permission of twelve, before a right server.
#[test]
fn an_account_that_lacks_permissions_is_a_premise_and_not_a_hundred_failures() {
    let mock = Mock::start(Settings::default());
    let validate = |more: &[&str]| {
        let only = ["--only", "publish*", "--only", "*Tag", "--only", "*Tags"];
        program()
            .args(["validate", "--username", "publisher", "--url", &mock.http_url()])
            .args(only)
            .args(more)
            .env("PROOFLOAD_PASSWORD", "publisher-pass")
            .output()
            .expect("the program runs")
    };
    let output = validate(&[]);
    let said = exit(&output, 3);
    let shown = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(!shown.contains("FAIL"), "{shown}");
    assert!(shown.lines().count() < 45, "{shown}");
    let head: Vec<&str> = shown.lines().take(6).collect();
    assert!(head[2].starts_with("Not fully tested: "), "{shown}");
    assert!(
        head[4].starts_with("First: Nobody stated what account 'publisher' holds."),
        "{shown}"
    );
    assert!(said.contains("--permissions 'Face Publishing'"), "{said}");

    let output = validate(&["--permissions", "Face Publishing", "--format", "json"]);
    exit(&output, 0);
    let report = json(&output.stdout);
    assert_eq!(report["run"]["premises"], Value::Null, "{:#}", report["run"]);
    let headline = report["headline"]["sentence"].as_str().expect("a sentence");
    assert!(
        headline.contains("as 'publisher' (Face Publishing), reads only"),
        "{headline}"
    );

    let output = validate(&["--permissions", "all", "--format", "json"]);
    exit(&output, 1);
    let report = json(&output.stdout);
    assert_eq!(report["causes"][0]["kind"], "refused", "{:#}", report["causes"]);
}

#[test]
fn one_run_serves_the_log_and_the_ci_server() {
    let lab = Lab::new();
    let output = lab.validate(&[
        "--format",
        "junit",
        "--report",
        "json=r.json",
        "--report",
        "markdown=r.md",
        "--report",
        "console=r.txt",
    ]);
    exit(&output, 1);
    let report = json(&fs::read(lab.path("r.json")).expect("a file"));
    assert_eq!(report["summary"]["fail"], 1, "{report:#}");
    let junit = String::from_utf8(output.stdout).expect("UTF-8");
    let root = junit.lines().nth(1).expect("a root");
    for (attribute, count) in [
        ("tests", report["cases"].as_array().expect("cases").len()),
        ("failures", 1),
        ("errors", 0),
    ] {
        assert!(root.contains(&format!("{attribute}=\"{count}\"")), "{root}");
    }
    assert!(junit.contains("<failure message=\"expected "));
    let markdown = read(&lab.path("r.md"));
    assert!(
        markdown.starts_with("# Conformance: fail\n") && markdown.contains("| <code>getTag/permission@nobody</code> |")
    );
    assert!(read(&lab.path("r.txt")).contains("getTag/permission@nobody"));
    for text in [junit, markdown, report.to_string()] {
        assert!(
            !text.contains("-pass") && !text.contains("eyJ"),
            "no password and no token in {text}"
        );
    }
}

#[test]
fn an_accepted_deviation_passes_until_its_last_day() {
    let lab = Lab::new();
    let accepted = ["--format", "json", "--accepted", "accepted.toml"];
    lab.accept("getTag/permission@nobody", "9999-12-31");
    let output = lab.validate(&accepted);
    exit(&output, 0);
    let report = json(&output.stdout);
    let accepted_case = case(&report, "getTag/permission@nobody");
    assert_eq!(accepted_case["verdict"], "skip");
    assert_eq!(accepted_case["accepted"]["verdict"], "fail");
    assert_eq!(accepted_case["accepted"]["owner"], "the test");

    lab.accept("getTag/permission@nobody", "2020-02-29");
    let output = lab.validate(&accepted);
    exit(&output, 1);
    assert_eq!(
        case(&json(&output.stdout), "getTag/permission@nobody")["verdict"],
        "fail"
    );

    lab.accept("getTag/{no-token,permission@nobody}", "9999-12-31");
    exit(&lab.validate(&accepted), 0);
    lab.accept("getTag/no-token", "9999-12-31");
    let output = lab.validate(&accepted);
    exit(&output, 1);
    let report = json(&output.stdout);
    assert_eq!(case(&report, "accepted/getTag/no-token")["verdict"], "fail");
    assert_eq!(report["summary"]["fail"], 2);
}

#[test]
fn a_wrong_file_is_told_before_anything_is_sent() {
    let lab = Lab::new();
    lab.accept("getTag/x", "2027-02-30");
    for (options, sentence) in [
        (
            ["--accepted", "accepted.toml"],
            "error: `accepted.toml`, line 5, key `expires`: invalid date",
        ),
        (["--accepted", "none.toml"], "error: cannot read `none.toml`: "),
        (
            ["--report", "json=no/such/folder/r.json"],
            "error: cannot write the report to `no/such/folder/r.json`: ",
        ),
    ] {
        let output = lab.validate(&options);
        let stderr = exit(&output, 2);
        assert!(stderr.starts_with(sentence) && stderr.lines().count() == 1, "{stderr}");
        assert!(output.stdout.is_empty());
    }
    exit(&lab.validate(&["--report", "xml=r.xml"]), 2);
}

#[test]
fn snapshots_are_written_first_and_held_against_later() {
    let lab = Lab::new();
    let accepted = ["--format", "json", "--snapshot", "snaps"];
    lab.accept("getTag/permission@nobody", "9999-12-31");
    let held = |more: &[&str]| {
        let output = lab.validate(&[&accepted, more].concat());
        (output.status.code(), json(&output.stdout))
    };
    let (_, report) = held(&[]);
    assert_eq!(case(&report, "getTag/snapshot")["verdict"], "skip");
    let (code, report) = held(&["--accepted", "accepted.toml"]);
    assert_eq!(case(&report, "getTag/snapshot")["verdict"], "pass");
    assert_eq!(code, Some(0));

    let file = lab.path("snaps/getTag.snap");
    fs::write(
        &file,
        read(&file).replace("permission@nobody: 403", "permission@nobody: 404"),
    )
    .expect("written");
    let (code, report) = held(&["--accepted", "accepted.toml"]);
    assert_eq!(code, Some(1));
    let drift = case(&report, "getTag/snapshot");
    assert_eq!(drift["verdict"], "fail");
    let diff = drift["diff"].as_str().expect("a diff");
    assert!(
        diff.contains("\n-permission@nobody: 404") && diff.contains("\n+permission@nobody: 403"),
        "{diff}"
    );
    assert!(read(&lab.path("snaps/getTag.snap.new")).contains("permission@nobody: 403"));

    fs::write(&file, "not a snapshot").expect("written");
    let output = lab.validate(&accepted);
    let stderr = exit(&output, 2);
    assert!(stderr.contains("getTag.snap` is not a snapshot: "), "{stderr}");
}

/// The script that the terminal names runs as it stands, and sees what the run saw.
#[cfg(unix)]
#[test]
fn a_failed_case_leaves_a_script_that_repeats_it() {
    let lab = Lab::new();
    let output = lab.validate(&["--out", "out dir"]);
    assert_eq!(output.status.code(), Some(1));
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        shown.contains("sh 'out dir/evidence/getTag_permission@nobody.sh'"),
        "{shown}"
    );
    let repeated = std::process::Command::new("sh")
        .arg("out dir/evidence/getTag_permission@nobody.sh")
        .current_dir(lab.folder.path())
        .env("PROOFLOAD_PASSWORD_NOBODY", "nobody-pass")
        .output()
        .expect("a shell");
    let told = String::from_utf8_lossy(&repeated.stdout).into_owned();
    assert_eq!(repeated.status.code(), Some(0), "{told}");
    assert!(told.contains("observed now:  403"), "{told}");
    let kept: Value =
        serde_json::from_slice(&fs::read(lab.path("out dir/validate.json")).expect("kept")).expect("JSON");
    let cases = kept["cases"].as_array().expect("cases");
    let failed: Vec<&Value> = cases.iter().filter(|case| case["verdict"] == "fail").collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0]["evidence"], "evidence/getTag_permission@nobody.sh");
    assert!(cases.iter().all(|case| case["time_s"].is_number()));
}
