//! The mock as it is: nobody is accused.

use super::{against, that_ended};
use proofload_reports::validate::Verdict;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_held_against_a_right_deployment() {
    let outcome = against(&[], true, |request, identities| identities.respond(request)).await;
    let accused = that_ended(&outcome, &[Verdict::Fail, Verdict::Warn, Verdict::Error]);
    assert!(accused.is_empty(), "{}", accused.join("\n"));
    let skipped = that_ended(&outcome, &[Verdict::Skip]);
    eprintln!(
        "{}\n{} cases, {} skipped",
        skipped.join("\n"),
        outcome.report.cases.len(),
        skipped.len()
    );
}
