//! Hand-built reports, for tests of renderings in this crate and others.

use crate::validate::{
    Acceptance, Basis, CaseResult, ExchangeRecord, Premise, PremiseKind, RunInfo, SCHEMA, Scope, ScopeAccount, Summary,
    Untested, ValidateReport, Verdict,
};
use chrono::NaiveDate;
use proofload_contract::{Severity, Source};

/// Texts that try to get out of every format we write.
pub const HOSTILE: [&str; 10] = [
    "| pipe \\| and \\\\| more | cells |\n|---|---|\n| forged | row |",
    "``` \n# forged heading\n````\n`code` ``span``",
    "<script>alert(1)</script></code></details><img src=x onerror=alert(1)>&amp;&#60;",
    "]]><failure/><!-- --> <![CDATA[ x ]]> \"quoted\" 'single'",
    "\u{202e}desrever\u{2066} \u{200b}hidden\u{feff}",
    "\u{1b}[31mred\u{1b}[0m \u{0}\u{8}\u{c}\u{fffe}\u{ffff}\u{9b}",
    "[link](https://evil.example) ![image](https://evil.example/x.png) www.evil.example <https://evil.example>",
    "@everyone mail@evil.example #1 owner/repo#2 :skull: $x^2$ ~~gone~~ **bold** _under_ $(reboot)",
    "line one\r\nline two\rline three\u{2028}line four\u{85}line five",
    "- item\n1. item\n> quote\n    indented\n[ref]: https://evil.example",
];

/// A report on these cases.
pub fn report(cases: Vec<CaseResult>) -> ValidateReport {
    let mut report = ValidateReport {
        schema: SCHEMA.to_owned(),
        verdict: Verdict::Pass,
        headline: None,
        summary: Summary::default(),
        run: None,
        causes: Vec::new(),
        cases,
    };
    report.conclude();
    report
}

/// A case of this id that expected and observed 401.
pub fn case(id: &str, operation: &str, verdict: Verdict) -> CaseResult {
    CaseResult {
        source: Source::Seed,
        expected: "401".to_owned(),
        observed: "401".to_owned(),
        detail: "A request without a token is refused.".to_owned(),
        ..CaseResult::new(id.to_owned(), operation.to_owned(), verdict)
    }
}

/// One case of every verdict, an accepted one and one that differs from a snapshot.
pub fn one_of_each() -> ValidateReport {
    const PUBLISH: &str = "POST /api/v1/faceEdge/publish";
    const TAGS: &str = "GET /api/v1/Tags";
    let curl = |path: &str| {
        Some(format!(
            "curl -sk -H \"Authorization: Bearer $TOKEN\" 'https://lab:5009{path}'"
        ))
    };
    let cases = vec![
        case("publish/no-token", PUBLISH, Verdict::Pass),
        CaseResult {
            observed: "200".to_owned(),
            detail: "A token whose signature was tampered with is refused.".to_owned(),
            curl: curl("/api/v1/faceEdge/publish"),
            exchange: Some(ExchangeRecord {
                request: PUBLISH.to_owned(),
                status: 200,
                headers: vec![("content-type".to_owned(), "application/json".to_owned())],
                body: "{\"faces\":[]}".to_owned(),
                elapsed_us: 1_234,
            }),
            ..case("publish/tampered-signature", PUBLISH, Verdict::Fail)
        },
        CaseResult {
            expected: "as in the snapshot".to_owned(),
            observed: "2 lines differ".to_owned(),
            detail: "Answers differ from the snapshot.".to_owned(),
            diff: Some(
                "--- snapshot\n+++ now\n@@ -1,2 +1,2 @@\n-no-token: 401\n+no-token: 403\n   (empty)\n".to_owned(),
            ),
            ..case("publish/snapshot", PUBLISH, Verdict::Fail)
        },
        CaseResult {
            severity: Severity::Should,
            source: Source::Convention,
            expected: "WWW-Authenticate: Bearer".to_owned(),
            observed: "no such header".to_owned(),
            detail: "A 401 names the scheme.".to_owned(),
            curl: curl("/api/v1/faceEdge/publish"),
            ..case("publish/challenge", PUBLISH, Verdict::Warn)
        },
        CaseResult {
            source: Source::Guide,
            expected: "403".to_owned(),
            observed: "nothing within 10 s".to_owned(),
            detail: "The server did not answer.".to_owned(),
            curl: curl("/api/v1/Tags"),
            ..case("listTags/permission@nobody", TAGS, Verdict::Error)
        },
        CaseResult {
            observed: "not tested".to_owned(),
            detail: "no signing key was given".to_owned(),
            ..case("listTags/expired", TAGS, Verdict::Skip)
        },
        CaseResult {
            observed: "200".to_owned(),
            detail: "accepted: the reverse proxy answers first".to_owned(),
            curl: curl("/api/v1/Tags"),
            accepted: Some(Acceptance {
                verdict: Verdict::Fail,
                reason: "the reverse proxy answers first".to_owned(),
                owner: "ops@lab.example".to_owned(),
                expires: NaiveDate::from_ymd_opt(2027, 1, 31).expect("a date"),
            }),
            ..case("listTags/no-token", TAGS, Verdict::Skip)
        },
    ];
    of_run(run("lab", "expired tokens were minted with the signing key"), cases)
}

fn of_run(run: RunInfo, cases: Vec<CaseResult>) -> ValidateReport {
    let mut report = ValidateReport {
        run: Some(run),
        ..report(cases)
    };
    report.conclude();
    report
}

fn run(target: &str, note: &str) -> RunInfo {
    RunInfo {
        target: target.to_owned(),
        base_url: format!("https://{target}:5009"),
        started: "2026-11-22T05:24:30.123Z".to_owned(),
        duration_s: 2.5,
        seed: 1,
        strict: false,
        accounts: vec!["admin".to_owned()],
        scope: Some(Scope {
            operations: 2,
            accounts: vec![ScopeAccount {
                name: if target == "lab" { "admin" } else { target }.to_owned(),
                holds: None,
                basis: Basis::Stated,
            }],
            writes: false,
            untested: vec![Untested::Writes],
        }),
        premises: Vec::new(),
        notes: vec![note.to_owned()],
        incomplete: false,
    }
}

/// Every hostile text in every field of a failing, a warning, an untestable, a skipped and an accepted case.
pub fn hostile() -> ValidateReport {
    let mut cases = Vec::new();
    for text in HOSTILE {
        for verdict in [Verdict::Fail, Verdict::Warn, Verdict::Error, Verdict::Skip] {
            cases.push(CaseResult {
                id: format!("publish/{text}"),
                operation: text.to_owned(),
                probe: text.to_owned(),
                account: Some(text.to_owned()),
                expected: text.to_owned(),
                observed: text.to_owned(),
                detail: text.to_owned(),
                curl: Some(text.to_owned()),
                exchange: Some(ExchangeRecord {
                    request: text.to_owned(),
                    status: 200,
                    headers: vec![(text.to_owned(), text.to_owned())],
                    body: text.to_owned(),
                    elapsed_us: u64::MAX,
                }),
                diff: Some(text.to_owned()),
                ..case("publish/x", text, verdict)
            });
        }
        cases.push(CaseResult {
            detail: text.to_owned(),
            accepted: Some(Acceptance {
                verdict: Verdict::Warn,
                reason: text.to_owned(),
                owner: text.to_owned(),
                expires: NaiveDate::MAX,
            }),
            ..case("listTags/x", text, Verdict::Skip)
        });
    }
    let run = RunInfo {
        started: HOSTILE[0].to_owned(),
        duration_s: f64::NAN,
        premises: vec![Premise::from(PremiseKind::Permissions {
            account: HOSTILE[2].to_owned(),
            holds: vec![HOSTILE[4].to_owned()],
            lacks: vec![HOSTILE[5].to_owned()],
        })],
        ..run(HOSTILE[2], HOSTILE[6])
    };
    of_run(run, cases)
}
