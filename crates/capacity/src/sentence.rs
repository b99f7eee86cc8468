//! The answer of a search as one sentence.

use super::lasting;
use proofload_capacity_search::End;
use proofload_results::capacity::CapacityReport;
use proofload_results::figures::three_digits;
use proofload_results::load::Complaint;

/// Whether that is why the generator gave out: how a reason begins.
fn says(report: &CapacityReport, cause: &str) -> bool {
    report.reasons.iter().any(|reason| reason.starts_with(cause))
}

/// The rate, in cameras first where the scenario publishes pictures: that is what an owner counts in.
fn carries(report: &CapacityReport) -> Option<String> {
    let (per_s, [low, high]) = (report.sustained_per_s?, report.bracket_per_s?);
    let between = format!("between {} and {}/s", three_digits(low), three_digits(high));
    let rate = format!("{}/s", three_digits(per_s));
    let cameras = report
        .cameras
        .and_then(|cameras| Some((cameras.count?, cameras.each())));
    let what = match cameras {
        Some((count, each)) => format!("{} at {each} ({rate}, {between})", of_cameras(count)),
        None => format!("{rate} ({between})"),
    };
    let network = report
        .cameras
        .and_then(|cameras| Some((cameras.megabits_per_s?, cameras.gigabytes_per_day?)));
    let network = network.map_or_else(String::new, |(megabits, gigabytes)| {
        format!(
            ", which is {} Mbit/s and {} GB of pictures a day",
            three_digits(megabits),
            three_digits(gigabytes)
        )
    });
    let limit = match report.limited_by.as_deref() {
        Some("queue") => "; above that, calls pile up".to_owned(),
        Some(limit) => format!("; above that, {limit} breaks first"),
        None => String::new(),
    };
    let lasts = report
        .held
        .as_ref()
        .map_or_else(String::new, |held| format!("; {}", lasting::held(held)));
    Some(format!("carries {what}{network}{limit}{lasts}"))
}

fn of_cameras(count: u64) -> String {
    format!("{count} camera{}", if count == 1 { "" } else { "s" })
}

/// The answer as one sentence.
pub(super) fn sentence(report: &CapacityReport, end: End) -> String {
    match end {
        End::Found => {
            let need = report.need.as_ref().map_or_else(String::new, |need| {
                let share = need.headroom.unwrap_or_default() * 100.0;
                let met = if need.met == Some(true) { "to spare" } else { "TOO LITTLE" };
                let rate = format!("{}/s", three_digits(need.rate_per_s));
                let stated = need.stated.as_ref().filter(|stated| stated.contains("camera"));
                let needed = stated.map_or_else(|| rate.clone(), |cameras| format!("{cameras} ({rate})"));
                format!("; {needed} are needed: {:.0}% {met}", share.abs())
            });
            format!("This target {}{need}", carries(report).unwrap_or_default())
        }
        End::Nothing => format!(
            "This target carries 0/s: even the lowest rate tried broke {}",
            report.limited_by.as_deref().unwrap_or("an objective")
        ),
        End::BeyondCeiling => "Nothing broke up to the highest rate that may be tried: the limit lies beyond it".to_owned(),
        End::GeneratorGaveOut if says(report, Complaint::MACHINE_BUSY) => {
            "This machine was too busy to measure, so the target's capacity cannot be said: stop what else runs on it, or use another".to_owned()
        }
        End::GeneratorGaveOut if says(report, Complaint::PROXY_GAVE_NONE) => {
            "The proxy gave out before the target did, so its capacity cannot be said: see why the proxy gives no connections".to_owned()
        }
        End::GeneratorGaveOut => {
            "The generator gave out before the target did, so its capacity cannot be said: use a faster machine, or several".to_owned()
        }
        End::Moved if report.held.is_some() => {
            let held = report.held.as_ref().map(lasting::held).unwrap_or_default();
            format!("The target's capacity moved, so no figure would be true: {held}")
        }
        End::Moved => {
            "The target's capacity moved while it was measured, so no figure would be true: see what else it does, and search again"
                .to_owned()
        }
        End::OutOfTime => {
            let known = report.bracket_per_s.map_or_else(
                || "before a limit was found".to_owned(),
                |[low, high]| format!("while the limit could still lie anywhere between {} and {}/s", three_digits(low), three_digits(high)),
            );
            format!("The time was up {known}")
        }
        End::Interrupted | End::TargetDied | End::LoginsFailed => {
            let why = match end {
                End::TargetDied => "The target stopped answering",
                End::LoginsFailed => "Logins stopped going through",
                _ => "Interrupted",
            };
            carries(report).map_or_else(
                || format!("{why} before a limit was found"),
                |carries| format!("{why} before its end; until then it looked as if it {carries}"),
            )
        }
    }
}
