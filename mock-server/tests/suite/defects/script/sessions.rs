//! Logins, renewals, and tokens that no honest server takes.

use super::text;
use crate::defects::forge;
use crate::defects::transcript::Session;
use serde_json::{Value, json};

/// When the tokens are sent, by the script's clock.
const NOW_S: i64 = 1_750_000_002;

pub(super) fn logins(session: &mut Session) {
    for (username, password) in [
        ("ADMIN", json!("admin-pass")),
        ("admin", json!("wrong")),
        ("stranger", json!("wrong")),
        ("admin", json!("admin-pa")),
        ("admin", json!("ADMIN-PASS")),
        ("admin", json!(" admin-pass ")),
        ("admin", json!("")),
        ("admin", Value::Null),
        ("admin' --", json!("x")),
    ] {
        session.log_in(username, &password);
    }
    for body in [json!({"username": "admin"}), json!("{\"username\": ")] {
        session.call("authenticate", "", "POST", "/api/v1/authenticate", &body);
    }
}

pub(super) fn renewals(session: &mut Session, admin: &str, reader: &str, nobody: &str) {
    session.clock.advance(2_000);
    let renew = |session: &mut Session, authorization: &str| {
        let answer = session.call("renewToken", authorization, "GET", "/api/v1/renewToken", &Value::Null);
        format!("Bearer {}", text(&answer["token"]))
    };
    let renewed = renew(session, reader);
    renew(session, nobody);
    renew(session, &renewed);
    renew(session, admin);
    session.call("renewToken", &renewed, "GET", "/api/v1/Tags", &Value::Null);
    for who in [admin, reader, nobody] {
        session.call("profile", who, "GET", "/auth/v1/user/profile", &Value::Null);
    }
}

pub(super) fn tokens(session: &mut Session, admin: &str) {
    let photo = "/api/v1/people/enrollmentPhoto/1b2c3d4e-0003-4a00-8000-000000000001";
    let token = admin.strip_prefix("Bearer ").unwrap_or_default();
    let mut sent: Vec<String> = ["", "Bearer", "Bearer ", token].map(str::to_owned).into();
    sent.extend([format!("bearer {token}"), format!("Basic {token}")]);
    sent.extend(forge::tokens(NOW_S).into_iter().map(|token| format!("Bearer {token}")));
    for authorization in &sent {
        for (operation, path) in [
            ("renewToken", "/api/v1/renewToken"),
            ("profile", "/auth/v1/user/profile"),
            ("listTags", "/api/v1/Tags"),
            ("getEnrollmentPhoto", photo),
        ] {
            session.call(operation, authorization, "GET", path, &Value::Null);
        }
    }
    session.call(
        "listTags",
        "",
        "GET",
        &format!("/api/v1/Tags?access_token={token}"),
        &Value::Null,
    );
    session.call("listTags", "", "GET", "/API/V1/TAGS", &Value::Null);
    session.call("createTag", "", "POST", "/api/v1/Tags", &json!({}));
}
