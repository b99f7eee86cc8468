//! The calls of a load run one by one, against mocks of known capacity.

use crate::deployment;

use proofload_deployment::Trust;
use proofload_deployment::halt::{Asker, Halt, Interruption};
use proofload_deployment::units::{Rate, Shard};
use proofload_load as load;
use proofload_load::{DeadTarget, LoadOptions, LoadOutcome, Workload};
use proofload_results::events::{Event, Observer};
use proofload_test_support::Mock;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Interrupts a run at the end of its first second.
struct Interrupter(Asker);

impl Observer for Interrupter {
    fn observe(&self, event: &Event) {
        if matches!(event, Event::LoadSecond(_)) {
            self.0.ask(Interruption::Interrupt);
        }
    }
}

/// A camera feed that keeps so many of its calls, ended after its first second.
fn feed(mock: &Mock, per_s: f64, keep_calls: usize) -> LoadOutcome {
    let target = deployment::target(mock, &mock.http_url(), Trust::System, true);
    let mut workload = Workload::find("camera-feed").expect("a shipped scenario");
    workload
        .set_rate(Rate::per_s(per_s).expect("a rate"))
        .expect("an open scenario");
    workload.set_duration(Duration::from_secs(3600));
    let options = LoadOptions {
        users: Some(50),
        threads: Some(2),
        // Longer than any of these queues: nothing here ends by a time-out.
        timeout: Duration::from_secs(60),
        seed: 1,
        http2: None,
        keep_alive: true,
        retry_stale: true,
        out: None,
        may_load: false,
        on_dead_target: DeadTarget::Continue,
        shard: Shard::ALL,
        shard_from: None,
        start: load::Start::Ready,
        stream: None,
        accounts: Vec::new(),
        one_login: false,
        stop_on_breach: None,
        keep_calls,
        spread: true,
        count_ports: true,
        check: load::Check::None,
        watch: None,
    };
    let (asker, halt) = Halt::new();
    let run = load::run(&workload, &target, &options, Arc::new(Interrupter(asker)), &halt);
    Runtime::new()
        .expect("a runtime")
        .block_on(run)
        .expect("the run begins")
}

/// Calls by operation as the report counts them.
fn reported(outcome: &LoadOutcome) -> Vec<(&str, u64)> {
    let rows = outcome.report.operations.iter();
    rows.map(|row| (row.name.as_str(), row.ok + row.errors))
        .filter(|(_, calls)| *calls > 0)
        .collect()
}

/// Twice as many calls as the mock can answer pile up, so that many are under way or have yet to be sent when the run is
/// interrupted.
#[test]
fn every_call_is_kept_though_the_run_was_interrupted_with_calls_under_way() {
    let mock = Mock::queued(1, "fixed:4ms");
    let outcome = feed(&mock, 500.0, 100_000);
    assert_eq!(outcome.interrupted, Some(Interruption::Interrupt));
    let calls = &outcome.calls;
    assert!(calls.len() > 100, "{}", calls.len());
    assert!(calls.is_sorted_by_key(|call| call.sent_ns));
    assert!(
        calls.iter().all(|call| call.took_ns >= 4_000_000),
        "no answer is quicker than its service"
    );
    let count = |name: &str| {
        calls
            .iter()
            .filter(|call| outcome.operations[call.operation] == name)
            .count() as u64
    };
    let counted: Vec<(&str, u64)> = reported(&outcome)
        .iter()
        .map(|(name, _)| (*name, count(name)))
        .collect();
    assert_eq!(counted, reported(&outcome));
    assert_eq!(calls.len() as u64, counted.iter().map(|(_, calls)| calls).sum::<u64>());
}

#[test]
fn a_log_that_cannot_be_whole_is_empty() {
    let mock = Mock::queued(1, "fixed:1ms");
    for keep_calls in [0, 20] {
        let outcome = feed(&mock, 100.0, keep_calls);
        assert!(reported(&outcome).iter().any(|(_, calls)| *calls > 20));
        assert_eq!(outcome.calls, []);
    }
}
