//! What a session keeps while nobody reads what it has to say.

use super::super::frame::{Fault, FrameReader, HEAD_BYTES, code, kind, put};
use super::super::request::Request;
use super::*;
use std::task::Waker;

fn terms(streams: u32) -> Terms {
    Terms {
        streams,
        fates: Arc::default(),
    }
}

/// A session whose server has said its settings.
fn settled(streams: u32) -> Session {
    let mut session = Session::new(terms(streams));
    feed(&mut session, &frame(kind::SETTINGS, 0, &[])).unwrap();
    session.written(session.to_write().len());
    session
}

fn frame(kind: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    put(&mut bytes, kind, 0, stream, payload);
    bytes
}

fn feed(session: &mut Session, mut bytes: &[u8]) -> Result<(), Fault> {
    let mut reader = FrameReader::default();
    while let Some(piece) = reader.next(&mut bytes)? {
        session.take(piece)?;
    }
    Ok(())
}

fn begin(session: &mut Session, head: &[u8]) -> Result<u32, Closed> {
    let request = Request {
        head,
        tail: &[],
        is_secure: false,
    };
    let cx = Context::from_waker(Waker::noop());
    let (id, body_at) = session.begin(&request, (1000, &mut None), &mut None, &cx)?;
    session.push(id, &head[body_at..], &[]);
    Ok(id)
}

#[test]
fn calls_wait_while_the_server_reads_nothing_and_are_forgotten_with_their_time_out() {
    let mut session = settled(1_000_000);
    let head = format!(
        "GET / HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {}\r\n\r\n",
        "t".repeat(1000)
    );
    let mut begun = 0;
    for _ in 0..100_000 {
        match begin(&mut session, head.as_bytes()) {
            Ok(id) => {
                begun += 1;
                session.forget(id);
            }
            Err(why) => {
                assert_eq!(why, Closed::Wait);
                break;
            }
        }
    }
    assert!((100..1000).contains(&begun), "{begun}");
    assert!(session.to_write().len() < MAX_OUT_BYTES + 2 * head.len());
    assert!(session.streams.is_empty() && session.active == 0);
}

#[test]
fn a_large_body_takes_no_more_than_the_room_for_all() {
    let mut session = settled(4);
    // The server takes all that there is.
    feed(
        &mut session,
        &frame(kind::WINDOW_UPDATE, 0, &0x7fff_0000_u32.to_be_bytes()),
    )
    .unwrap();
    feed(&mut session, &frame(kind::SETTINGS, 0, &[0, 4, 0x7f, 0xff, 0, 0])).unwrap();
    let mut head = b"POST / HTTP/1.1\r\nhost: h\r\n\r\n".to_vec();
    head.resize(head.len() + 4 * MAX_OUT_BYTES, b'x');
    let id = begin(&mut session, &head).unwrap();
    assert!(session.to_write().len() <= MAX_OUT_BYTES + 64 * HEAD_BYTES);
    assert!(session.streams[&id].unsent > 2 * MAX_OUT_BYTES && session.streams[&id].queued);
    session.written(session.to_write().len());
    assert!(!session.streams[&id].queued, "it may go on");
}

#[test]
fn answers_are_not_owed_without_end() {
    let mut session = settled(1);
    let ping = frame(kind::PING, 0, &[7; 8]);
    let fault = (0..20_000).find_map(|_| feed(&mut session, &ping).err()).unwrap();
    assert_eq!(fault.code, code::ENHANCE_YOUR_CALM);
    assert!(fault.why.contains("does not read the answers"), "{}", fault.why);
    assert!(session.to_write().len() < 100_000);
}

#[test]
fn what_is_idle_keeps_no_room() {
    let mut session = settled(1);
    let head = format!("GET / HTTP/1.1\r\nhost: h\r\nx-a: {}\r\n\r\n", "a".repeat(10_000));
    let id = begin(&mut session, head.as_bytes()).unwrap();
    session.written(session.to_write().len());
    assert!(session.out.capacity() >= 10_000, "calls are under way");
    session.forget(id);
    session.written(session.to_write().len());
    assert!(session.out.capacity() <= KEPT_OUT_BYTES);
}

#[test]
fn what_is_given_back_in_small_steps_is_no_flood_and_what_was_never_sent_is_one() {
    let mut session = settled(4);
    feed(
        &mut session,
        &frame(kind::WINDOW_UPDATE, 0, &0x7000_0000_u32.to_be_bytes()),
    )
    .unwrap();
    feed(&mut session, &frame(kind::SETTINGS, 0, &[0, 4, 0x70, 0, 0, 0])).unwrap();
    let mut head = b"POST / HTTP/1.1\r\nhost: h\r\n\r\n".to_vec();
    head.resize(head.len() + MAX_OUT_BYTES / 2, b'x');
    let id = begin(&mut session, &head).unwrap();
    let step = |stream, bytes: u32| frame(kind::WINDOW_UPDATE, stream, &bytes.to_be_bytes());
    for _ in 0..MAX_OUT_BYTES / 2 / 10 {
        feed(&mut session, &step(id, 10)).unwrap();
        feed(&mut session, &step(0, 10)).unwrap();
    }
    for stream in [0, id] {
        let fault = (0..20_000).find_map(|_| feed(&mut session, &step(stream, 1)).err());
        assert!(fault.unwrap().why.contains("floods the connection"));
    }
}

#[test]
fn an_answer_goes_on_after_we_gave_the_call_up_and_not_after_it_ended() {
    let mut session = settled(4);
    let get = b"GET / HTTP/1.1\r\nhost: h\r\n\r\n";
    let [answered, given_up, other] = [(); 3].map(|()| begin(&mut session, get).unwrap());
    let head = |stream, flags| {
        let mut bytes = Vec::new();
        put_head(&mut bytes, 1, kind::HEADERS, flag::END_HEADERS | flags, stream);
        bytes.push(0x88);
        bytes
    };
    feed(&mut session, &head(answered, flag::END_STREAM)).unwrap();
    feed(&mut session, &head(other, 0)).unwrap();
    session.forget(given_up);
    let late = |stream, session: &mut Session| {
        (0..50_000).find(|nth| {
            // Another answer goes on meanwhile, which makes up for nothing.
            let more = frame(kind::DATA, if nth % 100 == 0 { other } else { stream }, b"x");
            feed(session, &more).is_err()
        })
    };
    let first = late(given_up, &mut session).unwrap();
    assert!(first > 2 * LATE_FRAMES, "{first}");
    let mut session = settled(4);
    let [answered, other] = [(); 2].map(|()| begin(&mut session, get).unwrap());
    feed(&mut session, &head(answered, flag::END_STREAM)).unwrap();
    feed(&mut session, &head(other, 0)).unwrap();
    let first = late(answered, &mut session).unwrap();
    assert!(first < LATE_FRAMES + LATE_FRAMES / 50, "{first}");
}
