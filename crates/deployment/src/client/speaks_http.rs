//! Whether a port speaks plain HTTP, asked when its TLS makes no sense.

use crate::{BaseUrl, Way};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

/// The longest the question may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// What an answer begins with: version, space, status.
const HEAD: usize = "HTTP/1.1 200".len();

/// Whether the port behind `base` answers a plain request as an HTTP server does. One that speaks TLS may answer in HTTP,
/// too, but only to say that it does: with 400, or with a redirect.
pub(super) async fn speaks_http(base: &BaseUrl, way: &Way) -> bool {
    matches!(timeout(PATIENCE, status(base, way)).await, Ok(Some(status)) if status != 400 && !(300..400).contains(&status))
}

/// The status that a request without any credentials is answered with.
async fn status(base: &BaseUrl, way: &Way) -> Option<u16> {
    let mut stream = way.connect(base).await.ok()?;
    let host = base.url().host_str()?;
    let request = format!(
        "GET {}/api/v1/renewToken HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n",
        base.prefix()
    );
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut head = [0; HEAD];
    stream.read_exact(&mut head).await.ok()?;
    let head = std::str::from_utf8(&head).ok()?;
    head.strip_prefix("HTTP/1.")?.get(2..)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::testing::{dead_port, raw};

    async fn asked(answer: &'static [u8]) -> bool {
        let server = raw(answer, false).await;
        speaks_http(&BaseUrl::parse(&server).unwrap(), &Way::default()).await
    }

    #[tokio::test]
    async fn only_an_answer_that_a_plain_server_gives_says_so() {
        assert!(asked(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n").await);
        assert!(asked(b"HTTP/1.0 404 Not Found\r\n\r\n").await);
        assert!(!asked(b"HTTP/1.1 400 The plain HTTP request was sent to HTTPS port\r\n\r\n").await);
        assert!(!asked(b"HTTP/1.1 307 Temporary Redirect\r\n\r\n").await);
        assert!(!asked(b"SSH-2.0-OpenSSH_9.9\r\n").await);
        assert!(!asked(&[21, 3, 1, 0, 2, 2, 70]).await);
        let dead = BaseUrl::parse(&format!("http://{}", dead_port().await)).unwrap();
        assert!(!speaks_http(&dead, &Way::default()).await);
    }
}
