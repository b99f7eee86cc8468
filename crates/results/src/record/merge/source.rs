//! One of the records that become one: how far it came, and what of it waits to be merged.

use super::align::{Standing, slot_of};
use crate::record::stream::{StreamReader, StreamedSecond};
use crate::record::{Counters, RunInfo, RunStatus, Second};
use std::collections::VecDeque;
use std::path::PathBuf;

/// One of the records that become one.
#[derive(Debug)]
pub(super) struct Source {
    /// What people know it by.
    pub(super) name: PathBuf,
    /// What it says of its run, as far as that is known.
    pub(super) run: Option<RunInfo>,
    pub(super) state: State,
    pub(super) reader: StreamReader,
    /// From the start of the earliest run to the start of this one, in seconds.
    pub(super) offset_s: f64,
    /// How it stood at the end of the last second that was merged.
    pub(super) stood: Option<Standing>,
    /// How long it was measured, in seconds since its start.
    pub(super) reached_s: f64,
    waiting: VecDeque<Waiting>,
}

/// Whether more comes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum State {
    Open,
    Ended,
    /// Nothing comes any more, though its run had not ended: whoever looked after it said why.
    Lost(String),
    /// Its record ends before its run did, or cannot be read on; why. Whether its load went on is not known.
    Cut(String),
}

#[derive(Debug)]
enum Waiting {
    Packed(Box<StreamedSecond>),
    Whole(Box<Second>),
}

impl Waiting {
    fn counters(&self) -> &Counters {
        match self {
            Self::Packed(second) => &second.counters,
            Self::Whole(second) => &second.counters,
        }
    }
}

impl Source {
    pub(super) fn new(name: PathBuf) -> Self {
        Self {
            name,
            run: None,
            state: State::Open,
            reader: StreamReader::new(),
            offset_s: 0.0,
            stood: None,
            reached_s: 0.0,
            waiting: VecDeque::new(),
        }
    }

    pub(super) fn add_packed(&mut self, second: Box<StreamedSecond>) {
        self.reach(&second.counters);
        self.waiting.push_back(Waiting::Packed(second));
    }

    pub(super) fn add_whole(&mut self, second: Second) {
        self.reach(&second.counters);
        self.waiting.push_back(Waiting::Whole(Box::new(second)));
    }

    fn reach(&mut self, counters: &Counters) {
        self.reached_s = self.reached_s.max(counters.start_s + counters.length_s);
    }

    pub(super) fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// Nothing comes any more; what was said first counts.
    pub(super) fn close(&mut self, state: State) {
        if self.is_open() {
            self.state = state;
        }
    }

    /// Whether it did not come to its end.
    pub(super) fn is_lost(&self) -> bool {
        matches!(self.state, State::Lost(_) | State::Cut(_))
    }

    /// Whether all of it was merged, and no more comes.
    pub(super) fn is_used_up(&self) -> bool {
        self.waiting.is_empty() && !self.is_open()
    }

    /// The merged second to which the next one belongs that waits.
    pub(super) fn slot(&self) -> Option<u64> {
        Some(slot_of(self.waiting.front()?.counters(), self.offset_s))
    }

    /// Whether no more can come of it that belongs to a merged second.
    pub(super) fn is_beyond(&self, slot: u64) -> bool {
        let last = self.waiting.back();
        !self.is_open() || last.is_some_and(|last| slot_of(last.counters(), self.offset_s) > slot)
    }

    /// The next one that belongs to a merged second, or should have belonged to one before.
    pub(super) fn next_until(&mut self, slot: u64) -> Option<Second> {
        self.slot().filter(|next| *next <= slot)?;
        match self.waiting.pop_front()? {
            Waiting::Whole(second) => Some(*second),
            Waiting::Packed(second) => match second.unpack() {
                Ok(second) => Some(second),
                Err(error) => {
                    self.waiting.clear();
                    // Whatever its end said: not all of it could be read.
                    self.state = State::Cut(error.to_string());
                    None
                }
            },
        }
    }

    /// Which share of the load it had and from when on it is not there, in a sentence; none where its run came to an end of its own.
    /// `of` is how many whole loads there are together.
    pub(super) fn loss(&self, of: usize) -> Option<String> {
        let (State::Lost(why) | State::Cut(why)) = &self.state else {
            return None;
        };
        let why = crate::text::line(why);
        let shard = self.run.as_ref().map(|run| run.shard.as_str());
        let name = match shard.and_then(|shard| shard.split_once('/')) {
            Some((which, of)) if of != "1" => format!("shard {which}"),
            _ => self.name.display().to_string(),
        };
        let Some(run) = &self.run else {
            return Some(format!("{name} never began ({why})"));
        };
        let (part, after) = (percent(share(&run.shard, of)), format!("after {:.0} s", self.reached_s));
        Some(if matches!(self.state, State::Lost(_)) {
            format!("{name} was lost {after} ({why}); {part}% of the load was not sent from then on")
        } else {
            format!("the record of {name} ends {after} ({why}); {part}% of the load is missing from then on")
        })
    }

    /// Its run as it stands in the merged record.
    pub(super) fn ended_run(&self) -> Option<RunInfo> {
        let mut run = self.run.clone()?;
        if self.is_lost() && run.status == RunStatus::Complete {
            run.status = RunStatus::Incomplete;
        }
        Some(run)
    }
}

/// The share of the load that a shard has, 0 to 1.
fn share(shard: &str, whole: usize) -> f64 {
    let (which, of) = shard.split_once('/').unwrap_or(("1", "1"));
    let of: u32 = of.parse().unwrap_or(1).max(1);
    let held = u32::try_from(which.split('+').count()).unwrap_or(1);
    let whole = u32::try_from(whole.max(1)).unwrap_or(u32::MAX);
    let whole = if of == 1 { whole } else { 1 };
    f64::from(held) / f64::from(of) / f64::from(whole)
}

/// A share in percent with a decimal where it has one.
fn percent(share: f64) -> String {
    let text = format!("{:.1}", share * 100.0);
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_a_shard_is_told_in_percent() {
        for (shard, whole, told) in [
            ("3/8", 0, "12.5"),
            ("1+3/4", 0, "50"),
            ("2/3", 0, "33.3"),
            ("1/1", 2, "50"),
        ] {
            assert_eq!(percent(share(shard, whole)), told, "{shard}");
        }
    }
}
