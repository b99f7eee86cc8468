//! From a finding to a report: the cameras, the headroom, the latency at shares of the answer.

use super::lasting::{self, Refusals};
use super::objectives::Objectives;
use super::options::CapacityOptions;
use super::sentence::sentence;
use chrono::Utc;
use proofload_capacity_search::{End, Finding, Limit, SHARES, Search, Server, SetAside, UslPoint, fit_usl};
use proofload_deployment::Target;
use proofload_load::{Pictures, Workload};
use proofload_results::capacity::{
    Broke, Cameras, CapacityReport, CapacityVerdict, LatencyAt, Need, Purpose, SCHEMA, StepRow, StepVerdict, Usl,
};
use proofload_results::figures::three_digits;
use proofload_results::load::rounded;
use proofload_results::watched::{RanOut, Spent};
use proofload_watch::NO_EXPORTER;
use std::collections::BTreeMap;
use std::time::Instant;

/// A bracket wider than this (its ends' ratio minus 1) is worth a word.
const WIDE: f64 = 0.1;

/// A series that was near its limit in this share of the looks was there most of the time.
const MOSTLY: f64 = 0.5;

/// Why what was measured of a slower target does not count.
const OUTGROWN: &str = "left out: the target was slower then than it is";

/// What a report needs beside the finding.
pub(super) struct Notes {
    pub(super) steps: Vec<StepRow>,
    /// By the number of a step: what of the machines under test was at its limit in it.
    pub(super) ran_out: BTreeMap<u64, Option<RanOut>>,
    /// By the number of a step: what of its calls failed.
    pub(super) refusals: BTreeMap<u64, Refusals>,
    /// Why the search was broken off.
    pub(super) reasons: Vec<String>,
    findings: Vec<String>,
    slos: Vec<String>,
    /// Frames that an arrival publishes on average; 0 when the workload publishes nothing.
    frames: f64,
    fps: f64,
    need_per_s: Option<f64>,
    /// The need as it was stated.
    need: Option<String>,
    pictures: Option<Pictures>,
    scenario: String,
    journey: Option<String>,
    target: String,
    seed: u64,
    started_at: String,
}

impl Notes {
    pub(super) fn new(
        workload: &Workload,
        target: &Target,
        objectives: &Objectives,
        options: &CapacityOptions,
    ) -> Self {
        let frames = workload.frames();
        let pictures = workload.pictures().ok().filter(|_| frames > 0.0);
        let mut findings: Vec<String> = pictures.iter().filter_map(|pictures| pictures.told.clone()).collect();
        if !objectives.speak_of_latency() {
            findings.push(
                "no objective speaks of latency, so the limit is where calls pile up or fail; add one such as 'p99 < 250ms'"
                    .to_owned(),
            );
        }
        Self {
            steps: Vec::new(),
            ran_out: BTreeMap::new(),
            refusals: BTreeMap::new(),
            reasons: Vec::new(),
            findings,
            slos: objectives.slos().iter().map(ToString::to_string).collect(),
            frames,
            pictures,
            fps: options.fps,
            need_per_s: options.need.and_then(|need| need.per_s(frames, options.fps)),
            need: options.need.map(|need| need.to_string()),
            scenario: workload.name.clone(),
            journey: options.journey.clone(),
            target: target.base.to_string(),
            seed: options.load.seed,
            started_at: now(),
        }
    }

    /// Notes that the target was not calm again after a step.
    pub(super) fn restless(&mut self, number: u64) {
        self.findings.push(format!(
            "after step {number} the target was not as quick again as at first within 20 s; the next step may have felt it"
        ));
    }

    /// Notes that a part of a step's record was lost.
    pub(super) fn lost(&mut self, number: u64, why: &str) {
        self.findings.push(format!(
            "a part of the record was lost while the search went on, first of step {number}: {why}"
        ));
    }

    /// The report on what is known so far; without a finding the search still goes on.
    pub(super) fn report(&mut self, search: &Search, finding: Option<&Finding>, began: Instant) -> CapacityReport {
        let unfinished;
        let finding = if let Some(finding) = finding {
            finding
        } else {
            unfinished = search.cut_short(End::Interrupted);
            &unfinished
        };
        for (at, step) in self.steps.iter_mut().enumerate() {
            step.set_aside = search.set_aside(at).map(why_set_aside);
        }
        let sustained = finding.sustained_per_s;
        let limited_by = finding.limit.map(|limit| match limit {
            Limit::Objective(objective) => self.slos.get(objective).cloned().unwrap_or_default(),
            Limit::Queue => "queue".to_owned(),
        });
        let broke_at = limited_by.as_deref().and_then(|limit| self.broke_at(limit, sustained));
        let cameras = (self.frames > 0.0).then(|| Cameras {
            fps: self.fps,
            count: sustained.map(|per_s| whole(per_s * self.frames / self.fps)),
            megabits_per_s: self.carried(sustained, |pictures| pictures.json_bytes * 8.0 / 1e6),
            gigabytes_per_day: self.carried(sustained, |pictures| pictures.jpeg_bytes * 86_400.0 / 1e9),
        });
        let need = self.need_per_s.map(|rate_per_s| Need {
            rate_per_s,
            stated: self.need.clone(),
            met: sustained.map(|per_s| per_s >= rate_per_s),
            headroom: sustained.map(|per_s| rounded(per_s / rate_per_s - 1.0)),
        });
        let mut report = CapacityReport {
            schema: SCHEMA.to_owned(),
            verdict: verdict(finding, need.as_ref()),
            sentence: String::new(),
            sustained_per_s: sustained.map(rounded),
            bracket_per_s: finding.bracket_per_s.map(|(low, high)| [rounded(low), rounded(high)]),
            limited_by,
            broke_at,
            confirmed: finding.confirmed,
            need,
            cameras,
            latency: self.latency(finding),
            slos: self.slos.clone(),
            steps: self.steps.clone(),
            usl: self.usl(),
            reasons: self.reasons(finding),
            findings: self.findings(finding),
            method: method(finding),
            scenario: self.scenario.clone(),
            journey: self.journey.clone(),
            target: self.target.clone(),
            seed: self.seed,
            started_at: self.started_at.clone(),
            ended_at: now(),
            duration_s: rounded(began.elapsed().as_secs_f64()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ran_out: None,
            held: finding.held.map(lasting::held_row),
            changed: finding.change.map(lasting::change_row),
            connections: self.connections().filter(|_| finding.confirmed),
        };
        self.tell_what_was_refused(&mut report);
        self.tell_what_ran_out(&mut report);
        report.sentence = sentence(&report, finding.end);
        report
    }

    /// What several boxes of the kind may be given, so that one may die.
    fn failover(&self, per_s: f64) -> String {
        let carried = |boxes: f64| {
            if self.frames > 0.0 {
                format!("{} cameras", whole(boxes * per_s * self.frames / self.fps))
            } else {
                format!("{}/s", three_digits(boxes * per_s))
            }
        };
        format!(
            "so that one box may die, give two boxes of this kind no more than {} together, and three no more than {}",
            carried(1.0),
            carried(2.0)
        )
    }

    /// What the pictures of the sustained rate come to; none where they were not read.
    fn carried(&self, sustained: Option<f64>, of: impl Fn(&Pictures) -> f64) -> Option<f64> {
        Some(rounded(sustained? * self.frames * of(self.pictures.as_ref()?)))
    }

    /// Over how many connections calls went when the answer was confirmed.
    fn connections(&self) -> Option<u64> {
        let confirmed = self.steps.iter().rfind(|step| step.purpose == Purpose::Confirm)?;
        Some(self.refusals.get(&confirmed.number)?.users)
    }

    /// Adds how calls failed at the lowest rate that broke an objective by failures.
    fn tell_what_was_refused(&self, report: &mut CapacityReport) {
        let Some(broke) = &report.broke_at else { return };
        let of_rate = |step: &&StepRow| step.counts() && (step.rate_per_s - broke.rate_per_s).abs() < 1e-9;
        let mut steps = self.steps.iter().rev().filter(of_rate).filter(|step| step.errors > 0);
        let about_errors = report
            .limited_by
            .as_deref()
            .is_some_and(|limit| limit.starts_with("errors") || limit.contains(".errors"));
        let told = steps.find_map(|step| self.refusals.get(&step.number)?.told(step.rate_per_s));
        report.findings.extend(told.filter(|_| about_errors));
    }

    /// Adds what was at its limit at the lowest rate that broke, or how one would know.
    fn tell_what_ran_out(&self, report: &mut CapacityReport) {
        let (Some(broke), Some(limit)) = (&report.broke_at, &report.limited_by) else {
            return;
        };
        let rate = three_digits(broke.rate_per_s);
        let of_rate = |step: &&StepRow| step.counts() && (step.rate_per_s - broke.rate_per_s).abs() < 1e-9;
        let mut steps = self.steps.iter().rev().filter(of_rate);
        let found = steps.find_map(|step| self.ran_out.get(&step.number)?.clone());
        match found {
            Some(ran_out) => {
                let what = match limit.as_str() {
                    "queue" => "calls piled up".to_owned(),
                    objective => format!("{objective} broke"),
                };
                let already = self.already(&ran_out).unwrap_or_default();
                let told = format!("at {rate}/s, where {what}: {}{already}", ran_out.sentence);
                report.findings.push(told);
                report.ran_out = Some(ran_out);
            }
            None => report.findings.push(NO_EXPORTER.to_owned()),
        }
    }

    /// What was at its limit at the lowest rate that held as well: that it was there says little.
    fn already(&self, ran_out: &RanOut) -> Option<String> {
        let held = self
            .steps
            .iter()
            .filter(|step| step.counts() && step.verdict == StepVerdict::Held);
        let lowest = held.min_by(|one, other| one.rate_per_s.total_cmp(&other.rate_per_s))?;
        let rows = &lowest.watched.as_ref()?.series;
        let was = |spent: &&Spent| {
            let mut same = rows
                .iter()
                .filter(|row| row.source == spent.source && row.series == spent.series);
            same.any(|row| row.near_share.is_some_and(|share| share >= MOSTLY))
        };
        let titles: Vec<String> = ran_out
            .at_limit
            .iter()
            .filter(was)
            .map(|spent| spent.series.title())
            .collect();
        (!titles.is_empty()).then(|| {
            let rate = three_digits(lowest.rate_per_s);
            format!("; it was so at {rate}/s already, where all held: {}", titles.join(", "))
        })
    }

    /// The lowest rate above the answer at which the limit was measured to break.
    fn broke_at(&self, limit: &str, sustained: Option<f64>) -> Option<Broke> {
        let broken = self
            .steps
            .iter()
            .filter(|step| step.counts() && step.verdict != StepVerdict::Held);
        let above = broken.filter(|step| sustained.is_none_or(|per_s| step.rate_per_s > per_s * 0.999));
        let measured = above.filter_map(|step| {
            let row = step.slos.iter().find(|row| row.slo == limit);
            let measured = match row {
                Some(row) if row.held => return None,
                Some(row) => row.measured.clone(),
                None => format!("{:.0} calls under way", step.in_flight),
            };
            Some(Broke {
                rate_per_s: step.rate_per_s,
                measured,
            })
        });
        measured.min_by(|one, other| one.rate_per_s.total_cmp(&other.rate_per_s))
    }

    /// Latency at shares of the answer, each from the step that was made there.
    fn latency(&self, finding: &Finding) -> Vec<LatencyAt> {
        if finding.sustained_per_s.is_none_or(|per_s| per_s <= 0.0) {
            return Vec::new();
        }
        let made = |purpose| {
            self.steps
                .iter()
                .filter(move |step| step.purpose == purpose && step.counts())
        };
        let below = made(Purpose::Latency).zip(SHARES);
        let at = made(Purpose::Confirm).next_back().map(|step| (step, 1.0));
        let rows = below.chain(at).map(|(step, share)| LatencyAt {
            share,
            rate_per_s: step.rate_per_s,
            calls: Some(step.calls),
            response_us: step.response_us,
        });
        rows.collect()
    }

    fn usl(&self) -> Usl {
        let points = self.steps.iter().filter(|step| step.counts()).map(|step| UslPoint {
            in_flight: step.in_flight,
            per_s: step.achieved_per_s,
            calls: step.calls,
        });
        fit_usl(&points.collect::<Vec<_>>(), self.seed)
    }

    fn reasons(&self, finding: &Finding) -> Vec<String> {
        let mut reasons = self.reasons.clone();
        let slower = finding.change.map(lasting::change_row).filter(|change| !change.quicker);
        match finding.end {
            End::GeneratorGaveOut => {
                let given_out = self.steps.iter().rev().find(|step| step.verdict == StepVerdict::Invalid);
                reasons.extend(given_out.and_then(|step| step.reasons.first().cloned()));
            }
            End::Interrupted => reasons.push("interrupted before its end: this is what was found until then".to_owned()),
            End::TargetDied | End::LoginsFailed => {
                let last = self.steps.last().and_then(|step| step.reasons.last().cloned());
                reasons.extend(last.filter(|_| reasons.is_empty()));
            }
            End::Moved if finding.held.is_some() => reasons.extend(finding.held.map(|held| lasting::held(&lasting::held_row(held)))),
            End::Moved if slower.is_some() => reasons.extend(slower.map(|change| lasting::changed(&change))),
            End::Moved => reasons.push(
                "what was measured at one time does not hold at another: steps contradict each other, calls need more or less of the \
                 target than before, beyond chance, or it pauses again and again"
                    .to_owned(),
            ),
            End::OutOfTime => reasons.push("the time was up before the limit was known well enough to be a figure".to_owned()),
            End::Found | End::Nothing | End::BeyondCeiling => {}
        }
        reasons
    }

    fn findings(&self, finding: &Finding) -> Vec<String> {
        let mut findings = self.findings.clone();
        if bracket_is_wide(finding) {
            findings.push("the bracket is wide, because calls near the edge differ much and are few".to_owned());
        }
        let is_of_before = |step: &&StepRow| step.set_aside.as_deref() != Some(OUTGROWN);
        let set_aside = self
            .steps
            .iter()
            .filter(|step| step.set_aside.is_some())
            .filter(is_of_before)
            .count();
        if set_aside > 0 {
            findings.push(format!(
                "{set_aside} step{} broke in passing and {} left out: the target paused, or later steps at no lower rate held",
                if set_aside == 1 { "" } else { "s" },
                if set_aside == 1 { "was" } else { "were" },
            ));
        }
        if let Some(change) = finding.change.map(lasting::change_row).filter(|change| change.quicker) {
            findings.push(lasting::changed(&change));
        }
        if let (End::Found, Some(held)) = (finding.end, finding.held.map(lasting::held_row)) {
            findings.push(lasting::held(&held));
        }
        if let (End::Found, Some(per_s)) = (finding.end, finding.sustained_per_s.filter(|per_s| *per_s > 0.0)) {
            findings.push(self.failover(per_s));
        }
        let renewed = self
            .steps
            .iter()
            .filter(|step| step.verdict == StepVerdict::Invalid)
            .count();
        if renewed > 0 && finding.end != End::GeneratorGaveOut {
            findings.push(format!(
                "{renewed} step{} made again or left out, because the generator was not healthy meanwhile",
                if renewed == 1 { " was" } else { "s were" }
            ));
        }
        findings
    }
}

/// Whether an answer was found, and its bracket is worth a word.
pub(super) fn bracket_is_wide(finding: &Finding) -> bool {
    let wide = |(low, high): (f64, f64)| high / low.max(1e-9) - 1.0 > WIDE;
    finding.end == End::Found && finding.bracket_per_s.is_some_and(wide)
}

/// The instant as reports write it.
fn now() -> String {
    Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

/// How the answer was worked out.
fn method(finding: &Finding) -> Vec<String> {
    if finding.end != End::Found {
        return Vec::new();
    }
    let worked_out = finding.server.map_or_else(
        || {
            "calls could not be replayed as those of one queue, so the answer is the middle of what the steps together make likely"
                .to_owned()
        },
        as_a_line,
    );
    vec![worked_out]
}

/// What the calls show of the server.
fn as_a_line(server: Server) -> String {
    let ms = |seconds: f64| format!("{} ms", three_digits(1000.0 * seconds));
    let beside = if server.beside_s > 0.0 {
        format!(" and {} on the way", ms(server.beside_s))
    } else {
        String::new()
    };
    format!(
        "its calls are those of a single queue served by {} worker{}, with {} of work each{beside}; the answer is \
         where such a line breaks the objective, in whatever order slow and quick calls come",
        server.workers,
        if server.workers == 1 { "" } else { "s" },
        ms(server.service_s),
    )
}

fn why_set_aside(why: SetAside) -> String {
    match why {
        SetAside::Pause { length_s } => format!(
            "left out: the target answered nothing for {} s, which says nothing of this rate",
            three_digits(length_s)
        ),
        SetAside::Outgrown => OUTGROWN.to_owned(),
        SetAside::Contradicted => "left out: later steps at this rate and above held".to_owned(),
    }
}

fn verdict(finding: &Finding, need: Option<&Need>) -> CapacityVerdict {
    match finding.end {
        End::Found if need.is_some_and(|need| need.met == Some(false)) => CapacityVerdict::Fail,
        End::Found => CapacityVerdict::Pass,
        End::Nothing => CapacityVerdict::Fail,
        End::GeneratorGaveOut | End::Moved | End::BeyondCeiling | End::OutOfTime => CapacityVerdict::Invalid,
        End::Interrupted | End::TargetDied | End::LoginsFailed => CapacityVerdict::Incomplete,
    }
}

fn whole(count: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive; casts saturate"
    )]
    let whole = count.max(0.0).floor() as u64;
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_described_by_its_workers_and_their_work() {
        let said = |workers, service_s, beside_s| {
            as_a_line(Server {
                workers,
                service_s,
                beside_s,
            })
        };
        assert!(
            said(1, 0.02, 0.0)
                .starts_with("its calls are those of a single queue served by 1 worker, with 20.0 ms of work each; ")
        );
        assert!(
            said(4, 0.1234, 0.0081).contains("served by 4 workers, with 123 ms of work each and 8.10 ms on the way; ")
        );
    }
}
