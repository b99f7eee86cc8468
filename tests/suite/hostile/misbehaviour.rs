//! What a server can do wrong on the wire.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Write};
use std::sync::mpsc::Receiver;
use std::time::Duration;

/// What a server can do wrong on the wire.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Misbehaviour {
    Silence,
    HangingUp,
    HalfABody,
    EndlessBody,
    DrippingBody,
    EndlessHead,
    HugeBody,
    GzipBomb,
    NotUtf8,
    NotJson,
    DeepNesting,
    RedirectLoop,
    WebPage,
    StrangeStatus,
    NotHttp,
}

/// Between two drops of a body that drips.
const DRIP: Duration = Duration::from_millis(100);

impl Misbehaviour {
    /// Whether what comes is no whole answer.
    pub(crate) fn loses_answers(self) -> bool {
        matches!(
            self,
            Self::Silence | Self::HangingUp | Self::HalfABody | Self::DrippingBody | Self::EndlessHead | Self::NotHttp
        )
    }

    /// Whether it has so much to make or to write that another call may wait beyond the time-out of these tests.
    pub(crate) fn is_slow(self) -> bool {
        matches!(
            self,
            Self::HugeBody | Self::GzipBomb | Self::EndlessBody | Self::DeepNesting
        )
    }

    /// Answers so, as long as the client listens; `closing` is told when the server shuts down. The connection is not
    /// to be used again.
    pub(crate) fn answer(self, stream: &mut impl Write, closing: &Receiver<()>) -> io::Result<()> {
        match self {
            Self::Silence => {
                // Until the server itself ends.
                let _ = closing.recv();
                Ok(())
            }
            Self::HangingUp => Ok(()),
            Self::HalfABody => stream.write_all(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n[{\"tagId\":",
            ),
            Self::EndlessBody => endless(stream, closing, b"1000\r\n", &[b' '; 4096], Duration::ZERO),
            Self::DrippingBody => endless(stream, closing, b"1\r\n", b" ", DRIP),
            Self::EndlessHead => {
                stream.write_all(b"HTTP/1.1 200 OK\r\n")?;
                repeat(stream, closing, b"x-more: and more\r\n", Duration::ZERO)
            }
            Self::HugeBody => {
                let length = 1_u64 << 32;
                write!(
                    stream,
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
                )?;
                repeat(stream, closing, &vec![b'['; 1 << 16], Duration::ZERO)
            }
            Self::GzipBomb => whole(stream, "200 OK\r\ncontent-encoding: gzip", "application/json", &bomb()?),
            Self::NotUtf8 => whole(stream, "200 OK", "application/json", b"[{\"tagName\":\"\xff\xfe\"}]"),
            Self::NotJson => whole(stream, "200 OK", "application/json", b"[{\"tagName\":}]\x1b[2J"),
            Self::DeepNesting => whole(stream, "200 OK", "application/json", &vec![b'['; 1 << 20]),
            Self::RedirectLoop => whole(stream, "302 Found\r\nlocation: /api/v1/Tags", "text/plain", b""),
            Self::WebPage => whole(
                stream,
                "200 OK",
                "text/html",
                b"<!doctype html><script>alert(1)</script>",
            ),
            Self::StrangeStatus => whole(stream, "799 Whatever", "application/json", b"[]"),
            Self::NotHttp => stream.write_all(b"\x00\x01\x02 220 smtp.example ESMTP\r\n\r\n"),
        }
    }
}

fn whole(stream: &mut impl Write, status: &str, media_type: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
    )?;
    stream.write_all(body)
}

/// A chunked body of which every chunk is the same.
fn endless(
    stream: &mut impl Write,
    closing: &Receiver<()>,
    size: &[u8],
    content: &[u8],
    pause: Duration,
) -> io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")?;
    repeat(stream, closing, &[size, content, b"\r\n"].concat(), pause)
}

/// Until the client hangs up or the server ends.
fn repeat(stream: &mut impl Write, closing: &Receiver<()>, bytes: &[u8], pause: Duration) -> io::Result<()> {
    use std::sync::mpsc::RecvTimeoutError;
    while closing.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        stream.write_all(bytes)?;
        stream.flush()?;
    }
    Ok(())
}

/// A quarter of a gigabyte in a quarter of a megabyte.
fn bomb() -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..256 {
        encoder.write_all(&vec![b' '; 1 << 20])?;
    }
    encoder.finish()
}
