//! A connection of one's own, call after call.

use super::{PATIENCE, call, connector};
use crate::connection::Connection;
use crate::connector::Connector;
use proofload_deployment::Proxy;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// Longer than what is read at once.
const LONG: usize = 90_000;

#[tokio::test]
async fn what_came_in_one_piece_took_no_time_to_come() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move {
        let (tcp, _) = listener.accept().await.unwrap();
        let mut tcp = BufReader::new(tcp);
        for length in [2, LONG, 2] {
            let mut line = String::new();
            while line != "\r\n" {
                line.clear();
                tcp.read_line(&mut line).await.unwrap();
            }
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{}",
                "a".repeat(length)
            );
            tcp.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let mut user = user(address);
    for is_long in [false, true, false] {
        assert_eq!(call(&mut user, PATIENCE).await.unwrap().status, 200);
        let marks = user.marks();
        assert_eq!(
            (marks.came_whole, marks.first_byte_at.is_some()),
            (!is_long, is_long),
            "{marks:?}"
        );
    }
    assert_eq!(user.take_made(), 1, "all over one connection");
    server.await.unwrap();
}

/// A user with a connection of its own.
fn user(address: SocketAddr) -> Connection {
    Connection::new(
        Connector {
            http2: None,
            ..connector(address, 1)
        },
        0,
    )
}

/// Serves every connection with the same bytes once a head is there, and hands it over then.
async fn serve(answer: &'static str, end: fn(TcpStream)) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut tcp, _)) = listener.accept().await {
            let mut read = [0; 4096];
            let _ = tcp.read(&mut read).await;
            let _ = tcp.write_all(answer.as_bytes()).await;
            end(tcp);
        }
    });
    address
}

/// What lasts until the end of the connection is whole where that is closed in good order, and cut where it is reset.
#[tokio::test]
async fn a_body_without_a_length_is_not_whole_when_the_connection_breaks() {
    const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n[{\"tagId\": \"aaaa";
    let closing = serve(ANSWER, drop).await;
    assert_eq!(call(&mut user(closing), PATIENCE).await.unwrap().status, 200);
    let breaking = serve(ANSWER, |tcp| {
        // Closed with a reset.
        tcp.set_zero_linger().unwrap();
    })
    .await;
    let error = call(&mut user(breaking), PATIENCE).await.unwrap_err();
    assert_eq!(error.name(), "reset", "{error}");
}

/// Whoever stands between is named, and counted by a name of its own.
#[tokio::test]
async fn a_proxy_that_gives_no_connection_is_not_the_target() {
    let gone = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let proxy: Proxy = format!("http://{gone}").parse().unwrap();
    let connector = Connector {
        http2: None,
        proxy: Some(Arc::new(proxy)),
        ..connector(gone, 1)
    };
    let error = call(&mut Connection::new(connector, 0), PATIENCE).await.unwrap_err();
    assert_eq!(error.name(), "proxy");
    assert!(
        error
            .told()
            .starts_with(&format!("cannot connect: the proxy http://{gone}: ")),
        "{error}"
    );
}
