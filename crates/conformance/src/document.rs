//! The catalogue of checks for people to read: `docs/conformance.md`.

use crate::engine::registry::Registry;
use proofload_contract::Contract;
use proofload_probing::findings::Clause;
use proofload_probing::probe::{Declared, Probe, Stage};
use std::collections::BTreeMap;
use std::fmt::Write as _;

const HEAD: &str = "\
# What `proofload validate` checks

A case is an operation, a check and, where it matters, an account: `publish/alg-none`, `publish/permission@nobody`.
`proofload validate --list` prints the ids of a target's cases; `--only` and `--skip` take patterns on them.

Severity follows where a clause is known from: what the vendor states (seed, guide) is a MUST and fails, what is
customary (convention: RFC 7519, 6750, 8725, 9110, or what ASP.NET Core does by default) is a SHOULD and warns, and what
this project had to assume is only noted. On a target that allows reads only, calls that must be refused carry a body
that cannot be parsed and ids that never existed, so that nothing is stored whatever is wrong with the server.

Before and after its negative checks each operation gets a control call with a good token. When that is refused with
401, or redirected, the negatives prove nothing and end as `error`.

A call that is not answered, or not whole, is a fault of the server: `deployment/reliability` counts them, and is reported
whatever `--only` selects. So that they are judged all the same, calls that store nothing are tried again, and checks whose
call may have stored something are made anew.

This page is generated: `proofload validate --explain > docs/conformance.md`.
";

/// The catalogue as a page of Markdown.
pub fn markdown() -> String {
    let registry = Registry::shipped();
    let contract = Contract::bundled();
    let mut page = HEAD.to_owned();
    page.push_str(
        "\n## Checks of one operation\n\n| check | clause | severity | source | operations |\n|---|---|---|---|---|\n",
    );
    for probe in &registry.probes {
        let operations: Vec<&str> = Registry::fitting(probe.as_ref(), contract)
            .map(|operation| operation.id.as_str())
            .collect();
        row(&mut page, &name(probe.as_ref()), probe.clause(), &operations, contract);
    }
    page.push_str("\n## Behaviour, in sequences of calls\n");
    for sequence in &registry.sequences {
        let _ = writeln!(
            page,
            "\n### {}\n\n| check | clause | severity | source | operations |\n|---|---|---|---|---|",
            sequence.name()
        );
        for (clause, operations) in clauses(sequence.cases()) {
            row(&mut page, &format!("`{}`", clause.name), clause, &operations, contract);
        }
    }
    page
}

/// The clauses of a sequence in their order, each with the operations it is a case of.
fn clauses(cases: &[Declared]) -> Vec<(Clause, Vec<&str>)> {
    let mut order: Vec<(Clause, Vec<&str>)> = Vec::new();
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for case in cases {
        let place = *places.entry((case.clause.name, case.clause.text)).or_insert_with(|| {
            order.push((case.clause, Vec::new()));
            order.len() - 1
        });
        order[place].1.push(case.operation);
    }
    order
}

fn name(probe: &dyn Probe) -> String {
    let account = if probe.per_account() { "@ACCOUNT" } else { "" };
    match probe.stage() {
        Stage::Negative => format!("`{}{account}`", probe.clause().name),
        Stage::Before | Stage::After => format!("`{}` (control call)", probe.clause().name),
    }
}

fn row(page: &mut String, name: &str, clause: Clause, operations: &[&str], contract: &Contract) {
    let all = contract.operations().len();
    let whose = match operations.len() {
        count if count == all => "all".to_owned(),
        count if count + 1 == all => "all but `authenticate`".to_owned(),
        count if count > 6 => format!("{count}"),
        _ => operations
            .iter()
            .map(|id| format!("`{id}`"))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let text = clause.text.replace('|', "\\|");
    let _ = writeln!(
        page,
        "| {name} | {text} | {} | {} | {whose} |",
        clause.severity(),
        clause.source
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_in_docs_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/conformance.md");
        let kept = std::fs::read_to_string(path).unwrap_or_default().replace("\r\n", "\n");
        assert!(
            kept == markdown(),
            "docs/conformance.md is out of date: proofload validate --explain > docs/conformance.md"
        );
    }

    #[test]
    fn no_two_checks_share_an_id() {
        let registry = Registry::shipped();
        let cases = crate::engine::plan::every_case(&registry, Contract::bundled(), &[]);
        let mut ids: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn every_clause_is_a_sentence_and_every_name_in_kebab_case() {
        let registry = Registry::shipped();
        let probes = registry.probes.iter().map(|probe| probe.clause());
        let cases = registry
            .sequences
            .iter()
            .flat_map(|sequence| sequence.cases())
            .map(|case| case.clause);
        for clause in probes.chain(cases) {
            assert!(clause.text.ends_with('.'), "{}", clause.text);
            let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(clause.name.chars().all(kebab), "{}", clause.name);
        }
    }
}
