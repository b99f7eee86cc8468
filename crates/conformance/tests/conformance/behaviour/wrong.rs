//! Servers that are wrong in one place: the right operation is named, and no other.

use super::{against, empty, reshaped, that_ended};
use bytes::Bytes;
use http::{Method, Request, Response};
use proofload_mock_server::{ACCOUNTS, Identities};
use proofload_results::validate::Verdict;
use serde_json::{Value, json};

/// Runs the families of `only` against a server that is wrong in one place: `expected` fails, and nothing fails at
/// another operation than those of `expected`.
async fn names(
    only: &[&str],
    expected: &[&str],
    bend: impl Fn(&Request<Bytes>, &Identities) -> Response<Bytes> + Send + Sync + 'static,
) {
    let chosen: Vec<&str> = only.iter().chain(expected).copied().collect();
    let outcome = against(&chosen, true, bend).await;
    let failed = that_ended(&outcome, &[Verdict::Fail, Verdict::Warn, Verdict::Error]);
    for id in expected {
        let named = failed.iter().any(|line| line.starts_with(&format!("{id} Fail")));
        assert!(named, "{id} did not fail, but: {failed:#?}");
    }
    let operations: Vec<&str> = expected.iter().filter_map(|id| id.split('/').next()).collect();
    for line in &failed {
        let operation = line.split('/').next().unwrap_or_default();
        assert!(operations.contains(&operation), "{line} accuses another operation");
    }
}

fn is(request: &Request<Bytes>, method: &Method, end: &str) -> bool {
    request.method() == method && request.uri().path().ends_with(end)
}

const NOTES: [&str; 4] = ["putNote/*", "listNotes/*", "deleteNote/*", "getPerson/*-notes"];

#[tokio::test(flavor = "multi_thread")]
async fn a_put_that_stores_nothing() {
    names(&NOTES, &["putNote/creates"], |request, identities| {
        if is(request, &Method::PUT, "/notes") {
            empty(200)
        } else {
            identities.respond(request)
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_shows_nothing() {
    names(&NOTES, &["listNotes/current"], |request, identities| {
        let answer = identities.respond(request);
        if is(request, &Method::GET, "/notes") {
            reshaped(answer, |_| json!([]))
        } else {
            answer
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_leaves_notes_out() {
    names(&NOTES, &["getPerson/shows-notes"], |request, identities| {
        let answer = identities.respond(request);
        reshaped(answer, |mut body| {
            if let Some(notes) = body.get_mut("notes") {
                *notes = json!([]);
            }
            body
        })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_that_adds_a_copy() {
    names(&NOTES, &["putNote/updates-in-place"], |request, identities| {
        if !is(request, &Method::PUT, "/notes") {
            return identities.respond(request);
        }
        let mut body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
        if let Some(members) = body.as_object_mut() {
            members.remove("noteId");
        }
        identities.respond(&request.clone().map(|_| body.to_string().into()))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_that_deletes_nothing() {
    names(&NOTES, &["deleteNote/gone"], |request, identities| {
        if request.method() == Method::DELETE {
            empty(200)
        } else {
            identities.respond(request)
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_that_is_ignored() {
    names(
        &["listTags/*", "createTag/*"],
        &["listTags/filter-exact"],
        |request, identities| {
            let mut request = request.clone();
            if is(&request, &Method::GET, "/Tags") {
                *request.uri_mut() = "/api/v1/Tags".parse().unwrap();
            }
            identities.respond(&request)
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renewal_that_gives_the_same_token() {
    let only = ["renewToken/works", "profile/steady"];
    names(
        &only,
        &["renewToken/differs", "renewToken/later-expiry"],
        |request, identities| {
            let answer = identities.respond(request);
            if !request.uri().path().ends_with("/renewToken") {
                return answer;
            }
            let token = request
                .headers()
                .get("authorization")
                .and_then(|value| value.to_str().ok());
            let token = token.unwrap_or_default().trim_start_matches("Bearer ").to_owned();
            reshaped(answer, |mut body| {
                if body.get("token").is_some() {
                    body["token"] = token.into();
                }
                body
            })
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_ignores_case() {
    names(
        &["authenticate/password-*"],
        &["authenticate/password-case"],
        |request, identities| {
            if !request.uri().path().ends_with("/authenticate") {
                return identities.respond(request);
            }
            let body = String::from_utf8_lossy(request.body()).into_owned();
            let body = ACCOUNTS.iter().fold(body, |body, account| {
                let right = format!("{}-pass", account.name);
                body.replace(&right.to_uppercase(), &right)
            });
            identities.respond(&request.clone().map(|_| body.into()))
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn recognition_that_finds_nobody() {
    let only = [
        "lookup/finds-enrolled",
        "faceEnroll/recognised",
        "publishWithResponse/include-person",
    ];
    names(&only, &["recognize/finds-enrolled"], |request, identities| {
        if is(request, &Method::POST, "/recognize") {
            empty(404)
        } else {
            identities.respond(request)
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn detections_whose_order_cannot_be_turned() {
    let only = ["listDetectionsByPerson/*", "listDetectionsByFace/*"];
    names(
        &only,
        &["listDetectionsByPerson/newest-first"],
        |request, identities| {
            let mut request = request.clone();
            if request.uri().path().contains("/detections/personId/") {
                let turned = request
                    .uri()
                    .to_string()
                    .replace("dateAscending=false", "dateAscending=true");
                *request.uri_mut() = turned.parse().unwrap();
            }
            identities.respond(&request)
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_that_is_not_called_one() {
    names(
        &["getEnrollmentPhoto/*"],
        &["getEnrollmentPhoto/content-type"],
        |request, identities| {
            let mut answer = identities.respond(request);
            if request.uri().path().contains("/enrollmentPhoto/") {
                answer
                    .headers_mut()
                    .insert("content-type", http::HeaderValue::from_static("text/plain"));
            }
            answer
        },
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publish_that_forgives_a_missing_detector() {
    names(
        &["publish/missing-*"],
        &["publish/missing-detector-name"],
        |request, identities| {
            let answer = identities.respond(request);
            let forgives = is(request, &Method::POST, "/publish")
                && !String::from_utf8_lossy(request.body()).contains("detectorName");
            if forgives && answer.status() == 400 {
                empty(200)
            } else {
                answer
            }
        },
    )
    .await;
}
