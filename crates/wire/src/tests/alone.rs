//! A connection of one's own, call after call.

use super::{PATIENCE, call, connector};
use crate::connection::Connection;
use crate::connector::Connector;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

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
    let mut user = Connection::new(
        Connector {
            http2: None,
            ..connector(address, 1)
        },
        0,
    );
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
