//! One fleet from its pods to its record: looks at the cluster, listens to the shards, does what the state machine says.

use crate::cluster::{Cluster, ClusterError};
use crate::error::FleetError;
use crate::follow::{Logs, Said};
use crate::manifest::STOP;
use crate::muster::{Heard, Muster, Step};
use crate::seen::{JobSeen, PodSeen};
use crate::told::{Listener, Told};
use chrono::{DateTime, SecondsFormat, Utc};
use futures_util::{StreamExt as _, stream};
use proofload_deployment::halt::{Halt, Interruption};
use proofload_results::record::stream::is_ours;
use proofload_results::record::{self, CollectError, Collector, Live, MergeError};
use std::collections::BTreeSet;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Between being told when to begin and beginning; an annotation takes up to 1.3 s to be seen in a pod.
const LEAD: Duration = Duration::from_secs(5);
/// More of it for each shard that has to be told.
const LEAD_EACH: Duration = Duration::from_millis(10);
/// Shards that are told something at the same time.
const AT_ONCE: usize = 32;
/// A cluster that does not answer for longer is lost from sight.
const OUT_OF_SIGHT: Duration = Duration::from_secs(90);
/// Objects whose events are looked at when shards do not come, each time.
const MOST_COMPLAINTS: usize = 2;
/// Between two looks at events.
const COMPLAINTS_EVERY: Duration = Duration::from_secs(5);

/// Who may end a fleet: the first asks for an orderly end, the second for none.
#[derive(Debug, Clone, Default)]
pub struct Halts {
    /// Shards are to end their records.
    pub orderly: Halt,
    /// The Job is to be deleted.
    pub at_once: Halt,
}

/// Brings a fleet from its pods to its record.
pub(crate) struct Conductor<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) name: &'a str,
    pub(crate) muster: Muster,
    pub(crate) collector: Collector,
    pub(crate) listener: &'a dyn Listener,
    pub(crate) halts: &'a Halts,
    /// Between two looks at the cluster.
    pub(crate) every: Duration,
    pub(crate) logs: Logs,
    pods: Vec<PodSeen>,
    interrupted: Option<Interruption>,
    told_lost: BTreeSet<u32>,
    last_live: Option<Live>,
    began_at: Instant,
    answered: Instant,
    complained: Instant,
    may_read_events: bool,
}

/// What was collected, and who ended it before its time.
pub(crate) struct Conducted {
    pub(crate) collector: Collector,
    pub(crate) interrupted: Option<Interruption>,
}

impl<'a> Conductor<'a> {
    pub(crate) fn new(
        cluster: &'a Cluster,
        name: &'a str,
        (muster, collector): (Muster, Collector),
        listener: &'a dyn Listener,
        halts: &'a Halts,
        every: Duration,
    ) -> Self {
        let now = Instant::now();
        Self {
            cluster,
            name,
            muster,
            collector,
            listener,
            halts,
            every,
            logs: Logs::new(cluster.clone()),
            pods: Vec::new(),
            interrupted: None,
            told_lost: BTreeSet::new(),
            last_live: None,
            began_at: now,
            answered: now,
            complained: now,
            may_read_events: true,
        }
    }

    /// Goes on until nothing more comes. `has_begun` says whether the shards were told when to begin already.
    pub(crate) async fn conduct(mut self, mut has_begun: bool) -> Result<Conducted, FleetError> {
        let mut every = tokio::time::interval(self.every);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let halts = self.halts.clone();
        loop {
            tokio::select! {
                said = self.logs.next() => if let Some((shard, said)) = said { self.take(shard, said)? },
                _ = every.tick() => {
                    self.look().await?;
                    self.tell_how_it_goes(has_begun);
                }
                why = halts.orderly.wait(), if self.interrupted.is_none() => {
                    self.interrupted = Some(why);
                    if !has_begun {
                        return Err(FleetError::InterruptedEarly(why));
                    }
                    self.stop().await;
                }
                _ = halts.at_once.wait() => return Ok(self.done()),
            }
            match self.muster.step(Instant::now()) {
                Step::Wait => {}
                Step::Begin => {
                    self.begin().await?;
                    has_begun = true;
                }
                Step::Stop => self.stop().await,
                Step::GiveUp(why) => return Err(FleetError::NeverBegan(why)),
                Step::Over => {
                    self.note_losses();
                    return Ok(self.done());
                }
            }
            self.note_losses();
        }
    }

    fn done(self) -> Conducted {
        Conducted {
            collector: self.collector,
            interrupted: self.interrupted,
        }
    }

    /// Takes what a shard said.
    fn take(&mut self, shard: u32, said: Said) -> Result<(), FleetError> {
        let Said::Line(line, at) = said else { return Ok(()) };
        let now = Instant::now();
        let heard = match self.collector.push(shard as usize, &line) {
            Ok(record::Heard::Wait(wait)) => Heard::Waits {
                clock_ahead_ns: ahead_ns(wait.now_unix_ns, at),
            },
            Ok(record::Heard::Run | record::Heard::Second) => Heard::Runs,
            Ok(record::Heard::End) => Heard::Ends,
            Ok(record::Heard::Nothing) if is_ours(&line) => return Ok(()),
            Ok(record::Heard::Nothing) => Heard::Says(crate::seen::shown(&line)),
            Err(CollectError::Stream(error)) => Heard::Broken(error.to_string()),
            Err(CollectError::Merge(error)) => return Err(not_of_one(error)),
        };
        self.muster.hear(shard, heard, now);
        Ok(())
    }

    /// Looks at the cluster.
    async fn look(&mut self) -> Result<(), FleetError> {
        let (job, pods) = match self.both().await {
            Ok(both) => both,
            Err(ClusterError::Missing { .. }) => (gone(), Vec::new()),
            Err(error) if error.is_silence() && self.answered.elapsed() < OUT_OF_SIGHT => {
                self.listener.hear(&Told::Unanswered(error.to_string()));
                return Ok(());
            }
            Err(error) if error.is_silence() => {
                return Err(FleetError::LostFromSight {
                    name: self.name.to_owned(),
                    why: error.to_string(),
                });
            }
            Err(error) => return Err(error.into()),
        };
        self.answered = Instant::now();
        let over = self.logs.follow(&pods);
        self.muster.see(&pods, &job, self.answered);
        for shard in over {
            self.muster.hear(shard, Heard::Closed, self.answered);
        }
        self.pods = pods;
        self.ask_for_complaints().await;
        Ok(())
    }

    async fn both(&self) -> Result<(JobSeen, Vec<PodSeen>), ClusterError> {
        tokio::try_join!(self.cluster.job(self.name), self.cluster.pods(self.name))
    }

    /// Asks why shards do not come, where their pods do not say.
    async fn ask_for_complaints(&mut self) {
        let silent: Vec<u32> = self.muster.troubled().collect();
        if silent.is_empty() || !self.may_read_events || self.complained.elapsed() < COMPLAINTS_EVERY {
            return;
        }
        self.complained = Instant::now();
        let of_pods = silent
            .iter()
            .filter_map(|shard| self.pods.iter().find(|pod| pod.index == *shard));
        let of_pods = of_pods.map(|pod| pod.name.clone()).take(MOST_COMPLAINTS);
        let objects: Vec<String> = of_pods.chain([self.name.to_owned()]).collect();
        for object in objects {
            match self.cluster.complaint(&object).await {
                Ok(None) => {}
                Ok(words) => {
                    self.muster.told(words);
                    return;
                }
                // Words are a courtesy: without the permission there are none.
                Err(ClusterError::NotPermitted { .. }) => {
                    self.may_read_events = false;
                    self.muster.told(Some(
                        "the cluster's events say why, and they may not be listed".to_owned(),
                    ));
                    return;
                }
                Err(_) => return,
            }
        }
    }

    /// Tells all shards when to begin, by their own clocks.
    async fn begin(&mut self) -> Result<(), FleetError> {
        let shards = self.pods.len();
        let (muster, now) = (&self.muster, SystemTime::now());
        self.listener.hear(&Told::Ready {
            shards: muster.ready(),
            nodes: muster.nodes(),
            after: self.began_at.elapsed(),
            clocks: muster.clocks().within(),
        });
        let lead = LEAD + LEAD_EACH * u32::try_from(shards).unwrap_or(u32::MAX);
        let here_ns = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        let here_ns = i64::try_from(here_ns).unwrap_or(i64::MAX);
        let lead_ns = i64::try_from(lead.as_nanos()).unwrap_or(i64::MAX);
        // By the clock of a shard in the middle: this machine's may be off.
        let at_ns = here_ns
            .saturating_add(muster.clocks().middle_ns())
            .saturating_add(lead_ns);
        let at: DateTime<Utc> = DateTime::from_timestamp_nanos(at_ns);
        self.tell_all(&at.to_rfc3339_opts(SecondsFormat::Nanos, true)).await?;
        self.muster
            .begins(Instant::now() + lead.saturating_sub(now.elapsed().unwrap_or_default()));
        self.listener.hear(&Told::Starting(at));
        Ok(())
    }

    /// Asks all shards to end their records.
    async fn stop(&mut self) {
        self.muster.stops(Instant::now());
        self.listener.hear(&Told::Stopping);
        // Those that could not be told are lost soon, or end with their Job.
        let _ = self.tell_all(STOP).await;
    }

    async fn tell_all(&self, word: &str) -> Result<(), ClusterError> {
        tell_all(self.cluster, &self.pods, word).await.map(|_| ())
    }

    /// Hands on which shards were lost, once each.
    fn note_losses(&mut self) {
        let lost: Vec<_> = self.muster.lost().collect();
        for lost in lost {
            if self.told_lost.insert(lost.shard) {
                self.collector.lose(lost.shard as usize, &lost.how);
                self.listener.hear(&Told::from(&lost));
            }
        }
        let early: Vec<_> = self.muster.ended_early().collect();
        for ended in early {
            if self.told_lost.insert(ended.shard) {
                let told = Told::EndedEarly {
                    shard: ended.shard + 1,
                    after: ended.after.unwrap_or_default(),
                    how: ended.how,
                };
                self.collector.note(told.to_string());
                self.listener.hear(&told);
            }
        }
    }

    fn tell_how_it_goes(&mut self, has_begun: bool) {
        if !has_begun {
            let (ready, of) = (self.muster.ready(), self.muster.well());
            let waits_for = self.muster.waits_for().unwrap_or_default();
            self.listener.hear(&Told::Gathering { ready, of, waits_for });
            return;
        }
        let live = self.collector.totals();
        if live.elapsed_s > 0.0 && self.last_live != Some(live) {
            self.last_live = Some(live);
            self.listener.hear(&Told::Going(live));
        }
    }
}

/// Tells all pods when to begin, or to stop; how many were told. One that is gone needs not to be.
pub(crate) async fn tell_all(cluster: &Cluster, pods: &[PodSeen], word: &str) -> Result<usize, ClusterError> {
    let told = stream::iter(pods).map(|pod| async move {
        match cluster.tell(&pod.name, word).await {
            Ok(()) => Ok(1),
            Err(ClusterError::Missing { .. }) => Ok(0),
            Err(error) => Err(error),
        }
    });
    let told: Vec<Result<usize, ClusterError>> = told.buffer_unordered(AT_ONCE).collect().await;
    told.into_iter().sum()
}

fn gone() -> JobSeen {
    JobSeen {
        gave_up: Some("it was deleted".to_owned()),
        ..JobSeen::default()
    }
}

fn not_of_one(error: MergeError) -> FleetError {
    FleetError::Load(error.into())
}

/// How far a shard's clock was ahead of this machine's when its word came; behind, where the word took its time.
fn ahead_ns(shard_unix_ns: u64, read_at: SystemTime) -> i64 {
    let here = read_at.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    let apart = i128::from(shard_unix_ns) - i128::try_from(here).unwrap_or(i128::MAX);
    i64::try_from(apart).unwrap_or(if apart < 0 { i64::MIN } else { i64::MAX })
}
