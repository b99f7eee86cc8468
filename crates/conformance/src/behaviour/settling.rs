//! How long it takes until what was stored is found. Nothing says that it is found at once: a search index, a queue or a
//! replica may be a moment behind. It is learnt once in a run, and every later look at what was stored waits so long.

use super::changes;
use super::documents;
use super::name::unique;
use super::operations::{BY_PERSON, REFERENCE, RESPOND};
use super::play::sent;
use futures_util::future::join_all;
use proofload_deployment::images;
use proofload_probing::body::{Body, Part};
use proofload_probing::context::Context;
use proofload_probing::context::shared::{People, Person};
use proofload_probing::fill;
use proofload_probing::findings::Stop;
use proofload_probing::messages::{Draft, Exchange};
use serde_json::json;
use std::time::{Duration, Instant};

/// Between the first look and the second; it doubles up to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(1);
/// What was not found once has to be found so often in a row: of several replicas one may be behind, and not be asked every time.
const IN_A_ROW: u32 = 4;
/// A delay that was seen once may be a little longer the next time.
const SPARE: Duration = Duration::from_millis(150);

/// What is looked for after it was stored.
enum Look<'a> {
    /// The full record of a person.
    Person(&'a Person),
    /// The person of a picture.
    Face(&'a Person),
    /// A detection of a detector, in a person's list.
    Detection(&'a Person, String),
    /// A document of a person.
    Document(&'a Person, String),
    /// By what a photo of a person is referred to.
    Reference(&'a Person),
}

/// Learns the delay, once the run's people are enrolled.
pub(super) async fn learn(context: &Context, people: &People) {
    if context.lag.get().is_some() {
        return;
    }
    let began = Instant::now();
    let mut looks = Vec::new();
    for person in std::iter::once(&people.first).chain(&people.second) {
        looks.extend([Look::Person(person), Look::Face(person), Look::Reference(person)]);
    }
    looks.extend(detection(context, &people.first).await);
    looks.extend(document(context, &people.first).await);
    let stored = join_all(
        looks
            .iter()
            .map(|look| found(context, || look.finds(context), began, 1)),
    );
    let (stored, changed) = futures_util::future::join(stored, changes::shown(context, &people.first.id)).await;
    let slowest = stored.into_iter().flatten().chain(changed).max().unwrap_or_default();
    if context.lag.set(slowest).is_ok() && !slowest.is_zero() {
        context.note(format!(
            "What this run stored was found after {:.1} s at the latest and not at once, so every look at it waited that long.",
            slowest.as_secs_f64()
        ));
    }
}

/// Waits until what was stored at an instant can be found, as far as that is known.
pub(super) async fn wait(context: &Context, stored: Instant) {
    let Some(lag) = context.lag.get().filter(|lag| !lag.is_zero()) else {
        return;
    };
    let due = stored + lag.mul_f64(1.25) + SPARE;
    tokio::time::sleep(due.saturating_duration_since(Instant::now())).await;
}

/// How long it took until it was found every time; zero where the first `looks` found it, none where it was not to be found.
pub(super) async fn found<F: Future<Output = Result<bool, Stop>>>(
    context: &Context,
    look: impl Fn() -> F,
    began: Instant,
    looks: u32,
) -> Option<Duration> {
    let mut pause = FIRST;
    let (mut since, mut in_a_row, mut enough) = (Some(Duration::ZERO), 0, looks);
    loop {
        if look().await.ok()? {
            since.get_or_insert_with(|| began.elapsed());
            in_a_row += 1;
            pause = FIRST;
        } else {
            pause = if since.take().is_some() {
                FIRST
            } else {
                (pause * 2).min(LONGEST)
            };
            (in_a_row, enough) = (0, IN_A_ROW);
        }
        if in_a_row == enough || began.elapsed() + pause > context.options.settle || context.options.halt.asked() {
            return since;
        }
        tokio::time::sleep(pause).await;
    }
}

pub(super) async fn asked(context: &Context, operation: &str, draft: Draft) -> Result<Exchange, Stop> {
    let described = context.operation(operation)?;
    let caller = context.caller_of(described);
    let caller = caller.ok_or_else(|| Stop::skip("nobody may call it"))?;
    sent(context, caller, draft).await
}

impl Look<'_> {
    /// Whether it is there; an error where nobody can tell.
    async fn finds(&self, context: &Context) -> Result<bool, Stop> {
        let (operation, draft) = match self {
            Self::Person(person) => {
                let draft = context.call("getPerson")?;
                ("getPerson", draft.path("personId", &person.id))
            }
            Self::Face(person) => {
                let photo = person.photos.last().ok_or_else(|| Stop::skip("no photo"))?;
                let mut body = fill::published(images::FACE, "proofload-settling");
                body["expanded"] = json!(null);
                body["croppedAligned"] = photo.base64().into();
                ("recognize", context.call("recognize")?.json(body))
            }
            Self::Detection(person, _) => {
                let draft = context.call(BY_PERSON)?.query("dateAscending", "false");
                (BY_PERSON, draft.path("personId", &person.id).query("take", "20"))
            }
            Self::Document(person, id) => {
                let draft = context.call(documents::DATA)?.path("documentId", id);
                (documents::DATA, draft.path("personId", &person.id))
            }
            Self::Reference(person) => {
                let photo = person.photos.last().ok_or_else(|| Stop::skip("no photo"))?;
                let draft = context.call(REFERENCE)?;
                (REFERENCE, draft.path("referenceId", &photo.reference))
            }
        };
        let exchange = asked(context, operation, draft).await?;
        if !exchange.is_success() && exchange.status() != 404 {
            return Err(Stop::skip("it is refused"));
        }
        Ok(match self {
            Self::Detection(_, detector) => String::from_utf8_lossy(&exchange.answer().body).contains(detector),
            Self::Reference(_) => exchange.is_success(),
            _ => exchange.is_success() && !exchange.answer().body.is_empty(),
        })
    }
}

async fn detection<'a>(context: &Context, person: &'a Person) -> Option<Look<'a>> {
    let detector = unique(context, "settling");
    let mut body = fill::published(images::FACE, &detector);
    body["expanded"] = person.photos.first()?.base64().into();
    body["allowDoubleDetection"] = json!(true);
    let exchange = asked(context, RESPOND, context.call(RESPOND).ok()?.json(body))
        .await
        .ok()?;
    exchange.is_success().then_some(Look::Detection(person, detector))
}

async fn document<'a>(context: &Context, person: &'a Person) -> Option<Look<'a>> {
    let form = Body::Multipart(vec![
        Part::text("personId", &person.id),
        Part::text("name", &unique(context, "settling")),
        Part::file("file", "proofload.txt", "proofload").typed("text/plain"),
    ]);
    let upload = context.call(documents::UPLOAD).ok()?.body(form);
    let exchange = asked(context, documents::UPLOAD, upload).await.ok()?;
    let id = documents::id_in(&exchange, &person.id).filter(|_| exchange.is_success())?;
    let id = context.document.get_or_init(|| id).clone();
    Some(Look::Document(person, id))
}
