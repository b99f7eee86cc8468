//! What happens before an operation: routing, authentication, authorisation, media type, size.

use super::fixture::{Fixture, request};
use bytes::Bytes;
use http::header;
use proofload_contract::{Access, Contract, Operation};
use proofload_mock_server::{ACCOUNTS, Granted, operation_ids};
use serde_json::{Value, json};

/// The path of an operation with some GUID in every place.
fn path(operation: &Operation) -> String {
    let id = "3f2b7c11-0000-4000-8000-00000000abcd";
    let segments = operation.path.split('/');
    let filled: Vec<&str> = segments
        .map(|part| if part.starts_with('{') { id } else { part })
        .collect();
    filled.join("/")
}

fn protected() -> impl Iterator<Item = &'static Operation> {
    let all = Contract::bundled().operations().iter();
    all.filter(|operation| operation.access != Access::Anonymous)
}

#[test]
fn the_operations_are_those_of_the_contract() {
    let mut ours: Vec<&str> = operation_ids().collect();
    let mut theirs: Vec<&str> = Contract::bundled()
        .operations()
        .iter()
        .map(|operation| &*operation.id)
        .collect();
    ours.sort_unstable();
    theirs.sort_unstable();
    assert_eq!(ours, theirs);
}

#[test]
fn without_a_right_token_every_protected_operation_is_401() {
    let fixture = Fixture::new();
    let token = fixture.admin();
    let (head, _) = token.rsplit_once('.').expect("three parts");
    for operation in protected() {
        let method = operation.method.as_str();
        let none = fixture.call("", method, &path(operation), &Value::Null).expect(401);
        assert_eq!(none.header("www-authenticate"), "Bearer", "{operation}");
        assert_eq!(none.header("content-type"), "application/problem+json; charset=utf-8");
        for wrong in [
            "garbage",
            "a.b.c",
            &format!("{head}."),
            &format!("{token}x.y"),
            &"x".repeat(65_536),
        ] {
            let reply = fixture.call(wrong, method, &path(operation), &Value::Null).expect(401);
            assert!(
                reply
                    .header("www-authenticate")
                    .starts_with("Bearer error=\"invalid_token\""),
                "{operation}"
            );
        }
    }
}

#[test]
fn the_authorization_header_is_read_as_the_rfcs_say() {
    let fixture = Fixture::new();
    let token = fixture.admin();
    for (value, status) in [
        (format!("Bearer {token}"), 200),
        (format!("bearer {token}"), 200),
        (format!("BEARER   {token}"), 200),
        (token.clone(), 401),
        (format!("Basic {token}"), 401),
        (format!("Bearer{token}"), 401),
        ("Bearer".to_owned(), 401),
        ("Bearer ".to_owned(), 401),
        (String::new(), 401),
    ] {
        let request = request("", "GET", "/api/v1/renewToken").header(header::AUTHORIZATION, &value);
        fixture
            .send(&request.body(Bytes::new()).expect("a request"))
            .expect(status);
    }
    let twice = request(&token, "GET", "/api/v1/renewToken").header(header::AUTHORIZATION, format!("Bearer {token}"));
    fixture.send(&twice.body(Bytes::new()).expect("a request")).expect(401);
    for query in ["access_token", "token", "bearer"] {
        fixture
            .get("", &format!("/api/v1/renewToken?{query}={token}"))
            .expect(401);
    }
}

#[test]
fn an_account_without_the_permission_gets_403_before_anything_else_is_looked_at() {
    let fixture = Fixture::new();
    for account in ACCOUNTS {
        let token = fixture.token(account.name);
        for operation in protected() {
            let held: Vec<&str> = match account.permissions {
                Granted::All => Contract::bundled().permissions(),
                Granted::Only(held) => held.to_vec(),
            };
            // No body and no content type: whoever may gets 400, 404 or 415, or an answer.
            let reply = fixture.call(&token, operation.method.as_str(), &path(operation), &Value::Null);
            let forbidden = reply.status.as_u16() == 403;
            assert_eq!(
                forbidden,
                !operation.allows(&held),
                "{operation} as {}: {reply:?}",
                account.name
            );
            assert!(!reply.status.is_server_error());
        }
    }
}

#[test]
fn a_denied_or_unknown_caller_changes_nothing() {
    let fixture = Fixture::new();
    let before = fixture.server.fingerprint_of_state();
    let nobody = fixture.token("nobody");
    for operation in protected().filter(|operation| operation.writes) {
        let body = operation
            .request_body
            .as_ref()
            .and_then(|body| body.content[0].example.clone());
        for token in ["", &nobody] {
            fixture.call(
                token,
                operation.method.as_str(),
                &path(operation),
                &body.clone().unwrap_or_default(),
            );
        }
    }
    assert_eq!(fixture.server.fingerprint_of_state(), before);
}

#[test]
fn an_unknown_path_is_404_and_an_unknown_method_405() {
    let fixture = Fixture::new();
    for path in [
        "/",
        "/api",
        "/api/v1",
        "/api/v2/renewToken",
        "/swagger/v1/swagger.json",
        "/api/v1/Tags/1/2",
    ] {
        let reply = fixture.get("", path).expect(404);
        assert_eq!(reply.json()["status"], 404);
    }
    let reply = fixture.call("", "DELETE", "/api/v1/Tags", &Value::Null).expect(405);
    assert_eq!(reply.header("allow"), "GET, POST");
    let head = fixture.call("", "HEAD", "/api/v1/renewToken", &Value::Null).expect(405);
    assert!(head.body.is_empty());
    fixture
        .call("", "OPTIONS", "/api/v1/renewToken", &Value::Null)
        .expect(405);
}

#[test]
fn media_type_then_size_then_shape() {
    let fixture = Fixture::new();
    let admin = fixture.admin();
    let send = |path: &str, content_type: &str, body: Bytes| {
        let mut request = request(&admin, "POST", path);
        if !content_type.is_empty() {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        fixture.send(&request.body(body).expect("a request")).status.as_u16()
    };
    let (json, form) = ("/api/v1/Tags", "/api/v1/people/fileDocuments/upload");
    let huge = Bytes::from(vec![b' '; 30_000_001]);
    for (path, content_type, body, status) in [
        (json, "", Bytes::from("{}"), 415),
        (json, "text/plain", Bytes::from("{}"), 415),
        (json, "application/x-www-form-urlencoded", Bytes::from("a=b"), 415),
        (json, "text/plain", huge.clone(), 415),
        (json, "application/json", huge.clone(), 413),
        (json, "application/json", Bytes::new(), 400),
        (json, "application/json", Bytes::from("{"), 400),
        (json, "application/json", Bytes::from("[]"), 400),
        (json, "application/json", Bytes::from("null"), 400),
        (
            json,
            "application/json",
            Bytes::from(&b"{\"tagName\": \"\xff\"}"[..]),
            400,
        ),
        (json, "application/json", Bytes::from(r#"{"tagName": 1}"#), 400),
        (
            json,
            "Application/JSON; charset=UTF-8",
            Bytes::from(r#"{"tagName": "a"}"#),
            200,
        ),
        (json, "application/vnd.x+json", Bytes::from(r#"{"tagName": "b"}"#), 200),
        (form, "application/json", Bytes::from("{}"), 415),
        (form, "multipart/form-data; boundary=x", huge, 413),
        (form, "multipart/form-data", Bytes::from("--x--"), 400),
        (form, "multipart/form-data; boundary=x", Bytes::from("nonsense"), 400),
        (form, "multipart/form-data; boundary=x", Bytes::new(), 400),
    ] {
        let start = String::from_utf8_lossy(&body[..body.len().min(20)]).into_owned();
        assert_eq!(
            send(path, content_type, body),
            status,
            "{path} {content_type:?} {start:?}"
        );
    }
}

#[test]
fn tokens_expire_by_the_servers_clock() {
    let fixture = Fixture::with(|settings| settings.token_lifetime = std::time::Duration::from_secs(5));
    let token = fixture.token("nobody");
    fixture.clock.advance(4_999);
    let renewed = fixture.get(&token, "/api/v1/renewToken").expect(200).json();
    fixture.clock.advance(1);
    let late = fixture.get(&token, "/api/v1/renewToken").expect(401);
    assert!(late.header("www-authenticate").contains("expired"));
    fixture
        .get(renewed["token"].as_str().expect("a token"), "/auth/v1/user/profile")
        .expect(200);
    fixture.clock.advance(-6_000);
    fixture.get(&token, "/api/v1/renewToken").expect(401);
}

#[test]
fn with_a_prefix_nothing_is_found_outside() {
    let fixture = Fixture::with(|settings| settings.prefix = "/identities".to_owned());
    let body = json!({"username": "admin", "password": "admin-pass"});
    fixture
        .call("", "POST", "/identities/api/v1/authenticate", &body)
        .expect(200);
    fixture.call("", "POST", "/api/v1/authenticate", &body).expect(404);
    fixture
        .call("", "POST", "/identities/identities/api/v1/authenticate", &body)
        .expect(404);
}

#[test]
fn swagger_serves_the_contract_when_it_is_on() {
    let fixture = Fixture::with(|settings| {
        settings.swagger = true;
        settings.prefix = "/identities".to_owned();
    });
    let schema = fixture.get("", "/identities/swagger/v1/swagger.json").expect(200);
    assert_eq!(&schema.json(), Contract::bundled().document());
    let page = fixture.get("", "/identities/swagger/index.html").expect(200);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    fixture.get("", "/swagger/v1/swagger.json").expect(404);
}
