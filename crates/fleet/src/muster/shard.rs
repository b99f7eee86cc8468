//! One shard, as far as it is known.

use super::Patience;
use crate::seen::{PodSeen, PodState};
use std::time::Instant;

/// What a shard's log says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// It is ready and waits; its clock is so far ahead of this machine's, in nanoseconds.
    Waits { clock_ahead_ns: i64 },
    /// Its load runs.
    Runs,
    /// Its record is whole.
    Ends,
    /// A word of the program beside its record.
    Says(String),
    /// Its record cannot be read on: why.
    Broken(String),
    /// Its log is over, for now or for good.
    Closed,
}

/// How far a shard has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    #[default]
    Coming,
    Waiting,
    Running,
    Ended,
}

#[derive(Debug, Default)]
pub(super) struct Shard {
    pub(super) place: Place,
    pub(super) node: Option<String>,
    /// How it was lost, and when.
    pub(super) lost: Option<(String, Instant)>,
    /// How somebody ended it before it had ended its record, and when.
    pub(super) outside: Option<(String, Instant)>,
    state: Option<PodState>,
    /// Since when its pod is over, or gone.
    over_since: Option<Instant>,
    trouble_since: Option<Instant>,
    /// The last thing that it said beside its record: why it ended, if it did.
    said: Option<String>,
    broken: Option<String>,
    heard_at: Option<Instant>,
    log_closed: bool,
}

impl Shard {
    pub(super) fn see(&mut self, pod: Option<&PodSeen>, counted_as_failed: bool, now: Instant) {
        if let Some(pod) = pod {
            self.node.clone_from(&pod.node);
        }
        let was_there = self.state.is_some();
        let state = match (pod, &self.state) {
            (Some(pod), _) => Some(pod.state.clone()),
            // How it was lost is known already: that it is gone says less.
            (None, Some(PodState::Lost(how))) => Some(PodState::Lost(how.clone())),
            (None, Some(PodState::Ended(code))) => Some(PodState::Ended(*code)),
            (None, _) if was_there || counted_as_failed => Some(PodState::Lost("its pod is gone".to_owned())),
            (None, _) => None,
        };
        // A clearer word stands: `killed by signal 9` is followed by `its pod was deleted`.
        if !matches!(
            (&self.state, &state),
            (Some(PodState::Lost(_)), Some(PodState::Lost(_)))
        ) {
            self.state = state;
        }
        let is_over = matches!(self.state, Some(PodState::Ended(_) | PodState::Lost(_)));
        self.over_since = is_over.then(|| self.over_since.unwrap_or(now));
        let is_troubled = matches!(self.state, Some(PodState::Coming(Some(_))));
        self.trouble_since = is_troubled.then(|| self.trouble_since.unwrap_or(now));
    }

    /// Takes note that its pod is ended by somebody else while its load runs.
    pub(super) fn note_end_from_outside(&mut self, now: Instant) {
        // The last line of its record may have come before this was seen; one that ended by itself is seen to have.
        if let (Some(PodState::Lost(how)), None) = (&self.state, &self.lost) {
            self.outside.get_or_insert_with(|| (how.clone(), now));
        }
    }

    pub(super) fn hear(&mut self, heard: Heard, now: Instant) {
        self.log_closed = heard == Heard::Closed;
        let place = match heard {
            Heard::Waits { .. } => Place::Waiting,
            Heard::Runs => Place::Running,
            Heard::Ends => Place::Ended,
            Heard::Says(words) => {
                self.said = Some(words);
                return;
            }
            Heard::Broken(why) => {
                self.broken.get_or_insert(why);
                return;
            }
            Heard::Closed => return,
        };
        self.heard_at = Some(self.heard_at.map_or(now, |at| at.max(now)));
        self.place = self.place.max(place);
    }

    /// Its time to speak begins anew.
    pub(super) fn hears_again(&mut self, now: Instant) {
        self.heard_at = self.heard_at.map(|at| at.max(now));
    }

    pub(super) fn lose(&mut self, how: &str, at: Instant) {
        if self.place != Place::Ended {
            self.lost.get_or_insert_with(|| (how.to_owned(), at));
        }
    }

    /// Whether nothing more is awaited of it.
    pub(super) fn is_over(&self) -> bool {
        self.lost.is_some() || self.place == Place::Ended
    }

    /// Whether it has a pod that does not run yet, or none.
    pub(super) fn is_coming(&self) -> bool {
        matches!(self.state, None | Some(PodState::Unplaced(_) | PodState::Coming(_)))
    }

    /// What the cluster says of why it is not there.
    pub(super) fn words(&self) -> Option<&str> {
        match &self.state {
            Some(PodState::Unplaced(words)) => words.as_deref(),
            Some(PodState::Coming(trouble)) => trouble.as_ref().map(|trouble| trouble.words.as_str()),
            _ => self.said.as_deref(),
        }
    }

    /// Why it will not be ready; none while it may be.
    pub(super) fn fails_to_come(&self, patience: Patience, now: Instant) -> Option<String> {
        match &self.state {
            Some(PodState::Coming(Some(trouble))) => {
                let long = self
                    .trouble_since
                    .is_some_and(|since| now.duration_since(since) > patience.trouble);
                (trouble.is_final || long).then(|| format!("cannot come up: {}", trouble.words))
            }
            // The log says why, a moment later.
            Some(PodState::Ended(_) | PodState::Lost(_)) if !self.has_tail(patience, now) => None,
            Some(PodState::Ended(code)) => {
                let said = self.said.as_ref().map_or_else(String::new, |said| format!(": {said}"));
                Some(format!("ended before the load began, with exit code {code}{said}"))
            }
            Some(PodState::Lost(how)) => Some(format!("was lost before the load began ({how})")),
            _ => self.broken.as_ref().map(|why| format!("cannot be understood: {why}")),
        }
    }

    /// How and when it was lost, if it was.
    pub(super) fn is_lost(
        &self,
        begun: Instant,
        patience: Patience,
        gave_up: Option<&str>,
        now: Instant,
    ) -> Option<(String, Instant)> {
        if self.is_over() {
            return None;
        }
        if let Some(why) = &self.broken {
            return Some((why.clone(), now));
        }
        let last = self.heard_at.unwrap_or(begun).max(begun);
        if let Some(since) = self.over_since {
            let how = self.how_it_ended(gave_up)?;
            return self.has_tail(patience, now).then(|| (how, since.min(now).max(begun)));
        }
        if self.state.is_none() {
            let long = now
                .checked_duration_since(begun)
                .is_some_and(|long| long > patience.absent);
            return long.then(|| ("there is no pod of it, and its log is gone with it".to_owned(), begun));
        }
        if self.place < Place::Running {
            let late = now
                .checked_duration_since(begun)
                .is_some_and(|late| late > patience.beginning);
            let said = self.said.as_ref().map_or_else(String::new, |said| format!(": {said}"));
            let secs = patience.beginning.as_secs();
            return late.then(|| (format!("it had not begun {secs} s after the others{said}"), now));
        }
        let silent = now
            .checked_duration_since(last)
            .is_some_and(|silent| silent > patience.silence);
        silent.then(|| (self.silent(patience), last))
    }

    fn how_it_ended(&self, gave_up: Option<&str>) -> Option<String> {
        let said = self.said.as_ref().map_or_else(String::new, |said| format!(": {said}"));
        match &self.state {
            Some(PodState::Lost(how)) => Some(
                match gave_up.filter(|_| how.contains("deleted") || how.contains("gone")) {
                    Some(why) => format!("{how}; the Job gave up: {why}"),
                    None => how.clone(),
                },
            ),
            Some(PodState::Ended(code)) => Some(format!(
                "it ended with exit code {code} before its record was whole{said}"
            )),
            _ => None,
        }
    }

    fn silent(&self, patience: Patience) -> String {
        let node = self
            .node
            .as_ref()
            .map_or_else(String::new, |node| format!(" on node {node}"));
        let gone = matches!(self.state, Some(PodState::Running { silent: true }));
        let gone = if gone {
            ", and the cluster no longer hears that node"
        } else {
            ""
        };
        format!("silent for {} s{node}{gone}", patience.silence.as_secs())
    }

    /// Whether all that its log will ever say was read.
    fn has_tail(&self, patience: Patience, now: Instant) -> bool {
        let waited = self
            .over_since
            .is_some_and(|since| now.duration_since(since) > patience.tail);
        self.log_closed || waited
    }
}
