//! What the search says of servers as they are, each with many parameters: one line a search, then a table of the kinds.
//!
//! `models [SEARCHES [SEED [KIND [trace [HOLD_S]]]]]`: with `trace` the steps of each search too; answers are held for so many seconds.

#![expect(clippy::print_stdout, reason = "the table is its output")]

use proofload_capacity_simulation::{Model, Setting, Tally, Trial, search, truth_per_s};
use std::fmt::Write as _;
use std::sync::Mutex;

/// Calls at each rate that the truth is looked for at.
const CALLS: u32 = 300_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, usual: u64| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (searches, seed) = (number(0, 20), number(1, 1));
    let chosen = arguments.get(2).map_or("", String::as_str);
    let trace = arguments.get(3).is_some_and(|text| text == "trace");
    let hold_s: f64 = arguments.get(4).and_then(|text| text.parse().ok()).unwrap_or(0.0);
    let mut rows = Vec::new();
    for model in Model::ALL.into_iter().filter(|model| model.name().contains(chosen)) {
        let tally = Mutex::new(Tally::default());
        let next = Mutex::new(seed..seed + searches);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while let Some(number) = next.lock().ok().and_then(|mut next| next.next()) {
                        let (setting, described) = model.draw(number);
                        let truth = truth_per_s(&setting, CALLS) * setting.drift.map_or(1.0, |drift| drift.to);
                        let setting = Setting { hold_s, ..setting };
                        let trial = search(&setting, number);
                        println!("{}", line(number, &trial, truth, &described, trace));
                        if let Ok(mut tally) = tally.lock() {
                            tally.add(&trial, truth);
                        }
                    }
                });
            }
        });
        rows.push(tally.into_inner().unwrap_or_default().row(model.name(), None));
    }
    println!("\n{}", proofload_capacity_simulation::HEAD);
    for row in rows {
        println!("{row}");
    }
}

fn line(number: u64, trial: &Trial, truth: f64, described: &str, trace: bool) -> String {
    let finding = &trial.finding;
    let found = finding.sustained_per_s.unwrap_or(f64::NAN);
    let mut text = format!(
        "{number:4} {:+6.1}% truth {truth:7.1} found {found:7.1} {:?}{} {:?} {:.0?} {} steps {:.0}s | {described} {:?} {:.3?} {:.0?}",
        100.0 * (found / truth - 1.0),
        finding.end,
        if finding.confirmed { " confirmed" } else { "" },
        finding.limit,
        finding.bracket_per_s,
        trial.steps.len(),
        trial.elapsed_s,
        finding.server.map(|server| server.workers),
        finding.change,
        finding.held,
    );
    if trace {
        for step in &trial.steps {
            let (late, failed) = (step.mark(0), step.mark(1));
            let count = |number: u64| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
            let share = |beyond: u64, calls: u64| 100.0 * count(beyond) / count(calls.max(1));
            let _ = write!(
                text,
                "\n      {:8.2}/s {:?} {:.0}+{:.0}s {:?} late {:.2}% failed {:.2}% median {:.1}ms end {:.0}s steady {}",
                step.plan.rate_per_s,
                step.plan.purpose,
                step.plan.warm_up_s,
                step.plan.measured_s,
                step.ending,
                share(late.beyond, late.calls),
                share(failed.beyond, failed.calls),
                step.median_s * 1e3,
                step.elapsed_s,
                step.is_steady(),
            );
        }
    }
    text
}
