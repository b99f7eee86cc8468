//! Responses in pieces of every size, whole and broken.

use super::*;

/// Feeds `text` in pieces of `size` bytes; (status, body, reusable), or the error.
fn read(text: &str, size: usize) -> Result<Option<(u16, String, bool)>, WireError> {
    let mut reader = ResponseReader::new(1000, Some(Vec::new()));
    let mut done = false;
    for piece in text.as_bytes().chunks(size) {
        done = reader.feed(piece)?;
    }
    let done = done || reader.closed();
    let (status, reusable) = (reader.status(), reader.reusable());
    Ok(done.then(|| (status, String::from_utf8(reader.into_body()).unwrap(), reusable)))
}

#[test]
fn every_framing_in_pieces_of_every_size() {
    for (text, status, body, reusable) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true),
        ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", 200, "", true),
        ("HTTP/1.1 204 No Content\r\n\r\n", 204, "", true),
        (
            "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno",
            401,
            "no",
            false,
        ),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok", false),
        (
            "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 2\r\n\r\nok",
            200,
            "ok",
            true,
        ),
        ("HTTP/1.1 200 OK\r\n\r\nto the end", 200, "to the end", false),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\nA;x=y\r\npedia in c\r\n0\r\nT: v\r\n\r\n",
            200,
            "wikipedia in c",
            true,
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n2\r\nab\r\n0\r\n\r\n",
            200,
            "ab",
            true,
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
            200,
            "x",
            true,
        ),
    ] {
        for size in 1..text.len() {
            let read = read(text, size).unwrap();
            assert_eq!(
                read,
                Some((status, body.to_owned(), reusable)),
                "{text:?} in pieces of {size}"
            );
        }
    }
}

#[test]
fn what_is_no_response_is_refused() {
    let long_head = format!("HTTP/1.1 200 OK\r\nX: {}", "y".repeat(MAX_HEAD_BYTES));
    let long_extension = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;{}",
        "y".repeat(9000)
    );
    let long_trailer = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n{}",
        "y\r\n".repeat(9000)
    );
    let interim = "HTTP/1.1 102 Processing\r\n\r\n".repeat(40);
    for text in [
        "<html>",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        &interim,
        &long_head,
        &long_extension,
        &long_trailer,
    ] {
        for size in [1, 7, text.len()] {
            assert!(
                read(text, size).is_err(),
                "{:?} in pieces of {size}",
                &text[..text.len().min(90)]
            );
        }
    }
}

#[test]
fn a_response_cut_short_is_incomplete() {
    for text in [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "HTTP/1.1 200 OK\r\nContent-",
        "",
    ] {
        assert_eq!(read(text, 3).unwrap(), None, "{text:?}");
    }
}

#[test]
fn bytes_behind_the_response_make_the_connection_unusable() {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n";
    assert_eq!(read(text, text.len()).unwrap(), Some((200, "ok".to_owned(), false)));
}

#[test]
fn an_endless_body_is_cut_off() {
    let mut reader = ResponseReader::new(1000, None);
    reader.feed(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
    let endless = (0..20).try_for_each(|_| reader.feed(&[0; 100]).map(drop));
    assert!(matches!(endless, Err(WireError::BodyTooLong)));
}

#[test]
fn the_servers_clock_is_read_with_a_body_that_is_kept_and_only_then() {
    let text = b"HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:01:40 GMT\r\nContent-Length: 2\r\n\r\nok";
    let at = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(100);
    for (kept, date) in [(Some(Vec::new()), Some(at)), (None, None)] {
        let mut reader = ResponseReader::new(1000, kept);
        assert!(reader.feed(text).unwrap());
        assert_eq!(reader.date().read(), date);
    }
    let mut reader = ResponseReader::new(1000, Some(Vec::new()));
    assert!(reader.feed(b"HTTP/1.1 204 No Content\r\nDate: soon\r\n\r\n").unwrap());
    assert_eq!(reader.date().read(), None);
}
