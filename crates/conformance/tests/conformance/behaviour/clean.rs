//! The mock as it is: nobody is accused.

use super::{against, that_ended};
use parking_lot::Mutex;
use proofload_results::validate::Verdict;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_held_against_a_right_deployment() {
    let outcome = against(&[], true, |request, identities| identities.respond(request)).await;
    let accused = that_ended(&outcome, &[Verdict::Fail, Verdict::Warn, Verdict::Error]);
    assert!(accused.is_empty(), "{}", accused.join("\n"));
    let skipped = that_ended(&outcome, &[Verdict::Skip]);
    assert!(skipped.is_empty(), "{}", skipped.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn with_reads_alone_nothing_is_stored_and_nobody_is_accused() {
    let stored = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&stored);
    let outcome = against(&[], false, move |request, identities| {
        let answer = identities.respond(request);
        seen.lock().push(identities.fingerprint_of_state());
        answer
    })
    .await;
    let accused = that_ended(&outcome, &[Verdict::Fail, Verdict::Warn, Verdict::Error]);
    assert!(accused.is_empty(), "{}", accused.join("\n"));
    let stored = stored.lock();
    assert!(stored.len() > 100, "only {} requests", stored.len());
    assert!(stored.windows(2).all(|pair| pair[0] == pair[1]), "something was stored");
}
