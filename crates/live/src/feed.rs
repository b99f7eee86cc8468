//! What every open page is sent: the newest state, at most one a second, and a word when there is no more.

use crate::server::Body;
use bytes::Bytes;
use futures_util::stream;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Pages that may be fed at a time.
const PAGES: u32 = 8;
/// Where nothing is to be told for so long, a word without meaning shows who is still there.
const SILENCE: Duration = Duration::from_secs(5);
/// How long a browser waits before it asks again, in milliseconds.
const OPENING: &str = "retry: 1000\n\n";
const SILENT: &str = ": nothing yet\n\n";
const END: &str = "event: end\ndata: over\n\n";

/// What there is to tell.
#[derive(Debug, Clone, Default)]
struct Told {
    /// The newest state, as it is sent.
    state: Option<Bytes>,
    /// Whether it is the last.
    over: bool,
}

/// Hands states out. Only the newest is kept: a page that is slow is not sent every state, and holds nothing up.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    told: Arc<watch::Sender<Told>>,
    places: Arc<Semaphore>,
}

impl Feed {
    pub(crate) fn new() -> Self {
        Self {
            told: Arc::new(watch::Sender::new(Told::default())),
            places: Arc::new(Semaphore::new(PAGES as usize)),
        }
    }

    /// Whether anybody looks.
    pub(crate) fn is_watched(&self) -> bool {
        self.told.receiver_count() > 0
    }

    /// Tells a state, which is JSON on one line.
    pub(crate) fn tell(&self, state: &str) {
        let state = Bytes::from(format!("event: state\ndata: {state}\n\n"));
        self.told.send_modify(|told| told.state = Some(state));
    }

    /// Tells that there will be no other state, after `last` if there is one.
    pub(crate) fn end(&self, last: Option<&str>) {
        if let Some(last) = last {
            self.tell(last);
        }
        self.told.send_modify(|told| told.over = true);
    }

    /// The events for one more page, and the place that it takes up; none when there are enough.
    pub(crate) fn events(&self) -> Option<(Body, OwnedSemaphorePermit)> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let mut told = self.told.subscribe();
        told.mark_changed();
        let page = Page {
            told,
            next: Next::Opening,
        };
        let frames = stream::unfold(page, |mut page| async move {
            let text = page.text().await?;
            Some((Ok::<_, Infallible>(Frame::data(text)), page))
        });
        Some((StreamBody::new(frames).boxed_unsync(), place))
    }

    /// Waits until every page has what it is to have, or went away.
    pub(crate) async fn drained(&self) {
        // An error means that it was closed, which nobody does.
        let _ = self.places.acquire_many(PAGES).await;
    }
}

/// One open page.
struct Page {
    told: watch::Receiver<Told>,
    next: Next,
}

/// What it is sent next.
enum Next {
    Opening,
    State,
    End,
    Nothing,
}

impl Page {
    async fn text(&mut self) -> Option<Bytes> {
        match self.next {
            Next::Opening => {
                self.next = Next::State;
                Some(Bytes::from_static(OPENING.as_bytes()))
            }
            Next::State => Some(self.state().await),
            Next::End => {
                self.next = Next::Nothing;
                Some(Bytes::from_static(END.as_bytes()))
            }
            Next::Nothing => None,
        }
    }

    /// The newest state once there is one that the page has not, or a sign of life.
    async fn state(&mut self) -> Bytes {
        match tokio::time::timeout(SILENCE, self.told.changed()).await {
            Ok(Ok(())) => {
                let told = self.told.borrow_and_update().clone();
                if told.over {
                    self.next = Next::End;
                }
                told.state.unwrap_or(Bytes::from_static(SILENT.as_bytes()))
            }
            Ok(Err(_)) => {
                self.next = Next::Nothing;
                Bytes::from_static(END.as_bytes())
            }
            Err(_) => Bytes::from_static(SILENT.as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn next(body: &mut Body) -> Option<String> {
        let frame = body.frame().await?.unwrap();
        Some(String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_slow_page_is_sent_the_newest_state_and_the_last() {
        let feed = Feed::new();
        let (mut body, place) = feed.events().unwrap();
        assert_eq!(next(&mut body).await.unwrap(), OPENING);
        assert_eq!(next(&mut body).await.unwrap(), SILENT, "nothing was told yet");
        for state in ["1", "2", "3"] {
            feed.tell(state);
        }
        assert_eq!(next(&mut body).await.unwrap(), "event: state\ndata: 3\n\n");
        feed.end(Some("4"));
        assert_eq!(next(&mut body).await.unwrap(), "event: state\ndata: 4\n\n");
        assert_eq!(next(&mut body).await.unwrap(), END);
        assert_eq!(next(&mut body).await, None);
        drop(place);
        feed.drained().await;
    }

    #[tokio::test]
    async fn pages_are_few_and_one_that_goes_makes_room() {
        let feed = Feed::new();
        let mut open: Vec<_> = (0..PAGES).map(|_| feed.events().unwrap()).collect();
        assert!(feed.events().is_none() && feed.is_watched());
        open.pop();
        assert!(feed.events().is_some());
        drop(open);
        assert!(!feed.is_watched(), "nothing is made for nobody");
    }
}
