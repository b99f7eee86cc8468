//! What a workload is made of.

use super::error::WorkloadError;
use super::guard_rate::GuardRate;
use super::images::ImageSource;
use crate::pacer::{Crowd, Schedule, Stage, Users};
use crate::slo::{Slo, SloError};
use proofload_deployment::units::{Level, Rate};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// A workload.
#[derive(Debug, Clone)]
pub struct Workload {
    /// Its name: the shipped scenario's, or the file's without its ending; with what was changed in it, if anything, for
    /// then it is another workload wherever it is shown, kept or compared.
    pub name: String,
    /// One sentence on what it stands for.
    pub description: String,
    /// How long arrivals fall due, or users work; the sum of the stages when there are any.
    pub duration: Duration,
    /// Virtual users; `None` lets the engine choose. Where stages change how many there are, so many there are at the
    /// beginning, none unless it is stated.
    pub users: Option<u32>,
    /// The run ends with so many calls, where that is sooner.
    pub requests: Option<u64>,
    /// When work begins.
    pub arrivals: ArrivalPlan,
    /// What the cameras see.
    pub images: ImageSource,
    /// A CSV file with values for the fields of steps; each arrival takes the next line.
    pub data: Option<PathBuf>,
    /// What virtual users do.
    pub journeys: Vec<Journey>,
    /// What must hold.
    pub slos: Vec<Slo>,
    /// How often a call is made beside it that must be refused.
    pub guard: GuardRate,
}

/// When work begins.
#[derive(Debug, Clone, PartialEq)]
pub enum ArrivalPlan {
    /// At a rate, whether or not earlier work is done: cameras do not wait.
    Open {
        /// At random (Poisson) instead of evenly.
        random: bool,
        /// The rate at the beginning, over all journeys.
        rate: Level,
        /// How the rate changes; empty when it does not.
        stages: Vec<Stage>,
    },
    /// When the same user's earlier work is done and it has thought.
    Closed {
        /// The mean of an exponential think time; 0 for none.
        think: Duration,
        /// How the number of users changes; empty when it does not.
        stages: Vec<Stage<Users>>,
    },
}

impl ArrivalPlan {
    /// How long its stages take together.
    pub(super) fn staged(&self) -> Duration {
        match self {
            Self::Open { stages, .. } => stages.iter().map(Stage::lasts).sum(),
            Self::Closed { stages, .. } => stages.iter().map(Stage::lasts).sum(),
        }
    }
}

/// What a virtual user does again and again.
#[derive(Debug, Clone)]
pub struct Journey {
    /// Its name.
    pub name: String,
    /// Its share among the journeys, as a weight.
    pub weight: f64,
    /// How many cameras it stands for; each arrival comes from the next one.
    pub cameras: u32,
    /// One step by weight for each arrival, instead of all steps in order.
    pub mix: bool,
    /// The steps.
    pub steps: Vec<Step>,
}

/// One call of an operation.
#[derive(Debug, Clone)]
pub struct Step {
    /// The `operationId`.
    pub operation: String,
    /// Its share in a mix.
    pub weight: f64,
    /// Values for the path's parameters.
    pub path: BTreeMap<String, String>,
    /// The query.
    pub query: BTreeMap<String, String>,
    /// Members of the JSON body (or text parts of a multipart body) in place of the usual ones.
    pub body: BTreeMap<String, serde_json::Value>,
    /// Statuses that count as success beside 2xx.
    pub expect: Vec<u16>,
}

impl Step {
    /// An operation with nothing but what its request has by itself.
    pub(crate) fn plain(operation: &str) -> Self {
        Self {
            operation: operation.to_owned(),
            weight: 1.0,
            path: BTreeMap::new(),
            query: BTreeMap::new(),
            body: BTreeMap::new(),
            expect: Vec::new(),
        }
    }

    /// The parameter of its path whose value would make it another path, and why.
    pub(super) fn strays(&self) -> Option<(&str, &'static str)> {
        self.path.iter().find_map(|(name, value)| {
            let why = match value.as_str() {
                "" => "it is empty, and would leave its part of the path out",
                "." => "\".\" is a step in a path, however it is written, and would ask for another one",
                ".." => "\"..\" is a step up in a path, however it is written, and would ask for another one",
                _ => return None,
            };
            Some((name.as_str(), why))
        })
    }
}

impl Workload {
    /// Puts another rate in place of the workload's: stages keep their proportions to it. Where the workload begins with no
    /// arrivals at all, it is the highest rate of the stages that is put in place.
    ///
    /// # Errors
    /// The workload is closed and has no rate, or a stage would get beyond the highest rate.
    pub fn set_rate(&mut self, new: Rate) -> Result<(), WorkloadError> {
        let ArrivalPlan::Open { rate, stages, .. } = &mut self.arrivals else {
            return Err(WorkloadError::NoRate(self.name.clone()));
        };
        let known = if *rate > Level::NONE {
            rate.get()
        } else {
            Schedule::staged(*rate, stages).peak_per_s()
        };
        let factor = new.get() / known;
        for stage in stages {
            if let Stage::Ramp { to, .. } | Stage::Spike { to, .. } = stage {
                *to = to.times(factor)?;
            }
        }
        *rate = rate.times(factor)?;
        Ok(())
    }

    /// Puts another duration in place of the workload's: stages keep their proportions to it.
    pub fn set_duration(&mut self, new: Duration) {
        let staged = self.arrivals.staged();
        if !staged.is_zero() {
            let factor = new.as_secs_f64() / staged.as_secs_f64();
            match &mut self.arrivals {
                ArrivalPlan::Open { stages, .. } => stages.iter_mut().for_each(|stage| stage.stretch(factor)),
                ArrivalPlan::Closed { stages, .. } => stages.iter_mut().for_each(|stage| stage.stretch(factor)),
            }
        }
        self.duration = new;
    }

    /// Adds objectives to the workload's.
    ///
    /// # Errors
    /// A text is no objective, or names an operation that the workload never calls.
    pub fn add_slos(&mut self, texts: &[String]) -> Result<(), SloError> {
        let steps = self.journeys.iter().flat_map(|journey| &journey.steps);
        let operations: Vec<&str> = steps.map(|step| step.operation.as_str()).collect();
        for text in texts {
            self.slos.push(Slo::parse(text, &operations)?);
        }
        Ok(())
    }

    /// The rate over the run; `None` when users set the pace.
    pub fn schedule(&self) -> Option<Schedule> {
        match &self.arrivals {
            ArrivalPlan::Open { rate, stages, .. } if stages.is_empty() => {
                Some(Schedule::staged(*rate, &[Stage::Hold { lasts: self.duration }]))
            }
            ArrivalPlan::Open { rate, stages, .. } => Some(Schedule::staged(*rate, stages)),
            ArrivalPlan::Closed { .. } => None,
        }
    }

    /// How many users are at work over the run; `None` where it is all of them all the time.
    pub fn crowd(&self) -> Option<Crowd> {
        match &self.arrivals {
            ArrivalPlan::Closed { stages, .. } if !stages.is_empty() => {
                Some(Crowd::staged(Users(self.users.unwrap_or(0)), stages))
            }
            _ => None,
        }
    }

    /// The share of a journey in all arrivals or users, 0 to 1.
    pub fn share(&self, journey: &Journey) -> f64 {
        journey.weight / self.journeys.iter().map(|journey| journey.weight).sum::<f64>()
    }
}
