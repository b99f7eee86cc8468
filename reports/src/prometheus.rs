//! A load run that goes on, in Prometheus's text exposition format.

use hdrhistogram::Histogram;
use proofload_results::events::{Event, Observer};
use proofload_results::load::Arrivals;
use proofload_results::record::{Counters, LatencyKind, Second, Totals};
use std::fmt::{Display, Write as _};
use std::sync::{Mutex, PoisonError};

/// Upper bounds of the buckets, in microseconds.
const BOUNDS_US: [u64; 16] = [
    500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
    10_000_000, 30_000_000, 60_000_000,
];

/// What is known of a run so far. Its size does not grow with the run.
#[derive(Debug, Clone, Default)]
pub struct Live {
    scenario: String,
    target: String,
    totals: Totals,
    last: Counters,
}

impl Live {
    /// A run of a scenario on a target, before its first second.
    pub fn new(scenario: &str, target: &str) -> Self {
        Self {
            scenario: scenario.to_owned(),
            target: target.to_owned(),
            ..Self::default()
        }
    }

    /// Adds a second.
    pub fn add(&mut self, second: &Second) {
        self.totals.add(second);
        self.last = second.counters.clone();
    }
}

/// What is known of a run that goes on, for whoever asks: told by the run, read by a server.
#[derive(Debug, Default)]
pub struct Metrics(Mutex<Live>);

impl Metrics {
    /// Metrics of a run of `scenario` on the target with the base URL `target`.
    pub fn new(scenario: &str, target: &str) -> Self {
        Self(Mutex::new(Live::new(scenario, target)))
    }

    /// The text that is served.
    pub fn text(&self) -> String {
        // Copied, so that rendering never makes the recorder wait.
        let live = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        render(&live)
    }
}

impl Observer for Metrics {
    fn observe(&self, event: &Event) {
        if let Event::LoadSecond(second) = event {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).add(second);
        }
    }
}

/// The metrics as text, exposition format 0.0.4.
pub fn render(live: &Live) -> String {
    let mut out = String::new();
    let info = [("scenario", live.scenario.as_str()), ("target", live.target.as_str())];
    head(&mut out, "proofload_run_info", "gauge", "What runs against what.");
    sample(&mut out, "proofload_run_info", &info, "1");
    arrivals(&mut out, live.totals.arrivals);
    calls(&mut out, &live.totals);
    latencies(&mut out, &live.totals);
    generator(&mut out, live);
    out
}

fn arrivals(out: &mut String, arrivals: Arrivals) {
    for (name, help, count) in [
        ("due", "Arrivals that fell due.", arrivals.due),
        ("sent", "Arrivals that were sent.", arrivals.sent),
        (
            "done",
            "Arrivals that were answered, failed or timed out.",
            arrivals.done,
        ),
    ] {
        let name = format!("proofload_arrivals_{name}_total");
        plain(out, &name, "counter", help, &count);
    }
}

fn calls(out: &mut String, totals: &Totals) {
    let operations = totals.operations();
    head(
        out,
        "proofload_calls_total",
        "counter",
        "Calls by status; failures by name.",
    );
    for row in &operations {
        for (status, count) in &row.statuses {
            let labels = [("operation", row.name.as_str()), ("status", status.as_str())];
            sample(out, "proofload_calls_total", &labels, &count.to_string());
        }
    }
    head(
        out,
        "proofload_errors_total",
        "counter",
        "Calls that failed or timed out.",
    );
    for row in &operations {
        let labels = [("operation", row.name.as_str())];
        sample(out, "proofload_errors_total", &labels, &row.errors.to_string());
    }
    let help = "Answers 401 to a token that should have been valid.";
    plain(
        out,
        "proofload_unauthorised_total",
        "counter",
        help,
        &totals.unauthorised,
    );
}

fn latencies(out: &mut String, totals: &Totals) {
    for (name, help, kind) in [
        (
            "proofload_response_time_seconds",
            "From due to the last byte of the answer.",
            LatencyKind::Response,
        ),
        (
            "proofload_service_time_seconds",
            "From sent to the last byte of the answer.",
            LatencyKind::Service,
        ),
    ] {
        head(out, name, "histogram", help);
        for row in totals.operations() {
            histogram(
                out,
                name,
                &[("operation", row.name.as_str())],
                &totals.latencies(&row.name, kind),
            );
        }
    }
    let name = "proofload_schedule_lag_seconds";
    head(
        out,
        name,
        "histogram",
        "From due to sent while a virtual user was free: the generator's own lateness.",
    );
    histogram(out, name, &[], &totals.lag_histogram());
}

fn generator(out: &mut String, live: &Live) {
    let (last, totals) = (&live.last, &live.totals);
    plain(
        out,
        "proofload_in_flight",
        "gauge",
        "Arrivals sent and not done.",
        &last.in_flight,
    );
    let help = "Arrivals due and not sent: every virtual user is busy.";
    plain(out, "proofload_backlog", "gauge", help, &last.backlog);
    let help = "Arrivals that had to wait for a free virtual user.";
    plain(
        out,
        "proofload_waited_for_user_total",
        "counter",
        help,
        &totals.waited_for_user,
    );
    let help = "Measured time.";
    plain(out, "proofload_elapsed_seconds", "gauge", help, &totals.duration_s);
    let help = "Share of the last second in which the busiest thread of the generator was at work.";
    plain(out, "proofload_generator_busy_ratio", "gauge", help, &last.busy);
    let help = "CPU time of the generator.";
    plain(
        out,
        "proofload_generator_cpu_seconds_total",
        "counter",
        help,
        &totals.cpu_s,
    );
    let help = "Resident memory of the generator.";
    plain(
        out,
        "proofload_generator_resident_memory_bytes",
        "gauge",
        help,
        &last.rss_bytes,
    );
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn plain(out: &mut String, name: &str, kind: &str, help: &str, value: &dyn Display) {
    head(out, name, kind, help);
    sample(out, name, &[], &value.to_string());
}

fn histogram(out: &mut String, name: &str, labels: &[(&str, &str)], histogram: &Histogram<u64>) {
    let mut recorded = histogram.iter_recorded().peekable();
    let mut below = 0;
    for bound_us in BOUNDS_US {
        // A value that the histogram's digits cannot tell from the bound counts as within it.
        let within = histogram.highest_equivalent(bound_us);
        while let Some(step) = recorded.next_if(|step| step.value_iterated_to() <= within) {
            below += step.count_at_value();
        }
        let bound = seconds(bound_us).to_string();
        let labels = [labels, &[("le", bound.as_str())]].concat();
        sample(out, &format!("{name}_bucket"), &labels, &below.to_string());
    }
    let all = [labels, &[("le", "+Inf")]].concat();
    sample(out, &format!("{name}_bucket"), &all, &histogram.len().to_string());
    #[expect(clippy::cast_precision_loss, reason = "2^53 values are never reached")]
    let sum_s = histogram.mean() * histogram.len() as f64 / 1e6;
    sample(out, &format!("{name}_sum"), labels, &sum_s.to_string());
    sample(out, &format!("{name}_count"), labels, &histogram.len().to_string());
}

fn seconds(us: u64) -> f64 {
    std::time::Duration::from_micros(us).as_secs_f64()
}

fn sample(out: &mut String, name: &str, labels: &[(&str, &str)], value: &str) {
    out.push_str(name);
    if !labels.is_empty() {
        let labels: Vec<String> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", escape(value)))
            .collect();
        let _ = write!(out, "{{{}}}", labels.join(","));
    }
    let _ = writeln!(out, " {value}");
}

/// The three escapes that the format has.
fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::record::latency_histogram;

    fn live() -> Live {
        let mut live = Live::new("my \"own\"\n\\ scenario", "https://lab.example");
        let mut second = Second::new(Counters {
            length_s: 1.0,
            due: 4,
            sent: 3,
            done: 3,
            in_flight: 1,
            ..Counters::default()
        });
        let statuses = [("200".to_owned(), 2), ("timeout".to_owned(), 1)];
        second.counters.statuses.insert("publish".to_owned(), statuses.into());
        second.counters.errors.insert("publish".to_owned(), 1);
        let mut ok = latency_histogram();
        ok.record_n(1_000, 2).unwrap();
        second.add("publish.response.ok".parse().unwrap(), &ok);
        let mut error = latency_histogram();
        error.record(599_000_000).unwrap();
        second.add("publish.response.error".parse().unwrap(), &error);
        live.add(&second);
        live.add(&second);
        live
    }

    #[test]
    fn it_is_the_exposition_format() {
        let text = render(&live());
        let mut typed = Vec::new();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap();
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert!(!typed.contains(&name), "{name} stands twice");
                typed.push(name);
            } else if !line.starts_with("# HELP ") {
                let name = line.split(['{', ' ']).next().unwrap();
                let family = typed.last().unwrap();
                assert!(
                    name.strip_prefix(family)
                        .is_some_and(|rest| ["", "_bucket", "_sum", "_count"].contains(&rest))
                );
                let value = line.rsplit(' ').next().unwrap();
                assert!(value.parse::<f64>().is_ok_and(f64::is_finite), "{line}");
            }
        }
        assert!(text.ends_with('\n'));
    }

    #[test]
    fn counts_and_buckets_add_up() {
        let text = render(&live());
        for line in [
            r#"proofload_run_info{scenario="my \"own\"\n\\ scenario",target="https://lab.example"} 1"#,
            "proofload_arrivals_due_total 8",
            "proofload_in_flight 1",
            r#"proofload_calls_total{operation="publish",status="timeout"} 2"#,
            r#"proofload_errors_total{operation="publish"} 2"#,
            r#"proofload_response_time_seconds_bucket{operation="publish",le="0.0005"} 0"#,
            r#"proofload_response_time_seconds_bucket{operation="publish",le="0.001"} 4"#,
            r#"proofload_response_time_seconds_bucket{operation="publish",le="60"} 4"#,
            r#"proofload_response_time_seconds_bucket{operation="publish",le="+Inf"} 6"#,
            r#"proofload_response_time_seconds_count{operation="publish"} 6"#,
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn before_the_first_second_there_are_metrics_too() {
        assert!(render(&Live::default()).contains("\nproofload_arrivals_done_total 0\n"));
    }
}
