//! Listing detections, page by page.

use crate::answer::{self, Answer, Problem};
use crate::call::Call;
use crate::identities::Identities;
use crate::stores::{Detection, Face};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, SecondsFormat};
use serde::Serialize;
use std::str::FromStr;
use std::sync::Arc;

/// A page never holds more: every entry carries its image.
const MAX_TAKE: usize = 1_000;

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

pub(super) fn by_person(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let (person, page) = (call.id(0)?, Page::of(call)?);
    if !server.stores.people.contains(person) {
        return Err(Problem::not_found("There is no such person."));
    }
    Ok(page.of_faces(&server.stores.faces.of_person(person)))
}

pub(super) fn by_face(server: &Identities, call: &Call) -> Result<Answer, Problem> {
    let (face, page) = (call.id(0)?, Page::of(call)?);
    let face = server.stores.faces.get(face);
    let face = face.ok_or_else(|| Problem::not_found("There is no such face."))?;
    Ok(page.of_faces(&[face]))
}

impl Page {
    fn of(call: &Call) -> Result<Self, Problem> {
        Ok(Self {
            skip: number(call, "skip")?.unwrap_or(0),
            take: number(call, "take")?.unwrap_or(10).min(MAX_TAKE),
            from_ms: number(call, "epochStartMs")?.unwrap_or(i64::MIN),
            to_ms: number(call, "epochEndMs")?.unwrap_or(i64::MAX),
            ascending: call.query_flag("dateAscending", true)?,
        })
    }

    /// The detections of some faces, oldest or newest first by the time the camera gave.
    fn of_faces(&self, faces: &[Arc<Face>]) -> Answer {
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
        answer::json(&page.map(Listed::of).collect::<Vec<_>>())
    }
}

impl Listed {
    fn of(detection: &Detection) -> Self {
        let time = DateTime::from_timestamp_millis(detection.detected_ms).unwrap_or(DateTime::UNIX_EPOCH);
        Self {
            confidence: detection.confidence,
            date_time_utc: time.to_rfc3339_opts(SecondsFormat::Millis, true),
            time_zone: detection.time_zone.name(),
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
