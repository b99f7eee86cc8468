//! From a finding to a report: the cameras, the headroom, the latency at shares of the answer.

mod broke;
mod told;

pub(super) use told::bracket_is_wide;
use told::{method, why_set_aside};

use super::lasting::{self, Refusals};
use super::objectives::Objectives;
use super::options::CapacityOptions;
use super::sentence::sentence;
use chrono::Utc;
use proofload_capacity_search::{End, Finding, Limit, SHARES, Search, UslPoint, fit_usl};
use proofload_deployment::Target;
use proofload_load::{Pictures, Workload};
use proofload_results::capacity::{
    Cameras, CapacityReport, CapacityVerdict, LatencyAt, Need, Purpose, SCHEMA, StepRow, Usl,
};
use proofload_results::load::rounded;
use proofload_results::watched::RanOut;
use std::collections::BTreeMap;
use std::time::Instant;

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

    /// What the pictures of the sustained rate come to; none where they were not read.
    fn carried(&self, sustained: Option<f64>, of: impl Fn(&Pictures) -> f64) -> Option<f64> {
        Some(rounded(sustained? * self.frames * of(self.pictures.as_ref()?)))
    }

    /// Over how many connections calls went when the answer was confirmed.
    fn connections(&self) -> Option<u64> {
        let confirmed = self.steps.iter().rfind(|step| step.purpose == Purpose::Confirm)?;
        Some(self.refusals.get(&confirmed.number)?.users)
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
}

/// The instant as reports write it.
fn now() -> String {
    Utc::now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
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
