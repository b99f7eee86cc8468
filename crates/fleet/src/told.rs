//! What a fleet tells while it goes on.

use crate::muster::Lost;
use chrono::{DateTime, Utc};
use proofload_results::record::Live;
use std::fmt;
use std::time::Duration;

/// What a fleet tells while it goes on. As text, the line that a person reads; of figures, which have a rendering, only the shards.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// It was created.
    Created {
        /// Its name.
        name: String,
        /// Where.
        namespace: String,
        /// Of how many shards.
        shards: u32,
    },
    /// Not all are ready yet.
    Gathering {
        /// How many are.
        ready: usize,
        /// Of how many.
        of: usize,
        /// What keeps the first that is not, in the cluster's words.
        waits_for: String,
    },
    /// All are ready.
    Ready {
        /// How many they are.
        shards: usize,
        /// On how many nodes.
        nodes: usize,
        /// After how long.
        after: Duration,
        /// How far their clocks are apart, as far as can be seen.
        clocks: Duration,
    },
    /// They were told when to begin.
    Starting(DateTime<Utc>),
    /// How all of them stand.
    Going(Live),
    /// A shard was lost.
    Lost {
        /// Which, from 1.
        shard: u32,
        /// How.
        how: String,
    },
    /// A shard ended its record because somebody ended it before its time.
    EndedEarly {
        /// Which, from 1.
        shard: u32,
        /// After how much of the load.
        after: Duration,
        /// How.
        how: String,
    },
    /// All were asked to end.
    Stopping,
    /// It was left where it is, or could not be deleted: why.
    Kept(String),
    /// The cluster does not answer, for now.
    Unanswered(String),
}

/// Somebody who listens to a fleet. It must not block.
pub trait Listener: Send + Sync {
    /// Takes note.
    fn hear(&self, told: &Told);
}

impl From<&Lost> for Told {
    fn from(lost: &Lost) -> Self {
        Self::Lost {
            shard: lost.shard + 1,
            how: lost.how.clone(),
        }
    }
}

impl Told {
    /// Whether the next of its kind takes its place.
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Gathering { .. } | Self::Going(_))
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Created {
                name,
                namespace,
                shards,
            } => write!(f, "fleet {name} in {namespace}, {}", counted(*shards as usize, "shard")),
            Self::Gathering { ready, of, waits_for } => write!(f, "{ready}/{of} ready  {waits_for}"),
            Self::Ready {
                shards,
                nodes,
                after,
                clocks,
            } => write!(
                f,
                "ready      {shards}/{shards} on {} in {} s, clocks within {}",
                counted(*nodes, "node"),
                after.as_secs(),
                apart(*clocks),
            ),
            Self::Starting(at) => write!(f, "starting   {}", at.format("%Y-%m-%dT%H:%M:%SZ")),
            Self::Going(live) => write!(f, "{}/{} shards", live.going, live.shards),
            Self::Lost { shard, how } => write!(f, "warning: shard {shard} was lost ({how})"),
            Self::EndedEarly { shard, after, how } => {
                write!(
                    f,
                    "shard {shard} was ended after {} s ({how}) and ended its record",
                    after.as_secs()
                )
            }
            Self::Stopping => f.write_str("stopping   all shards were asked to end their records"),
            Self::Kept(why) => f.write_str(why),
            Self::Unanswered(why) => write!(f, "warning: {why}; asking again"),
        }
    }
}

fn apart(clocks: Duration) -> String {
    format!("{} ms", clocks.as_millis().max(1))
}

fn counted(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_the_manual() {
        for (told, line) in [
            (
                Told::Ready {
                    shards: 8,
                    nodes: 1,
                    after: Duration::from_secs(11),
                    clocks: Duration::from_micros(3_900),
                },
                "ready      8/8 on 1 node in 11 s, clocks within 3 ms",
            ),
            (
                Told::Starting(DateTime::from_timestamp_nanos(1_764_302_919_000_000_000)),
                "starting   2025-11-28T04:08:39Z",
            ),
        ] {
            assert_eq!(told.to_string(), line);
        }
    }
}
