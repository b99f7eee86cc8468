//! Exchanges with little servers, well-behaved and not.

use super::*;
use crate::client::testing::{LIMITS, Tls, client, dead_port, http, listen, raw, serve_http, target, tls};
use crate::target::Trust;
use http::{Request, Response};

fn get(path: &str) -> Request<Bytes> {
    Request::get(path).body(Bytes::new()).unwrap()
}

async fn failure(http: &Http, path: &str) -> TransportError {
    http.send(get(path)).await.unwrap_err()
}

/// Time-outs that are meant to run out.
const IMPATIENT: Limits = Limits {
    timeout: Duration::from_millis(300),
    body_bytes: 1024,
};

#[tokio::test]
async fn a_request_arrives_as_given_and_its_answer_comes_back() {
    let base = http(|request| {
        let seen = format!(
            "{} {} {:?} {:?} {}",
            request.method(),
            request.uri(),
            request.headers().get("x-mine"),
            request.headers().get("content-length"),
            String::from_utf8_lossy(request.body())
        );
        Response::builder()
            .status(418)
            .header("x-theirs", "yes")
            .body(seen.into())
            .unwrap()
    })
    .await;
    let request = Request::post("/api/v1/Tags?tagName=a%20b%2Fc")
        .header("x-mine", "1")
        .body(Bytes::from_static(b"body"))
        .unwrap();
    let answer = client(&format!("{base}/identities")).send(request).await.unwrap();
    assert_eq!(answer.status, 418);
    assert_eq!(answer.headers["x-theirs"], "yes");
    assert_eq!(
        answer.body,
        "POST /identities/api/v1/Tags?tagName=a%20b%2Fc Some(\"1\") Some(\"4\") body"
    );
    assert!(!answer.truncated);
    let empty = Request::post("/x").body(Bytes::new()).unwrap();
    let answer = client(&base).send(empty).await.unwrap();
    assert_eq!(answer.body, "POST /x None Some(\"0\") ");
}

#[tokio::test]
async fn redirects_and_compression_are_left_as_they_are() {
    let base = http(|request| {
        assert!(request.headers().get("accept-encoding").is_none());
        assert!(request.headers().get("referer").is_none());
        Response::builder()
            .status(302)
            .header("location", "/elsewhere")
            .header("content-encoding", "gzip")
            .body(Bytes::from_static(b"\x1f\x8b not really"))
            .unwrap()
    })
    .await;
    let answer = client(&base).send(get("/")).await.unwrap();
    assert_eq!(answer.status, 302);
    assert_eq!(&answer.body[..], b"\x1f\x8b not really");
}

#[tokio::test]
async fn a_body_is_cut_at_its_bound() {
    let base = http(|_| Response::new(Bytes::from(vec![b'x'; 100_000]))).await;
    let answer = client(&base).send(get("/")).await.unwrap();
    assert!(answer.truncated);
    assert_eq!(answer.body.len(), LIMITS.body_bytes);
}

#[tokio::test]
async fn a_dead_port_is_refused_with_advice() {
    let address = dead_port().await;
    let error = failure(&client(&format!("http://{address}")), "/").await;
    assert!(error.is_unreachable());
    assert_eq!(
        error.to_string(),
        format!(
            "cannot reach http://{address}: connection refused; is the server running, and is 5009 (HTTPS) or 6009 (HTTP) its port?"
        )
    );
}

#[tokio::test]
async fn a_name_without_address_is_named() {
    let error = failure(&client("http://no-such-host.invalid"), "/").await;
    assert!(
        matches!(&error, TransportError::Dns { host, .. } if host == "no-such-host.invalid"),
        "{error:?}"
    );
}

#[tokio::test]
async fn silence_and_unfinished_answers_time_out() {
    let silent = raw(b"", true).await;
    let http = client(&silent).with_limits(IMPATIENT);
    let error = failure(&http, "/quiet?secret=1").await;
    assert_eq!(
        error.to_string(),
        format!("GET {silent}/quiet had no answer within 0.3 s")
    );
    let slow = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc", true).await;
    let error = failure(&client(&slow).with_limits(IMPATIENT), "/").await;
    assert!(
        matches!(error, TransportError::BodyTimedOut { received: 3, .. }),
        "{error:?}"
    );
    assert!(error.is_timeout());
}

#[tokio::test]
async fn closed_connections_are_told_apart() {
    let base = raw(b"", false).await;
    let error = failure(&client(&base), "/").await;
    assert!(matches!(error, TransportError::Closed { .. }), "{error:?}");
    let base = raw(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc", false).await;
    let error = failure(&client(&base), "/").await;
    assert!(
        matches!(error, TransportError::ClosedMidAnswer { received: 3, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_is_not_http_is_malformed() {
    for bytes in [
        &b"SSH-2.0-OpenSSH_9.9\r\n\r\n"[..],
        b"HTTP/1.1 xyz\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    ] {
        let error = failure(&client(&raw(bytes, false).await), "/").await;
        assert!(matches!(error, TransportError::Malformed { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_safe_request_survives_one_stale_connection() {
    let address = listen(|stream| async move {
        use std::sync::atomic::{AtomicUsize, Ordering};
        static CONNECTIONS: AtomicUsize = AtomicUsize::new(0);
        // The first connection is dropped once the request has come; the next one answers.
        if CONNECTIONS.fetch_add(1, Ordering::SeqCst) == 0 {
            stream.readable().await.unwrap();
        } else {
            serve_http(stream, Arc::new(|_| Response::new(Bytes::new()))).await;
        }
    })
    .await;
    let answer = client(&format!("http://{address}")).send(get("/")).await;
    assert_eq!(answer.unwrap().status, 200);
}

impl Tls {
    async fn get(&self, trust: Trust) -> Result<Answer, TransportError> {
        self.get_from("127.0.0.1", trust).await
    }

    async fn get_from(&self, host: &str, trust: Trust) -> Result<Answer, TransportError> {
        let base = format!("https://{host}:{}", self.address.port());
        let http = Http::new(&target(&base, trust), LIMITS).unwrap();
        http.send(get("/")).await
    }
}

fn is_authority(params: &mut rcgen::CertificateParams) {
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
}

#[tokio::test]
async fn a_servers_own_certificate_is_trusted_whether_it_says_ca_or_not() {
    for server in [tls(|_| ()).await, tls(is_authority).await] {
        let answer = server.get(Trust::Ca(server.pem.clone())).await.unwrap();
        assert_eq!(answer.body, "hi");
    }
}

#[tokio::test]
async fn a_pin_trusts_its_key_and_no_other() {
    let (server, other) = (tls(|_| ()).await, tls(|_| ()).await);
    server.get(Trust::Pin(server.pin)).await.unwrap();
    let error = server.get(Trust::Pin(other.pin)).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("another key than the pinned one"), "{text}");
    assert!(text.contains(&server.pin.to_string()), "{text}");
}

#[tokio::test]
async fn insecure_trusts_anything() {
    tls(|_| ()).await.get(Trust::Insecure).await.unwrap();
}

#[tokio::test]
async fn an_untrusted_certificate_is_shown_with_the_three_ways_to_trust_it() {
    let (server, other) = (tls(|_| ()).await, tls(|_| ()).await);
    for trust in [Trust::System, Trust::Ca(other.pem.clone())] {
        let error = server.get(trust).await.unwrap_err();
        assert!(error.is_unreachable());
        let text = error.to_string();
        for part in [
            "is not trusted".to_owned(),
            "--ca FILE".to_owned(),
            format!("--pin {}", server.pin),
            "--insecure".to_owned(),
        ] {
            assert!(text.contains(&part), "{part} in {text}");
        }
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused_by_name() {
    let server = tls(|params| {
        params.subject_alt_names = vec![rcgen::SanType::DnsName("elsewhere.example".try_into().unwrap())];
    })
    .await;
    let error = server.get(Trust::Ca(server.pem.clone())).await.unwrap_err();
    let text = error.to_string();
    assert!(text.contains("elsewhere.example"), "{text}");
    assert!(text.contains("not for this host"), "{text}");
}

#[tokio::test]
async fn a_common_name_counts_when_there_is_no_other() {
    let named = |name: &'static str| {
        move |params: &mut rcgen::CertificateParams| {
            params.subject_alt_names = Vec::new();
            params.distinguished_name = rcgen::DistinguishedName::new();
            params.distinguished_name.push(rcgen::DnType::CommonName, name);
        }
    };
    let server = tls(named("localhost")).await;
    let trust = Trust::Ca(server.pem.clone());
    server.get_from("localhost", trust).await.unwrap();
    let server = tls(named("elsewhere.example")).await;
    let error = server.get(Trust::Ca(server.pem.clone())).await.unwrap_err();
    assert!(error.to_string().contains("elsewhere.example"), "{error}");
}

#[tokio::test]
async fn a_certificate_out_of_date_is_refused_by_date() {
    let server = tls(|params| {
        params.not_before = rcgen::date_time_ymd(2001, 1, 1);
        params.not_after = rcgen::date_time_ymd(2002, 2, 3);
    })
    .await;
    let error = server.get(Trust::Ca(server.pem.clone())).await.unwrap_err();
    assert!(error.to_string().contains("expired on 2002-02-03"), "{error}");
    let server = tls(|params| params.not_before = rcgen::date_time_ymd(2999, 1, 1)).await;
    let error = server.get(Trust::Ca(server.pem.clone())).await.unwrap_err();
    assert!(error.to_string().contains("not valid yet"), "{error}");
}

#[tokio::test]
async fn tls_and_plain_ports_are_told_apart_in_both_directions() {
    let hello = listen(|mut stream| async move {
        use tokio::io::AsyncWriteExt;
        stream.readable().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        std::future::pending::<()>().await;
    })
    .await;
    let http = Http::new(&target(&format!("https://{hello}"), Trust::System), LIMITS).unwrap();
    let error = failure(&http, "/").await;
    assert!(matches!(error, TransportError::NotTls { .. }), "{error:?}");

    let server = tls(|_| ()).await;
    let error = failure(&client(&format!("http://{}", server.address)), "/").await;
    assert!(matches!(error, TransportError::TlsOnly { .. }), "{error:?}");
}

#[tokio::test]
async fn a_ca_file_that_is_none_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ca.pem");
    let with = |path: &std::path::Path| {
        Http::new(&target("https://localhost", Trust::Ca(path.to_owned())), LIMITS)
            .unwrap_err()
            .to_string()
    };
    assert!(with(&path).contains("ca.pem"));
    std::fs::write(&path, "hello").unwrap();
    assert!(with(&path).contains("holds no certificate"));
}

#[test]
fn debug_output_shows_no_body() {
    let answer = Answer {
        status: StatusCode::OK,
        headers: HeaderMap::new(),
        body: Bytes::from_static(b"{\"token\":\"secret\"}"),
        truncated: false,
        elapsed: Duration::ZERO,
    };
    assert!(!format!("{answer:?}").contains("secret"));
}
