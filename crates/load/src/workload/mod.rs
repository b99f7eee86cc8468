//! A workload: journeys made of steps, their mix, the images, the arrival process, stages and SLOs.

mod error;
mod file;
mod overrides;
mod shipped;

pub use error::WorkloadError;
pub use overrides::Override;
pub use shipped::{SHIPPED, Shipped};

use crate::judge::slo::{Slo, SloError};
use crate::pacer::{Schedule, Stage};
use proofload_deployment::units::Rate;
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
    /// Virtual users; `None` lets the engine choose.
    pub users: Option<u32>,
    /// When work begins.
    pub arrivals: ArrivalPlan,
    /// What the cameras see.
    pub images: ImageSource,
    /// What virtual users do.
    pub journeys: Vec<Journey>,
    /// What must hold.
    pub slos: Vec<Slo>,
}

/// When work begins.
#[derive(Debug, Clone, PartialEq)]
pub enum ArrivalPlan {
    /// At a rate, whether or not earlier work is done: cameras do not wait.
    Open {
        /// At random (Poisson) instead of evenly.
        random: bool,
        /// The rate at the beginning, over all journeys.
        rate: Rate,
        /// How the rate changes; empty when it does not.
        stages: Vec<Stage>,
    },
    /// When the same user's earlier work is done and it has thought.
    Closed {
        /// The mean of an exponential think time; 0 for none.
        think: Duration,
    },
}

/// Where images come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageSource {
    /// Built-in ones, by name.
    BuiltIn(Vec<String>),
    /// Every JPEG of a directory.
    Directory(PathBuf),
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

impl Workload {
    /// The shipped scenario of a name, or the file at a path.
    ///
    /// # Errors
    /// There is no such scenario or file, or it is wrong; the error names file, line and key.
    pub fn find(name_or_path: &str) -> Result<Self, WorkloadError> {
        Self::find_changed(name_or_path, &[])
    }

    /// The same with fields changed, in the order given.
    ///
    /// # Errors
    /// As for [`Workload::find`]; or a change names no place of the scenario, or leaves it wrong.
    pub fn find_changed(name_or_path: &str, set: &[Override]) -> Result<Self, WorkloadError> {
        if let Some(shipped) = SHIPPED.iter().find(|shipped| shipped.name == name_or_path) {
            let file = format!("{}.toml (shipped)", shipped.name);
            return Self::read(shipped.name, &file, shipped.text, set);
        }
        let path = std::path::Path::new(name_or_path);
        let looks_like_a_path = path.extension().is_some() || path.components().count() > 1;
        if !path.is_file() && !looks_like_a_path {
            return Err(WorkloadError::unknown_scenario(
                name_or_path,
                SHIPPED.iter().map(|shipped| shipped.name),
            ));
        }
        let text = std::fs::read_to_string(path).map_err(|source| WorkloadError::Read {
            path: path.to_owned(),
            source,
        })?;
        let name = path
            .file_stem()
            .map_or(name_or_path.into(), |stem| stem.to_string_lossy());
        let mut workload = Self::read(&name, &path.display().to_string(), &text, set)?;
        // A directory of images stands where the file says, seen from the file.
        if let ImageSource::Directory(images) = &mut workload.images
            && images.is_relative()
            && !set.iter().any(Override::names_images)
            && let Some(parent) = path.parent()
        {
            *images = parent.join(&*images);
        }
        Ok(workload)
    }

    /// The text is read as it stands first, so that what is wrong with the file is told with its line.
    fn read(name: &str, file: &str, text: &str, set: &[Override]) -> Result<Self, WorkloadError> {
        let as_it_stands = file::parse(name, file, text)?;
        if set.is_empty() {
            return Ok(as_it_stands);
        }
        let changes: Vec<String> = set.iter().map(ToString::to_string).collect();
        file::parse_changed(&format!("{name} with {}", changes.join(", ")), file, text, set)
    }

    /// Puts another rate in place of the workload's: stages keep their proportions to it.
    ///
    /// # Errors
    /// The workload is closed and has no rate, or a stage would get beyond the highest rate.
    pub fn set_rate(&mut self, new: Rate) -> Result<(), WorkloadError> {
        let ArrivalPlan::Open { rate, stages, .. } = &mut self.arrivals else {
            return Err(WorkloadError::NoRate(self.name.clone()));
        };
        let factor = new.get() / rate.get();
        for stage in stages {
            if let Stage::Ramp { to, .. } | Stage::Spike { to, .. } = stage {
                *to = Rate::per_s(to.get() * factor)?;
            }
        }
        *rate = new;
        Ok(())
    }

    /// Puts another duration in place of the workload's: stages keep their proportions to it.
    pub fn set_duration(&mut self, new: Duration) {
        if let ArrivalPlan::Open { stages, .. } = &mut self.arrivals {
            let total: Duration = stages.iter().map(Stage::lasts).sum();
            if !total.is_zero() {
                let factor = new.as_secs_f64() / total.as_secs_f64();
                for stage in stages {
                    let (Stage::Ramp { lasts, .. } | Stage::Hold { lasts } | Stage::Spike { lasts, .. }) = stage;
                    *lasts = lasts.mul_f64(factor);
                }
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
                Some(Schedule::constant(*rate, self.duration))
            }
            ArrivalPlan::Open { rate, stages, .. } => Some(Schedule::staged(*rate, stages)),
            ArrivalPlan::Closed { .. } => None,
        }
    }

    /// The share of a journey in all arrivals or users, 0 to 1.
    pub fn share(&self, journey: &Journey) -> f64 {
        journey.weight / self.journeys.iter().map(|journey| journey.weight).sum::<f64>()
    }
}
