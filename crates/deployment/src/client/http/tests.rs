//! Exchanges with little servers, well-behaved and not.

use super::*;
use crate::Trust;
use crate::client::testing::{LIMITS, client, dead_port, http, listen, raw, serve_http, target, tls};
use http::{Request, Response};

fn get(path: &str) -> Request<Bytes> {
    Request::get(path).body(Bytes::new()).unwrap()
}

async fn failure(http: &Http, path: &str) -> TransportError {
    http.send(get(path)).await.unwrap_err()
}

/// Time-outs that are meant to run out, though not before a busy machine has answered.
const IMPATIENT: Limits = Limits {
    timeout: Duration::from_secs(2),
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
async fn where_others_take_the_room_a_body_keeps_its_beginning() {
    let base = http(|_| Response::new(Bytes::from(vec![b'x'; 1 << 20]))).await;
    let http = client(&base).with_limits(Limits {
        body_bytes: 4 << 20,
        ..LIMITS
    });
    let mut held = Vec::new();
    let cut = loop {
        let answer = http.send(get("/")).await.unwrap();
        if answer.truncated || held.len() > LARGE_BODIES >> 19 {
            break answer;
        }
        held.push(answer);
    };
    assert!(cut.truncated && cut.body.len() >= SMALL_BODY, "{}", cut.body.len());
    drop((held, cut));
    assert!(!http.send(get("/")).await.unwrap().truncated);
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
    // A label of 64 characters is refused before anybody is asked, so that the test needs no name server.
    let name = format!("{}.invalid", "a".repeat(64));
    let error = failure(&client(&format!("http://{name}")), "/").await;
    assert!(
        matches!(&error, TransportError::Dns { host, .. } if *host == name),
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
        format!("GET {silent}/quiet had no answer within 2 s")
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

#[tokio::test]
async fn a_request_that_is_sent_once_is_not_sent_again() {
    let base = raw(b"", false).await;
    for connection in [Connection::Kept, Connection::New] {
        let error = client(&base).send_once(get("/"), connection).await.unwrap_err();
        assert!(matches!(error, TransportError::Closed { .. }), "{error:?}");
    }
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
