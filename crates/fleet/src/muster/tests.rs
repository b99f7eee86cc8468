use super::*;
use crate::plan::OnLost;

struct Field {
    muster: Muster,
    pods: Vec<PodSeen>,
    job: JobSeen,
    start: Instant,
    now: Instant,
}

const MS: i64 = 1_000_000;

fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Three shards, running on three nodes.
fn field(on_lost: OnLost) -> Field {
    let start = Instant::now();
    let pods = (0..3).map(|index| PodSeen {
        index,
        name: format!("pl-{index}"),
        node: Some(format!("n{}", index + 1)),
        state: PodState::Running { silent: false },
    });
    Field {
        muster: Muster::new(3, Patience::usual(s(60), s(10)), on_lost, start),
        pods: pods.collect(),
        job: JobSeen::default(),
        start,
        now: start,
    }
}

impl Field {
    /// A second goes by, and the cluster is asked.
    fn second(&mut self) -> Step {
        self.now += s(1);
        self.muster.see(&self.pods, &self.job, self.now);
        self.muster.step(self.now)
    }

    fn hear(&mut self, shard: u32, heard: Heard) {
        self.muster.hear(shard, heard, self.now);
    }

    fn all(&mut self, heard: &Heard) {
        (0..3).for_each(|shard| self.hear(shard, heard.clone()));
    }

    fn begun(on_lost: OnLost) -> Self {
        let mut field = field(on_lost);
        field.all(&Heard::Waits {
            clock_ahead_ns: -3 * MS,
        });
        assert_eq!(field.second(), Step::Begin);
        field.muster.begins(field.now + s(5));
        for _ in 0..5 {
            assert_eq!(field.second(), Step::Wait);
        }
        field.all(&Heard::Runs);
        field
    }

    fn lost(&self) -> Vec<(u32, String, Option<u64>)> {
        let lost = self.muster.lost();
        lost.map(|lost| (lost.shard, lost.how, lost.after.map(|after| after.as_secs())))
            .collect()
    }

    /// Goes on, with the shards named speaking each second, until something is to be done.
    fn until(&mut self, speaking: &[u32], most: u64) -> Step {
        for _ in 0..most {
            let speaking: Vec<u32> = speaking
                .iter()
                .copied()
                .filter(|one| !self.lost().iter().any(|(lost, ..)| lost == one))
                .collect();
            for shard in &speaking {
                self.hear(*shard, Heard::Runs);
            }
            match self.second() {
                Step::Wait => {}
                step => return step,
            }
        }
        Step::Wait
    }
}

#[test]
fn a_load_begins_when_all_are_ready_and_is_over_when_all_have_ended() {
    let mut field = field(OnLost::Stop);
    field.hear(0, Heard::Waits { clock_ahead_ns: 0 });
    field.hear(2, Heard::Waits { clock_ahead_ns: 2 * MS });
    assert_eq!(field.second(), Step::Wait);
    assert_eq!((field.muster.ready(), field.muster.nodes()), (2, 3));
    assert_eq!(field.muster.waits_for().as_deref(), Some("shard 2"));
    field.hear(1, Heard::Waits { clock_ahead_ns: MS });
    assert_eq!(field.second(), Step::Begin);
    assert_eq!(field.muster.clocks().within(), Duration::from_millis(2));
    field.muster.begins(field.now + s(5));
    assert_eq!(field.until(&[0, 1, 2], 30), Step::Wait);
    field.all(&Heard::Ends);
    assert_eq!(field.second(), Step::Over);
    assert!(field.lost().is_empty());
}

#[test]
fn pods_that_are_not_placed_are_waited_for_and_then_named_in_the_schedulers_words() {
    let mut field = field(OnLost::Stop);
    field.pods[1].node = None;
    field.pods[1].state = PodState::Unplaced(Some("0/1 nodes are available: 1 Insufficient cpu.".to_owned()));
    for shard in [0, 2] {
        field.hear(shard, Heard::Waits { clock_ahead_ns: 0 });
    }
    let step = field.until(&[], 100);
    assert_eq!(field.now.duration_since(field.start), s(61));
    let why = "2 of 3 shards were ready in time; shard 2: 0/1 nodes are available: 1 Insufficient cpu.";
    assert_eq!(step, Step::GiveUp(why.to_owned()));
}

#[test]
fn pods_that_are_not_made_are_named_in_the_quotas_words() {
    let mut field = field(OnLost::Stop);
    field.pods.clear();
    assert_eq!(field.second(), Step::Wait);
    assert_eq!(field.muster.troubled().collect::<Vec<_>>(), [0, 1, 2]);
    field.muster.told(Some("exceeded quota: small".to_owned()));
    field.muster.told(None);
    let Step::GiveUp(why) = field.until(&[], 100) else {
        panic!()
    };
    assert_eq!(why, "0 of 3 shards were ready in time; shard 1: exceeded quota: small");
}

#[test]
fn an_image_that_cannot_be_pulled_is_given_up_early() {
    for (is_final, after) in [(true, 1), (false, 32)] {
        let mut field = field(OnLost::Stop);
        let words = "ErrImagePull: not found".to_owned();
        field.pods[2].state = PodState::Coming(Some(trouble(words, is_final)));
        let step = field.until(&[], 100);
        assert_eq!(
            step,
            Step::GiveUp("shard 3 cannot come up: ErrImagePull: not found".to_owned())
        );
        assert_eq!(field.now.duration_since(field.start), s(after));
    }
}

fn trouble(words: String, is_final: bool) -> crate::seen::Trouble {
    crate::seen::Trouble { words, is_final }
}

#[test]
fn a_shard_that_ends_before_it_begins_says_why() {
    let mut field = field(OnLost::Stop);
    field.pods[0].state = PodState::Ended(3);
    assert_eq!(field.second(), Step::Wait, "its log may say why");
    field.hear(0, Heard::Says("error: the login was refused".to_owned()));
    field.hear(0, Heard::Closed);
    let why = "shard 1 ended before the load began, with exit code 3: error: the login was refused";
    assert_eq!(field.second(), Step::GiveUp(why.to_owned()));
}

#[test]
fn a_shard_whose_clock_is_off_keeps_all_from_beginning() {
    let mut field = field(OnLost::Stop);
    let say = |field: &mut Field| {
        for shard in 0..3 {
            field.hear(
                shard,
                Heard::Waits {
                    clock_ahead_ns: if shard == 1 { -90_000 * MS } else { 0 },
                },
            );
        }
    };
    say(&mut field);
    assert_eq!(field.second(), Step::Wait, "its word may have lain in the log");
    say(&mut field);
    let Step::GiveUp(why) = field.second() else { panic!() };
    assert!(why.starts_with("the clock of shard 2 is 90.0 s behind"), "{why}");
}

#[test]
fn a_shard_that_is_killed_ends_the_others() {
    let mut field = Field::begun(OnLost::Stop);
    assert_eq!(field.until(&[0, 1, 2], 41), Step::Wait);
    field.pods[2].state = PodState::Lost("OOMKilled on node n3".to_owned());
    assert_eq!(
        field.until(&[0, 1], 1),
        Step::Wait,
        "the rest of its log may be on its way"
    );
    field.hear(2, Heard::Closed);
    assert_eq!(field.until(&[0, 1], 1), Step::Stop);
    assert_eq!(field.lost(), [(2, "OOMKilled on node n3".to_owned(), Some(42))]);
    field.muster.stops(field.now);
    // What befalls it afterwards changes nothing.
    field.pods.remove(2);
    field.hear(0, Heard::Ends);
    assert_eq!(field.until(&[1], 1), Step::Wait);
    field.hear(1, Heard::Ends);
    assert_eq!(field.second(), Step::Over);
    assert_eq!(field.lost().len(), 1);
}

#[test]
fn the_others_go_on_where_that_was_asked_for() {
    let mut field = Field::begun(OnLost::Continue);
    field.pods.remove(0);
    field.hear(0, Heard::Closed);
    assert_eq!(field.until(&[1, 2], 20), Step::Wait);
    assert_eq!(field.lost(), [(0, "its pod is gone".to_owned(), Some(1))]);
    assert_eq!(field.muster.well(), 2);
    field.hear(1, Heard::Ends);
    field.hear(2, Heard::Ends);
    assert_eq!(field.second(), Step::Over);
}

#[test]
fn a_node_that_is_silent_loses_its_shard() {
    let mut field = Field::begun(OnLost::Stop);
    field.until(&[0, 1, 2], 10);
    field.pods[1].state = PodState::Running { silent: true };
    assert_eq!(field.until(&[0, 2], 100), Step::Stop);
    let how = "silent for 15 s on node n2, and the cluster no longer hears that node";
    assert_eq!(field.lost(), [(1, how.to_owned(), Some(9))]);
}

#[test]
fn while_the_cluster_does_not_answer_nobody_is_called_silent() {
    let mut field = Field::begun(OnLost::Stop);
    // Half a minute without an answer, and without a word from anybody.
    field.now += s(30);
    assert_eq!(field.second(), Step::Wait);
    assert_eq!(field.until(&[0, 1, 2], 20), Step::Wait);
    assert!(field.lost().is_empty());
}

#[test]
fn a_shard_that_does_not_begin_is_lost() {
    let mut field = field(OnLost::Stop);
    field.all(&Heard::Waits { clock_ahead_ns: 0 });
    assert_eq!(field.second(), Step::Begin);
    field.muster.begins(field.now + s(5));
    for _ in 0..5 {
        field.second();
    }
    assert_eq!(field.until(&[0, 2], 60), Step::Stop);
    assert_eq!(
        field.lost(),
        [(1, "it had not begun 10 s after the others".to_owned(), None)]
    );
}

#[test]
fn a_record_that_is_cut_or_broken_is_no_record() {
    let mut field = Field::begun(OnLost::Continue);
    field.hear(0, Heard::Broken("line 5 of its stream came twice".to_owned()));
    field.pods[1].state = PodState::Ended(0);
    field.hear(1, Heard::Closed);
    field.second();
    let lost: Vec<String> = field.lost().into_iter().map(|(_, how, _)| how).collect();
    assert_eq!(
        lost,
        [
            "line 5 of its stream came twice",
            "it ended with exit code 0 before its record was whole"
        ]
    );
}

#[test]
fn a_shard_that_does_not_end_is_not_waited_for_without_end() {
    let mut field = Field::begun(OnLost::Stop);
    field.muster.stops(field.now);
    assert_eq!(field.until(&[0, 1, 2], 55), Step::Wait);
    assert_eq!(field.until(&[0, 1, 2], 2), Step::Over);
    assert_eq!(field.lost().len(), 3);
}

#[test]
fn a_job_that_ran_out_of_time_is_named() {
    let mut field = Field::begun(OnLost::Continue);
    field.job.gave_up = Some("Job was active longer than specified deadline".to_owned());
    field.pods.clear();
    field.all(&Heard::Closed);
    field.second();
    let (_, how, _) = field.lost().remove(0);
    assert_eq!(
        how,
        "its pod is gone; the Job gave up: Job was active longer than specified deadline"
    );
}

#[test]
fn a_shard_that_is_evicted_and_ends_its_record_is_named_all_the_same() {
    let mut field = Field::begun(OnLost::Stop);
    field.until(&[0, 1, 2], 8);
    // Its last line is there before the cluster says why.
    field.hear(1, Heard::Ends);
    field.pods[1].state = PodState::Lost("evicted from node n2".to_owned());
    assert_eq!(field.until(&[0, 2], 1), Step::Wait);
    field.job.gave_up = Some("Job has exceeded the specified maximal number of failed indexes".to_owned());
    field.pods[0].state = PodState::Lost("its pod on node n1 was deleted".to_owned());
    field.second();
    field.hear(0, Heard::Ends);
    field.hear(2, Heard::Ends);
    assert_eq!(field.second(), Step::Over);
    assert!(field.lost().is_empty());
    let early: Vec<(u32, String)> = field.muster.ended_early().map(|lost| (lost.shard, lost.how)).collect();
    assert_eq!(
        early,
        [(1, "evicted from node n2".to_owned())],
        "the first was ended because of it"
    );
}
