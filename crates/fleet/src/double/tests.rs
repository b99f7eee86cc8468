//! Whole fleets, against recorded answers.

use super::{Double, Fate, NAME};
use crate::manifest::tests::plan;
use crate::{FleetError, Halts, Listener, Outcome, Plan, Told, collect, run, stop};
use parking_lot::Mutex;
use proofload_deployment::halt::{Halt, Interruption};
use proofload_results::load::LoadVerdict;
use proofload_results::record::RecordReader;
use std::path::Path;
use std::time::Duration;

#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Listener for Heard {
    fn hear(&self, told: &Told) {
        self.0.lock().push(told.to_string());
    }
}

impl Heard {
    fn has(&self, words: &str) -> bool {
        self.0.lock().iter().any(|line| line.contains(words))
    }
}

fn two() -> Plan {
    Plan {
        name: NAME.to_owned(),
        shards: 2,
        planned: Duration::from_secs(5),
        ..plan()
    }
}

async fn made(double: &Double, (out, keep): (Option<&Path>, bool), heard: &Heard) -> Result<Outcome, FleetError> {
    let halts = Halts::default();
    run(&two(), &double.cluster().await, (out, keep), heard, &halts).await
}

#[tokio::test]
async fn a_fleet_is_created_begun_collected_judged_and_deleted() {
    let (double, heard) = (Double::of(Fate::Goes).await, Heard::default());
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("whole");
    let outcome = made(&double, (Some(&out), false), &heard).await.unwrap();
    assert!(outcome.interrupted.is_none());
    assert_ne!(
        outcome.report.verdict,
        LoadVerdict::Incomplete,
        "{}",
        outcome.report.sentence
    );
    assert_eq!(RecordReader::open(&out).unwrap().run.shard, "1/1");
    let lines = heard.0.lock().join("\n");
    assert!(heard.has("fleet pl-rec in loadtest, 2 shards"), "{lines}");
    assert!(
        heard.has("ready      2/2 on 2 nodes") && heard.has("clocks within"),
        "{lines}"
    );
    let changes = double.changes();
    let (jobs, pods) = (
        "apis/batch/v1/namespaces/loadtest/jobs",
        "api/v1/namespaces/loadtest/pods",
    );
    assert_eq!(changes[0], format!("POST /{jobs}"));
    assert_eq!(
        changes[1..3],
        [
            "POST /api/v1/namespaces/loadtest/configmaps",
            "POST /api/v1/namespaces/loadtest/secrets"
        ]
    );
    assert_eq!(changes[3], format!("PATCH /{jobs}/{NAME}"), "resumed once all is there");
    assert_eq!(
        changes[4..6]
            .iter()
            .filter(|line| line.starts_with(&format!("PATCH /{pods}/")))
            .count(),
        2
    );
    assert_eq!(changes[6..], [format!("DELETE /{jobs}/{NAME}")]);
    let told = double.told();
    assert!(told[0] == told[1] && told[0].ends_with('Z'), "{told:?}");
    // The password is in the Secret, and nowhere else.
    let secret = double.bodies("POST /api/v1/namespaces/loadtest/secrets");
    assert!(secret[0].contains("aHVzaA=="), "{secret:?}");
    assert!(
        secret[0].contains("\"uid\":\"d7346cc7-11c3-4ec6-a979-d357300338de\""),
        "owned by the Job: {secret:?}"
    );
    for line in [
        "POST /apis",
        "POST /api/v1/namespaces/loadtest/configmaps",
        "PATCH",
        "DELETE",
    ] {
        let bodies = double.bodies(line);
        assert!(
            !bodies
                .iter()
                .any(|body| body.contains("aHVzaA") || body.contains("hush")),
            "{line}: {bodies:?}"
        );
    }
}

#[tokio::test]
async fn a_shard_that_is_killed_makes_the_result_invalid() {
    let (double, heard) = (Double::of(Fate::Killed).await, Heard::default());
    let made = run(&two(), &double.cluster().await, (None, true), &heard, &Halts::default()).await;
    let report = made.unwrap().report;
    let sentence = &report.sentence;
    assert_eq!(report.verdict, LoadVerdict::Invalid, "{sentence}");
    assert!(
        sentence.contains("(killed by signal 9 on node n1); 50% of the load was not sent"),
        "{sentence}"
    );
    assert!(heard.has("warning: shard 1 was lost (killed by signal 9 on node n1)"));
    assert!(heard.has("the Job pl-rec is kept in loadtest"));
    assert!(!double.changes().iter().any(|line| line.starts_with("DELETE")));
}

#[tokio::test]
async fn each_refusal_has_its_sentence_and_leaves_nothing() {
    for (fate, sentence, made) in [
        (
            Fate::Forbidden,
            "not permitted to create jobs in the namespace loadtest: jobs.batch is forbidden",
            false,
        ),
        (
            Fate::NoNamespace,
            "there is no namespace loadtest in this cluster",
            false,
        ),
        (
            Fate::Strict,
            "the cluster refuses the Job pl-rec: Job in version \"v1\" cannot be handled",
            false,
        ),
        (
            Fate::Old,
            "the cluster runs Kubernetes 1.28, and a fleet needs 1.29",
            false,
        ),
        (
            Fate::NoSecrets,
            "not permitted to create secrets in the namespace loadtest",
            true,
        ),
    ] {
        let double = Double::of(fate).await;
        let told = self::made(&double, (None, false), &Heard::default()).await;
        let told = told.unwrap_err().to_string();
        assert!(told.starts_with(sentence), "{told}");
        assert!(!told.contains("hush"), "{told}");
        let deleted = double.changes().iter().any(|line| line.starts_with("DELETE"));
        assert_eq!(deleted, made, "{fate:?}: {:?}", double.changes());
    }
}

#[tokio::test]
async fn an_early_end_deletes_what_was_created() {
    let double = Double::of(Fate::Goes).await;
    let (asker, orderly) = Halt::new();
    asker.ask(Interruption::Interrupt);
    let halts = Halts {
        orderly,
        at_once: Halt::default(),
    };
    let made = run(
        &two(),
        &double.cluster().await,
        (None, false),
        &Heard::default(),
        &halts,
    )
    .await;
    assert!(
        matches!(made, Err(FleetError::InterruptedEarly(Interruption::Interrupt))),
        "{made:?}"
    );
    assert!(double.told().is_empty());
    assert!(double.changes().last().unwrap().starts_with("DELETE"));
}

#[tokio::test]
async fn a_fleet_is_stopped_and_collected_by_name() {
    let (double, heard) = (Double::of(Fate::Goes).await, Heard::default());
    let cluster = double.cluster().await;
    assert_eq!(stop(NAME, &cluster).await.unwrap(), 2);
    assert_eq!(double.told(), ["stop", "stop"]);
    let outcome = collect(NAME, &cluster, (None, false), &heard, &Halts::default())
        .await
        .unwrap();
    assert_ne!(
        outcome.report.verdict,
        LoadVerdict::Invalid,
        "{}",
        outcome.report.sentence
    );
    assert!(double.changes().last().unwrap().starts_with("DELETE"));
    let error = stop("another", &cluster).await.unwrap_err().to_string();
    assert_eq!(error, "there is no fleet another in the namespace loadtest");
    let error = collect("another", &cluster, (None, false), &heard, &Halts::default())
        .await
        .unwrap_err();
    assert!(matches!(error, FleetError::NoFleet { .. }), "{error}");
}
