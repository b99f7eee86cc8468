//! What is asked while many other calls are under way.

use super::faces::{SEEDED, STRANGER, frame};
use crate::defects::transcript::Session;
use serde_json::Value;

/// So many calls are under way beside.
const CROWD: usize = 60;

pub(super) fn crowd(session: &mut Session, admin: &str, nobody: &str) {
    let crowd: Vec<_> = (0..CROWD).map(|_| session.server.enter()).collect();
    let mut tampered = admin.to_owned();
    // Some defects give no token.
    if let Some(at) = tampered.len().checked_sub(20) {
        let other = if &tampered[at..=at] == "A" { "B" } else { "A" };
        tampered.replace_range(at..=at, other);
    }
    for who in [tampered.as_str(), nobody] {
        session.call("listTags", who, "GET", "/api/v1/Tags", &Value::Null);
    }
    for _ in 0..3 {
        session.call("profile", nobody, "GET", "/auth/v1/user/profile", &Value::Null);
        session.call("renewToken", nobody, "GET", "/api/v1/renewToken", &Value::Null);
    }
    for (second, image) in [(10, SEEDED), (11, STRANGER)] {
        let body = frame("expanded", image, second);
        session.call(
            "publishWithResponse",
            admin,
            "POST",
            "/api/v1/faceEdge/publishWithResponse",
            &body,
        );
    }
    drop(crowd);
    session.call("listTags", nobody, "GET", "/api/v1/Tags", &Value::Null);
}
