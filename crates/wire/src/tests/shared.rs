//! What users that share a connection see of it: turns, windows, losses, and servers that send them away.

use super::peer::{
    DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, Peer, RST_STREAM, SETTINGS, WINDOW_UPDATE, serve,
};
use super::*;
use std::sync::atomic::{AtomicU32, Ordering};

fn all(users: &mut [Connection]) -> impl Future<Output = Vec<String>> {
    futures(users.iter_mut().map(told))
}

/// Awaits all of them at the same time.
async fn futures<T>(all: impl Iterator<Item = impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = all.map(|one| (Box::pin(one), None)).collect();
    std::future::poll_fn(|cx| {
        for (one, done) in &mut waiting {
            if done.is_none()
                && let std::task::Poll::Ready(value) = one.as_mut().poll(cx)
            {
                *done = Some(value);
            }
        }
        if waiting.iter().all(|(_, done)| done.is_some()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    waiting.into_iter().filter_map(|(_, done)| done).collect()
}

#[tokio::test]
async fn calls_of_many_users_go_over_one_connection_at_once_in_any_order() {
    let (address, connections) = serve(|mut peer: Peer| async move {
        peer.greet(&[]).await?;
        loop {
            let mut streams = Vec::new();
            while streams.len() < 4 {
                streams.push(peer.asked().await?);
            }
            for stream in streams.into_iter().rev() {
                peer.answer(stream, &stream.to_string()).await?;
            }
        }
    })
    .await;
    let mut users: [Connection; 4] = users(address, 4);
    for streams in [["1", "3", "5", "7"], ["9", "11", "13", "15"]] {
        let expected = streams.map(|stream| format!("200 {stream}"));
        assert_eq!(all(&mut users).await, expected);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    assert_eq!(users.iter_mut().map(Connection::take_made).sum::<u64>(), 1);
    assert!(users[0].newly_made().is_some(), "it had to wait for the connection");
}

#[tokio::test]
async fn users_beyond_the_number_have_a_connection_of_their_own() {
    let (address, connections) = serve(|mut peer: Peer| async move {
        peer.greet(&[]).await?;
        peer.answer_all("x").await
    })
    .await;
    let mut users: [Connection; 5] = users(address, 2);
    assert_eq!(all(&mut users).await, ["200 x"; 5]);
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_server_that_lets_fewer_calls_is_heeded_and_it_is_said() {
    let most = Arc::new(AtomicU32::new(0));
    let seen = most.clone();
    let (address, _) = serve(move |mut peer: Peer| {
        let seen = seen.clone();
        async move {
            peer.greet(&[(3, 2)]).await?;
            loop {
                // What was sent until an answer to a ping comes is all that is sent at once.
                let stream = peer.asked().await?;
                peer.send(PING, 0, 0, &[0; 8]).await?;
                let mut streams = vec![stream];
                loop {
                    match peer.frame().await? {
                        frame if frame.kind == HEADERS => streams.push(frame.stream),
                        frame if frame.kind == PING => break,
                        _ => {}
                    }
                }
                seen.fetch_max(u32::try_from(streams.len()).unwrap(), Ordering::SeqCst);
                for stream in streams {
                    peer.answer(stream, "x").await?;
                }
            }
        }
    })
    .await;
    let connector = connector(address, 8);
    let mut users: [Connection; 8] = std::array::from_fn(|number| Connection::new(connector.clone(), number as u64));
    assert_eq!(all(&mut users).await, ["200 x"; 8]);
    assert_eq!(most.load(Ordering::SeqCst), 2);
    let told = connector.http2.unwrap().told().remove(0);
    assert!(
        told.contains("lets 2 calls at once") && told.contains("not the 8 that were asked for: 6 calls waited"),
        "{told}"
    );
}

#[tokio::test]
async fn one_that_leaves_the_queue_holds_nobody_up() {
    let (address, _) = serve(|mut peer: Peer| async move {
        peer.greet(&[(3, 1)]).await?;
        let stream = peer.asked().await?;
        peer.answer(stream, "there").await?;
        let first = peer.asked().await?;
        tokio::time::sleep(SHORT * 2).await;
        peer.answer(first, "late").await?;
        peer.answer_all("x").await
    })
    .await;
    let [mut first, mut second, mut third] = users(address, 3);
    assert_eq!(told(&mut first).await, "200 there");
    let (first, second, third) = tokio::join!(told(&mut first), call(&mut second, SHORT), told(&mut third));
    assert_eq!((first.as_str(), third.as_str()), ("200 late", "200 x"));
    let second = second.unwrap_err();
    assert_eq!(second.name(), "timeout");
    assert!(second.told().contains("the call's turn did not come"), "{second}");
}

#[tokio::test]
async fn what_a_server_did_not_begin_with_before_it_went_away_may_be_sent_again() {
    let (address, connections) = serve(|mut peer: Peer| async move {
        peer.greet(&[]).await?;
        if peer.number > 0 {
            return peer.answer_all("second").await;
        }
        while peer.asked().await? != 5 {}
        // The last one that it began with is the first.
        peer.send(GOAWAY, 0, 0, &[0, 0, 0, 1, 0, 0, 0, 0]).await?;
        peer.answer(1, "first").await
    })
    .await;
    let mut users: [Connection; 3] = users(address, 3);
    let ended = all(&mut users).await;
    let unprocessed = "reset: the server did nothing of the call and said so (GOAWAY)";
    assert_eq!(ended, ["200 first", unprocessed, unprocessed]);
    assert_eq!(users.each_ref().map(Connection::unprocessed), [false, true, true]);
    assert_eq!(all(&mut users).await, ["200 second"; 3]);
    assert_eq!(connections.load(Ordering::SeqCst), 2, "made anew once");
    assert_eq!(users.iter_mut().map(Connection::take_made).sum::<u64>(), 2);
}

#[tokio::test]
async fn a_call_that_is_reset_says_why_and_leaves_the_others_alone() {
    let (address, connections) = serve(|mut peer: Peer| async move {
        peer.greet(&[]).await?;
        for code in [7, 11, 13, 99] {
            let stream = peer.asked().await?;
            peer.send(RST_STREAM, 0, stream, &u32::to_be_bytes(code)).await?;
        }
        peer.answer_all("x").await
    })
    .await;
    let [mut user] = users(address, 1);
    for words in [
        "reset: the server did nothing of the call and said so (REFUSED_STREAM)",
        "reset: the server gave the call up (RST_STREAM ENHANCE_YOUR_CALM): it takes no more from this connection",
        "reset: the server gave the call up (RST_STREAM HTTP_1_1_REQUIRED): it answers that in HTTP/1.1 only",
        "reset: the server gave the call up (RST_STREAM an unknown error code)",
        "200 x",
    ] {
        assert_eq!(told(&mut user).await, words);
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_lost_connection_fails_what_was_on_it_and_is_made_anew_once() {
    let (address, connections) = serve(|mut peer: Peer| async move {
        peer.greet(&[]).await?;
        if peer.number == 0 {
            while peer.asked().await? != 15 {}
            peer.send(GOAWAY, 0, 0, &[0, 0, 0, 15, 0, 0, 0, 2]).await?;
            return Some(());
        }
        peer.answer_all("again").await
    })
    .await;
    let mut users: [Connection; 8] = users(address, 8);
    let lost = all(&mut users).await;
    for told in lost {
        assert!(
            told.starts_with("reset: the connection was lost: ") && told.ends_with("GOAWAY (INTERNAL_ERROR)"),
            "{told}"
        );
    }
    assert!(users.iter().all(|user| !user.unprocessed()), "it may have done them");
    assert_eq!(all(&mut users).await, ["200 again"; 8]);
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_left_and_one_that_does_is_kept() {
    let (address, connections) = serve(|mut peer: Peer| async move {
        peer.greet(&[]).await?;
        if peer.number == 0 {
            return peer.listen().await;
        }
        // One call is never answered, the others are.
        let _ = peer.asked().await?;
        peer.answer_all("x").await
    })
    .await;
    let [mut first, mut second] = users(address, 2);
    assert!(matches!(call(&mut first, SHORT).await, Err(WireError::Timeout)));
    let (one, other) = tokio::join!(call(&mut first, SHORT), call(&mut second, SHORT));
    let lost = [one, other]
        .iter()
        .filter(|ended| matches!(ended, Err(WireError::Timeout)))
        .count();
    assert_eq!(lost, 1);
    assert_eq!(
        (told(&mut first).await, told(&mut second).await),
        ("200 x".into(), "200 x".into())
    );
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn bodies_go_out_as_the_windows_let_them_and_as_they_change() {
    let (address, _) = serve(|mut peer: Peer| async move {
        peer.greet(&[(4, 10)]).await?;
        let stream = peer.asked().await?;
        let mut body = peer.next(DATA).await?.payload;
        assert_eq!(body.len(), 10);
        peer.send(WINDOW_UPDATE, 0, stream, &5_u32.to_be_bytes()).await?;
        body.extend(peer.next(DATA).await?.payload);
        assert_eq!(body.len(), 15);
        // All streams' windows become 90 larger: 15 of them are used up.
        peer.settings(&[(4, 100)]).await?;
        body.extend(peer.next(DATA).await?.payload);
        assert_eq!(body.len(), 105);
        // It may become negative.
        peer.settings(&[(4, 0)]).await?;
        peer.send(WINDOW_UPDATE, 0, stream, &100_u32.to_be_bytes()).await?;
        peer.send(PING, 0, 0, &[0; 8]).await?;
        loop {
            match peer.frame().await? {
                frame if frame.kind == PING => break,
                frame => assert_ne!(frame.kind, DATA),
            }
        }
        peer.send(WINDOW_UPDATE, 0, stream, &100_000_u32.to_be_bytes()).await?;
        loop {
            let frame = peer.next(DATA).await?;
            body.extend(frame.payload);
            if frame.flags & END_STREAM != 0 {
                break;
            }
        }
        let expected: Vec<u8> = (0..=255).cycle().take(20_000).collect();
        let same = if body == expected { "same" } else { "other" };
        peer.answer(stream, same).await?;
        peer.listen().await
    })
    .await;
    let [mut user] = users(address, 1);
    let body: Vec<u8> = (0..=255).cycle().take(20_000).collect();
    let head = [
        b"POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 20000\r\n\r\n",
        &body[..77],
    ]
    .concat();
    let answer = user.exchange(&head, &body[77..], Instant::now() + PATIENCE, true).await;
    assert_eq!((answer.unwrap().status, user.body()), (200, &b"same"[..]));
}

#[tokio::test]
async fn a_server_that_takes_no_body_holds_a_call_up_until_its_time_out_and_no_other() {
    let (address, connections) = serve(|mut peer: Peer| async move {
        peer.greet(&[(4, 0)]).await?;
        let stream = peer.asked().await?;
        peer.answer(stream, "there").await?;
        let stalled = peer.asked().await?;
        let stream = peer.asked().await?;
        peer.answer(stream, "x").await?;
        let reset = peer.next(RST_STREAM).await?;
        assert_eq!((reset.stream, reset.payload), (stalled, vec![0, 0, 0, 8]));
        peer.answer_all("y").await
    })
    .await;
    let [mut stalled, mut other] = users(address, 2);
    assert_eq!(told(&mut other).await, "200 there");
    let head = b"POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\n\r\n";
    let (lost, answered) = tokio::join!(
        stalled.exchange(head, b"hello", Instant::now() + SHORT, false),
        told(&mut other)
    );
    let lost = lost.unwrap_err();
    assert_eq!(lost.name(), "timeout");
    assert!(lost.told().contains("opens no window for the body"), "{lost}");
    assert_eq!(answered, "200 x");
    assert_eq!(told(&mut stalled).await, "200 y");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_answer_that_comes_before_the_body_was_taken_is_one() {
    let (address, _) = serve(|mut peer: Peer| async move {
        peer.greet(&[(4, 3)]).await?;
        let stream = peer.asked().await?;
        // 413, as a literal without a body.
        peer.send(HEADERS, END_HEADERS | END_STREAM, stream, b"\x08\x03413")
            .await?;
        let reset = peer.next(RST_STREAM).await?;
        assert_eq!(reset.stream, stream);
        peer.answer_all("x").await
    })
    .await;
    let [mut user] = users(address, 1);
    let head = b"POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 5\r\n\r\n";
    let answer = user.exchange(head, b"hello", Instant::now() + PATIENCE, false).await;
    assert_eq!(answer.unwrap().status, 413);
    assert_eq!(told(&mut user).await, "200 x");
}

#[tokio::test]
async fn where_a_server_knows_no_http2_in_clear_text_all_users_go_on_in_http1() {
    let (address, connections) = serve(|mut peer: Peer| async move {
        if peer.number == 0 {
            peer.raw(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
                .await?;
            return Some(());
        }
        peer.raw(b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx").await?;
        peer.listen().await
    })
    .await;
    let mut users: [Connection; 3] = users(address, 3);
    assert_eq!(all(&mut users).await, ["200 x"; 3]);
    assert_eq!(connections.load(Ordering::SeqCst), 4);
    assert_eq!(users.iter_mut().map(Connection::take_made).sum::<u64>(), 3);
}

#[tokio::test]
async fn a_server_that_sends_away_before_a_call_can_begin_is_not_asked_for_ever() {
    let (address, connections) = serve(|mut peer: Peer| async move {
        peer.greet(&[]).await?;
        peer.send(GOAWAY, 0, 0, &[0; 8]).await?;
        peer.next(SETTINGS).await?;
        Some(())
    })
    .await;
    let [mut user] = users(address, 1);
    let ended = told(&mut user).await;
    assert!(ended.starts_with("protocol") || ended.contains("GOAWAY"), "{ended}");
    assert!(connections.load(Ordering::SeqCst) <= 3);
}

#[tokio::test]
async fn where_none_can_be_made_all_hear_why() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = gone.local_addr().unwrap();
    drop(gone);
    let mut users: [Connection; 3] = users(address, 3);
    for told in all(&mut users).await {
        assert!(told.starts_with("connect: cannot connect: "), "{told}");
    }
}

#[tokio::test]
async fn a_server_that_lets_no_call_at_all_is_named() {
    let (address, _) = serve(|mut peer: Peer| async move {
        peer.greet(&[(3, 0)]).await?;
        peer.listen().await
    })
    .await;
    let [mut user] = users(address, 1);
    let lost = call(&mut user, SHORT).await.unwrap_err();
    assert_eq!(lost.name(), "timeout");
    assert!(lost.told().contains("lets 0 calls at once"), "{lost}");
}

#[tokio::test]
async fn what_a_server_does_while_no_call_is_on_the_connection_is_told_all_the_same() {
    let (address, connections) = serve(|mut peer: Peer| async move {
        peer.greet(&[]).await?;
        peer.asked().await?;
        // An answer without a body, and behind it, in the same piece, GOAWAY or a PING that is too short.
        let mut bytes = vec![0, 0, 1, HEADERS, END_HEADERS | END_STREAM, 0, 0, 0, 1, 0x88];
        let kind = if peer.number < 3 { GOAWAY } else { PING };
        bytes.extend([0, 0, if kind == GOAWAY { 8 } else { 7 }, kind, 0]);
        bytes.extend([0; 4 + 7]);
        bytes.extend((kind == GOAWAY).then_some(0));
        peer.raw(&bytes).await?;
        peer.listen().await
    })
    .await;
    let connector = connector(address, 1);
    let mut user = Connection::new(connector.clone(), 0);
    let sharing = connector.http2.unwrap();
    assert!(sharing.told().is_empty());
    let began = Instant::now();
    while sharing.told().len() < 2 && began.elapsed() < PATIENCE {
        let _ = told(&mut user).await;
    }
    let told = sharing.told();
    assert!(told[0].contains("not as long as its kind has to be"), "{told:?}");
    assert!(
        told[1].contains("closed 3 HTTP/2 connections (GOAWAY NO_ERROR)"),
        "{told:?}"
    );
    assert!(connections.load(Ordering::SeqCst) >= 4);
}
