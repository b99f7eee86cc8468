//! The checks against little servers whose certificates and answers the tests choose.

use super::group::{Group, OPERATION};
use super::*;
use crate::ConformanceOptions;
use bytes::Bytes;
use http::Response;
use proofload_contract::Contract;
use proofload_deployment::client::testing::{http, target, tls};
use proofload_deployment::{Target, Trust};
use proofload_probing::context::Context;
use proofload_probing::findings::{Clause, Finding, FindingKind};
use proofload_probing::probe::Sheet;
use std::sync::Arc;
use std::time::Duration;

/// The finding of one case.
async fn found(group: &Group, target: &Target, clause: Clause) -> Finding {
    let options = ConformanceOptions {
        timeout: Duration::from_secs(5),
        ..ConformanceOptions::default()
    };
    let context = Context::new(target, Contract::bundled(), &options).unwrap();
    let mut sheet = Sheet::new(group.name(), group.cases(), Arc::default());
    match group.run(&context, &mut sheet).await {
        Ok(()) => sheet.take(&format!("{OPERATION}/{}", clause.name)).unwrap(),
        Err(stop) => stop.into(),
    }
}

async fn transport(clause: Clause, change: impl FnOnce(&mut rcgen::CertificateParams)) -> Finding {
    let server = tls(change).await;
    let base = format!("https://{}", server.address);
    found(&super::transport(), &target(&base, Trust::Insecure), clause).await
}

async fn surface(clause: Clause, answer: impl Fn(&str) -> Response<Bytes> + Send + Sync + 'static) -> Finding {
    let base = http(move |request| answer(request.uri().path())).await;
    found(&super::surface(), &target(&base, Trust::System), clause).await
}

fn detail(finding: &Finding) -> &str {
    finding.detail.as_deref().unwrap_or_default()
}

#[tokio::test]
async fn a_sound_certificate_passes_every_check() {
    for clause in [tls::DATES, tls::NAMES, tls::CHAIN, tls::STRENGTH, tls::VERSIONS] {
        let finding = transport(clause, |_| ()).await;
        assert!(finding.holds(), "{}: {finding:?}", clause.name);
    }
}

#[tokio::test]
async fn an_expired_certificate_deviates_and_one_about_to_expire_is_noted() {
    let finding = transport(tls::DATES, |params| params.not_after = rcgen::date_time_ymd(2002, 2, 3)).await;
    assert_eq!(finding.kind, FindingKind::Deviates);
    assert!(detail(&finding).contains("it expired"), "{finding:?}");
    let finding = transport(tls::DATES, |params| {
        params.not_before = rcgen::date_time_ymd(2999, 2, 3);
    })
    .await;
    assert_eq!(finding.kind, FindingKind::Deviates);
    let soon = std::time::SystemTime::now() + Duration::from_secs(10 * 24 * 3600 + 60);
    let finding = transport(tls::DATES, |params| params.not_after = soon.into()).await;
    assert!(finding.holds());
    assert!(detail(&finding).contains("expires in 10 days"), "{finding:?}");
}

#[tokio::test]
async fn a_self_signed_certificate_for_another_host_is_only_noted() {
    let finding = transport(tls::NAMES, |params| {
        params.subject_alt_names = vec![rcgen::SanType::DnsName("elsewhere.example".try_into().unwrap())];
    })
    .await;
    assert!(finding.holds());
    assert!(detail(&finding).contains("not for 127.0.0.1"), "{finding:?}");
    assert_eq!(finding.observed, "for elsewhere.example");
}

#[tokio::test]
async fn the_versions_of_a_modern_server_are_named() {
    let finding = transport(tls::VERSIONS, |_| ()).await;
    assert_eq!(finding.observed, "TLS 1.2, TLS 1.3");
}

#[tokio::test]
async fn plain_http_skips_what_needs_tls() {
    let base = http(|_| Response::new(Bytes::new())).await;
    let finding = found(&super::transport(), &target(&base, Trust::System), tls::DATES).await;
    assert_eq!(finding.kind, FindingKind::Skipped);
}

fn json(body: &str) -> Response<Bytes> {
    Response::builder()
        .header("content-type", "application/json")
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap()
}

#[tokio::test]
async fn a_schema_is_compared_and_its_differences_are_noted() {
    let finding = surface(swagger::SWAGGER, |path| match path {
        "/swagger/v1/swagger.json" => json(r#"{"paths":{"/api/v1/Tags":{"get":{}},"/api/v2/more":{"post":{}}}}"#),
        _ => json("{}"),
    })
    .await;
    assert!(finding.holds());
    assert_eq!(finding.observed, "on: 2 operations, 37 of ours missing, 1 further ones");
    assert!(detail(&finding).contains("further: POST /api/v2/more"), "{finding:?}");
}

#[tokio::test]
async fn a_schema_that_is_off_passes_and_one_that_is_none_deviates() {
    let off = |_: &str| Response::builder().status(404).body(Bytes::new()).unwrap();
    assert_eq!(surface(swagger::SWAGGER, off).await.observed, "off (404)");
    let page = |_: &str| Response::new(Bytes::from_static(b"<!doctype html>"));
    assert!(surface(swagger::SWAGGER, page).await.holds());
    for body in ["", "{", "[]", r#"{"paths":3}"#] {
        let finding = surface(swagger::SWAGGER, move |_| json(body)).await;
        assert_eq!(finding.kind, FindingKind::Deviates, "{body}");
    }
}

#[tokio::test]
async fn a_clock_an_hour_off_deviates() {
    let dated = |date: String| move |_: &str| Response::builder().header("date", &date).body(Bytes::new()).unwrap();
    let long_ago = dated("Sun, 06 Nov 1994 08:49:37 GMT".to_owned());
    let finding = surface(self_portrait::CLOCK, long_ago).await;
    assert_eq!(finding.kind, FindingKind::Deviates);
    assert!(finding.observed.ends_with("s behind"), "{finding:?}");
    let in_an_hour = (chrono::Utc::now() + chrono::TimeDelta::hours(1)).format("%a, %d %b %Y %H:%M:%S GMT");
    let finding = surface(self_portrait::CLOCK, dated(in_an_hour.to_string())).await;
    assert_eq!(finding.kind, FindingKind::Deviates);
    assert!(finding.observed.ends_with("s ahead"), "{finding:?}");
    let unreadable = dated("yesterday".to_owned());
    assert!(surface(self_portrait::CLOCK, unreadable).await.holds());
    // Without a word of the test, the server writes the date itself.
    assert!(surface(self_portrait::CLOCK, |_| json("{}")).await.holds());
}

#[tokio::test]
async fn other_ports_than_the_on_premise_ones_are_left_alone() {
    let finding = surface(ports::PORTS, |_| json("{}")).await;
    assert_eq!(finding.kind, FindingKind::Skipped);
}

#[tokio::test]
async fn headers_are_shown() {
    let finding = surface(self_portrait::HEADERS, |_| {
        Response::builder()
            .header("server", "Kestrel/9.0")
            .body(Bytes::new())
            .unwrap()
    })
    .await;
    assert_eq!(finding.observed, "server: Kestrel/9.0");
}

#[tokio::test]
async fn the_api_beside_its_prefix_is_told_from_a_gateway() {
    let unprefixed = |answer: fn(&str) -> u16| async move {
        let base = http(move |request| {
            let status = answer(request.uri().path());
            Response::builder().status(status).body(Bytes::new()).unwrap()
        })
        .await;
        found(
            &super::surface(),
            &target(&format!("{base}/identities"), Trust::System),
            beside::UNPREFIXED,
        )
        .await
    };
    let both = unprefixed(|path| if path.ends_with("renewToken") { 401 } else { 404 }).await;
    assert_eq!(both.kind, FindingKind::Deviates, "{both:?}");
    let one = unprefixed(|path| {
        if path == "/identities/api/v1/renewToken" {
            401
        } else {
            404
        }
    })
    .await;
    assert!(one.holds(), "{one:?}");
    let gateway = unprefixed(|_| 401).await;
    assert!(gateway.holds(), "{gateway:?}");
}
