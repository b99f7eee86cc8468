//! Sessions against a little server, with a clock that the tests turn.

use super::*;
use crate::client::testing::{account, client, dead_port, http};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{Request, Response};
use parking_lot::Mutex;
use std::time::{Duration, SystemTime};

#[derive(Debug)]
struct HandClock {
    start: Instant,
    elapsed: Mutex<Duration>,
}

impl HandClock {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            start: Instant::now(),
            elapsed: Mutex::new(Duration::ZERO),
        })
    }

    fn advance(&self, by: Duration) {
        *self.elapsed.lock() += by;
    }
}

impl Clock for HandClock {
    fn now(&self) -> Instant {
        self.start + *self.elapsed.lock()
    }

    fn calendar(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + *self.elapsed.lock()
    }
}

/// What the server does when asked for a token.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Gives { life_s: u64 },
    Says(u16),
}

struct Server {
    base: String,
    state: Arc<Mutex<State>>,
}

struct State {
    login: Mood,
    renewal: Mood,
    calls: Vec<&'static str>,
    given: usize,
}

/// Serves numbered tokens; each token names the call that gave it out.
async fn server(login: Mood, renewal: Mood) -> Server {
    let state = Arc::new(Mutex::new(State {
        login,
        renewal,
        calls: Vec::new(),
        given: 0,
    }));
    let base = http({
        let state = state.clone();
        move |request| answer(&mut state.lock(), &request)
    })
    .await;
    Server { base, state }
}

fn answer(state: &mut State, request: &Request<Bytes>) -> Response<Bytes> {
    let (call, mood) = match request.uri().path() {
        "/api/v1/authenticate" => ("login", state.login),
        "/api/v1/renewToken" => {
            let bearer = request.headers()["authorization"].to_str().unwrap();
            assert!(bearer.starts_with("Bearer e30."), "{bearer}");
            ("renewal", state.renewal)
        }
        other => panic!("{other} was called"),
    };
    state.calls.push(call);
    match mood {
        Mood::Says(status) => Response::builder()
            .status(status)
            .body(Bytes::copy_from_slice(request.body()))
            .unwrap(),
        Mood::Gives { life_s } => {
            state.given += 1;
            let number = state.given;
            let payload = format!(r#"{{"iat":1000,"exp":{},"n":{number}}}"#, 1000 + life_s);
            let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload));
            let body = format!(r#"{{"username":"svc-main","token":"{token}"}}"#);
            Response::new(body.into())
        }
    }
}

impl Server {
    async fn login(&self, clock: &Arc<HandClock>) -> Session {
        let options = SessionOptions {
            clock: clock.clone(),
            jitter: 0.0,
        };
        Session::login_with(&client(&self.base), &account(), options)
            .await
            .unwrap()
    }

    fn calls(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.state.lock().calls)
    }
}

const HOUR: Mood = Mood::Gives { life_s: 3600 };

fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

async fn token(session: &Session) -> String {
    let token = session.valid_access_token().await.unwrap();
    token.expose_secret().to_owned()
}

#[tokio::test]
async fn a_token_is_kept_until_shortly_before_it_expires() {
    let server = server(HOUR, HOUR).await;
    let clock = HandClock::new();
    let session = server.login(&clock).await;
    let first = token(&session).await;
    clock.advance(s(3600 - 61));
    assert_eq!(token(&session).await, first);
    assert_eq!(server.calls(), ["login"]);
    clock.advance(s(2));
    assert_ne!(token(&session).await, first);
    assert_eq!(server.calls(), ["renewal"]);
}

#[tokio::test]
async fn a_short_life_has_a_short_margin_and_jitter_widens_it() {
    let short = Mood::Gives { life_s: 10 };
    let server = server(short, short).await;
    let clock = HandClock::new();
    let plain = server.login(&clock).await;
    let options = SessionOptions {
        clock: clock.clone(),
        jitter: 1.0,
    };
    let jittered = Session::login_with(&client(&server.base), &account(), options)
        .await
        .unwrap();
    server.calls();
    clock.advance(s(7));
    token(&plain).await;
    assert_eq!(server.calls(), [""; 0]);
    token(&jittered).await;
    assert_eq!(server.calls(), ["renewal"]);
    clock.advance(s(1));
    token(&plain).await;
    assert_eq!(server.calls(), ["renewal"]);
}

#[tokio::test]
async fn many_callers_share_one_renewal() {
    let server = server(HOUR, HOUR).await;
    let clock = HandClock::new();
    let session = server.login(&clock).await;
    clock.advance(s(3590));
    let callers = (0..50).map(|_| session.valid_access_token());
    let tokens = futures_util::future::join_all(callers).await;
    assert_eq!(server.calls(), ["login", "renewal"]);
    let first = tokens[0].as_ref().unwrap().expose_secret();
    assert!(
        tokens
            .iter()
            .all(|token| token.as_ref().unwrap().expose_secret() == first)
    );
}

#[tokio::test]
async fn a_caller_who_gives_up_leaves_the_renewal_to_the_next() {
    let server = server(HOUR, HOUR).await;
    let clock = HandClock::new();
    let session = server.login(&clock).await;
    let first = token(&session).await;
    clock.advance(s(3590));
    // Polled once, far enough to hold the lock, and dropped.
    let mut call = Box::pin(session.valid_access_token());
    assert!(futures_util::poll!(&mut call).is_pending());
    drop(call);
    assert_ne!(token(&session).await, first);
}

#[tokio::test]
async fn a_refused_renewal_leads_to_a_new_login() {
    for status in [400, 401, 403] {
        let server = server(HOUR, Mood::Says(status)).await;
        let clock = HandClock::new();
        let session = server.login(&clock).await;
        clock.advance(s(3590));
        token(&session).await;
        assert_eq!(server.calls(), ["login", "renewal", "login"]);
    }
}

#[tokio::test]
async fn an_expired_token_is_not_offered_for_renewal() {
    let server = server(HOUR, HOUR).await;
    let clock = HandClock::new();
    let session = server.login(&clock).await;
    clock.advance(s(4000));
    token(&session).await;
    assert_eq!(server.calls(), ["login", "login"]);
}

#[tokio::test]
async fn while_the_server_is_in_trouble_the_old_token_serves_and_attempts_grow_seldom() {
    let server = server(HOUR, Mood::Says(503)).await;
    let clock = HandClock::new();
    let session = server.login(&clock).await;
    let first = token(&session).await;
    server.state.lock().login = Mood::Says(503);
    clock.advance(s(3541));
    let mut attempts = 0;
    for _ in 0..580 {
        assert_eq!(token(&session).await, first);
        attempts += server.calls().len();
        clock.advance(Duration::from_millis(100));
    }
    // At 0, .5, 1.5, 3.5, 7.5, 15.5 and 31.5 s of the 58, and the login at the very beginning.
    assert_eq!(attempts, 8);
    clock.advance(s(60));
    let error = session.valid_access_token().await.unwrap_err();
    assert!(error.to_string().contains("503"), "{error}");
    server.calls();
    session.valid_access_token().await.unwrap_err();
    assert_eq!(server.calls(), [""; 0]);
    server.state.lock().login = HOUR;
    clock.advance(s(31));
    assert_ne!(token(&session).await, first);
}

#[tokio::test]
async fn a_lost_password_ends_the_session_without_a_storm() {
    let server = server(HOUR, Mood::Says(401)).await;
    let clock = HandClock::new();
    let session = server.login(&clock).await;
    server.state.lock().login = Mood::Says(400);
    clock.advance(s(3590));
    for _ in 0..20 {
        let error = session.valid_access_token().await.unwrap_err();
        assert!(error.is_refusal(), "{error}");
    }
    assert_eq!(server.calls(), ["login", "renewal", "login"]);
}

#[tokio::test]
async fn a_forgotten_token_is_replaced_but_never_in_a_storm() {
    let server = server(HOUR, HOUR).await;
    let clock = HandClock::new();
    let session = server.login(&clock).await;
    let first = session.valid_access_token().await.unwrap();
    session.forget(&first);
    let second = session.valid_access_token().await.unwrap();
    assert_ne!(first.expose_secret(), second.expose_secret());
    assert_eq!(server.calls(), ["login", "login"]);
    // Forgetting what was already replaced changes nothing.
    session.forget(&first);
    assert_eq!(token(&session).await, second.expose_secret());
    for _ in 0..20 {
        let current = session.valid_access_token().await.unwrap();
        session.forget(&current);
    }
    assert_eq!(server.calls(), [""; 0]);
    clock.advance(s(1));
    assert_ne!(token(&session).await, second.expose_secret());
}

#[tokio::test]
async fn a_wrong_password_names_the_account_and_what_the_server_said_but_not_the_password() {
    let server = server(Mood::Says(400), HOUR).await;
    let error = Session::login(&client(&server.base), &account()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the login of account main (user name svc-main) at {} was refused with status 400 \
             ({{\"username\":\"svc-main\",\"password\":\"[withheld]\"}}); are its user name and password right?",
            server.base
        )
    );
}

#[tokio::test]
async fn answers_without_a_token_say_what_is_wrong() {
    for (body, why) in [
        ("", "not JSON"),
        ("[]", "no member `token`"),
        ("{\"token\":1}", "not a string"),
        ("{\"token\":\"\"}", "empty"),
        ("{\"token\":\"a b\"}", "holds a space"),
        ("{\"token\":\"a\\r\\nb: c\"}", "fit in no header"),
        ("\u{1b}[2J", "not JSON"),
    ] {
        let base = http(move |_| Response::new(Bytes::from_static(body.as_bytes()))).await;
        let error = Session::login(&client(&base), &account()).await.unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
    let huge = format!("{{\"token\":\"{}\"}}", "x".repeat(65_000 + 600));
    let base = http(move |_| Response::new(huge.clone().into())).await;
    let error = Session::login(&client(&base), &account()).await.unwrap_err();
    assert!(error.to_string().contains("no end"), "{error}");
}

#[tokio::test]
async fn a_web_page_and_a_dead_port_are_told() {
    let page = http(|_| Response::new(Bytes::from_static(b"\n<!DOCTYPE html><p>hello"))).await;
    let error = Session::login(&client(&page), &account()).await.unwrap_err();
    assert!(error.to_string().contains("web page"), "{error}");
    let dead = format!("http://{}", dead_port().await);
    let error = Session::login(&client(&dead), &account()).await.unwrap_err();
    assert!(error.to_string().contains("connection refused"), "{error}");
}

#[tokio::test]
async fn an_opaque_token_is_renewed_every_five_minutes() {
    let base = http(|request| {
        let token = match request.uri().path() {
            "/api/v1/authenticate" => "opaque-1",
            _ => "opaque-2",
        };
        Response::new(format!("{{\"token\":\"{token}\"}}").into())
    })
    .await;
    let clock = HandClock::new();
    let options = SessionOptions {
        clock: clock.clone(),
        jitter: 0.0,
    };
    let session = Session::login_with(&client(&base), &account(), options).await.unwrap();
    clock.advance(s(5 * 60 - 1));
    assert_eq!(token(&session).await, "opaque-1");
    clock.advance(s(1));
    assert_eq!(token(&session).await, "opaque-2");
}

#[tokio::test]
async fn debug_output_shows_no_secret() {
    let server = server(HOUR, HOUR).await;
    let session = server.login(&HandClock::new()).await;
    let text = format!("{session:?} {:?}", session.account());
    assert!(!text.contains("pass "), "{text}");
    assert!(!text.contains("e30"), "{text}");
}
