//! A login that is refused: by `authenticate`, which is its fault, or by whoever stands in front, which is not.

use crate::behaviour::tried_against;
use bytes::Bytes;
use http::{Request, Response};
use proofload_conformance::RunError;
use proofload_results::validate::{ValidateReport, Verdict};

const ONLY: [&str; 3] = ["authenticate/control", "authenticate/login@admin", "listTags/control"];

fn is_login(request: &Request<Bytes>) -> bool {
    request.uri().path().ends_with("/authenticate")
}

async fn refused(
    status: u16,
    header: (&'static str, &'static str),
    body: &'static str,
) -> Result<ValidateReport, RunError> {
    let run = tried_against(&ONLY, false, move |request, identities| {
        if !is_login(request) {
            return identities.respond(request);
        }
        let answer = Response::builder().status(status).header(header.0, header.1);
        answer.body(Bytes::from_static(body.as_bytes())).unwrap()
    });
    Ok(run.await?.report)
}

#[tokio::test(flavor = "multi_thread")]
async fn authenticate_that_demands_a_token_is_named() {
    for (status, header, body) in [
        (401, ("www-authenticate", "Bearer"), ""),
        (401, ("content-type", "application/problem+json"), "{\"status\": 401}"),
        (403, ("content-type", "application/json"), "{\"error\": \"forbidden\"}"),
    ] {
        let report = refused(status, header, body).await.unwrap();
        assert_eq!(report.verdict, Verdict::Fail);
        let failed = report.cases.iter().filter(|case| case.verdict == Verdict::Fail);
        let failed: Vec<&str> = failed.map(|case| case.id.as_str()).collect();
        assert_eq!(failed, ["authenticate/control", "authenticate/login@admin"]);
        let notes = report.run.unwrap().notes.join("\n");
        assert!(notes.contains("it demands a token"), "{notes}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_front_with_credentials_of_its_own_is_not_the_api() {
    for (status, header, body) in [
        (401, ("www-authenticate", "Basic realm=\"site\""), ""),
        (401, ("www-authenticate", "Negotiate"), ""),
        (403, ("content-type", "text/html"), "<html>Forbidden</html>"),
        (403, ("content-type", "text/plain"), "RBAC: access denied"),
    ] {
        let error = refused(status, header, body).await.unwrap_err().to_string();
        assert!(error.contains("something in front of it"), "{error}");
    }
    let error = refused(400, ("content-type", "application/json"), "{}")
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("check its user name"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_401_is_about_the_password_is_not_guessed() {
    let run = tried_against(&ONLY, false, |request, identities| {
        let answer = identities.respond(request);
        if !is_login(request) || !request.body().windows(8).any(|word| word == b"password") {
            return answer;
        }
        Response::builder().status(401).body(Bytes::new()).unwrap()
    });
    let notes = run.await.unwrap().report.run.unwrap().notes.join("\n");
    assert!(notes.contains("cannot be told"), "{notes}");
}
