//! How many cases are run side by side: tasks of the runtime, as many as the target's latency asks for.
//!
//! A target that answers within milliseconds keeps a few lanes busy; one that is a continent away would keep them waiting.
//! So lanes are added while answers take long, up to a number at which the calls of a second stay few. What makes answers
//! slow must not be the lanes themselves: it counts how long calls took before there were any, and where they take much
//! longer since, none are added.

use proofload_probing::context::Context;
use proofload_results::events::{Event, Observer};
use std::future::Future;
use std::panic;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Lanes are added for as long as all of them together make fewer calls a second than this.
const MODEST_PER_S: f64 = 100.0;
/// The most there are, unless somebody asked for more.
const MOST: usize = 32;
/// Where calls take so many times as long as before there were lanes, it is the lanes that make them slow.
const SLOWED: u32 = 2;
/// How often it is looked whether there is room for one more lane.
const LOOK: Duration = Duration::from_millis(250);

/// How many lanes there are when a call takes `latency`, of which `asked` are there in any case.
fn wanted(asked: usize, adapts: bool, latency: Duration) -> usize {
    let asked = asked.max(1);
    if !adapts {
        return asked;
    }
    let by_latency = (1..=MOST).find(|lanes| {
        let lanes = u32::try_from(*lanes).unwrap_or(u32::MAX);
        f64::from(lanes) >= MODEST_PER_S * latency.as_secs_f64()
    });
    by_latency.unwrap_or(MOST).max(asked)
}

/// Works through `work` on tasks of their own, so that a second processor has its share, and gives what each left to `done`.
/// Dropped, it ends them all.
pub(super) async fn side_by_side<T, F>(context: &Context, work: impl IntoIterator<Item = F>, mut done: impl FnMut(T))
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    let mut work = work.into_iter().peekable();
    let quiet = context.latency();
    let asked = context.options.concurrency.max(1);
    let (mut lanes, mut looked) = (asked, Instant::now());
    let mut running = JoinSet::new();
    loop {
        if looked.elapsed() >= LOOK {
            looked = Instant::now();
            lanes = match context.latency() {
                late if late > quiet * SLOWED => asked,
                late => (lanes + 1).min(wanted(asked, context.options.adapts, late.min(quiet))),
            };
        }
        // Where a login ends the session before it, whoever logs in would end everybody else's.
        let lanes = if context.ends_sessions() { 1 } else { lanes };
        while running.len() < lanes
            && let Some(next) = work.next()
        {
            running.spawn(next);
        }
        // With room for more lanes, the latency is looked at again even where none has come to its end.
        let ended = if work.peek().is_some() {
            tokio::time::timeout(LOOK, running.join_next()).await
        } else {
            Ok(running.join_next().await)
        };
        match ended {
            Ok(Some(Ok(left))) => done(left),
            Ok(Some(Err(error))) => {
                if let Ok(panicked) = error.try_into_panic() {
                    panic::resume_unwind(panicked);
                }
            }
            Ok(None) => return,
            Err(_) => {}
        }
    }
}

/// Tells how far the run is, until nobody is left to finish a case.
pub(super) async fn told(mut finished: mpsc::UnboundedReceiver<String>, total: usize, observer: &dyn Observer) {
    let mut done = 0;
    while let Some(id) = finished.recv().await {
        done += 1;
        observer.observe(&Event::CaseDone { id, done, total });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_added_where_answers_take_long_and_never_become_a_load() {
        let ms = Duration::from_millis;
        for (latency, lanes) in [(0, 8), (5, 8), (80, 8), (200, 20), (500, 32), (10_000, 32)] {
            assert_eq!(wanted(8, true, ms(latency)), lanes, "{latency} ms");
        }
        assert_eq!(wanted(8, false, ms(500)), 8, "what somebody asked for");
        assert_eq!(wanted(64, true, ms(500)), 64);
        assert_eq!(wanted(0, false, ms(1)), 1);
    }
}
