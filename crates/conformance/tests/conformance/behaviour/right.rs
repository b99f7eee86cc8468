//! Servers that are unusual and right: whatever the facts leave open is held against nobody.

use super::{against, empty, reshaped, that_ended};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response};
use proofload_mock_server::Identities;
use proofload_results::validate::Verdict;
use serde_json::{Map, Value, json};

async fn accuses_nobody(bend: impl Fn(&Request<Bytes>, &Identities) -> Response<Bytes> + Send + Sync + 'static) {
    let outcome = against(&[], true, bend).await;
    let accused = that_ended(&outcome, &[Verdict::Fail, Verdict::Warn, Verdict::Error]);
    assert!(accused.is_empty(), "{}", accused.join("\n"));
}

/// Applies `change` to every object in a value, innermost first.
fn every_object(value: Value, change: &dyn Fn(Map<String, Value>) -> Map<String, Value>) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter();
            let members = members.map(|(name, member)| (name, every_object(member, change)));
            Value::Object(change(members.collect()))
        }
        Value::Array(entries) => entries.into_iter().map(|entry| every_object(entry, change)).collect(),
        other => other,
    }
}

/// 204 and 201 where there is nothing to say, other members in another order, another spelling of the user's name. That the
/// statuses are others than the documented 200 is a warning, and the only one.
#[tokio::test(flavor = "multi_thread")]
async fn terse_answers_with_further_members_fail_nobody() {
    let outcome = against(&[], true, |request, identities| {
        let answer = identities.respond(request);
        let path = request.uri().path();
        let stores =
            request.method() == Method::PUT || request.method() == Method::DELETE || path.ends_with("/publish");
        if stores && answer.status() == 200 {
            return empty(204);
        }
        let creates = path.ends_with("/Tags") && request.method() == Method::POST;
        let mut answer = reshaped(answer, |body| {
            every_object(body, &|members| {
                let mut turned: Map<String, Value> = members.into_iter().rev().collect();
                turned.insert("further".to_owned(), json!({"more": [null, 1]}));
                if let Some(name) = turned.get("username").and_then(Value::as_str).map(str::to_uppercase) {
                    turned.insert("username".to_owned(), name.into());
                }
                turned
            })
        });
        if creates && answer.status() == 200 {
            *answer.status_mut() = http::StatusCode::CREATED;
        }
        if answer
            .headers()
            .get("content-type")
            .is_some_and(|kind| kind == "application/json; charset=utf-8")
        {
            let kind = HeaderValue::from_static("text/json; charset=UTF-8");
            answer.headers_mut().insert("content-type", kind);
        }
        answer
    })
    .await;
    let accused = that_ended(&outcome, &[Verdict::Fail, Verdict::Warn, Verdict::Error]);
    let (statuses, others): (Vec<_>, Vec<_>) = accused
        .into_iter()
        .partition(|line| line.contains("/undocumented-status Warn"));
    assert!(others.is_empty(), "{}", others.join("\n"));
    assert!(
        statuses.iter().any(|line| line.starts_with("createTag/")),
        "{statuses:?}"
    );
}

/// Null for what is empty or may be left out, names that were assumed called otherwise, unknown ids that list nothing.
#[tokio::test(flavor = "multi_thread")]
async fn null_members_and_other_names_than_assumed_are_right() {
    accuses_nobody(|request, identities| {
        let answer = identities.respond(request);
        let path = request.uri().path().to_owned();
        let lists = request.method() == Method::GET && path.starts_with("/api/v1/people/");
        let single = path.split('/').count() < 6 || path.contains("Photo") || path.ends_with("/data");
        if answer.status() == 404 && lists && !single {
            let kind = ("content-type", "application/json");
            return Response::builder().header(kind.0, kind.1).body("[]".into()).unwrap();
        }
        if answer.status() == 400 || answer.status() == 404 {
            return empty(answer.status().as_u16());
        }
        if path.ends_with("/fileDocuments/upload") {
            return reshaped(answer, |body| body["documentId"].clone());
        }
        let publishes = path.ends_with("/publishWithResponse");
        reshaped(answer, |body| {
            every_object(body, &|mut members| {
                if publishes && let Some(quality) = members.remove("quality") {
                    members.insert("qualityScore".to_owned(), quality);
                }
                for name in ["image", "email", "firstName", "description"] {
                    let named = path.contains("detections") || path.contains("profile") || path.contains("faceEdge");
                    if named && members.contains_key(name) {
                        members.insert(name.to_owned(), Value::Null);
                    }
                }
                for (_, member) in &mut members {
                    if *member == json!([]) {
                        *member = Value::Null;
                    }
                }
                if path.ends_with("/faceEnroll") {
                    members.remove("faceId");
                }
                members
            })
        })
    })
    .await;
}

/// Scores to 100, times without a zone, GUIDs in capitals, the caller as author, answers of another shape than assumed.
#[tokio::test(flavor = "multi_thread")]
async fn other_spellings_of_the_same_are_right() {
    accuses_nobody(|request, identities| {
        let path = request.uri().path().to_owned();
        let answer = identities.respond(request);
        if path.contains("/checkImageReference/") {
            return if String::from_utf8_lossy(answer.body()).contains("true") {
                answer
            } else {
                empty(404)
            };
        }
        reshaped(answer, |body| {
            every_object(body, &|mut members| {
                for (name, member) in &mut members {
                    match (name.as_str(), &*member) {
                        ("confidence" | "quality", Value::Number(score)) => {
                            *member = json!(score.as_f64().unwrap_or_default() * 100.0);
                        }
                        ("dateTimeUtc" | "expires" | "created" | "dateValue", Value::String(time)) => {
                            *member = json!(format!("{}.0000000", &time[..19]));
                        }
                        ("personId" | "tagId" | "noteId" | "faceId", Value::String(id)) => {
                            *member = json!(id.to_uppercase());
                        }
                        ("author", Value::String(_)) => *member = json!("Admin"),
                        _ => {}
                    }
                }
                members
            })
        })
    })
    .await;
}
