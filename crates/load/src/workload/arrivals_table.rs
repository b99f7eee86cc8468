//! `[arrivals]` of a scenario file: when work begins.

use super::error::WorkloadError;
use super::file::Reader;
use super::model::ArrivalPlan;
use crate::pacer::{Crowd, Schedule, Stage, Users};
use proofload_deployment::units::{Level, Rate};
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ArrivalsTable {
    process: ProcessName,
    rate: Option<Spanned<String>>,
    think: Option<Spanned<String>>,
    #[serde(default)]
    stages: Vec<Spanned<StageTable>>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
enum ProcessName {
    Constant,
    Poisson,
    Closed,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StageTable {
    ramp: Option<Spanned<String>>,
    hold: Option<Spanned<String>>,
    spike: Option<Spanned<String>>,
    to: Option<Spanned<To>>,
}

/// Where a stage goes: `"400/s"`, or `40` users.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a rate such as \"400/s\", or a number of users such as 40")]
enum To {
    Users(u32),
    Text(String),
}

impl To {
    /// The rate that it names.
    fn rate(&self) -> Result<Level, String> {
        match self {
            Self::Text(text) => text.parse().map_err(|error| format!("{error}")),
            Self::Users(users) => Err(format!(
                "open arrivals have a rate and no users; write to = \"{users}/s\""
            )),
        }
    }

    /// The number of users that it names.
    fn users(&self) -> Result<Users, String> {
        match self {
            Self::Users(users) if *users <= MOST_USERS => Ok(Users(*users)),
            Self::Users(_) => Err(format!("that is more than {MOST_USERS} users")),
            Self::Text(_) => Err(
                "closed arrivals have no rate, for their users set the pace; write a number of users, such as to = 40"
                    .to_owned(),
            ),
        }
    }
}

/// As many as `--users` takes.
const MOST_USERS: u32 = 100_000;

impl Reader<'_> {
    /// When work begins, where the cameras' frame rates make the rate `cameras_rate`.
    pub(super) fn arrivals(
        &self,
        table: Spanned<ArrivalsTable>,
        users: Option<u32>,
        cameras_rate: Option<Rate>,
    ) -> Result<ArrivalPlan, WorkloadError> {
        let begins = table.span().start;
        let table = table.into_inner();
        if table.process == ProcessName::Closed {
            return self.closed(&table, begins, users, cameras_rate);
        }
        if let Some(think) = &table.think {
            return Err(self.at(
                think,
                "arrivals.think",
                "open arrivals do not think; use process = \"closed\"",
            ));
        }
        let stages: Vec<Stage> = self.stages(&table.stages, To::rate)?;
        let stated = table
            .rate
            .as_ref()
            .map(|rate| {
                rate.get_ref()
                    .parse()
                    .map_err(|error| self.at(rate, "arrivals.rate", error))
            })
            .transpose()?;
        let rate: Level = match (stated, cameras_rate) {
            (Some(_), Some(_)) => {
                let what = "the cameras' frame rates say it already; leave one out";
                return Err(self.wrong(begins, "arrivals.rate", what));
            }
            (Some(rate), None) => rate,
            (None, Some(rate)) => rate.into(),
            (None, None) => return Err(self.wrong(begins, "arrivals.rate", "it is missing, e.g. rate = \"200/s\"")),
        };
        if rate == Level::NONE && Schedule::staged(rate, &stages).peak_per_s() <= 0.0 {
            return Err(self.wrong(
                begins,
                "arrivals.rate",
                "a rate is more than 0, or stages take it from 0 to more",
            ));
        }
        Ok(ArrivalPlan::Open {
            random: table.process == ProcessName::Poisson,
            rate,
            stages,
        })
    }

    fn closed(
        &self,
        table: &ArrivalsTable,
        begins: usize,
        users: Option<u32>,
        cameras_rate: Option<Rate>,
    ) -> Result<ArrivalPlan, WorkloadError> {
        if let Some(rate) = &table.rate {
            let what = "closed arrivals have no rate; use think and users";
            return Err(self.at(rate, "arrivals.rate", what));
        }
        if cameras_rate.is_some() {
            let what = "closed arrivals have no frame rate, for their users set the pace; use process = \"constant\" or \"poisson\"";
            return Err(self.wrong(begins, "journeys.frame_rate", what));
        }
        let think = table
            .think
            .as_ref()
            .map(|think| self.span("arrivals.think", think))
            .transpose()?;
        let stages = self.stages(&table.stages, To::users)?;
        if let Some(stage) = table.stages.first()
            && Crowd::staged(Users(users.unwrap_or(0)), &stages).most() == 0
        {
            return Err(self.at(
                stage,
                "arrivals.stages",
                "they never have a single user; say to how many they go",
            ));
        }
        Ok(ArrivalPlan::Closed {
            think: think.unwrap_or_default(),
            stages,
        })
    }

    fn stages<T>(
        &self,
        tables: &[Spanned<StageTable>],
        read: fn(&To) -> Result<T, String>,
    ) -> Result<Vec<Stage<T>>, WorkloadError> {
        tables.iter().map(|stage| self.stage(stage, read)).collect()
    }

    fn stage<T>(
        &self,
        stage: &Spanned<StageTable>,
        read: fn(&To) -> Result<T, String>,
    ) -> Result<Stage<T>, WorkloadError> {
        let table = stage.get_ref();
        let to = table
            .to
            .as_ref()
            .map(|to| read(to.get_ref()).map_err(|error| self.at(to, "arrivals.stages.to", error)))
            .transpose()?;
        let lasts = |value: &Spanned<String>| self.span("arrivals.stages", value);
        match (&table.ramp, &table.hold, &table.spike, to) {
            (Some(ramp), None, None, Some(to)) => Ok(Stage::Ramp { lasts: lasts(ramp)?, to }),
            (None, Some(hold), None, None) => Ok(Stage::Hold { lasts: lasts(hold)? }),
            (None, None, Some(spike), Some(to)) => Ok(Stage::Spike { lasts: lasts(spike)?, to }),
            _ => Err(self.at(
                stage,
                "arrivals.stages",
                "a stage is { ramp = \"10s\", to = \"400/s\" }, { hold = \"30s\" } or { spike = \"5s\", to = \"900/s\" }; where users set the pace, to = 40 says how many of them",
            )),
        }
    }
}
