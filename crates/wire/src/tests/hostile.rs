//! Servers that break the rules, or keep them to death: a call ends with a reason, or with its time-out, and nothing grows.

use super::peer::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, Gone, HEADERS, PING, PUSH_PROMISE, Peer, RST_STREAM, SETTINGS,
    WINDOW_UPDATE, serve,
};
use super::*;
use proofload_deployment::client::testing::listen;
use proofload_deployment::{Trust, Way};
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::{TlsAcceptor, TlsConnector};

/// What one call comes to when the server, once it was asked, does `what` on stream 1.
async fn against<F>(what: impl Fn(Peer) -> F + Send + Sync + Copy + 'static) -> String
where
    F: Future<Output = Gone> + Send + 'static,
{
    let (address, _) = serve(move |mut peer: Peer| async move {
        peer.greet(&[]).await?;
        assert_eq!(peer.asked().await?, 1);
        what(peer).await
    })
    .await;
    let [mut user] = users(address, 1);
    let began = Instant::now();
    let told = told(&mut user).await;
    assert!(began.elapsed() < PATIENCE / 2, "{told}");
    told
}

/// Sends the same frame until the client has had enough.
macro_rules! flood {
    ($kind:expr, $flags:expr, $stream:expr, $payload:expr) => {
        against(|mut peer: Peer| async move {
            loop {
                peer.send($kind, $flags, $stream, $payload).await?;
            }
        })
        .await
    };
}

/// Sends frames and listens then.
macro_rules! says {
    ($(($kind:expr, $flags:expr, $stream:expr, $payload:expr)),+) => {
        against(|mut peer: Peer| async move {
            $(peer.send($kind, $flags, $stream, $payload).await?;)+
            peer.listen().await
        })
        .await
    };
}

#[tokio::test]
async fn floods_are_ended() {
    const IDLE: &str = "protocol: the server floods the connection with frames that bring nothing forward";
    assert_eq!(flood!(PING, 0, 0, &[0; 8]), IDLE);
    assert_eq!(flood!(PING, 1, 0, &[0; 8]), IDLE);
    assert_eq!(flood!(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 9]), IDLE);
    assert_eq!(flood!(SETTINGS, 1, 0, &[]), IDLE);
    assert_eq!(flood!(2, 0, 1, &[0; 5]), IDLE, "priorities");
    assert_eq!(flood!(77, 0, 1, &[0; 5]), IDLE, "what nobody knows");
    assert_eq!(flood!(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 1]), IDLE);
    assert_eq!(flood!(GOAWAY, 0, 0, &[0x7f, 0, 0, 0, 0, 0, 0, 0]), IDLE);
    let data = against(|mut peer: Peer| async move {
        peer.send(HEADERS, END_HEADERS, 1, &[0x88]).await?;
        loop {
            peer.send(DATA, 0, 1, &[]).await?;
        }
    });
    assert_eq!(data.await, IDLE);
}

#[tokio::test]
async fn heads_without_end_are_ended() {
    const TOO_LONG: &str = "protocol: the head of the response is too long";
    let block = vec![0x88; 16_000];
    let long = against(|mut peer: Peer| async move {
        peer.send(HEADERS, 0, 1, &[0x88]).await?;
        loop {
            peer.send(CONTINUATION, 0, 1, &[0x88; 16_000]).await?;
        }
    });
    assert_eq!(long.await, TOO_LONG);
    let empty = against(|mut peer: Peer| async move {
        peer.send(HEADERS, 0, 1, &[0x88]).await?;
        loop {
            peer.send(CONTINUATION, 0, 1, &[]).await?;
        }
    });
    assert!(empty.await.contains("floods the connection"));
    let interim = against(|mut peer: Peer| async move {
        loop {
            peer.send(HEADERS, END_HEADERS, 1, b"\x08\x03103").await?;
        }
    });
    assert_eq!(
        interim.await,
        "protocol: the server answers with interim responses only"
    );
    // Many fields in few bytes: each is looked at once.
    let (address, _) = serve(move |mut peer: Peer| {
        let block = block.clone();
        async move {
            peer.greet(&[]).await?;
            let stream = peer.asked().await?;
            peer.send(HEADERS, END_HEADERS | END_STREAM, stream, &block).await?;
            peer.listen().await
        }
    })
    .await;
    let [mut user] = users(address, 1);
    assert_eq!(
        told(&mut user).await,
        "protocol: the head of the answer cannot be decoded (HPACK)"
    );
}

#[tokio::test]
async fn bodies_without_end_are_ended() {
    let endless = against(|mut peer: Peer| async move {
        peer.send(HEADERS, END_HEADERS, 1, &[0x88]).await?;
        loop {
            peer.send(DATA, 0, 1, &[b'x'; 16_384]).await?;
        }
    });
    assert_eq!(
        endless.await,
        "too-long: the body of the answer is longer than the bound"
    );
    // content-length: 999999, with nothing behind it.
    let announced = says!((HEADERS, END_HEADERS, 1, b"\x88\x0f\x0d\x06999999"));
    assert_eq!(announced, "too-long: the body of the answer is longer than the bound");
    let short = says!(
        (HEADERS, END_HEADERS, 1, b"\x88\x0f\x0d\x019"),
        (DATA, END_STREAM, 1, b"12345")
    );
    assert_eq!(
        short,
        "protocol: the body of the answer is not as long as its Content-Length says"
    );
}

#[tokio::test]
async fn what_no_server_may_say_is_named() {
    for (told, words) in [
        (
            says!((PUSH_PROMISE, END_HEADERS, 1, &[0, 0, 0, 2])),
            "pushes though it was told not to",
        ),
        (says!((HEADERS, END_HEADERS, 2, &[0x88])), "answers what nobody asked"),
        (says!((DATA, 0, 9, b"x")), "answers what nobody asked"),
        (says!((RST_STREAM, 0, 9, &[0; 4])), "answers what nobody asked"),
        (
            says!((CONTINUATION, END_HEADERS, 1, &[0x88])),
            "a head went on that had not begun",
        ),
        (
            says!((HEADERS, 0, 1, &[0x88]), (PING, 0, 0, &[0; 8])),
            "a head was not ended",
        ),
        (
            says!((HEADERS, 0, 1, &[0x88]), (DATA, 0, 1, b"x")),
            "a head was not ended",
        ),
        (
            says!((HEADERS, END_HEADERS, 1, &[0xff, 0xff])),
            "cannot be decoded (HPACK)",
        ),
        (says!((DATA, END_STREAM, 1, b"x")), "a body came before its head"),
        (
            says!((HEADERS, END_HEADERS | END_STREAM, 1, &[])),
            "the head of the answer has no status",
        ),
        (
            says!((HEADERS, END_HEADERS, 1, &[0x88, 0x88])),
            "the answer has two statuses",
        ),
        (
            says!((HEADERS, END_HEADERS, 1, &[0x88, 0x82])),
            "a field that belongs to requests",
        ),
        (
            says!((HEADERS, END_HEADERS, 1, &[0x88]), (HEADERS, END_HEADERS, 1, &[0x88])),
            "a second status came behind the head",
        ),
        (
            says!((HEADERS, END_HEADERS, 1, &[0x88]), (HEADERS, END_HEADERS, 1, &[])),
            "which did not end with them",
        ),
        (
            says!((HEADERS, END_HEADERS, 1, b"\x88\x0f\x0d\x03abc")),
            "the Content-Length of the answer is no number",
        ),
        (
            says!((HEADERS, END_HEADERS, 1, b"\x88\x0f\x0d\x010\x0f\x0d\x015")),
            "two Content-Length fields that differ",
        ),
        (
            says!((HEADERS, END_HEADERS, 1, b"\x08\x03abc")),
            "the status of the answer is no status",
        ),
        (says!((PING, 0, 0, &[0; 7])), "not as long as its kind has to be"),
        (says!((SETTINGS, 0, 0, &[0; 7])), "not as long as its kind has to be"),
        (says!((GOAWAY, 0, 0, &[0; 3])), "not as long as its kind has to be"),
        (
            says!((HEADERS, 8 | END_HEADERS, 1, &[9, 0x88])),
            "not as long as its kind has to be",
        ),
        (
            says!((WINDOW_UPDATE, 0, 0, &[0x7f, 0xff, 0xff, 0xff])),
            "lets more be sent than there can be",
        ),
        (
            says!((WINDOW_UPDATE, 0, 0, &[0; 4])),
            "lets more be sent than there can be",
        ),
        (
            says!((SETTINGS, 0, 0, &[0, 4, 0xff, 0xff, 0xff, 0xff])),
            "lets more be sent than there can be",
        ),
        (
            says!((WINDOW_UPDATE, 0, 1, &[0; 4])),
            "lets a call send more than there can be",
        ),
    ] {
        assert!(
            told.starts_with("protocol: ") && told.contains(words),
            "{words}: {told}"
        );
    }
}

#[tokio::test]
async fn trailers_padding_and_priorities_are_none_of_a_loads_business() {
    let told = says!(
        (HEADERS, 0x20 | 8 | END_HEADERS, 1, &[2, 0, 0, 0, 0, 9, 0x88, 0, 0]),
        (DATA, 8, 1, b"\x02abcde"),
        (HEADERS, END_HEADERS | END_STREAM, 1, b"\x00\x01a\x01b")
    );
    assert_eq!(told, "200 abc");
}

#[tokio::test]
async fn what_comes_for_a_call_that_was_given_up_disturbs_no_other() {
    let (address, connections) = serve(|mut peer: Peer| async move {
        peer.greet(&[]).await?;
        let given_up = peer.asked().await?;
        peer.next(RST_STREAM).await?;
        // Indexed there, and used in the answer to the next.
        peer.send(HEADERS, END_HEADERS, given_up, b"\x88\x40\x01a\x01b").await?;
        peer.send(DATA, END_STREAM, given_up, b"late").await?;
        let stream = peer.asked().await?;
        peer.send(HEADERS, END_HEADERS, stream, b"\x88\xbe").await?;
        peer.send(DATA, END_STREAM, stream, b"x").await?;
        peer.listen().await
    })
    .await;
    let [mut first, mut second] = users(address, 2);
    // Dropped before it is answered: nobody waits for it any more.
    let dropped = tokio::time::timeout(SHORT, call(&mut first, PATIENCE)).await;
    assert!(dropped.is_err());
    assert_eq!(told(&mut second).await, "200 x");
    assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_server_that_agrees_on_http2_over_tls_and_says_no_settings_is_told_so() {
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = certificate.self_signed(&key).unwrap().der().clone();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivatePkcs8KeyDer::from(key.serialize_der()).into())
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let address = listen(move |tcp| {
        let acceptor = acceptor.clone();
        async move {
            let _held = acceptor.accept(tcp).await;
            std::future::pending::<()>().await;
        }
    })
    .await;
    let mut client = (*Trust::Insecure.client_config(&Way::default()).unwrap()).clone();
    client.alpn_protocols = vec![b"h2".to_vec()];
    let connector = Connector {
        tls: Some((TlsConnector::from(Arc::new(client)), "localhost".try_into().unwrap())),
        ..connector(address, 2)
    };
    let mut users = [0, 1].map(|number| Connection::new(connector.clone(), number));
    let [first, second] = &mut users;
    // Whoever makes the connection hears why there is none, and so does who waits for it.
    let ended = tokio::join!(call(first, SHORT * 5), call(second, SHORT * 5));
    for ended in [ended.0, ended.1] {
        let ended = ended.unwrap_err();
        assert_eq!(ended.name(), "timeout");
        let told = ended.told();
        assert!(
            told.contains("agreed on HTTP/2 (ALPN) and did not send its settings"),
            "{told}"
        );
    }
}

#[tokio::test]
async fn a_server_that_never_says_its_settings_is_not_waited_for_longer_than_a_call() {
    let (address, _) = serve(|mut peer: Peer| async move { peer.listen().await }).await;
    let [mut user] = users(address, 1);
    let began = Instant::now();
    let ended = call(&mut user, SHORT).await;
    let ended = ended.unwrap_err();
    assert_eq!(ended.name(), "timeout");
    assert!(ended.told().contains("did not send HTTP/2 settings"), "{ended}");
    assert!(began.elapsed() < PATIENCE / 2);
    let (address, _) = serve(|mut peer: Peer| async move {
        peer.send(PING, 0, 0, &[0; 8]).await?;
        peer.listen().await
    })
    .await;
    let [mut user] = users(address, 1);
    assert_eq!(
        told(&mut user).await,
        "protocol: the server did not begin with its settings"
    );
}
