//! Deviations that somebody answers for, and what becomes of those that nobody does any more.

use chrono::NaiveDate;
use proofload_conformance::accepted::{Accepted, Run, apply};
use proofload_results::examples::validate as examples;
use proofload_results::validate::{CaseResult, Summary, ValidateReport, Verdict};

const FILE: &str = r#"
[[accepted]]
case = "publish/expired"
reason = "five minutes of clock skew"
owner = "ops"
expires = 2027-01-31

[[accepted]]
case = "*/challenge"
reason = "the proxy strips the header"
owner = "net"
expires = 2026-12-31
"#;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

fn report(cases: &[(&str, Verdict)]) -> ValidateReport {
    let case = |&(id, verdict): &(&str, Verdict)| CaseResult {
        observed: "200".to_owned(),
        detail: "The clause.".to_owned(),
        ..examples::case(id, "POST /x", verdict)
    };
    examples::report(cases.iter().map(case).collect())
}

/// Every case with its verdict and, when accepted, what it would have been; then the run's verdict.
fn applied(cases: &[(&str, Verdict)], today: &str, whole: bool) -> (Vec<String>, Verdict) {
    let mut report = report(cases);
    let accepted = Accepted::parse("accepted.toml", FILE).expect("a good file");
    apply(
        &mut report,
        &accepted,
        Run {
            today: day(today),
            whole,
        },
    );
    assert_eq!(report.summary, Summary::of(&report.cases));
    let lines = report.cases.iter().map(|case| match &case.accepted {
        Some(acceptance) => format!("{} {} was {}", case.id, case.verdict, acceptance.verdict),
        None => format!("{} {}: {}", case.id, case.verdict, case.observed),
    });
    (lines.collect(), report.verdict)
}

#[test]
fn what_is_accepted_neither_fails_nor_warns() {
    use Verdict::{Error, Fail, Pass, Skip, Warn};
    let cases = [
        ("publish/expired", Fail),
        ("publish/challenge", Warn),
        ("lookup/challenge", Pass),
        ("lookup/no-token", Pass),
    ];
    let (lines, verdict) = applied(&cases, "2026-11-22", true);
    assert_eq!(
        lines,
        [
            "publish/expired skip was fail",
            "publish/challenge skip was warn",
            "lookup/challenge pass: 200",
            "lookup/no-token pass: 200",
        ]
    );
    assert_eq!(verdict, Pass);
    // What was not tested leaves the entry undecided, and is not accepted itself.
    let (lines, verdict) = applied(
        &[("publish/expired", Skip), ("publish/challenge", Error)],
        "2026-11-22",
        true,
    );
    assert_eq!(lines, ["publish/expired skip: 200", "publish/challenge error: 200"]);
    assert_eq!(verdict, Error);
}

#[test]
fn the_last_day_counts_and_the_next_does_not() {
    let cases = [("publish/expired", Verdict::Fail), ("publish/challenge", Verdict::Warn)];
    let (lines, verdict) = applied(&cases, "2026-12-31", true);
    assert_eq!(
        lines,
        ["publish/expired skip was fail", "publish/challenge skip was warn"]
    );
    assert_eq!(verdict, Verdict::Pass);
    let (lines, verdict) = applied(&cases, "2027-01-31", true);
    assert_eq!(
        lines,
        [
            "publish/expired skip was fail",
            "publish/challenge warn: 200",
            "accepted/*/challenge fail: expired on 2026-12-31, with 1 of 1 matching cases deviating",
        ]
    );
    assert_eq!(verdict, Verdict::Fail);
    let (lines, verdict) = applied(&cases[..1], "2027-02-01", false);
    assert_eq!(
        lines,
        [
            "publish/expired fail: 200",
            "accepted/*/challenge fail: expired on 2026-12-31, with 0 of 0 matching cases deviating",
        ]
    );
    assert_eq!(verdict, Verdict::Fail);
}

#[test]
fn an_entry_that_is_not_needed_fails() {
    let cases = [
        ("publish/expired", Verdict::Pass),
        ("publish/challenge", Verdict::Pass),
        ("lookup/challenge", Verdict::Pass),
    ];
    let (lines, verdict) = applied(&cases, "2026-11-22", true);
    assert_eq!(
        lines[3..],
        [
            "accepted/publish/expired fail: the matching case passes",
            "accepted/*/challenge fail: all 2 matching cases pass",
        ]
    );
    assert_eq!(verdict, Verdict::Fail);
}

#[test]
fn an_entry_that_matches_nothing_fails_a_whole_run_only() {
    let cases = [("publish/no-token", Verdict::Pass)];
    let (lines, verdict) = applied(&cases, "2026-11-22", true);
    assert_eq!(
        lines[1..],
        [
            "accepted/publish/expired fail: no case matches",
            "accepted/*/challenge fail: no case matches",
        ]
    );
    assert_eq!(verdict, Verdict::Fail);
    let (lines, verdict) = applied(&cases, "2026-11-22", false);
    assert_eq!(lines.len(), 1);
    assert_eq!(verdict, Verdict::Pass);
}

#[test]
fn the_longest_acceptance_wins_and_reads_well() {
    let text = FILE.replace("*/challenge", "publish/*");
    let mut report = report(&[("publish/expired", Verdict::Fail), ("publish/x", Verdict::Fail)]);
    let accepted = Accepted::parse("accepted.toml", &text).expect("a good file");
    apply(
        &mut report,
        &accepted,
        Run {
            today: day("2027-01-01"),
            whole: true,
        },
    );
    let [first, second, ..] = &report.cases[..] else {
        panic!("two cases");
    };
    assert_eq!(
        first.detail,
        "accepted until 2027-01-31 by ops: five minutes of clock skew"
    );
    assert_eq!(
        second.detail,
        "The clause. (It was accepted until 2026-12-31: the proxy strips the header. Owner: net.)"
    );
    // The expired entry needs no case of its own: one of its cases fails already.
    assert_eq!(report.cases.len(), 2);
}

#[test]
fn json_has_the_acceptance_where_there_is_one() {
    let mut report = report(&[
        ("publish/expired", Verdict::Fail),
        ("publish/challenge", Verdict::Warn),
        ("x/y", Verdict::Pass),
    ]);
    let accepted = Accepted::parse("accepted.toml", FILE).expect("a good file");
    apply(
        &mut report,
        &accepted,
        Run {
            today: day("2026-11-22"),
            whole: true,
        },
    );
    let json = serde_json::to_value(&report).expect("JSON");
    assert_eq!(
        json["cases"][0]["accepted"],
        serde_json::json!({"verdict": "fail", "reason": "five minutes of clock skew", "owner": "ops", "expires": "2027-01-31"})
    );
    assert_eq!(json["cases"][2].get("accepted"), None);
}

#[test]
fn a_far_or_quoted_date_is_a_date() {
    for expires in ["9999-12-31", "\"2027-01-31\"", "2028-02-29"] {
        Accepted::parse("a.toml", &FILE.replace("2027-01-31", expires)).expect(expires);
    }
    Accepted::parse("a.toml", "accepted = []").expect("an empty list");
}

#[test]
fn a_malformed_file_is_explained() {
    let with = |old: &str, new: &str| FILE.replace(old, new);
    for (text, sentence) in [
        (
            with("2027-01-31", "2027-02-30"),
            "`a.toml`, line 6, key `expires`: invalid date, expected day between 01 and 28",
        ),
        (
            with("2027-01-31", "\"soon\""),
            "`a.toml`, line 6, key `accepted.expires`: `soon` is not a date; write the last day on which it is accepted, as in 2027-01-31",
        ),
        (
            with("2027-01-31", "2027-01-31T12:00:00Z"),
            "`a.toml`, line 6, key `accepted.expires`: `2027-01-31T12:00:00Z` is not a date; write",
        ),
        (
            with("2027-01-31", "20270131"),
            "`a.toml`, line 6, key `accepted.expires`: `20270131` is not a date; write",
        ),
        (
            with("\"net\"", "\" \""),
            "`a.toml`, line 11, key `accepted.owner`: it is empty; say who answers for it",
        ),
        (
            with("\"five minutes of clock skew\"", "''"),
            "`a.toml`, line 4, key `accepted.reason`: it is empty; say why the deviation is accepted",
        ),
        (
            with("reason", "raeson"),
            "`a.toml`, line 4, key `accepted`: unknown field `raeson`, expected one of `case`, `reason`, `owner`, `expires`",
        ),
        (
            with("owner = \"ops\"\n", ""),
            "`a.toml`, line 2, key `accepted`: missing field `owner`",
        ),
        (
            with("\"ops\"", "7"),
            "`a.toml`, line 5, key `accepted.owner`: invalid type: integer `7`, expected a string",
        ),
        (
            with("*/challenge", "publish/[a"),
            "`a.toml`, line 9, key `accepted.case`: `publish/[a` is not a pattern on case ids: ",
        ),
        (
            with("*/challenge", ""),
            "`a.toml`, line 9, key `accepted.case`: an empty pattern matches no case; ",
        ),
        (
            with("*/challenge", "publish/expired"),
            "`a.toml`, line 9, key `accepted.case`: `publish/expired` is accepted twice; keep one of the two",
        ),
        (
            with("[[accepted]]", "[[acepted]]"),
            "`a.toml`, line 2: unknown field `acepted`, expected `accepted`",
        ),
        (with("[[accepted]]", "[[accepted]"), "`a.toml`, line 2: "),
    ] {
        let complaint = Accepted::parse("a.toml", &text).expect_err(sentence).to_string();
        assert!(complaint.starts_with(sentence), "{complaint}\n{sentence}");
        assert!(!complaint.contains('\n'), "{complaint}");
    }
}
