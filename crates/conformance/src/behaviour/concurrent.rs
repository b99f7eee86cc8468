//! Twenty calls at once are answered as one is.

use super::burst::limited;
use super::declare::guide;
use super::family::Family;
use super::people::people;
use super::play::{Play, sent};
use super::recognition::recognised_face;
use crate::behaviour::name::unique;
use futures_util::future::{FutureExt as _, join_all};
use proofload_contract::Access;
use proofload_deployment::Account;
use proofload_probing::fill;
use proofload_probing::findings::{Cause, Finding, Stop};
use proofload_probing::messages::{Draft, Exchange};
use proofload_probing::probe::{Declared, Sequence};
use serde_json::Value;

/// So many calls are made at once.
const AT_ONCE: usize = 20;

const TEXT: &str = "Twenty calls at once, those of whoever lacks the permission among them, are answered as one is.";

/// Every fourth of them is one of whoever lacks the permission.
const DENIED: usize = 4;

/// Every operation that stores nothing.
const OPERATIONS: [&str; 24] = [
    "authenticate",
    "renewToken",
    "profile",
    "recognize",
    "lookup",
    "faceDetect",
    "faceCompare",
    "checkImageReference",
    "getPerson",
    "searchPeople",
    "findPeopleByEntityField",
    "listAliases",
    "listPersonTags",
    "listNotes",
    "listEntityFields",
    "getEnrollmentPhoto",
    "getDetectionPhoto",
    "getDocumentData",
    "listTags",
    "getTag",
    "listDetectionsByPerson",
    "listDetectionsByFace",
    "publish",
    "publishWithResponse",
];

pub(super) fn family() -> Box<dyn Sequence> {
    let cases: Vec<Declared> = OPERATIONS
        .iter()
        .map(|operation| guide(operation, "concurrent", TEXT))
        .collect();
    Family::new("concurrent", &[], &cases, |play| run(play).boxed()).boxed()
}

async fn run(play: &mut Play<'_>) -> Result<(), Stop> {
    let known = Known::of(play).await;
    for operation in OPERATIONS {
        let finding = match at_once(play, operation, &known).await {
            Ok(finding) => finding,
            Err(stop) => stop.into(),
        };
        play.report(operation, "concurrent", finding);
    }
    Ok(())
}

/// Ids that exist, where the run may store something; others are made up, and answered just as steadily.
#[derive(Default)]
struct Known {
    person: Option<String>,
    face: Option<String>,
}

impl Known {
    async fn of(play: &mut Play<'_>) -> Self {
        let Ok(people) = people(play.context).await else {
            return Self::default();
        };
        let person = people.second.unwrap_or(people.first);
        Self {
            face: recognised_face(play, &person.photos[0]).await,
            person: Some(person.id),
        }
    }
}

async fn at_once(play: &mut Play<'_>, operation: &str, known: &Known) -> Result<Finding, Stop> {
    play.goes_on()?;
    let described = play.context.operation(operation)?;
    if described.writes {
        play.context.require_writes()?;
    }
    let context = play.context;
    if operation == "renewToken" && context.ends_sessions() && context.ends_renewed_tokens().await {
        return Err(Stop::skip(
            "a renewal ends its token and a login the session before it, so that there are no twenty tokens to renew at once",
        ));
    }
    let send = |(draft, caller): (Draft, Option<&Account>)| {
        let caller = caller.cloned();
        async move {
            match caller {
                None => context.send(draft).await,
                Some(caller) => sent(context, &caller, draft).await,
            }
        }
    };
    let caller = match described.access {
        Access::Anonymous => None,
        _ => Some(
            context
                .caller_of(described)
                .ok_or_else(|| Stop::skip("no account may call it"))?,
        ),
    };
    let alone = send((draft(play, operation, known)?, caller)).await?;
    if let Some(who) = context.front(&alone) {
        let status = alone.status();
        context.swallowed(who.clone(), status);
        return Err(Stop::Skip(Cause::Front { who, status }));
    }
    let denied = context.accounts().find(|account| account.is_known_to_lack(described));
    let refused = match denied {
        Some(account) => Some(send((draft(play, operation, known)?, Some(account))).await?),
        None => None,
    };
    if let (Some(account), Some(exchange)) = (denied, refused.as_ref().filter(|refused| refused.is_success())) {
        let lacks = format!("one call alone; account {:?} lacks {}", account.name, described.access);
        return Ok(Finding::judge(exchange.clone(), false, "403").note(lacks));
    }
    // Refused otherwise than with 403 it is no measure; whether that is right, other cases ask.
    let refused = refused.filter(|refused| refused.status() == 403);
    let mut calls = Vec::new();
    let mut expected = Vec::new();
    for n in 1..=AT_ONCE {
        let (who, what) = match &refused {
            Some(refused) if n % DENIED == 0 => (denied, refused),
            _ => (caller, &alone),
        };
        calls.push((draft(play, operation, known)?, who));
        expected.push(what);
    }
    let answers = join_all(calls.into_iter().map(&send)).await;
    for (answer, alone) in answers.into_iter().zip(expected) {
        let answer = answer?;
        if alike(alone) == alike(&answer) {
            continue;
        }
        if let Some(limit) = limited(&answer) {
            return Ok(limit);
        }
        let observed = format!("{} alone, {} among {AT_ONCE}", alone.observed(), answer.observed());
        return Ok(Finding::judge(answer, false, "the same as alone").observed(observed));
    }
    Ok(Finding::judge(alone, true, "the same as alone"))
}

/// The same call each time, but that a published detection is a new one and a made-up id stays made up.
fn draft(play: &Play<'_>, operation: &str, known: &Known) -> Result<Draft, Stop> {
    let main = play.context.main();
    if operation == "authenticate" {
        return Ok(play.context.login_request(&main.username, &main.password));
    }
    let described = play.context.operation(operation)?;
    let mut draft = Draft::of(described);
    for (name, id) in [("personId", &known.person), ("faceId", &known.face)] {
        if let Some(id) = id {
            draft = draft.path(name, id);
        }
    }
    let mut random = play.context.random(&format!("{operation}/concurrent"));
    let filled = fill::proper(described, &mut random);
    let mut draft = fill::remaining(draft, described, &mut random).body(filled.body);
    if operation == "searchPeople" || operation == "listTags" {
        draft = draft.query(
            if operation == "listTags" { "tagName" } else { "tagId" },
            &fill::guid(&mut random),
        );
    }
    if described.writes {
        let body = fill::published(proofload_deployment::images::ALIGNED, &unique(play.context, "together"));
        draft = draft.json(body);
    }
    Ok(draft)
}

/// Members that say whose an answer is.
const IDENTITY: [&str; 3] = ["personId", "username", "email"];

/// What of an answer is the same each time: the status, whose it is, and the shape of the body. Lists grow and shrink
/// while others write, and some servers leave out what is empty.
fn alike(exchange: &Exchange) -> (u16, Value) {
    fn shape(value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                let kept = members
                    .iter()
                    .filter(|(_, member)| !member.is_array() && !member.is_null());
                kept.map(|(name, member)| {
                    let identity = IDENTITY.contains(&name.as_str());
                    (name.clone(), if identity { member.clone() } else { shape(member) })
                })
                .collect()
            }
            Value::Array(_) | Value::Null => Value::Null,
            Value::Bool(_) => "truth".into(),
            Value::Number(_) => "number".into(),
            Value::String(_) => "text".into(),
        }
    }
    (exchange.status(), exchange.json().as_ref().map_or(Value::Null, shape))
}
