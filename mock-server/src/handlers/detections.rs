//! Listing detections, page by page.

use crate::answer::{self, Answer, Problem};
use crate::call::Call;
use crate::defects::Defect;
use crate::state::State;
use crate::stores::{Detection, Face, Zone};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use std::str::FromStr;
use std::sync::Arc;

/// A page never holds more: every entry carries its image.
const MAX_TAKE: usize = 1_000;

/// How many are listed unless something else was said.
const DEFAULT_TAKE: usize = 10;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    confidence: f64,
    date_time_utc: String,
    time_zone: &'static str,
    detector: String,
    image: Option<String>,
}

/// Which detections are wanted.
struct Page {
    skip: usize,
    take: usize,
    from_ms: i64,
    to_ms: i64,
    ascending: bool,
}

pub(super) fn by_person(server: &State, call: &Call) -> Result<Answer, Problem> {
    let (person, page) = (call.id(0)?, Page::of(server, call)?);
    if !server.stores.people.contains(person) {
        return Err(Problem::not_found("There is no such person."));
    }
    let faces = if server.has(Defect::DetectionsOfEverybody) {
        server.stores.faces.enrolled()
    } else {
        server.stores.faces.of_person(person)
    };
    Ok(page.of_faces(server, &faces))
}

pub(super) fn by_face(server: &State, call: &Call) -> Result<Answer, Problem> {
    let (face, page) = (call.id(0)?, Page::of(server, call)?);
    let face = server.stores.faces.get(face);
    let face = face.ok_or_else(|| Problem::not_found("There is no such face."))?;
    let faces = if server.has(Defect::DetectionsByFaceEmpty) {
        vec![]
    } else {
        vec![face]
    };
    Ok(page.of_faces(server, &faces))
}

impl Page {
    fn of(server: &State, call: &Call) -> Result<Self, Problem> {
        let has = |defect| server.has(defect);
        let unit_ms = if has(Defect::EpochInSeconds) { 1_000 } else { 1 };
        let bound = |name: &str, ignored: Defect| -> Result<Option<i64>, Problem> {
            let bound = number::<i64>(call, name)?.filter(|_| !has(ignored));
            Ok(bound.map(|bound| bound.saturating_mul(unit_ms)))
        };
        let skip: usize = number(call, "skip")?.unwrap_or(0);
        let take: Option<usize> = number(call, "take")?;
        let default_take = if has(Defect::TakesTwentyByDefault) {
            20
        } else {
            DEFAULT_TAKE
        };
        let ascending = call.query_flag("dateAscending", !has(Defect::NewestFirstByDefault))?;
        Ok(Self {
            skip: match skip {
                _ if has(Defect::SkipIgnored) => 0,
                1.. if has(Defect::SkipOneMore) => skip.saturating_add(1),
                _ => skip,
            },
            take: match take {
                Some(_) if has(Defect::TakeIgnored) => MAX_TAKE,
                take => take.unwrap_or(default_take).min(MAX_TAKE),
            },
            from_ms: bound("epochStartMs", Defect::EpochStartIgnored)?.unwrap_or(i64::MIN),
            to_ms: bound("epochEndMs", Defect::EpochEndIgnored)?.unwrap_or(i64::MAX),
            ascending: ascending || has(Defect::DateAscendingIgnored),
        })
    }

    /// The detections of some faces, oldest or newest first by the time the camera gave.
    fn of_faces(&self, server: &State, faces: &[Arc<Face>]) -> Answer {
        let mut wanted: Vec<Detection> = Vec::new();
        for face in faces {
            let log = face.log.lock();
            let within = log
                .iter()
                .filter(|one| (self.from_ms..=self.to_ms).contains(&one.detected_ms));
            wanted.extend(within.cloned());
        }
        wanted.sort_by_key(|one| one.detected_ms);
        if !self.ascending {
            wanted.reverse();
        }
        let page = wanted.iter().skip(self.skip).take(self.take);
        answer::json(&page.map(|one| Listed::of(server, one)).collect::<Vec<_>>())
    }
}

impl Listed {
    fn of(server: &State, detection: &Detection) -> Self {
        let time = DateTime::from_timestamp_millis(detection.detected_ms).unwrap_or(DateTime::UNIX_EPOCH);
        let shown = if server.has(Defect::DetectionTimeLocal) {
            detection.time_zone.wall_clock(time).and_utc()
        } else {
            time
        };
        let time_zone = if server.has(Defect::DetectionTimeZoneLost) {
            Zone::UTC
        } else {
            detection.time_zone
        };
        Self {
            confidence: detection.confidence,
            date_time_utc: shown.to_rfc3339_opts(SecondsFormat::Millis, true),
            time_zone: time_zone.name(),
            detector: detection.detector.as_ref().to_owned(),
            image: detection
                .image
                .upgrade()
                .map(|image| BASE64_STANDARD.encode(&image.bytes)),
        }
    }
}

/// A query parameter as a number that is not negative.
fn number<T: FromStr + PartialOrd + Default>(call: &Call, name: &str) -> Result<Option<T>, Problem> {
    match call.query_as::<T>(name)? {
        Some(number) if number < T::default() => Err(Problem::invalid(name, format!("{name} must not be negative."))),
        number => Ok(number),
    }
}
