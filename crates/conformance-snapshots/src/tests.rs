use super::{Page, hold};
use bytes::Bytes;
use proofload_conformance::{ConformanceRun, Observation};
use proofload_results::examples::validate as examples;
use proofload_results::validate::{Summary, Verdict};
use std::path::Path;

fn observation(case: &str, status: u16, content_type: Option<&str>, body: &[u8]) -> Observation {
    Observation {
        case: case.to_owned(),
        operation: case.split('/').next().unwrap_or_default().to_owned(),
        status,
        content_type: content_type.map(str::to_owned),
        body: Bytes::copy_from_slice(body),
        cut: false,
    }
}

/// A case's id, how it ended, and the status and body of the answer that decided it.
type Case<'a> = (&'a str, Verdict, Option<(u16, &'a str)>);

/// A run in which each case ended with its verdict, and those with a body were observed.
fn outcome(cases: &[Case<'_>]) -> ConformanceRun {
    let results = cases
        .iter()
        .map(|&(id, verdict, _)| examples::case(id, "GET /x", verdict));
    let report = examples::report(results.collect());
    let observations = cases.iter().filter_map(|&(id, _, answer)| {
        let (status, body) = answer?;
        Some(observation(id, status, Some("application/json"), body.as_bytes()))
    });
    ConformanceRun {
        observations: observations.collect(),
        evidence: None,
        report,
    }
}

/// The cases that comparing added, each with its verdict and observation, and the run's verdict.
fn held(mut outcome: ConformanceRun, directory: &Path, whole: bool) -> (Vec<String>, Verdict) {
    hold(&mut outcome, directory, whole).expect("snapshots");
    let added = outcome.report.cases.iter().filter(|case| case.probe == super::PROBE);
    let added = added.map(|case| format!("{} {}: {}", case.id, case.verdict, case.observed));
    (added.collect(), outcome.report.verdict)
}

const FULL: [Case<'_>; 4] = [
    (
        "getTag/control",
        Verdict::Pass,
        Some((200, r#"{"tagId":1,"tagName":"x"}"#)),
    ),
    ("getTag/no-token", Verdict::Pass, Some((401, ""))),
    ("getTag/permission@nobody", Verdict::Fail, Some((200, "{}"))),
    ("listTags/control", Verdict::Pass, Some((200, "[]"))),
];

#[test]
fn the_first_run_writes_and_the_next_compares() {
    let directory = tempfile::tempdir().expect("a directory");
    let directory = &directory.path().join("not/there/yet");
    let (added, _) = held(outcome(&FULL), directory, true);
    assert_eq!(
        added,
        [
            "getTag/snapshot skip: nothing to compare with",
            "listTags/snapshot skip: nothing to compare with"
        ]
    );
    let file = std::fs::read_to_string(directory.join("getTag.snap")).expect("written");
    insta::assert_snapshot!(file, @r#"
    ---
    description: "GET /x"
    expression: proofload validate --snapshot
    ---
    control: 200 application/json
      {"tagId": number, "tagName": string}
    no-token: 401 application/json
      (empty)
    permission@nobody: 200 application/json
      {}
    "#);
    // Other values and another order: the same shape.
    let mut again = FULL;
    again[0].2 = Some((200, r#"{"tagName":"other","tagId":2}"#));
    again.reverse();
    let (added, _) = held(outcome(&again), directory, true);
    assert_eq!(
        added,
        [
            "listTags/snapshot pass: as in the snapshot",
            "getTag/snapshot pass: as in the snapshot"
        ]
    );
    assert_eq!(
        std::fs::read_dir(directory).expect("listed").count(),
        2,
        "nothing is left lying about"
    );
}

#[test]
fn drift_fails_with_a_diff_and_waits_for_review() {
    let directory = tempfile::tempdir().expect("a directory");
    let directory = directory.path();
    held(outcome(&FULL[..2]), directory, true);
    let mut changed = FULL;
    changed[0].2 = Some((200, r#"{"tagId":"x","tagName":"x"}"#));
    let mut drifted = outcome(&changed[..2]);
    hold(&mut drifted, directory, true).expect("snapshots");
    let case = drifted.report.cases.last().expect("a case");
    assert_eq!((case.id.as_str(), case.verdict), ("getTag/snapshot", Verdict::Fail));
    assert_eq!(drifted.report.verdict, Verdict::Fail);
    assert_eq!(drifted.report.summary, Summary::of(&drifted.report.cases));
    insta::assert_snapshot!(case.diff.as_deref().expect("a diff"), @r#"
    --- snapshot
    +++ now
    @@ -1,4 +1,4 @@
     control: 200 application/json
    -  {"tagId": number, "tagName": string}
    +  {"tagId": string, "tagName": string}
     no-token: 401 application/json
       (empty)
    "#);
    // What the detail says one may do: rename.
    let pending = directory.join("getTag.snap.new");
    std::fs::rename(&pending, directory.join("getTag.snap")).expect("accepted");
    let (added, _) = held(outcome(&changed[..2]), directory, true);
    assert_eq!(added, ["getTag/snapshot pass: as in the snapshot"]);
    // A drift that went away again leaves nothing to review.
    held(outcome(&FULL[..2]), directory, true);
    assert!(pending.exists());
    held(outcome(&changed[..2]), directory, true);
    assert!(!pending.exists());
}

#[test]
fn what_was_not_tested_is_no_drift_and_what_is_gone_is() {
    let directory = tempfile::tempdir().expect("a directory");
    held(outcome(&FULL), directory.path(), true);
    let mut untested = FULL;
    untested[1] = ("getTag/no-token", Verdict::Skip, None);
    untested[2] = ("getTag/permission@nobody", Verdict::Error, None);
    let (added, _) = held(outcome(&untested), directory.path(), true);
    assert_eq!(added[0], "getTag/snapshot pass: as in the snapshot");
    let (added, _) = held(outcome(&FULL[..1]), directory.path(), false);
    assert_eq!(added, ["getTag/snapshot pass: as in the snapshot"]);
    let (added, verdict) = held(outcome(&FULL[..1]), directory.path(), true);
    assert_eq!(added, ["getTag/snapshot fail: 4 lines differ"]);
    assert_eq!(verdict, Verdict::Fail);
}

#[test]
fn other_data_is_no_drift() {
    let directory = tempfile::tempdir().expect("a directory");
    let answered = |body: &'static str| {
        let cases = [FULL[1], ("getTag/control", Verdict::Pass, Some((200, body)))];
        held(outcome(&cases), directory.path(), true).0.remove(0)
    };
    answered(r#"{"name":"x","title":null,"tags":[]}"#);
    for data in [
        r#"{"name":"y","title":"Dr","tags":[{"id":1}]}"#,
        r#"{"name":null,"title":null,"tags":[]}"#,
    ] {
        assert_eq!(answered(data), "getTag/snapshot pass: as in the snapshot", "{data}");
    }
    for other in [
        r#"{"name":1,"title":null,"tags":[]}"#,
        r#"{"name":"x","tags":[]}"#,
        "[]",
        "",
        "x",
    ] {
        assert_eq!(answered(other), "getTag/snapshot fail: 2 lines differ", "{other}");
    }
}

/// A long list is kept in part; how long it is depends on what else was stored.
#[test]
fn a_list_that_was_cut_has_the_shape_of_its_whole_elements() {
    let drifts = |before: (&[u8], bool), now: (&[u8], bool)| {
        let page = |(body, cut): (&[u8], bool)| {
            let whole = observation("listTags/control", 200, Some("application/json"), body);
            Page::all(&[Observation { cut, ..whole }]).remove(0)
        };
        let before = page(before).to_string();
        page(now).settled(&before, |_| false).to_string() != before
    };
    let cut: &[u8] = br#"[{"id":1,"name":"a, ] \" b"},{"id":2,"name":"c"},{"id":3,"na"#;
    let other: &[u8] = br#"[{"id":1},{"id":2},{"id":3,"na"#;
    assert!(!drifts((cut, true), (b"[]", false)));
    assert!(!drifts((b"[]", false), (cut, true)));
    assert!(!drifts((cut, true), (br#"[{"id":7,"name":"x"}]"#, false)));
    assert!(drifts((cut, true), (other, true)));
    // Of these nothing can be said, but that they are JSON.
    let unknown: &[u8] = br#"[{"id":1,"photo":"/9j/"#;
    assert!(!drifts((unknown, true), (cut, true)));
    assert!(!drifts((cut, true), (unknown, true)));
    assert!(drifts((cut, true), (unknown, false)));
}

#[test]
fn insta_reads_what_we_write() {
    let directory = tempfile::tempdir().expect("a directory");
    held(outcome(&FULL), directory.path(), true);
    let mut changed = FULL;
    changed[0].2 = Some((404, ""));
    held(outcome(&changed), directory.path(), true);
    for (name, first) in [
        ("getTag.snap", "control: 200 application/json"),
        ("getTag.snap.new", "control: 404 application/json"),
    ] {
        let snapshot = insta::Snapshot::from_file(&directory.path().join(name)).expect("insta's format");
        assert_eq!(snapshot.metadata().description(), Some("GET /x"));
        assert_eq!(snapshot.metadata().expression(), Some("proofload validate --snapshot"));
        let contents = snapshot.as_text().expect("a text").to_string();
        assert_eq!(contents.lines().next(), Some(first));
    }
    // And its own assertion, which would fail on another text, takes the file for one of its own.
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(directory.path());
    settings.set_prepend_module_to_snapshot(false);
    let page = Page::all(&outcome(&FULL).observations).remove(0);
    settings.bind(|| insta::assert_snapshot!("getTag", page.to_string()));
}

#[test]
fn a_page_tells_bodies_apart_without_showing_them() {
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJ1Ijoi.abc";
    let observations = [
        observation(
            "x/json",
            200,
            Some("Application/JSON; charset=UTF-8"),
            format!("{{\"token\":\"{token}\",\"{token}\":1}}").as_bytes(),
        ),
        observation("x/jpeg", 200, Some("image/jpeg"), &[0xff, 0xd8, 0xff, 0xe0]),
        observation("x/bytes", 200, Some("application/octet-stream"), &[0xff, 0x00]),
        observation("x/text", 200, Some("text/html"), b"<html>secret</html>"),
        observation("x/broken", 200, Some("application/problem+json"), b"{\"a\":"),
        observation("x/empty", 204, None, b""),
        observation("x/odd", 200, Some("text/\u{7f}; boundary=1"), b"x"),
        observation("x/boundary", 200, Some("multipart/form-data; boundary=----0815"), b"x"),
        observation("x/permission@odd: name", 403, None, b""),
    ];
    insta::assert_snapshot!(Page::all(&observations)[0].to_string(), @r#"
    boundary: 200 multipart/form-data
      (text)
    broken: 200 application/problem+json
      (not JSON)
    bytes: 200 application/octet-stream
      (bytes)
    empty: 204
      (empty)
    jpeg: 200 image/jpeg
      (JPEG)
    json: 200 application/json; charset=utf-8
      {"<other>": number, "token": token}
    odd: 200 (no media type)
      (text)
    permission@odd: name: 403
      (empty)
    text: 200 text/html
      (text)
    "#);
}

#[test]
fn a_directory_that_cannot_hold_snapshots_is_named() {
    let directory = tempfile::tempdir().expect("a directory");
    let refuse = |path: &Path| hold(&mut outcome(&FULL), path, true).expect_err("refused").to_string();
    let path = directory.path().join("getTag.snap");
    for (text, problem) in [
        ("no head", "does not begin with a head between two lines of dashes"),
        ("---\na: b\n", "does not begin with a head between two lines of dashes"),
        ("\u{1}", "does not begin with a head between two lines of dashes"),
    ] {
        std::fs::write(&path, text).expect("written");
        let sentence = format!(
            "`{}` is not a snapshot: it {problem}; move it away, or name another directory",
            path.display()
        );
        assert_eq!(refuse(directory.path()), sentence);
    }
    std::fs::write(&path, b"\xff\xfe").expect("written");
    assert!(refuse(directory.path()).contains("is not a snapshot: it is not UTF-8;"));
    assert!(refuse(&path).starts_with(&format!("cannot write the snapshot `{}`: ", path.display())));
}

#[test]
fn operation_ids_cannot_leave_the_directory() {
    assert_eq!(super::file::name("../../etc/x"), "______etc_x.snap");
    assert_eq!(super::file::name("getTag"), "getTag.snap");
}
