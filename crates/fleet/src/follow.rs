//! Reading the logs of all shards at once, each on a task of its own, and again where a connection broke.

use crate::cluster::Cluster;
use crate::seen::{PodSeen, PodState};
use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Lines that wait to be taken, of all shards; whoever is ahead of them waits, and nothing is lost.
const WAITING: usize = 1024;
/// Logs are read again from so many seconds before their last line.
const AGAIN_S: u64 = 10;
/// Between two looks for a log that is not there yet.
const SOON: Duration = Duration::from_millis(300);

/// What came of a log.
#[derive(Debug)]
pub(crate) enum Said {
    /// A line, and when it was read.
    Line(String, SystemTime),
    /// It is over, or broke off.
    Closed,
}

/// The logs of all shards.
pub(crate) struct Logs {
    cluster: Cluster,
    sender: mpsc::Sender<(u32, Said)>,
    receiver: mpsc::Receiver<(u32, Said)>,
    shards: BTreeMap<u32, Log>,
    tasks: JoinSet<()>,
}

struct Log {
    pod: String,
    /// Somebody reads it.
    is_read: bool,
    /// It was opened when its container had ended: what comes is all.
    is_last: bool,
    /// The number of the next line of its stream.
    next: u64,
    /// Lines of the stream below this one were read before.
    again_until: u64,
    last_line: Option<Instant>,
}

impl Logs {
    pub(crate) fn new(cluster: Cluster) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        Self {
            cluster,
            sender,
            receiver,
            shards: BTreeMap::new(),
            tasks: JoinSet::new(),
        }
    }

    /// Reads the logs of pods that have one and that nobody reads; the shards of which nothing more can come.
    pub(crate) fn follow(&mut self, pods: &[PodSeen]) -> Vec<u32> {
        for pod in pods {
            let over = match &pod.state {
                PodState::Unplaced(_) | PodState::Coming(_) => continue,
                PodState::Running { .. } => false,
                PodState::Ended(_) | PodState::Lost(_) => true,
            };
            let log = self.shards.entry(pod.index).or_insert_with(|| Log::of(&pod.name));
            if log.is_read || log.is_last || log.pod != pod.name {
                continue;
            }
            let last_s = log.last_line.map(|at| at.elapsed().as_secs() + AGAIN_S);
            (log.is_read, log.is_last, log.again_until) = (true, over, log.next);
            let last_s = last_s.and_then(|last_s| i64::try_from(last_s).ok());
            let (cluster, sender) = (self.cluster.clone(), self.sender.clone());
            self.tasks
                .spawn(read(cluster, pod.index, pod.name.clone(), last_s, sender));
        }
        let gone = self.shards.iter().filter(|(index, log)| {
            let is_there = pods.iter().any(|pod| pod.index == **index && pod.name == log.pod);
            !log.is_read && (log.is_last || !is_there)
        });
        gone.map(|(index, _)| *index).collect()
    }

    /// What comes next, of whichever shard; a line that was read before is none.
    pub(crate) async fn next(&mut self) -> Option<(u32, Said)> {
        loop {
            let (shard, said) = self.receiver.recv().await?;
            let Some(log) = self.shards.get_mut(&shard) else {
                continue;
            };
            match &said {
                Said::Closed => log.is_read = false,
                Said::Line(line, _) => {
                    log.last_line = Some(Instant::now());
                    if let Some(number) = number(line) {
                        if number < log.again_until {
                            continue;
                        }
                        log.next = log.next.max(number + 1);
                    }
                }
            }
            return Some((shard, said));
        }
    }
}

impl Log {
    fn of(pod: &str) -> Self {
        Self {
            pod: pod.to_owned(),
            is_read: false,
            is_last: false,
            next: 0,
            again_until: 0,
            last_line: None,
        }
    }
}

/// The number of a line of a stream.
fn number(line: &str) -> Option<u64> {
    let digits = line.strip_prefix("{\"n\":")?;
    digits.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// Reads one log to its end.
async fn read(cluster: Cluster, shard: u32, pod: String, last_s: Option<i64>, sender: mpsc::Sender<(u32, Said)>) {
    let opened = loop {
        match cluster.log(&pod, last_s).await {
            Err(error) if error.is_too_early() => tokio::time::sleep(SOON).await,
            other => break other,
        }
    };
    if let Ok(mut lines) = opened {
        while let Ok(Some(line)) = lines.next().await {
            if sender.send((shard, Said::Line(line, SystemTime::now()))).await.is_err() {
                return;
            }
        }
    } else {
        // Whoever follows looks again; not at once.
        tokio::time::sleep(SOON).await;
    }
    // Nobody listens any more when this fails.
    let _ = sender.send((shard, Said::Closed)).await;
}
