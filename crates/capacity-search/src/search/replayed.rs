//! What the calls of the steps say, replayed.

use super::Search;
use crate::replay::{Edge, Replay, Server};

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
        edges.iter().any(Option::is_some).then(|| Replayed {
            server: replay.server(),
            edges,
        })
    }
}
