//! The same server behind wiremock.

use proofload_mock_server::{Identities, Settings, adapter_wiremock};
use reqwest::Client;
use serde_json::{Value, json};
use std::sync::Arc;

fn client() -> Client {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    Client::builder()
        .tls_backend_preconfigured(tls)
        .build()
        .expect("a client")
}

#[tokio::test]
async fn wiremock_answers_as_the_core_does() {
    let mock = wiremock::MockServer::start().await;
    adapter_wiremock::mount(&mock, Arc::new(Identities::new(Settings::default()))).await;
    let client = client();
    let login = client.post(format!("{}/api/v1/authenticate", mock.uri()));
    let body = json!({"username": "admin", "password": "admin-pass"}).to_string();
    let answer = login
        .header("content-type", "application/json")
        .body(body)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.expect("JSON");
    let token = answer["token"].as_str().expect("a token");
    let get = |path: &str| client.get(format!("{}{path}", mock.uri()));
    let tags = get("/api/v1/Tags?tagName=VIP")
        .bearer_auth(token)
        .send()
        .await
        .expect("an answer");
    assert_eq!(tags.headers()["content-type"], "application/json; charset=utf-8");
    let tags: Value = tags.json().await.expect("JSON");
    assert_eq!(tags.as_array().map(Vec::len), Some(1));
    let refused = get("/api/v1/Tags").send().await.expect("an answer");
    assert_eq!(refused.status(), 401);
    assert_eq!(refused.headers()["www-authenticate"], "Bearer");
    assert_eq!(
        refused.headers()["content-type"],
        "application/problem+json; charset=utf-8"
    );
}
