//! How much was offered to a target: over which time its successes are counted, and whether all calls came that were asked for.

use proofload_results::record::{RunInfo, Totals};

/// The time that a rate is taken over, in seconds, for a run in which calls fell due, or were made, until `end_s`.
///
/// Where calls fall due by themselves it is the time in which they did; of a run that ends with a number of calls that goes on
/// to where the next would have been due: one call a minute is no rate of a thousand a second. Where users set the pace it is the
/// time until the last success was there: what was begun before the end and counts took time beyond it.
pub(crate) fn span_s(totals: &Totals, run: &RunInfo, end_s: f64) -> f64 {
    let span_s = totals.offered_s.min(end_s);
    let Some(expected) = run.expected_arrivals else {
        let done_s = totals.succeeded_s.min(end_s + totals.slowest_success_s());
        return if done_s > 0.0 { done_s } else { totals.duration_s };
    };
    let is_whole = totals.duration_s.min(end_s) + 1e-6 >= run.planned_s;
    let more = count(totals.arrivals.due) / expected;
    if run.requests.is_some() && is_whole && more.is_finite() {
        // A nanosecond more or less is no reason to miss a round figure.
        (span_s * more.max(1.0) * 1e9).round() / 1e9
    } else {
        span_s
    }
}

/// What a person should know of a run that was to end with a number of calls and came to its end without them.
pub(crate) fn short_of(totals: &Totals, run: &RunInfo) -> Option<String> {
    // What ended it before its time says so itself.
    let is_whole = totals.duration_s + 0.05 >= run.planned_s && !run.is_part();
    let asked = run.requests.filter(|_| is_whole)?;
    // An arrival makes one call or more.
    let arrivals = totals.arrivals.due;
    let rows = totals.operations();
    let calls: u64 = rows.iter().map(|row| row.ok + row.errors + row.unended).sum();
    let made = calls.max(arrivals);
    (made < asked).then(|| format!("only {made} of the {asked} calls that were asked for were due: the time was up"))
}

#[expect(clippy::cast_precision_loss, reason = "2^53 arrivals are never reached")]
fn count(count: u64) -> f64 {
    count as f64
}
