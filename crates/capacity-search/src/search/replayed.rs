//! What the calls of the steps say, replayed.

use super::Search;
use crate::belief::Belief;
use crate::replay::{Edge, Replay, Server};

/// An edge is not where the steps themselves have it with a probability below this...
const UNLIKELY: f64 = 0.001;
/// ...by more than this, as a logarithm.
const ROOM: f64 = 0.05;

/// What calls say, replayed.
#[derive(Debug, Clone)]
pub(super) struct Replayed {
    pub(super) server: Server,
    /// Where the edge of each objective lies.
    edges: Vec<Option<Edge>>,
}

impl Search {
    /// Where the edge of each objective lies by the calls; empty where they could not be replayed.
    pub(super) fn edges(&self) -> &[Option<Edge>] {
        self.replayed.as_ref().map_or(&[], |replayed| &replayed.edges)
    }

    /// Replays the calls of all steps; `None` where they cannot be, or say nothing of any objective. Where nothing is left to
    /// chance, steps say all there is to know.
    pub(super) fn replay(&self) -> Option<Replayed> {
        if self.is_sudden() {
            return None;
        }
        let replay = Replay::of(&self.valid())?;
        let edges = self.settings.allowed.iter().map(|allowed| replay.edge(allowed));
        let edges: Vec<Option<Edge>> = edges.collect();
        let lowest = edges.iter().flatten().map(|edge| edge.ln_rate).reduce(f64::min)?;
        self.is_borne_out(lowest).then(|| Replayed {
            server: replay.server(),
            edges,
        })
    }

    /// Whether an edge lies where the steps themselves could have it: what was counted in them knows nothing of servers.
    fn is_borne_out(&self, ln_rate: f64) -> bool {
        let counted = Belief::of(
            &self.valid(),
            &self.settings.allowed,
            self.range(),
            self.is_sudden(),
            &[],
        );
        let (low, high) = (counted.quantile(UNLIKELY), counted.quantile(1.0 - UNLIKELY));
        (low.ln() - ROOM..=high.ln() + ROOM).contains(&ln_rate)
    }
}
