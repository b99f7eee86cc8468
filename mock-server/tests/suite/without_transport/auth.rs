//! Logging in, renewing, and the profile.

use super::fixture::Fixture;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

fn claims(token: &str) -> Value {
    let payload = token.split('.').nth(1).expect("a payload");
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).expect("base64url")).expect("JSON")
}

#[test]
fn the_stored_spelling_comes_back() {
    let fixture = Fixture::new();
    let body = json!({"username": "PubLisher", "password": "publisher-pass"});
    let reply = fixture
        .call("", "POST", "/api/v1/authenticate", &body)
        .expect(200)
        .json();
    assert_eq!(reply["username"], "publisher");
    let claims = claims(reply["token"].as_str().expect("a token"));
    assert_eq!(claims["unique_name"], "publisher");
    assert_eq!(claims["role"], "Face Publishers");
    let (issued, expires) = (claims["iat"].as_i64(), claims["exp"].as_i64());
    assert_eq!(
        issued.zip(expires).map(|(issued, expires)| expires - issued),
        Some(3600)
    );
    assert_eq!(claims["nbf"], claims["iat"]);
}

#[test]
fn an_unknown_user_and_a_wrong_password_are_refused_in_the_same_words() {
    let fixture = Fixture::new();
    let refused = |user: &str, password: &str| {
        let body = json!({"username": user, "password": password});
        fixture.call("", "POST", "/api/v1/authenticate", &body).expect(400).body
    };
    let wrong = refused("admin", "wrong");
    for (user, password) in [
        ("stranger", "admin-pass"),
        ("admin", "ADMIN-PASS"),
        ("admin", "admin-pas"),
        ("admin", "admin-pass "),
        ("admin ", "admin-pass"),
        ("admin", "publisher-pass"),
        ("' OR 1=1 --", "x"),
    ] {
        assert_eq!(refused(user, password), wrong, "{user:?} {password:?}");
    }
}

#[test]
fn what_is_no_login_is_400() {
    let fixture = Fixture::new();
    for body in [
        json!({}),
        json!({"username": "admin"}),
        json!({"username": "admin", "password": ""}),
        json!({"username": "admin", "password": null}),
        json!({"username": "admin", "password": ["admin-pass"]}),
        json!({"username": {"$ne": null}, "password": {"$ne": null}}),
        json!("admin"),
    ] {
        fixture.call("", "POST", "/api/v1/authenticate", &body).expect(400);
    }
}

#[test]
fn a_renewed_token_is_the_same_users_and_lives_longer() {
    let fixture = Fixture::new();
    let first = fixture.token("reader");
    fixture.clock.advance(2_000);
    let reply = fixture.get(&first, "/api/v1/renewToken").expect(200).json();
    assert_eq!(reply["username"], "reader");
    let second = reply["token"].as_str().expect("a token");
    assert_ne!(first, second);
    let (before, after) = (claims(&first), claims(second));
    assert_eq!(before["role"], after["role"]);
    assert_eq!(
        after["exp"]
            .as_i64()
            .zip(before["exp"].as_i64())
            .map(|(after, before)| after - before),
        Some(2)
    );
    fixture.get(second, "/api/v1/Tags").expect(200);
    fixture.get(&first, "/api/v1/Tags").expect(200);
}

#[test]
fn the_profile_is_the_callers_own() {
    let fixture = Fixture::new();
    for (account, roles) in [("admin", json!(["Administrators", "Operators"])), ("nobody", json!([]))] {
        let profile = fixture
            .get(&fixture.token(account), "/auth/v1/user/profile")
            .expect(200)
            .json();
        assert_eq!(profile["roles"], roles);
        assert_eq!(profile["email"], format!("{account}@identities.example"));
        assert_eq!(
            claims(profile["token"].as_str().expect("a token"))["unique_name"],
            account
        );
    }
}
