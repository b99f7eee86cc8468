//! A server that says what a test tells it to.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PUSH_PROMISE: u8 = 5;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const WINDOW_UPDATE: u8 = 8;
pub(super) const CONTINUATION: u8 = 9;
pub(super) const END_STREAM: u8 = 1;
pub(super) const END_HEADERS: u8 = 4;

/// A frame that came.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
    pub(super) payload: Vec<u8>,
}

/// The server's end of a connection. What it cannot send or read any more ends its part.
pub(super) struct Peer {
    tcp: TcpStream,
    /// Which connection it is.
    pub(super) number: usize,
}

/// How a part ended: `None` when the client had gone.
pub(super) type Gone = Option<()>;

/// Serves each connection with `part`; its address, and how many connections there were.
pub(super) async fn serve<F, P>(part: P) -> (SocketAddr, Arc<AtomicUsize>)
where
    P: Fn(Peer) -> F + Send + Sync + 'static,
    F: Future<Output = Gone> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = connections.clone();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let number = counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(part(Peer { tcp, number }));
        }
    });
    (address, connections)
}

impl Peer {
    /// Takes the client's preface and greets it with settings.
    pub(super) async fn greet(&mut self, settings: &[(u16, u32)]) -> Gone {
        let mut preface = [0; 24];
        self.tcp.read_exact(&mut preface).await.ok()?;
        assert_eq!(&preface, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        self.settings(settings).await
    }

    pub(super) async fn settings(&mut self, settings: &[(u16, u32)]) -> Gone {
        let mut payload = Vec::new();
        for (name, value) in settings {
            payload.extend_from_slice(&name.to_be_bytes());
            payload.extend_from_slice(&value.to_be_bytes());
        }
        self.send(SETTINGS, 0, 0, &payload).await
    }

    pub(super) async fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Gone {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut frame = vec![length[1], length[2], length[3], kind, flags];
        frame.extend_from_slice(&stream.to_be_bytes());
        frame.extend_from_slice(payload);
        self.raw(&frame).await
    }

    pub(super) async fn raw(&mut self, bytes: &[u8]) -> Gone {
        self.tcp.write_all(bytes).await.ok()
    }

    /// The next frame, whatever it is.
    pub(super) async fn frame(&mut self) -> Option<Frame> {
        let mut head = [0; 9];
        self.tcp.read_exact(&mut head).await.ok()?;
        let [l1, l2, l3, kind, flags, s1, s2, s3, s4] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, l1, l2, l3]) as usize];
        self.tcp.read_exact(&mut payload).await.ok()?;
        Some(Frame {
            kind,
            flags,
            stream: u32::from_be_bytes([s1, s2, s3, s4]),
            payload,
        })
    }

    /// The next frame of a kind; others are passed over.
    pub(super) async fn next(&mut self, kind: u8) -> Option<Frame> {
        loop {
            let frame = self.frame().await?;
            if frame.kind == kind {
                return Some(frame);
            }
        }
    }

    /// The next call's stream.
    pub(super) async fn asked(&mut self) -> Option<u32> {
        Some(self.next(HEADERS).await?.stream)
    }

    /// Answers a call with 200 and a body.
    pub(super) async fn answer(&mut self, stream: u32, body: &str) -> Gone {
        self.send(HEADERS, END_HEADERS, stream, &[0x88]).await?;
        self.send(DATA, END_STREAM, stream, body.as_bytes()).await
    }

    /// Answers every call from now on.
    pub(super) async fn answer_all(&mut self, body: &str) -> Gone {
        loop {
            let stream = self.asked().await?;
            self.answer(stream, body).await?;
        }
    }

    /// Listens until the client goes.
    pub(super) async fn listen(&mut self) -> Gone {
        loop {
            self.frame().await?;
        }
    }
}
