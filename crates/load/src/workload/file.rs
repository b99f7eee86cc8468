//! Reading a workload from TOML. Every error names file, line and key.

use super::arrivals_table::ArrivalsTable;
use super::error::WorkloadError;
use super::images::{DEFAULT, ImageSource};
use super::model::{ArrivalPlan, Journey, Step, Workload};
use super::overrides::Override;
use crate::slo::Slo;
use proofload_contract::{Contract, ParameterPlace};
use proofload_deployment::images;
use proofload_deployment::nearest::advice;
use proofload_deployment::toml_file::{self, TomlError};
use proofload_deployment::units::{Rate, span};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    description: String,
    duration: Option<Spanned<String>>,
    users: Option<Spanned<u32>>,
    guard: Option<Spanned<String>>,
    #[serde(default)]
    slos: Vec<Spanned<String>>,
    arrivals: Spanned<ArrivalsTable>,
    images: Option<Spanned<ImagesTable>>,
    data: Option<DataTable>,
    journeys: Spanned<Vec<JourneyTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImagesTable {
    builtin: Option<Vec<Spanned<String>>>,
    directory: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DataTable {
    file: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JourneyTable {
    name: Spanned<String>,
    weight: Option<Spanned<f64>>,
    cameras: Option<Spanned<u32>>,
    frame_rate: Option<Spanned<String>>,
    #[serde(default)]
    mix: bool,
    steps: Spanned<Vec<StepTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StepTable {
    operation: Spanned<String>,
    weight: Option<Spanned<f64>>,
    #[serde(default)]
    path: BTreeMap<String, String>,
    #[serde(default)]
    query: BTreeMap<String, String>,
    #[serde(default)]
    body: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    expect: Vec<u16>,
}

/// Reads the workload `name` from `text`, which came from `file`.
pub(super) fn parse(name: &str, file: &str, text: &str) -> Result<Workload, WorkloadError> {
    let reader = Reader { file, text };
    reader.workload(name, toml_file::parse(file, text)?)
}

/// Reads it with `set` put in place of what it says.
pub(super) fn parse_changed(name: &str, file: &str, text: &str, set: &[Override]) -> Result<Workload, WorkloadError> {
    let changed = |what: String| WorkloadError::Override {
        file: file.to_owned(),
        set: set.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and "),
        what,
    };
    let mut table: toml::Table = toml_file::parse(file, text)?;
    for one in set {
        one.apply(file, &mut table)?;
    }
    let text = toml::to_string(&table).map_err(|error| changed(error.to_string()))?;
    parse(name, file, &text).map_err(|error| match error {
        // The line is one of a text that nobody has seen.
        WorkloadError::File(error) => changed(error.without_place()),
        other => other,
    })
}

pub(super) struct Reader<'a> {
    file: &'a str,
    text: &'a str,
}

impl Reader<'_> {
    /// Says what is wrong with `key` of the whole file, or of what begins at `place`.
    pub(super) fn wrong(&self, place: usize, key: &str, what: impl Display) -> WorkloadError {
        TomlError::at(self.file, self.text, Some(place..place), key, &what.to_string()).into()
    }

    /// Says what is wrong with the value of `key`.
    pub(super) fn at<T>(&self, value: &Spanned<T>, key: &str, what: impl Display) -> WorkloadError {
        self.wrong(value.span().start, key, what)
    }

    pub(super) fn span(&self, key: &str, value: &Spanned<String>) -> Result<Duration, WorkloadError> {
        span::parse(value.get_ref()).map_err(|error| self.at(value, key, error))
    }

    pub(super) fn read<T: FromStr<Err: Display>>(
        &self,
        key: &str,
        value: &Spanned<String>,
    ) -> Result<T, WorkloadError> {
        value.get_ref().parse().map_err(|error| self.at(value, key, error))
    }

    fn workload(&self, name: &str, file: File) -> Result<Workload, WorkloadError> {
        let journeys_at = file.journeys.span().start;
        let (journeys, cameras_rate) = self.journeys(file.journeys.get_ref())?;
        if journeys.is_empty() {
            return Err(self.wrong(journeys_at, "journeys", "there is none; at least one is needed"));
        }
        let arrivals = self.arrivals(
            file.arrivals,
            file.users.as_ref().map(|users| *users.get_ref()),
            cameras_rate,
        )?;
        let staged = arrivals.staged();
        let duration = match &file.duration {
            Some(value) if !staged.is_zero() => {
                return Err(self.at(value, "duration", "the stages say how long the run is; leave it out"));
            }
            Some(value) => self.span("duration", value)?,
            None if staged.is_zero() => {
                return Err(self.wrong(0, "duration", "it is missing, e.g. duration = \"30s\""));
            }
            None => staged,
        };
        let coming = matches!(&arrivals, ArrivalPlan::Closed { stages, .. } if !stages.is_empty());
        if let Some(value) = file.users.as_ref().filter(|users| *users.get_ref() == 0 && !coming) {
            return Err(self.at(value, "users", "at least one virtual user is needed"));
        }
        let operations: Vec<&str> = journeys
            .iter()
            .flat_map(|journey| journey.steps.iter().map(|step| step.operation.as_str()))
            .collect();
        let slos = file
            .slos
            .iter()
            .map(|slo| Slo::parse(slo.get_ref(), &operations).map_err(|error| self.at(slo, "slos", error)));
        Ok(Workload {
            name: name.to_owned(),
            description: file.description,
            duration,
            users: file.users.map(Spanned::into_inner),
            requests: None,
            arrivals,
            images: self.images(file.images)?,
            data: file.data.map(|data| data.file),
            slos: slos.collect::<Result<_, _>>()?,
            guard: file
                .guard
                .as_ref()
                .map(|text| self.read("guard", text))
                .transpose()?
                .unwrap_or_default(),
            journeys,
        })
    }

    fn images(&self, table: Option<Spanned<ImagesTable>>) -> Result<ImageSource, WorkloadError> {
        let Some(table) = table else {
            return Ok(ImageSource::BuiltIn(vec![DEFAULT.name().to_owned()]));
        };
        match (&table.get_ref().builtin, &table.get_ref().directory) {
            (Some(names), None) if !names.is_empty() => {
                for name in names {
                    if images::named(name.get_ref()).is_none() {
                        let nearest = advice(name.get_ref(), images::ALL.iter().map(|image| image.name()));
                        let what = format!("there is no built-in image {:?}{nearest}", name.get_ref());
                        return Err(self.at(name, "images.builtin", what));
                    }
                }
                Ok(ImageSource::BuiltIn(
                    names.iter().map(|name| name.get_ref().clone()).collect(),
                ))
            }
            (None, Some(directory)) => Ok(ImageSource::Directory(directory.into())),
            _ => Err(self.at(&table, "images", "name either builtin images or a directory")),
        }
    }

    /// The journeys, and the rate that all their cameras make together when they state frame rates.
    fn journeys(&self, tables: &[JourneyTable]) -> Result<(Vec<Journey>, Option<Rate>), WorkloadError> {
        let with_frames = tables.iter().filter(|table| table.frame_rate.is_some()).count();
        let mut total = 0.0;
        let mut journeys = Vec::new();
        for table in tables {
            let cameras = table.cameras.as_ref().map_or(1, |cameras| *cameras.get_ref());
            if let Some(value) = table.cameras.as_ref().filter(|_| cameras == 0) {
                return Err(self.at(value, "journeys.cameras", "at least one camera is needed"));
            }
            let mut weight = self.weight("journeys.weight", table.weight.as_ref())?;
            if let Some(frame_rate) = &table.frame_rate {
                if with_frames < tables.len() || table.weight.is_some() {
                    let what = "all journeys state a frame rate and none a weight, or none states a frame rate";
                    return Err(self.at(frame_rate, "journeys.frame_rate", what));
                }
                weight = f64::from(cameras) * self.read::<Rate>("journeys.frame_rate", frame_rate)?.get();
                total += weight;
            }
            journeys.push(self.journey(table, weight, cameras)?);
        }
        let rate = (total > 0.0).then(|| Rate::per_s(total)).transpose();
        Ok((
            journeys,
            rate.map_err(|error| self.wrong(0, "journeys.frame_rate", error))?,
        ))
    }

    fn weight(&self, key: &str, weight: Option<&Spanned<f64>>) -> Result<f64, WorkloadError> {
        match weight {
            Some(weight) if !(weight.get_ref().is_finite() && *weight.get_ref() > 0.0) => {
                Err(self.at(weight, key, "a weight is more than 0"))
            }
            Some(weight) => Ok(*weight.get_ref()),
            None => Ok(1.0),
        }
    }

    fn journey(&self, table: &JourneyTable, weight: f64, cameras: u32) -> Result<Journey, WorkloadError> {
        if table.steps.get_ref().is_empty() {
            return Err(self.at(&table.steps, "journeys.steps", "there is none; at least one is needed"));
        }
        let weights = table.steps.get_ref().iter().filter_map(|step| step.weight.as_ref());
        if let Some(weight) = weights.take(1).find(|_| !table.mix) {
            return Err(self.at(
                weight,
                "journeys.steps.weight",
                "steps are made one after the other and their weights say nothing; add mix = true to make one of them each time",
            ));
        }
        let steps = table.steps.get_ref().iter().map(|step| self.step(step));
        Ok(Journey {
            name: table.name.get_ref().clone(),
            weight,
            cameras,
            mix: table.mix,
            steps: steps.collect::<Result<_, _>>()?,
        })
    }

    fn step(&self, table: &StepTable) -> Result<Step, WorkloadError> {
        let name = table.operation.get_ref();
        let contract = Contract::bundled();
        let Some(operation) = contract.operation(name) else {
            let nearest = advice(
                name,
                contract.operations().iter().map(|operation| operation.id.as_str()),
            );
            let what = format!("there is no operation {name:?}{nearest}");
            return Err(self.at(&table.operation, "journeys.steps.operation", what));
        };
        for parameter in operation
            .parameters
            .iter()
            .filter(|parameter| parameter.place == ParameterPlace::Path)
        {
            if !table.path.contains_key(&parameter.name) {
                let what = format!("{name} needs a value for {{{}}}", parameter.name);
                return Err(self.at(&table.operation, "journeys.steps.path", what));
            }
        }
        let step = Step {
            operation: name.clone(),
            weight: self.weight("journeys.steps.weight", table.weight.as_ref())?,
            path: table.path.clone(),
            query: table.query.clone(),
            body: table.body.clone(),
            expect: table.expect.clone(),
        };
        if let Some((parameter, why)) = step.strays() {
            let key = format!("journeys.steps.path.{parameter}");
            return Err(self.at(&table.operation, &key, why));
        }
        Ok(step)
    }
}
