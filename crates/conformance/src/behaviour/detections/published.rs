//! A feed of detections at known times, and whether the lists show it.

use super::listing::{Listing, detector, second};
use crate::behaviour::claims::{Claim, settle};
use crate::behaviour::name::unique;
use crate::behaviour::operations::{BY_PERSON, PUBLISH, RESPOND};
use crate::behaviour::people::people;
use crate::behaviour::play::Play;
use crate::behaviour::publish::faces;
use crate::behaviour::recognition::recognised_face;
use crate::behaviour::value::text;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use proofload_probing::context::shared::Photo;
use proofload_probing::findings::{Finding, Stop};
use proofload_probing::messages::Exchange;
use rand::RngExt as _;
use serde_json::{Value, json};
use std::time::Duration;

/// More than the default page.
pub(super) const COUNT: usize = 12;

/// The order of publishing, so that the order of arrival is not the order of time.
const SHUFFLED: [usize; COUNT] = [7, 2, 11, 0, 5, 9, 1, 10, 4, 8, 3, 6];

/// More than the feed has, and no more than any site has on a page.
const PAGE: &str = "20";

/// So often the lists are asked again before a detection counts as missing: publishing may take a while to show.
const PATIENCE: usize = 15;

/// Between two looks at the lists.
const PAUSE: Duration = Duration::from_millis(150);

const ZONE: &str = "Asia/Kolkata";
/// Its other names: the older one, that of Windows, and what is shown of that.
const ZONE_ALSO: [&str; 7] = [
    "Asia/Calcutta",
    "India Standard Time",
    "IST",
    "+05:30",
    "UTC+05:30",
    "(UTC+05:30) Chennai, Kolkata, Mumbai, New Delhi",
    "(UTC+05:30) India Standard Time (Kolkata)",
];

/// Detections of one face, a minute apart, in a time of their own.
pub(super) struct Feed {
    pub(super) person: String,
    pub(super) face: Option<String>,
    /// Somebody else, and a face of theirs.
    pub(super) other: Option<(String, Option<String>)>,
    pub(super) detector: String,
    base: DateTime<Utc>,
    photo: Photo,
    last: Exchange,
}

impl Feed {
    /// When the detection of a number was, in seconds since the Unix epoch.
    pub(super) fn second(&self, n: usize) -> i64 {
        self.time(n).timestamp()
    }

    fn time(&self, n: usize) -> DateTime<Utc> {
        self.base + TimeDelta::minutes(i64::try_from(n).unwrap_or_default())
    }

    /// The query that lists the whole feed.
    pub(super) fn window(&self) -> [(&'static str, String); 3] {
        [
            ("epochStartMs", ((self.second(0) - 30) * 1000).to_string()),
            ("epochEndMs", ((self.second(COUNT - 1) + 30) * 1000).to_string()),
            ("take", PAGE.to_owned()),
        ]
    }

    /// The lists of its person and of its face, as far as both are known.
    pub(super) fn listings(&self) -> Vec<Listing> {
        let face = self.face.as_deref().map(Listing::of_face);
        std::iter::once(Listing::of_person(&self.person)).chain(face).collect()
    }

    /// Everything that a list shows in the time of the feed.
    pub(super) async fn whole(&self, play: &mut Play<'_>, listing: &Listing) -> Result<(Exchange, Vec<Value>), Stop> {
        listing.page(play, &self.window()).await
    }

    /// Whether an entry is of this feed.
    pub(super) fn has(&self, entry: &Value) -> bool {
        let named = detector(entry).is_some_and(|name| name.eq_ignore_ascii_case(&self.detector));
        named || second(entry).is_some_and(|second| (0..COUNT).any(|n| self.second(n) == second))
    }
}

fn body(photo: &Photo, detector: &str, time: DateTime<Utc>) -> Value {
    json!({
        "expanded": photo.base64(), "detectorName": detector, "ianaTimeZone": ZONE,
        "detectTimeUtc": time.to_rfc3339_opts(SecondsFormat::Secs, true),
    })
}

/// Publishes the feed.
pub(super) async fn feed(play: &mut Play<'_>) -> Result<Feed, Stop> {
    let people = people(play.context).await?;
    let photo = people.first.photos[0].clone();
    // Capitals tell whether the name comes back as it was given.
    let name = unique(play.context, "Feed");
    // A time of its own, within what any site keeps: a detection of weeks ago may be dropped as it comes. It is over before
    // this run began, whose other families publish faces of the same people now.
    let ago = play.context.random(&name).random_range(1..20) * 3_600 + Utc::now().timestamp_subsec_micros() % 3_600;
    let base = Utc::now() - TimeDelta::seconds(i64::from(ago));
    let base = DateTime::from_timestamp(base.timestamp(), 0).unwrap_or(base);
    let mut person = None;
    let mut seen = Vec::new();
    let mut last = None;
    for n in SHUFFLED {
        let mut body = body(
            &photo,
            &name,
            base + TimeDelta::minutes(i64::try_from(n).unwrap_or_default()),
        );
        body["allowDoubleDetection"] = json!(true);
        body["includePerson"] = json!(true);
        let exchange = play.call(RESPOND, play.draft(RESPOND)?.json(body)).await?;
        let answer = exchange.json().unwrap_or_default();
        for face in faces::faces(&answer).into_iter().flatten() {
            seen.extend(faces::ids(face).0);
            person = person.or_else(|| text(face.get("person")?, "personId"));
        }
        last = Some(exchange);
    }
    // A face that is named anew each time is no face to list detections of.
    let face = seen
        .first()
        .filter(|first| seen.iter().all(|face| face == *first))
        .cloned();
    let face = match face {
        Some(face) => Some(face),
        None => recognised_face(play, &photo).await,
    };
    let mut other = None;
    if let Ok(second) = people.second {
        let face = recognised_face(play, &second.photos[0]).await;
        other = Some((second.id, face));
    }
    Ok(Feed {
        person: person.unwrap_or(people.first.id),
        face,
        other,
        detector: name,
        base,
        photo,
        last: last.ok_or_else(|| Stop::skip("nothing was published"))?,
    })
}

/// Whether both lists show the whole feed, and as it was published. Gives back whether they show it in its time.
pub(super) async fn listed(play: &mut Play<'_>, feed: &Feed, listings: &[Listing]) -> Result<bool, Stop> {
    let mut in_time = true;
    let mut claims = Vec::new();
    let mut shown = Vec::new();
    for attempt in 0..PATIENCE {
        claims.clear();
        shown.clear();
        for listing in listings {
            let Ok((exchange, mut entries)) = feed.whole(play, listing).await else {
                continue;
            };
            if !entries.iter().any(|entry| feed.has(entry))
                && let Some(unbounded) = out_of_time(play, listing, feed, &exchange).await
            {
                entries = unbounded;
                in_time = false;
            }
            let ours: Vec<Value> = entries.into_iter().filter(|entry| feed.has(entry)).collect();
            claims.push(claim(listing, ours.len(), exchange.clone()));
            shown.push((listing.operation, exchange, ours));
        }
        if claims.is_empty() || attempt + 1 == PATIENCE || claims.iter().any(|claim| claim.shows == Some(true)) {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    let published = settle(play, RESPOND, "listed-as-detection", "every detection once", claims);
    for (operation, exchange, entries) in shown {
        looked_at(play, feed, operation, &exchange, &entries);
    }
    if published {
        return Ok(in_time);
    }
    Err(Stop::skip(format!(
        "not everything that was published is listed: see {RESPOND}/listed-as-detection"
    )))
}

fn claim(listing: &Listing, count: usize, exchange: Exchange) -> Claim {
    Claim {
        operation: listing.operation,
        probe: Some("current"),
        shows: Some(count == COUNT),
        observed: format!("{count} of {COUNT}"),
        exchange: Some(exchange),
    }
}

/// Whether a name is one of our zone's.
fn is_the_zone(name: &str) -> bool {
    let mut names = std::iter::once(ZONE).chain(ZONE_ALSO);
    names.any(|known| known.eq_ignore_ascii_case(name))
}

fn looked_at(play: &mut Play<'_>, feed: &Feed, operation: &str, exchange: &Exchange, entries: &[Value]) {
    let mut times: Vec<Option<i64>> = entries.iter().map(second).collect();
    times.sort_unstable();
    let expected: Vec<Option<i64>> = (0..COUNT).map(|n| Some(feed.second(n))).collect();
    let zones = entries
        .iter()
        .all(|entry| text(entry, "timeZone").is_none_or(|zone| is_the_zone(&zone)));
    if entries.len() == COUNT {
        let detectors = entries
            .iter()
            .all(|entry| detector(entry).is_none_or(|name| name == feed.detector));
        let observed = match (times == expected, zones, detectors) {
            (false, ..) => "other times",
            (_, false, _) => "another zone",
            (.., false) => "another detector",
            _ => "",
        };
        play.judge(
            operation,
            "as-published",
            exchange,
            observed.is_empty(),
            "the times, the zone and the detector",
            observed,
        );
    }
    for entry in entries {
        let image = entry.get("image").unwrap_or(&Value::Null);
        let jpeg = image.as_str().and_then(|text| STANDARD.decode(text).ok());
        let jpeg = image.is_null() || jpeg.is_some_and(|bytes| bytes.starts_with(&[0xFF, 0xD8, 0xFF]));
        play.judge(
            operation,
            "image",
            exchange,
            jpeg,
            "a JPEG in base64, or null",
            "something else",
        );
        // Of its range the guide says nothing.
        let score = entry.get("confidence").unwrap_or(&Value::Null);
        play.judge(
            operation,
            "confidence",
            exchange,
            score.is_number(),
            "a number",
            if score.is_number() { "" } else { "no number" },
        );
    }
}

/// Another person's lists do not show the feed.
pub(super) async fn apart(play: &mut Play<'_>, listing: &Listing, feed: &Feed) -> Result<(), Stop> {
    let Some((person, face)) = &feed.other else {
        return Ok(());
    };
    if *person == feed.person || (face.is_some() && *face == feed.face) {
        return Ok(());
    }
    let other = match (listing.operation == BY_PERSON, face) {
        (true, _) => Listing::of_person(person),
        (false, Some(face)) => Listing::of_face(face),
        (false, None) => return Ok(()),
    };
    let (exchange, entries) = feed.whole(play, &other).await?;
    let count = entries.iter().filter(|entry| feed.has(entry)).count();
    play.judge(
        other.operation,
        "own-only",
        &exchange,
        count == 0,
        "none of another's",
        format!("{count} of another's"),
    );
    Ok(())
}

/// `publish` answers nothing, so that only the lists can tell what became of it.
pub(super) async fn silently(play: &mut Play<'_>, feed: &Feed, listings: &[Listing]) -> Result<(), Stop> {
    let silent = Feed {
        detector: unique(play.context, "silent"),
        base: feed.base - TimeDelta::minutes(40),
        person: feed.person.clone(),
        face: None,
        other: None,
        photo: feed.photo.clone(),
        last: feed.last.clone(),
    };
    let body = body(&feed.photo, &silent.detector, silent.base);
    let exchange = play.call(PUBLISH, play.draft(PUBLISH)?.json(body)).await?;
    let count = shown(play, &silent, listings).await;
    if count == 0 && prevented(play, &silent).await? {
        let reason = "the window of duplicate prevention is open, and publish cannot close it";
        play.report(PUBLISH, "listed-as-detection", Finding::skip(reason));
        return Ok(());
    }
    let observed = format!("{count} of it");
    play.judge(
        PUBLISH,
        "listed-as-detection",
        &exchange,
        count == 1,
        "the detection, once",
        observed,
    );
    Ok(())
}

/// Whether a window of duplicate prevention, whose key is stated nowhere, holds such a detection back.
async fn prevented(play: &mut Play<'_>, silent: &Feed) -> Result<bool, Stop> {
    let body = body(
        &silent.photo,
        &unique(play.context, "window"),
        silent.base + TimeDelta::hours(1),
    );
    let exchange = play.call(RESPOND, play.draft(RESPOND)?.json(body)).await?;
    let body = exchange.json().unwrap_or_default();
    Ok(faces::faces(&body).is_some_and(Vec::is_empty))
}

/// How many of one detection a list shows.
async fn shown(play: &mut Play<'_>, silent: &Feed, listings: &[Listing]) -> usize {
    for attempt in 0..PATIENCE {
        if attempt > 0 {
            tokio::time::sleep(PAUSE).await;
        }
        for listing in listings {
            let Ok((_, entries)) = silent.whole(play, listing).await else {
                continue;
            };
            let ours = entries
                .iter()
                .filter(|entry| detector(entry).is_some_and(|name| name.eq_ignore_ascii_case(&silent.detector)));
            let count = ours.count();
            if count > 0 {
                return count;
            }
        }
    }
    0
}

/// The feed, where a list shows it only when it is asked without a time: then it reads times wrongly.
async fn out_of_time(play: &mut Play<'_>, listing: &Listing, feed: &Feed, exchange: &Exchange) -> Option<Vec<Value>> {
    // A site may well have a limit for a page; what it has against more is no concern of this look.
    let mut entries = Vec::new();
    for take in ["1000", PAGE] {
        let query = [("take", take.to_owned()), ("dateAscending", "false".to_owned())];
        let exchange = play
            .attempt(listing.operation, listing.draft(play, &query).ok()?)
            .await
            .ok()?;
        if let Some(Value::Array(listed)) = exchange.json().filter(|_| exchange.is_success()) {
            entries = listed;
            break;
        }
    }
    if !entries.iter().any(|entry| feed.has(entry)) {
        return None;
    }
    for probe in ["epoch-start", "epoch-end"] {
        play.judge(
            listing.operation,
            probe,
            exchange,
            false,
            "the detections within",
            "none, though they are listed without a time",
        );
    }
    Some(entries)
}
