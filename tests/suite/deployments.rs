//! The client against every shape in which a deployment is met: on premise over HTTP and HTTPS, under the cloud's
//! prefix, and behind a real nginx that takes the prefix away or leaves it.
#![cfg(unix)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, StatusCode};
use proofload_deployment::client::{Answer, Http, Limits, Session};
use proofload_deployment::{Account, Allow, BaseUrl, Permissions, Target, Trust, Way};
use proofload_test_support::{Mock, Nginx};
use secrecy::ExposeSecret;
use std::path::PathBuf;

fn target(url: &str, trust: Trust) -> Target {
    Target {
        name: "lab".to_owned(),
        base: BaseUrl::parse(url).unwrap(),
        trust,
        way: Way::default(),
        accounts: vec![Account {
            name: "full".to_owned(),
            username: "admin".to_owned(),
            password: "admin-pass".to_owned().into(),
            permissions: Permissions::All,
        }],
        allow: Allow {
            reads: true,
            writes: true,
            load: true,
        },
        signing_key: None,
        embedded: false,
    }
}

/// The images that publish traffic carries, and whether each shows a face.
fn images() -> Vec<(PathBuf, bool)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("scenarios/images");
    let names = [
        "face-aligned-112",
        "face-crop-260x300",
        "face-expanded-768",
        "scene-512",
        "no-face-180",
    ];
    names
        .iter()
        .map(|name| (folder.join(format!("{name}.jpg")), *name != "no-face-180"))
        .collect()
}

/// A logged-in client of one deployment.
struct Caller {
    http: Http,
    session: Session,
}

impl Caller {
    async fn log_in(url: &str, trust: Trust) -> Self {
        let target = target(url, trust);
        let http = Http::new(&target, Limits::default()).unwrap();
        let session = Session::login(&http, &target.accounts[0]).await.unwrap();
        Self { http, session }
    }

    async fn post(&self, path: &str, content_type: &str, body: impl Into<Bytes>) -> Answer {
        let token = self.session.valid_access_token().await.unwrap();
        let request = Request::post(path)
            .header("Authorization", format!("Bearer {}", token.expose_secret()))
            .header("Content-Type", content_type)
            .body(body.into())
            .unwrap();
        self.http.send(request).await.unwrap()
    }

    /// How many faces the server finds in an image.
    async fn faces_in(&self, image: &[u8]) -> usize {
        let body = serde_json::json!({
            "expanded": STANDARD.encode(image),
            "detectorName": "deployments",
            "ianaTimeZone": "America/Los_Angeles",
            "detectTimeUtc": "2026-01-31T18:32:05Z",
            "allowDoubleDetection": true,
        });
        let path = "/api/v1/faceEdge/publishWithResponse";
        let answer = self.post(path, "application/json", body.to_string()).await;
        assert_eq!(answer.status, StatusCode::OK, "{answer:?}");
        let answer: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        answer["faces"].as_array().unwrap().len()
    }
}

async fn assert_publishing_works(url: &str, trust: Trust) {
    let caller = Caller::log_in(url, trust).await;
    for (path, shows_face) in images() {
        let faces = caller.faces_in(&std::fs::read(&path).unwrap()).await;
        assert_eq!(faces, usize::from(shows_face), "{} at {url}", path.display());
    }
}

#[tokio::test]
async fn on_premise_over_http() {
    let mock = Mock::on_premise();
    assert_publishing_works(&mock.http_url(), Trust::System).await;
}

#[tokio::test]
async fn on_premise_over_https_with_its_certificate_given() {
    let mock = Mock::on_premise();
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    std::fs::write(&ca, mock.certificate_pem()).unwrap();
    assert_publishing_works(&mock.https_url(), Trust::Ca(ca)).await;
}

#[tokio::test]
async fn under_the_prefix_over_https() {
    let mock = Mock::in_the_cloud();
    assert_publishing_works(&mock.https_url(), Trust::Insecure).await;
}

#[tokio::test]
async fn behind_nginx_that_takes_the_prefix_away() {
    let mock = Mock::on_premise();
    let nginx = Nginx::before(&mock);
    assert_publishing_works(&nginx.url(), Trust::Ca(nginx.certificate())).await;
}

#[tokio::test]
async fn behind_nginx_that_leaves_the_prefix() {
    let mock = Mock::in_the_cloud();
    let nginx = Nginx::before(&mock);
    assert_publishing_works(&nginx.url(), Trust::Ca(nginx.certificate())).await;
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_is_refused() {
    let mock = Mock::on_premise();
    let nginx = Nginx::before(&mock);
    let target = target(&nginx.url(), Trust::System);
    let http = Http::new(&target, Limits::default()).unwrap();
    let error = Session::login(&http, &target.accounts[0]).await.unwrap_err();
    assert!(error.to_string().contains("certificate"), "{error}");
    assert!(nginx.requests().is_empty(), "{:?}", nginx.requests());
}

#[tokio::test]
async fn what_a_proxy_refuses_is_an_answer_like_any_other() {
    let mock = Mock::on_premise();
    let nginx = Nginx::before(&mock);
    let caller = Caller::log_in(&nginx.url(), Trust::Ca(nginx.certificate())).await;
    let path = "/api/v1/faceEdge/publish";
    let above_the_limit = caller.post(path, "application/json", vec![b' '; 11 << 20]).await;
    assert_eq!(above_the_limit.status, StatusCode::PAYLOAD_TOO_LARGE);
    // Held in a file by nginx on its way, which takes a folder it may write to.
    let below = caller.post(path, "application/json", vec![b' '; 5 << 20]).await;
    assert_eq!(below.status, StatusCode::BAD_REQUEST);
}
