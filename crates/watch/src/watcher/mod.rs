//! Looks at all endpoints once a second, on a thread of its own: nothing that they do reaches the load.

use crate::expression::Own;
use crate::scrape::{Endpoint, Seen, WatchError};
use crate::sums::Sums;
use parking_lot::Mutex;
use proofload_deployment::Exporter;
use proofload_results::watched::{Look, LookWriter};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;
use tokio::time::MissedTickBehavior;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(1);
/// Significant digits of a figure in the record.
const DIGITS: i32 = 6;

/// Looks at endpoints as long as it lives. Cheap to clone; whoever makes a run taps it.
#[derive(Debug, Clone)]
pub struct Watcher(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    taps: Arc<Mutex<Taps>>,
    /// Name and URL of each endpoint.
    endpoints: Vec<(String, String)>,
    /// Ends the thread when it is dropped.
    _alive: oneshot::Sender<()>,
}

#[derive(Debug, Default)]
struct Taps {
    next: u64,
    open: BTreeMap<u64, Tapped>,
}

/// What one run wants to know.
#[derive(Debug)]
struct Tapped {
    /// When its first arrival is due.
    start: Instant,
    writer: Option<LookWriter>,
    lost: Option<String>,
    sums: Sums,
}

/// One run's part of what is seen.
#[derive(Debug)]
pub struct Tap {
    number: u64,
    taps: Arc<Mutex<Taps>>,
}

impl Watcher {
    /// Begins to look at endpoints; `own` are series that are looked for at each of them.
    ///
    /// # Errors
    /// One cannot be looked at at all: its trust, its credentials or one of its series is wrong. That it does not answer is none: it
    /// may yet.
    pub fn start(exporters: &[Exporter], own: &[Own]) -> Result<Self, WatchError> {
        let endpoints: Result<Vec<Endpoint>, _> = named_apart(exporters)
            .iter()
            .map(|exporter| Endpoint::new(exporter, own))
            .collect();
        let endpoints = endpoints?;
        let named = endpoints
            .iter()
            .map(|one| (one.name.clone(), one.url.clone()))
            .collect();
        let taps: Arc<Mutex<Taps>> = Arc::default();
        let (alive, over) = oneshot::channel();
        let told = taps.clone();
        let thread = std::thread::Builder::new().name("watch".to_owned()).spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                runtime.block_on(work(endpoints, told, over));
            }
        });
        thread.map_err(|error| WatchError {
            name: "of any kind".to_owned(),
            why: format!("no thread can be started: {error}"),
        })?;
        Ok(Self(Arc::new(Inner {
            taps,
            endpoints: named,
            _alive: alive,
        })))
    }

    /// From now on, what is seen belongs to the run whose first arrival is due at `start`, too: it is written into its directory,
    /// where it has one, and summed up.
    pub fn tap(&self, start: Instant, directory: Option<&Path>) -> Tap {
        let made = directory.map(LookWriter::create);
        let (writer, lost) = match made {
            Some(Ok(writer)) => (Some(writer), None),
            Some(Err(error)) => (None, Some(error.to_string())),
            None => (None, None),
        };
        let mut taps = self.0.taps.lock();
        let number = taps.next;
        taps.next += 1;
        let tapped = Tapped {
            start,
            writer,
            lost,
            sums: Sums::of(&self.0.endpoints),
        };
        taps.open.insert(number, tapped);
        Tap {
            number,
            taps: self.0.taps.clone(),
        }
    }
}

impl Tap {
    /// Ends it: what was seen of the run.
    pub fn close(self) -> Sums {
        let tapped = self.taps.lock().open.remove(&self.number);
        tapped.map_or_else(Sums::default, |mut tapped| {
            let lost = tapped.writer.as_ref().and_then(LookWriter::lost).map(str::to_owned);
            tapped.sums.lost = tapped.lost.or(lost);
            tapped.sums
        })
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        self.taps.lock().open.remove(&self.number);
    }
}

/// The same endpoints, none of which has the name of another.
fn named_apart(exporters: &[Exporter]) -> Vec<Exporter> {
    let mut named: Vec<Exporter> = Vec::new();
    for exporter in exporters {
        let mut exporter = exporter.clone();
        let mut number = 2;
        let base = exporter.name.clone();
        while named.iter().any(|other| other.name == exporter.name) {
            exporter.name = format!("{base} ({number})");
            number += 1;
        }
        named.push(exporter);
    }
    named
}

async fn work(endpoints: Vec<Endpoint>, taps: Arc<Mutex<Taps>>, over: oneshot::Receiver<()>) {
    let mut looking = tokio::task::JoinSet::new();
    for mut endpoint in endpoints {
        let taps = taps.clone();
        looking.spawn(async move {
            let mut ticks = tokio::time::interval(EVERY);
            // One that takes long is looked at less often, and never twice at once.
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            loop {
                ticks.tick().await;
                let seen = endpoint.look().await;
                tell(&endpoint.name, seen, &taps);
            }
        });
    }
    // Whoever holds the other end is gone, or never says anything.
    let _ = over.await;
}

fn tell(name: &str, seen: Seen, taps: &Mutex<Taps>) {
    let (reading, gap) = match seen.found {
        Ok(reading) => (reading, None),
        Err(why) => (
            crate::reading::Reading::default(),
            Some(proofload_results::text::line(&why)),
        ),
    };
    let mut look = Look {
        at_s: 0.0,
        source: name.to_owned(),
        took_ms: to_digits(seen.took.as_secs_f64() * 1e3),
        values: reading
            .values
            .into_iter()
            .map(|(name, figure)| (name, to_digits(figure)))
            .collect(),
        limits: reading.limits,
        gap,
    };
    for tapped in taps.lock().open.values_mut() {
        let Some(since) = seen.at.checked_duration_since(tapped.start) else {
            continue;
        };
        look.at_s = (since.as_secs_f64() * 1e3).round() / 1e3;
        tapped.sums.add(&look);
        if let Some(writer) = &mut tapped.writer {
            writer.write(&look);
        }
    }
}

/// With six significant digits: more says nothing, and hours have many.
fn to_digits(figure: f64) -> f64 {
    if figure == 0.0 || !figure.is_finite() {
        return 0.0;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the exponent of a double has four digits"
    )]
    let magnitude = figure.abs().log10().floor() as i32;
    let factor = 10_f64.powi(DIGITS - 1 - magnitude);
    if factor.is_finite() && factor > 0.0 {
        (figure * factor).round() / factor
    } else {
        figure
    }
}

#[cfg(test)]
mod tests;
