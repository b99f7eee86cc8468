use super::*;
use crate::examples::validate::{case, report};

fn permission(id: &str, verdict: Verdict, expected: &str, observed: &str) -> CaseResult {
    CaseResult {
        expected: expected.to_owned(),
        observed: observed.to_owned(),
        ..case(id, "GET /x", verdict)
    }
}

#[test]
fn a_cell_is_what_was_asked_and_not_what_was_skipped_beside_it() {
    use Verdict::{Error, Fail, Pass, Skip, Warn};
    let asked = |verdict, observed| permission("x/permission@a", verdict, "403", observed);
    let holder = |verdict, observed| permission("x/permission@a", verdict, "not 401, not 403", observed);
    let beside = |verdict| case("x/traces@a", "GET /x", verdict);
    let accepted = CaseResult {
        accepted: Some(Acceptance {
            verdict: Fail,
            reason: String::new(),
            owner: String::new(),
            expires: NaiveDate::MAX,
        }),
        ..asked(Skip, "200")
    };
    for (cases, cell) in [
        (vec![], None),
        (vec![asked(Pass, "403")], Some(Cell::Refused)),
        (vec![asked(Pass, "403"), beside(Skip)], Some(Cell::Refused)),
        (vec![beside(Skip), asked(Pass, "403")], Some(Cell::Refused)),
        (vec![holder(Pass, "404"), beside(Skip)], Some(Cell::Ok)),
        (vec![asked(Pass, "407")], Some(Cell::NotTested)),
        (vec![asked(Skip, ""), beside(Pass)], Some(Cell::NotTested)),
        (vec![beside(Skip)], Some(Cell::NotTested)),
        (vec![beside(Skip), beside(Pass)], Some(Cell::Ok)),
        (vec![asked(Pass, "403"), beside(Error)], Some(Cell::Unknown)),
        (vec![asked(Fail, "200"), beside(Error)], Some(Cell::Failed(Some(200)))),
        (vec![asked(Warn, "400; late")], Some(Cell::Deviates(Some(400)))),
        (vec![accepted], Some(Cell::Accepted)),
    ] {
        assert_eq!(Cell::of(&cases), cell, "{cases:?}");
    }
    assert_eq!(Cell::NotTested.verdict(), Skip, "never green");
    assert_eq!(Cell::Failed(None).to_string(), "FAIL:!");
}

#[test]
fn a_permission_that_is_not_asked_for_is_one_cause_with_its_cells() {
    let cells = ["a/permission@x", "b/permission@x", "b/permission@y"];
    let mut cases: Vec<CaseResult> = cells
        .iter()
        .zip(["200", "404", "400"])
        .map(|(id, observed)| permission(id, Verdict::Fail, "403", observed))
        .collect();
    cases.push(case("c/no-token", "GET /c", Verdict::Pass));
    let mut report = report(cases);
    report.conclude();
    assert_eq!(report.causes.len(), 1, "{:?}", report.causes);
    assert_eq!(report.causes[0].kind, CauseKind::LetIn);
    assert_eq!(report.causes[0].cases, cells);
    assert!(
        report.causes[0]
            .sentence
            .contains("let in, or not refused with 403, on 2 operations, x, y"),
        "{:?}",
        report.causes
    );
}

#[test]
fn nobody_is_said_to_be_let_in_who_was_not() {
    for (observed, kind, said) in [
        ("200", CauseKind::LetIn, "are let in, on"),
        ("400", CauseKind::LetIn, "are not refused with 403, on"),
        ("503", CauseKind::ServerError, "server error (503)"),
        ("401", CauseKind::Alike, "observed 401"),
        ("302", CauseKind::Alike, "observed 302"),
    ] {
        let report = report(vec![permission("a/permission@x", Verdict::Fail, "403", observed)]);
        let cause = &report.causes[0];
        assert_eq!(cause.kind, kind, "{observed}");
        assert!(cause.sentence.contains(said), "{observed}: {}", cause.sentence);
    }
}

#[test]
fn a_count_stands_beside_a_cause_where_the_word_does_not_say_it() {
    let failed = |operation: &str| permission(&format!("{operation}/permission@x"), Verdict::Fail, "403", "200");
    let count = |cases| report(cases).causes[0].how_many();
    assert_eq!(count(vec![failed("a")]), None);
    assert_eq!(count(vec![failed("a"), failed("b")]).as_deref(), Some("2 cases"));
    let refused = |operation: &str, verdict| permission(&format!("{operation}/control"), verdict, "200", "500");
    let mixed = vec![refused("a", Verdict::Fail), refused("b", Verdict::Warn)];
    assert_eq!(count(mixed).as_deref(), Some("1 fail, 1 warn"));
}

#[test]
fn a_good_token_that_is_refused_everywhere_is_one_cause_however_many_cases_it_spoils() {
    let mut cases = Vec::new();
    for operation in ["a", "b", "c"] {
        cases.push(permission(&format!("{operation}/control"), Verdict::Fail, "200", "401"));
        cases.push(CaseResult {
            cause: Some(CaseCause::TokenRefused),
            ..case(&format!("{operation}/alg-none"), "GET /x", Verdict::Error)
        });
    }
    cases.push(case("d/headers", "GET /d", Verdict::Warn));
    let report = report(cases);
    let found: Vec<(CauseKind, Verdict, usize)> = report
        .common_causes()
        .iter()
        .map(|cause| (cause.kind, cause.verdict, cause.cases.len()))
        .collect();
    assert_eq!(
        found,
        [
            (CauseKind::TokenRefused, Verdict::Fail, 6),
            (CauseKind::Alike, Verdict::Warn, 1)
        ]
    );
}

#[test]
fn where_no_token_was_sent_none_was_refused() {
    for (id, verdict) in [
        ("deployment/unprefixed", Verdict::Warn),
        ("authenticate/wrong-password@a", Verdict::Fail),
        ("getPerson/unknown-method-no-token", Verdict::Warn),
    ] {
        for observed in ["401 there, too", "403"] {
            let report = report(vec![permission(id, verdict, "400", observed)]);
            assert_eq!(report.common_causes()[0].kind, CauseKind::Alike, "{id} {observed}");
        }
    }
    // One of a token that a renewal may have ended; and a refusal that was right, but for what it lacked.
    let renewed = permission("renewToken/renewed", Verdict::Fail, "200", "401");
    assert_eq!(report(vec![renewed]).common_causes()[0].kind, CauseKind::Alike);
    let bare = permission(
        "getPerson/challenge",
        Verdict::Warn,
        "WWW-Authenticate: Bearer",
        "401 without it",
    );
    assert_eq!(report(vec![bare]).common_causes()[0].kind, CauseKind::Alike);
}

#[test]
fn checks_that_are_broken_on_the_same_operations_are_one_cause() {
    let broken = |operation: &str, probe: &str| CaseResult {
        observed: "200".to_owned(),
        ..case(&format!("{operation}/{probe}"), "GET /x", Verdict::Fail)
    };
    let report = report(vec![
        broken("a", "alg-none"),
        broken("a", "tampered-user"),
        broken("b", "alg-none"),
        broken("b", "tampered-user"),
        broken("b", "no-token"),
    ]);
    let sizes: Vec<usize> = report.causes.iter().map(|cause| cause.cases.len()).collect();
    assert_eq!(sizes, [4, 1]);
    assert!(
        report.causes[0].sentence.contains("alg-none, tampered-user"),
        "{:?}",
        report.causes
    );
}

#[test]
fn one_check_is_one_cause_whatever_statuses_came() {
    let let_in = |operation: &str, observed: &str| CaseResult {
        observed: observed.to_owned(),
        ..case(&format!("{operation}/expired"), "GET /x", Verdict::Fail)
    };
    let report = report(vec![
        let_in("a", "404"),
        let_in("b", "200"),
        let_in("c", "200"),
        let_in("d", "a body"),
    ]);
    let sizes: Vec<usize> = report.causes.iter().map(|cause| cause.cases.len()).collect();
    assert_eq!(sizes, [3, 1]);
    let said = &report.causes[0].sentence;
    assert!(
        said.contains("expected 401, observed 404, 200, on 3 operations"),
        "{said}"
    );
}

fn failed(id: &str, observed: &str) -> CaseResult {
    CaseResult {
        observed: observed.to_owned(),
        ..case(id, "GET /x", Verdict::Fail)
    }
}

#[test]
fn a_fault_of_one_operation_is_one_cause_where_the_same_came() {
    let probes = ["no-token", "alg-none", "expired", "tampered-user"];
    let mut cases: Vec<CaseResult> = probes
        .iter()
        .map(|probe| failed(&format!("a/{probe}"), "200"))
        .collect();
    cases.push(failed("a/two-headers", "404"));
    let told = report(cases).causes;
    let sizes: Vec<usize> = told.iter().map(|cause| cause.cases.len()).collect();
    assert_eq!(sizes, [4, 1], "{told:?}");
    let said = &told[0].sentence;
    assert!(
        said.starts_with("expected 401, observed 200, on a, in no-token, alg-none"),
        "{said}"
    );
}

#[test]
fn redirects_are_one_cause_whatever_they_ask_to_come_back_to() {
    let cases = ["a", "b", "c"].map(|operation| {
        let observed = format!("302 to https://sso.example/login?rd=/{operation}");
        failed(&format!("{operation}/no-token"), &observed)
    });
    let told = report(cases.to_vec()).causes;
    assert_eq!(told.len(), 1, "{told:?}");
    let said = &told[0].sentence;
    assert!(
        said.contains("observed 302 to https://sso.example/login?..., on 3 operations"),
        "{said}"
    );
}

#[test]
fn an_operation_that_is_not_there_is_one_cause() {
    let seen = |id: &str, verdict, observed: &str| CaseResult {
        verdict,
        ..failed(id, observed)
    };
    let of = |operation: &str, without_token: &str| {
        vec![
            seen(&format!("{operation}/control"), Verdict::Pass, "404"),
            seen(&format!("{operation}/no-token"), Verdict::Fail, without_token),
            seen(&format!("{operation}/answers"), Verdict::Fail, "404"),
            permission(&format!("{operation}/permission@nobody"), Verdict::Fail, "403", "404"),
            seen(&format!("{operation}/two-headers"), Verdict::Warn, "404"),
        ]
    };
    let causes = report([of("a", "404"), of("b", "404")].concat()).causes;
    assert_eq!(causes.len(), 1, "{causes:?}");
    assert_eq!(
        (causes[0].kind, causes[0].fail, causes[0].warn),
        (CauseKind::NotThere, 6, 2)
    );
    let said = &causes[0].sentence;
    assert!(said.starts_with("a, b are not there: 404 came to everybody"), "{said}");
    // Who asks for a token is there.
    let causes = report(of("a", "401")).causes;
    assert!(
        causes.iter().all(|cause| cause.kind != CauseKind::NotThere),
        "{causes:?}"
    );
}

#[test]
fn what_was_not_tested_belongs_to_the_cause_of_what_it_waited_for() {
    let error = |id: &str, detail: String| CaseResult {
        detail,
        observed: String::new(),
        ..case(id, "GET /x", Verdict::Error)
    };
    let login =
        |user: &str| format!("the login of account \"{user}\" (user \"{user}\") gave no token: {{\"u\": \"{user}\"}}");
    let report = report(vec![
        error("a/control", login("admin")),
        error("a/clock@admin", login("admin")),
        error(
            "a/no-token",
            format!("its control call could not be made: {}", login("admin")),
        ),
        error(
            "b/no-token",
            format!(
                "given up after 3 calls in a row could not be tested, the last for this: {}",
                login("reader")
            ),
        ),
    ]);
    assert_eq!(report.causes.len(), 1, "{:?}", report.causes);
    let said = &report.causes[0].sentence;
    assert_eq!(*said, format!("{} (and so of other accounts)", login("admin")));
}

#[test]
fn groups_do_not_depend_on_the_order_of_the_cases() {
    let mut cases: Vec<CaseResult> = (0..40)
        .map(|number| {
            let verdict = [Verdict::Fail, Verdict::Warn, Verdict::Error][number % 3];
            permission(
                &format!("o{}/p{}@a", number % 7, number % 5),
                verdict,
                "401",
                ["200", "500", "403"][number % 3],
            )
        })
        .collect();
    let summed = |cases: &[CaseResult]| {
        let mut sizes: Vec<(CauseKind, usize)> = causes::of(cases)
            .iter()
            .map(|cause| (cause.kind, cause.cases.len()))
            .collect();
        sizes.sort_unstable();
        sizes
    };
    let before = summed(&cases);
    assert_eq!(
        before.iter().map(|(_, size)| size).sum::<usize>(),
        40,
        "every case has one cause"
    );
    cases.reverse();
    assert_eq!(summed(&cases), before);
}

#[test]
fn nothing_tested_is_no_pass() {
    let mut report = report(vec![case("a/expired", "GET /a", Verdict::Skip)]);
    report.conclude();
    assert_eq!(report.verdict, Verdict::Error);
    assert!(
        report.sentence().to_string().contains("not one case was tested"),
        "{}",
        report.sentence()
    );
    report.cases[0].accepted = Some(Acceptance {
        verdict: Verdict::Fail,
        reason: String::new(),
        owner: String::new(),
        expires: NaiveDate::MAX,
    });
    report.conclude();
    assert_eq!(report.verdict, Verdict::Pass, "what is accepted was tested");
}

#[test]
fn the_headline_says_as_whom_and_what_not() {
    let contract = proofload_contract::Contract::bundled();
    let full = ScopeAccount {
        name: "full".to_owned(),
        holds: None,
        basis: Basis::Stated,
    };
    let cell = |operation: &proofload_contract::Operation| {
        permission(
            &format!("{}/permission@full", operation.id),
            Verdict::Pass,
            "not 401, not 403",
            "200",
        )
    };
    let cases: Vec<CaseResult> = contract.operations().iter().map(cell).collect();
    let means = |accounts: Vec<ScopeAccount>| Means {
        contract,
        accounts,
        writes: false,
        signing_key: false,
        whole: true,
    };
    let scope = Scope::of(&cases, means(vec![full.clone()]));
    assert_eq!(
        scope.to_string(),
        "38 operations as 'full' (every permission), reads only"
    );
    assert_eq!(
        scope.not_tested(),
        [
            "refusals to other accounts",
            "writes",
            "expired tokens (no signing key)"
        ]
    );
    let nobody = ScopeAccount {
        name: "nobody".to_owned(),
        holds: Some(Vec::new()),
        basis: Basis::Stated,
    };
    let mut both = cases.clone();
    both.extend(contract.operations().iter().map(|operation| {
        permission(
            &format!("{}/permission@nobody", operation.id),
            Verdict::Pass,
            "403",
            "403",
        )
    }));
    let scope = Scope::of(&both, means(vec![full, nobody]));
    assert_eq!(scope.not_tested(), ["writes", "expired tokens (no signing key)"]);
    assert_eq!(
        scope.to_string(),
        "38 operations as 'full' (every permission) and 'nobody' (no permission), reads only"
    );
}

#[test]
fn a_premise_names_what_was_refused_and_what_to_do() {
    let premise = Premise::from(PremiseKind::Permissions {
        account: "publisher".to_owned(),
        holds: vec!["Face Publishing".to_owned()],
        lacks: ["A", "B", "C", "D", "E"].map(str::to_owned).to_vec(),
    });
    for words in [
        "'publisher'",
        "A, B, C or 2 other permissions",
        "Face Publishing",
        "State its permissions",
    ] {
        assert!(premise.sentence.contains(words), "{premise}");
    }
    let back: Premise = serde_json::from_str(&serde_json::to_string(&premise).unwrap()).unwrap();
    assert_eq!(back, premise);
    let clock = Premise::from(PremiseKind::Clock { ahead_s: -600 });
    assert!(clock.sentence.contains("600 s behind this machine's"), "{clock}");
}

#[test]
fn a_path_is_one_word_of_a_shell() {
    assert_eq!(shell_word("out/evidence/a_b@c.sh"), "out/evidence/a_b@c.sh");
    assert_eq!(shell_word("it's here/$(id).sh"), r"'it'\''s here/$(id).sh'");
    assert_eq!(shell_word("-x"), "'-x'");
}

#[test]
fn tokens_are_said_to_agree_with_a_clock_only_where_they_do() {
    let said = |tokens| Premise::clock(600, tokens).sentence;
    assert!(said(TokensBegin::ByTheServers).contains("tokens agree with it"));
    assert!(said(TokensBegin::ByOurs).contains("tokens begin by this machine's"));
    let unknown = said(TokensBegin::Otherwise);
    assert!(
        !unknown.contains("tokens agree") && unknown.contains("600 s ahead of"),
        "{unknown}"
    );
}
