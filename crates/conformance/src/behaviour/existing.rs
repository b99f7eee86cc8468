//! What is there is shown to nobody who may not see it, not even when somebody who may has just read it.
//!
//! Calls with made-up ids meet neither a cache in front of the application, which has no answer to give for them, nor a
//! look at the caller that is left out where there is something to show. So each read of something with an id is made of
//! what the run stored: by its owner first, then without a token, then by an account that lacks the permission. Writes of
//! what is there are watched elsewhere: see `unauthenticated-write` and `denied-write`.

use super::declare::{guide, seed};
use super::documents::DATA;
use super::family::Family;
use super::name::unique;
use super::operations::{BY_FACE, BY_PERSON, DETECTED_PHOTO, ENROLLED_PHOTO, REFERENCE, RESPOND};
use super::people::people;
use super::play::{Play, sent};
use super::publish::faces;
use super::recognition::recognised_face;
use super::value::id;
use futures_util::future::FutureExt as _;
use proofload_contract::{Operation, ParameterPlace, Source};
use proofload_deployment::images;
use proofload_probing::context::shared::Photo;
use proofload_probing::fill;
use proofload_probing::findings::leak;
use proofload_probing::findings::{Finding, Stop};
use proofload_probing::messages::{Draft, Exchange};
use proofload_probing::probe::{Declared, Sequence};
use serde_json::json;
use std::collections::BTreeMap;

const UNAUTHENTICATED: &str = "unauthenticated-read";
const DENIED: &str = "denied-read";

/// Every read of something that an id in the path names, and whether it takes a permission.
const READS: [(&str, bool); 12] = [
    ("getPerson", true),
    ("listAliases", true),
    ("listPersonTags", true),
    ("listNotes", true),
    ("listEntityFields", true),
    (BY_PERSON, true),
    (BY_FACE, true),
    (ENROLLED_PHOTO, false),
    (DETECTED_PHOTO, false),
    (DATA, true),
    (REFERENCE, true),
    ("getTag", true),
];

pub(super) fn family() -> Box<dyn Sequence> {
    let cases: Vec<Declared> = READS
        .iter()
        .flat_map(|(operation, permitted)| cases_of(operation, *permitted))
        .collect();
    Family::new("existing", &[], &cases, |play| run(play).boxed()).boxed()
}

fn cases_of(operation: &'static str, permitted: bool) -> impl Iterator<Item = Declared> {
    let without = seed(
        operation,
        UNAUTHENTICATED,
        "What is there is not shown without a token, not even when somebody who may see it has just read it.",
    );
    let denied = guide(
        operation,
        DENIED,
        "What is there is not shown to an account that lacks the permission, not even when somebody who holds it has just read it.",
    );
    std::iter::once(without).chain(permitted.then_some(denied))
}

async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let known = Known::of(play).await?;
    for (operation, permitted) in READS {
        play.goes_on()?;
        if let Err(stop) = tried(play, operation, permitted, &known).await {
            // Whichever of the two was reported already stands.
            let cases = [Some(UNAUTHENTICATED), permitted.then_some(DENIED)];
            for case in cases.into_iter().flatten() {
                play.report(operation, case, stop.clone().into());
            }
        }
    }
    Ok(())
}

/// Ids of what the run stored, by the names that paths have for them.
struct Known {
    ids: BTreeMap<&'static str, String>,
    /// A detection, which stands below the face that it is of.
    detected: Option<(String, String)>,
}

impl Known {
    /// Those that can be come by; whatever needs another is not tested.
    async fn of(play: &mut Play<'_>) -> Result<Self, Stop> {
        let person = people(play.context).await?.first;
        let mut ids = BTreeMap::from([("personId", person.id)]);
        if let Some(photo) = person.photos.first() {
            ids.insert("referenceId", photo.reference.clone());
            if let Some(face) = recognised_face(play, photo).await {
                ids.insert("faceId", face);
            }
        }
        if let Some(document) = play.context.document.get() {
            ids.insert("documentId", document.clone());
        }
        if let Ok(tag) = tag(play).await {
            ids.insert("tagId", tag);
        }
        let picture = person.photos.first().map(Photo::base64);
        let detected = match picture {
            Some(picture) => detected(play, picture).await,
            None => None,
        };
        Ok(Self { ids, detected })
    }

    /// The call of an operation on what is there.
    fn draft(&self, operation: &Operation) -> Result<Draft, Stop> {
        let mut draft = Draft::of(operation);
        if operation.id == DETECTED_PHOTO {
            let missing = || Stop::skip("publishWithResponse named no detection whose photo could be asked for");
            let (face, detection) = self.detected.as_ref().ok_or_else(missing)?;
            return Ok(draft.path("faceId", face).path("detectionId", detection));
        }
        let in_path = operation
            .parameters
            .iter()
            .filter(|one| one.place == ParameterPlace::Path);
        for parameter in in_path {
            let known = self.ids.get(parameter.name.as_str());
            let known = known.ok_or_else(|| {
                Stop::skip(format!(
                    "the run knows no {} of something that is there",
                    parameter.name
                ))
            })?;
            draft = draft.path(&parameter.name, known);
        }
        Ok(draft)
    }
}

/// A tag of this run's own.
async fn tag(play: &mut Play<'_>) -> Result<String, Stop> {
    let name = unique(play.context, "existing");
    let body =
        json!({"tagName": name, "disabled": false, "description": "proofload", "defaultExpirePeriod": "00:00:00"});
    let created = play.call("createTag", play.draft("createTag")?.json(body)).await?;
    let created = created.json().and_then(|tag| id(&tag, "tagId"));
    let created = created.ok_or_else(|| Stop::skip("createTag gave no tagId"))?;
    play.later("deleteTag", play.draft("deleteTag")?.path("tagId", &created));
    Ok(created.to_string())
}

/// A detection of the person in a picture, below its face.
async fn detected(play: &mut Play<'_>, picture: String) -> Option<(String, String)> {
    let mut body = fill::published(images::FACE, &unique(play.context, "existing"));
    body["expanded"] = picture.into();
    body["allowDoubleDetection"] = json!(true);
    let draft = play.draft(RESPOND).ok()?.json(body);
    let answer = play.attempt(RESPOND, draft).await.ok()?.json()?;
    let mut ids = faces::faces(&answer)?.iter().map(faces::ids);
    ids.find_map(|(face, detection)| Some((face?, detection?)))
}

/// Reads what is there as somebody who may, and then as those who may not.
async fn tried(play: &mut Play<'_>, id: &'static str, permitted: bool, known: &Known) -> Result<(), Stop> {
    let context = play.context;
    let operation = context.operation(id)?;
    let draft = known.draft(operation)?;
    let owner = play.caller(id)?;
    let read = play.attempt_as(owner, id, draft.clone()).await?;
    if !read.is_success() {
        let observed = read.observed();
        return Err(Stop::skip(format!(
            "what the run stored could not be read: {id} was answered {observed}"
        )));
    }
    let had = format!("account {:?} had just read it", owner.name);
    let without = match context.send(draft.clone()).await {
        Ok(exchange) => hidden(operation, exchange, 401).note(had.clone()),
        Err(stop) => stop.into(),
    };
    play.report(id, UNAUTHENTICATED, without);
    if !permitted {
        return Ok(());
    }
    let Some(stranger) = context.accounts().find(|account| account.is_known_to_lack(operation)) else {
        play.report(id, DENIED, Finding::skip("no account is known to lack the permission"));
        return Ok(());
    };
    let denied = match sent(context, stranger, draft).await {
        Ok(exchange) => hidden(operation, exchange, 403)
            .note(format!("account {:?} lacks {}; {had}", stranger.name, operation.access)),
        Err(stop) => stop.into(),
    };
    play.report(id, DENIED, denied);
    Ok(())
}

/// Whether nothing was shown. With which status it is refused, other cases ask; only `wanted` is documented.
fn hidden(operation: &Operation, exchange: Exchange, wanted: u16) -> Finding {
    let broke = exchange.is_server_error();
    // A web page that comes as a success, to log in with say, is not what was asked for.
    let holds = !broke && !exchange.is_success();
    let finding = Finding::judge(exchange, holds, wanted.to_string()).of_refusal();
    if broke {
        return finding.weighed_by(Source::Convention);
    }
    if holds {
        leak::held_back(operation, finding)
    } else {
        finding
    }
}
