//! A little HTTP/1.1 server whose answers a test writes byte by byte: a thread for each connection, until the test ends.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::io::{Read, Write};
use std::net::{IpAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// Its head as it came.
    pub(crate) head: String,
    /// Where it came from.
    pub(crate) from: IpAddr,
    /// Its path without the query.
    pub(crate) path: String,
    /// The token that it brings; empty where it brings none.
    pub(crate) token: String,
    /// Its body.
    pub(crate) body: String,
    /// The how-manieth on its connection, from 1.
    pub(crate) nth: u64,
}

impl Asked {
    /// Whether it asks for a token.
    pub(crate) fn is_login(&self) -> bool {
        self.path.ends_with("/authenticate")
    }
}

/// Serves every request with the bytes that `answer` gives; none of them closes the connection instead. Gives the base URL.
pub(crate) fn serve(answer: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || converse(stream, &*answer));
        }
    });
    base
}

fn converse(mut stream: TcpStream, answer: &dyn Fn(&Asked) -> Vec<u8>) {
    let mut nth = 0;
    while let Some(mut asked) = read(&mut stream) {
        nth += 1;
        asked.nth = nth;
        let bytes = answer(&asked);
        if bytes.is_empty() || stream.write_all(&bytes).is_err() {
            break;
        }
    }
}

fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).ok()?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).ok()?;
    let field = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.to_owned())
            .next()
    };
    let length = field("content-length").map_or(0, |length| length.parse().expect("a length"));
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    let body = String::from_utf8_lossy(&body).into_owned();
    let path = head.split(' ').nth(1)?.split('?').next()?.to_owned();
    let token = field("authorization").unwrap_or_default().replace("Bearer ", "");
    Some(Asked {
        from: stream.peer_addr().ok()?.ip(),
        path,
        token,
        body,
        head,
        nth: 0,
    })
}

/// An answer with that status, further header lines and body.
pub(crate) fn answer(status: u16, fields: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n{fields}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// A login's answer with a token of its own whose payload has these members besides.
pub(crate) fn token(claims: &str) -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let payload = URL_SAFE_NO_PAD.encode(format!(r#"{{"jti":"{number}"{claims}}}"#));
    format!("e30.{payload}.c2ln")
}

/// A login's answer.
pub(crate) fn given(token: &str) -> Vec<u8> {
    let body = format!(r#"{{"username":"admin","token":"{token}"}}"#);
    answer(200, "Content-Type: application/json\r\n", body.as_bytes())
}
