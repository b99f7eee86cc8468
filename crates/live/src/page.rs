//! The live page of a load run: the report's own page, fed each second by server-sent events. What it shows at the end is the
//! report.
//!
//! It is made on a thread of its own, and only while somebody looks: neither the generator's threads nor the one that
//! writes the record wait for it.

use crate::feed::Feed;
use crate::server::{self, Body, Limits, Place, text};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Request, Response, StatusCode, Uri};
use parking_lot::Mutex;
use proofload_reports::html::{self, LiveRun};
use proofload_results::events::{Event, Observer};
use proofload_results::load::LoadReport;
use proofload_results::record::{RecordReader, RunInfo, Second, Totals};
use secrecy::{ExposeSecret, SecretString};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;

/// Connections at a time. Those that feed pages are fewer, so that there is always room to ask for one.
const LIMITS: Limits = Limits {
    connections: 16,
    lasts: None,
};
/// A state is new for so long: whoever opens a page meanwhile gets that one.
const FRESH: Duration = Duration::from_secs(1);
/// Open pages get this long to be sent the last of it.
const FAREWELL: Duration = Duration::from_secs(2);

/// What is said of a run that goes on.
pub type Judge = dyn Fn(&RunInfo, Totals) -> Option<LoadReport> + Send + Sync;

/// What a page is about.
#[derive(Debug, Clone)]
pub struct About {
    /// The scenario's name.
    pub scenario: String,
    /// The target's base URL.
    pub target: String,
    /// What the page is called, if it has a name of its own.
    pub title: Option<String>,
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// What ran.
    pub run: RunInfo,
    /// What came of it.
    pub report: LoadReport,
    /// Its record, if it has one.
    pub record: Option<RecordReader>,
}

enum Message {
    Begins(Arc<RunInfo>),
    Second(Arc<Second>),
    /// Somebody opened a page, who should not have to wait for the next second.
    Opened,
    Ended(Box<Ended>),
    /// There is no result.
    Gone,
}

/// The live page of a load run.
pub struct LivePage {
    url: String,
    feed: Feed,
    messages: Sender<Message>,
    maker: Mutex<Option<JoinHandle<()>>>,
}

impl LivePage {
    /// Serves the page on `listener` until the program ends. `judge` says what the run comes to so far.
    ///
    /// # Errors
    /// No thread can be started, or the listener has no address.
    pub fn serve(listener: TcpListener, about: About, judge: Arc<Judge>) -> std::io::Result<Self> {
        let address = listener.local_addr()?;
        let token = token(address);
        let query = token
            .as_ref()
            .map_or_else(String::new, |token| format!("?token={}", token.expose_secret()));
        let feed = Feed::new();
        let shell = html::live_shell(&about.scenario, &about.target, about.title.as_deref());
        let (messages, inbox) = channel();
        let told = feed.clone();
        let maker = std::thread::Builder::new()
            .name("live page".to_owned())
            .spawn(move || make(&inbox, &told, about.title.as_deref(), &*judge))?;
        let (pages, opened) = (feed.clone(), messages.clone());
        let answer =
            move |request: &Request<_>, place: &Place| answer(request, place, &shell, &pages, &opened, token.as_ref());
        tokio::spawn(server::serve(listener, LIMITS, Arc::new(answer)));
        Ok(Self {
            url: format!("http://{address}/{query}"),
            feed,
            messages,
            maker: Mutex::new(Some(maker)),
        })
    }

    /// What to open; where others could look in, with the token that lets a browser in.
    pub fn url(&self) -> &str {
        &self.url
    }

    fn tell(&self, message: Message) {
        // An error means that the page broke, which is said at the end.
        let _ = self.messages.send(message);
    }

    /// Shows the result to those who look, and ends. Where it is dropped instead, pages are told that there is no result.
    ///
    /// # Errors
    /// One sentence says why the page did not last to the end.
    pub async fn close(&self, ended: Ended) -> Result<(), &'static str> {
        self.tell(Message::Ended(Box::new(ended)));
        let maker = self.maker.lock().take();
        let made = tokio::task::spawn_blocking(|| maker.is_none_or(|maker| maker.join().is_ok()));
        let whole = made.await.unwrap_or(false);
        if !whole {
            self.feed.end(None);
        }
        // Who has not taken it by then looks no longer, or does not read.
        let _ = tokio::time::timeout(FAREWELL, self.feed.drained()).await;
        if whole { Ok(()) } else { Err("it could not be drawn") }
    }
}

impl Observer for LivePage {
    fn observe(&self, event: &Event) {
        match event {
            Event::LoadBegins(run) => self.tell(Message::Begins(Arc::clone(run))),
            Event::LoadSecond(second) => self.tell(Message::Second(Arc::clone(second))),
            _ => {}
        }
    }
}

impl Drop for LivePage {
    fn drop(&mut self) {
        self.tell(Message::Gone);
    }
}

/// Makes every state until the run is over.
fn make(inbox: &Receiver<Message>, feed: &Feed, title: Option<&str>, judge: &Judge) {
    let mut live: Option<LiveRun> = None;
    let mut drawn: Option<Instant> = None;
    let mut last = None;
    while let Ok(message) = inbox.recv() {
        match (message, &mut live) {
            (Message::Begins(run), _) => {
                live = judge(&run, Totals::default()).map(|report| LiveRun::new((*run).clone(), &report));
            }
            (Message::Second(second), Some(live)) => {
                live.add(&second);
                if feed.is_watched() {
                    draw(live, feed, title, judge);
                    drawn = Some(Instant::now());
                }
            }
            (Message::Opened, Some(live)) if drawn.is_none_or(|at| at.elapsed() > FRESH) => {
                draw(live, feed, title, judge);
                drawn = Some(Instant::now());
            }
            (Message::Ended(ended), Some(live)) if feed.is_watched() => {
                let Ended { run, report, record } = *ended;
                // A record that cannot be read again is told elsewhere; what was seen can be shown all the same.
                let end = live
                    .end(&run, &report, record.as_ref(), title)
                    .or_else(|_| live.end(&run, &report, None, title));
                last = end.ok();
                break;
            }
            (Message::Ended(_) | Message::Gone, _) => break,
            _ => {}
        }
    }
    feed.end(last.as_deref());
}

fn draw(live: &LiveRun, feed: &Feed, title: Option<&str>, judge: &Judge) {
    if let Some(report) = judge(live.run(), live.totals().clone()) {
        feed.tell(&live.state(&report, title));
    }
}

/// What lets a browser in where others could look in too.
fn token(address: SocketAddr) -> Option<SecretString> {
    let token = || SecretString::from(format!("{:032x}", rand::random::<u128>()));
    (!address.ip().is_loopback()).then(token)
}

fn answer<T>(
    request: &Request<T>,
    place: &Place,
    shell: &str,
    feed: &Feed,
    opened: &Sender<Message>,
    token: Option<&SecretString>,
) -> Response<Body> {
    if !is_let_in(request.uri(), token) {
        return text(
            StatusCode::FORBIDDEN,
            "open the whole address that proofload told, with its token\n",
        );
    }
    // Pages of others could not read what they get, but each would take a place.
    let site = request.headers().get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return text(StatusCode::FORBIDDEN, "this is for no other page\n");
    }
    let mut answer = match request.uri().path() {
        "/" => with_type(text(StatusCode::OK, shell.to_owned()), "text/html; charset=utf-8"),
        "/events" => match feed.events() {
            Some((events, permit)) => {
                *place.lock() = Some(permit);
                // An error means that there is nothing more to draw.
                let _ = opened.send(Message::Opened);
                with_type(Response::new(events), "text/event-stream")
            }
            None => text(StatusCode::SERVICE_UNAVAILABLE, "too many pages are open\n"),
        },
        _ => text(StatusCode::NOT_FOUND, "the live page is at /\n"),
    };
    for (name, value) in [
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, "frame-ancestors 'none'"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

fn with_type(mut answer: Response<Body>, kind: &'static str) -> Response<Body> {
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer
}

fn is_let_in(uri: &Uri, token: Option<&SecretString>) -> bool {
    let Some(token) = token else { return true };
    let given = uri.query().unwrap_or_default().split('&');
    let given = given.filter_map(|part| part.strip_prefix("token="));
    given.into_iter().any(|given| given == token.expose_secret())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(path: &str, site: Option<&str>, token: Option<&SecretString>) -> (StatusCode, Option<HeaderValue>) {
        let mut request = Request::builder().uri(path);
        if let Some(site) = site {
            request = request.header("sec-fetch-site", site);
        }
        let request = request.body(()).unwrap();
        let answered = answer(
            &request,
            &Place::default(),
            "<!DOCTYPE html>",
            &Feed::new(),
            &channel().0,
            token,
        );
        (answered.status(), answered.headers().get(CONTENT_TYPE).cloned())
    }

    #[test]
    fn others_are_let_in_with_the_token_only() {
        assert!(token("127.0.0.1:1".parse().unwrap()).is_none() && token("[::1]:1".parse().unwrap()).is_none());
        let token = token("0.0.0.0:1".parse().unwrap()).unwrap();
        let right = format!("/events?token={}", token.expose_secret());
        assert_eq!(ask(&right, None, Some(&token)).0, StatusCode::OK);
        for wrong in [
            "/",
            "/events",
            "/?token=",
            "/?token=0",
            "/?tok=1",
            &right[..right.len() - 1],
        ] {
            assert_eq!(ask(wrong, None, Some(&token)).0, StatusCode::FORBIDDEN, "{wrong}");
        }
    }

    #[test]
    fn pages_of_others_are_refused_and_paths_are_few() {
        for (path, site, status) in [
            ("/", None, 200),
            ("/", Some("none"), 200),
            ("/events", Some("same-origin"), 200),
            ("/events", Some("cross-site"), 403),
            ("/", Some("same-site"), 403),
            ("/else", None, 404),
        ] {
            assert_eq!(ask(path, site, None).0.as_u16(), status, "{path} from {site:?}");
        }
        assert_eq!(ask("/events", None, None).1.unwrap(), "text/event-stream");
    }
}
