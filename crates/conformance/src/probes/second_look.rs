//! A refusal of the content where a refusal of the caller was due: is the caller not looked at, or only later?
//!
//! Probes of writing operations carry a body that cannot be parsed. A server that parses first answers 400 to everybody, and so
//! does a firewall before it, with a page of its own; that is a matter of order, and of custom. A server that never looks at
//! the caller answers the same. A second call tells them apart: with a proper body where something may be stored, else with one
//! that anybody can parse and nobody can store. Where that is refused for its content, too, whoever calls, nothing is claimed.

use crate::behaviour::people::people;
use proofload_contract::{Operation, ParameterPlace, Source};
use proofload_probing::body::{Body, Part};
use proofload_probing::context::Context;
use proofload_probing::fill;
use proofload_probing::findings::{Cause, Clause, Finding, Stop};
use proofload_probing::messages::{Draft, Exchange};
use serde_json::Value;

/// The note where it was only the order.
const ORDER: &str = "with a body that can be read the call is refused as it should be, so only the order is wrong";

/// The clauses that say so as a deviation from custom. The others would say the same of every operation.
const SAY_SO: [&str; 2] = ["no-token", "permission"];

/// Whether a deviation may come from the broken body alone.
fn is_about_content(context: &Context, operation: &Operation, finding: &Finding) -> bool {
    let Some(exchange) = &finding.exchange else {
        return false;
    };
    operation.writes
        && operation.request_body.is_some()
        && !finding.holds()
        && (matches!(exchange.status(), 400 | 413 | 415 | 422)
            || exchange.is_page()
            || context.front(exchange).is_some())
}

/// Whether a front stumbled over a body that nobody can parse.
pub(super) fn is_fronts_word(context: &Context, exchange: &Exchange) -> bool {
    matches!(exchange.draft().body, Body::Raw { .. }) && context.front(exchange).is_some()
}

/// Settles a finding on a call that had to be refused: `judge` says what is right, `credentials` puts on the call what it had.
///
/// # Errors
/// The second look was not answered, or shows nothing: the deviation at hand may be one of order alone, and is not judged.
pub(super) async fn settled(
    context: &Context,
    operation: &Operation,
    clause: Clause,
    finding: Finding,
    judge: impl Fn(Exchange) -> Result<Finding, Stop>,
    credentials: impl Fn(Draft) -> Draft,
) -> Result<Finding, Stop> {
    if !is_about_content(context, operation, &finding) {
        return Ok(finding);
    }
    let by_front = finding.exchange.as_ref().and_then(|exchange| context.front(exchange));
    let draft = readable(context, operation);
    let exchange = context.send(credentials(draft.clone())).await?;
    tidy(context, operation, &exchange).await;
    let again = judge(exchange)?;
    if again.holds() {
        return Ok(match by_front {
            Some(who) => again.note(format!(
                "{who} refuses a body that cannot be parsed before it reaches the application"
            )),
            None if SAY_SO.contains(&clause.name) => finding.weighed_by(Source::Convention).note(ORDER),
            None => again.note(ORDER),
        });
    }
    if is_about_content(context, operation, &again) && everybody_gets_it(context, operation, draft, &again).await {
        return Err(Stop::Skip(Cause::ContentFirst(again.status().unwrap_or_default())));
    }
    Ok(again)
}

/// A body that can be read: a proper one where something may be stored, else one that nobody can store.
pub(super) fn readable(context: &Context, operation: &Operation) -> Draft {
    let mut rng = context.random(&format!("{}/second-look", operation.id));
    if context.require_writes().is_ok() {
        return fill::proper(operation, &mut rng);
    }
    unstorable(context, operation)
}

/// A body that every parser takes and that lacks all that could be stored: not an object, or a form without its parts.
pub(super) fn unstorable(context: &Context, operation: &Operation) -> Draft {
    let mut rng = context.random(&format!("{}/second-look", operation.id));
    let draft = fill::harmless(operation, &mut rng);
    let body = match &draft.body {
        Body::Raw { content_type, .. } if content_type.starts_with("multipart/") => {
            Body::Multipart(vec![Part::text("proofload", "nothing")])
        }
        Body::Raw { .. } => Body::Json(Value::Array(Vec::new())),
        other => other.clone(),
    };
    draft.body(body)
}

/// The same with next to nothing in it, where a body was too large.
pub(super) fn small(context: &Context, operation: &Operation) -> Draft {
    let draft = unstorable(context, operation);
    let body = match &draft.body {
        Body::Json(_) => Body::Json(Value::Array(Vec::new())),
        Body::Multipart(_) => Body::Multipart(vec![Part::text("proofload", "nothing")]),
        other => other.clone(),
    };
    draft.body(body)
}

/// Whether a caller who must be let in is answered the same: then it is the content that is refused, whoever calls.
async fn everybody_gets_it(context: &Context, operation: &Operation, draft: Draft, again: &Finding) -> bool {
    let Some(caller) = context.caller_of(operation) else {
        return false;
    };
    let good = context.send_as(caller, draft).await;
    good.is_ok_and(|good| Some(good.status()) == again.status())
}

/// The note where it was looked first whether the thing is there.
const EXISTENCE: &str = "whether a thing is there is looked at before the permission: this is of one that is";

/// Settles the refusal of who lacks the permission where 404 came for an id that nothing has. A server that looks first whether
/// the thing is there says so to everybody; of one that is there it must refuse. Where none is known, it stays at what was
/// seen: not the documented refusal.
///
/// # Errors
/// The second look was not answered.
pub(super) async fn of_what_is_there(
    context: &Context,
    operation: &Operation,
    finding: Finding,
    judge: impl Fn(Exchange) -> Result<Finding, Stop>,
    credentials: impl Fn(Draft) -> Draft,
) -> Result<Finding, Stop> {
    let Some(exchange) = finding.exchange.as_ref().filter(|exchange| exchange.status() == 404) else {
        return Ok(finding);
    };
    let mut draft = exchange.draft().clone();
    draft.headers.clear();
    let by_id = in_path(operation).any(|name| name.to_ascii_lowercase().ends_with("id"));
    if !by_id || !everybody_gets_it(context, operation, draft, &finding).await {
        return Ok(finding);
    }
    let Some(draft) = there(context, operation).await else {
        return Ok(finding);
    };
    let again = judge(context.send(credentials(draft)).await?)?;
    Ok(if again.holds() { again.note(EXISTENCE) } else { again })
}

/// The call on a thing that is there, of the run's own people, else of what a list shows: one that only reads, or, on a person
/// of the run's own, one with a body that nobody can store.
async fn there(context: &Context, operation: &Operation) -> Option<Draft> {
    let mut draft = Draft::of(operation);
    if operation.writes {
        // A server may store what nobody can store: nothing but what is the run's own is ever asked so.
        context.require_writes().ok()?;
        let is_own = operation.request_body.is_some() && in_path(operation).all(|name| name == "personId");
        if !is_own {
            return None;
        }
        draft = draft.harmless().body(unstorable(context, operation).body);
    }
    for name in in_path(operation) {
        draft = draft.path(name, &known(context, name).await?);
    }
    Some(draft)
}

/// An id of something that is there.
async fn known(context: &Context, name: &str) -> Option<String> {
    if context.require_writes().is_ok() && name != "tagId" {
        let person = people(context).await.ok()?.first;
        return match name {
            "personId" => Some(person.id),
            "faceId" => person.photos.into_iter().find_map(|photo| photo.face_id),
            "documentId" => context.document.get().cloned(),
            _ => None,
        };
    }
    let list = match name {
        "personId" => "searchPeople",
        "tagId" => "listTags",
        _ => return None,
    };
    let caller = context.caller_of(context.operation(list).ok()?)?;
    let listed = context.send_as(caller, context.call(list).ok()?).await.ok()?;
    match listed.json()?.as_array()?.first()?.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn in_path(operation: &Operation) -> impl Iterator<Item = &str> {
    let in_path = operation
        .parameters
        .iter()
        .filter(|one| one.place == ParameterPlace::Path);
    in_path.map(|parameter| parameter.name.as_str())
}

/// Removes what a broken server stored, as far as the API lets anybody remove it.
async fn tidy(context: &Context, operation: &Operation, exchange: &Exchange) {
    if operation.id != "createTag" || !exchange.is_success() {
        return;
    }
    let id = exchange.json().unwrap_or_default();
    if let (Some(id), Ok(call)) = (id.get("tagId").and_then(Value::as_str), context.call("deleteTag")) {
        // Nothing more can be done about a tag that will not go.
        let _ = context.send_as_main(call.path("tagId", id)).await;
    }
}
