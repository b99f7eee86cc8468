use crate::workload::{ArrivalPlan, ImageSource, Override, Workload, WorkloadError};
use std::path::Path;

fn changed(scenario: &str, set: &[&str]) -> Result<Workload, WorkloadError> {
    let set: Vec<Override> = set.iter().map(|text| text.parse().unwrap()).collect();
    Workload::find_changed(scenario, &set)
}

fn refused(set: &[&str]) -> String {
    changed("field-mix", set).unwrap_err().to_string()
}

#[test]
fn every_kind_of_field_can_be_changed() {
    let workload = changed(
        "field-mix",
        &[
            "arrivals.process=constant",
            "arrivals.rate=12000/min",
            "journeys.camera.weight=3",
            "journeys.camera.cameras=7",
            "journeys.1.steps.0.body={ largestFaceOnly = false }",
            "images={ directory = \"faces\" }",
            "slos=[\"publish.p99 < 1s\"]",
            "users=9",
        ],
    )
    .unwrap();
    let ArrivalPlan::Open { random, rate, .. } = workload.arrivals else {
        panic!("closed");
    };
    assert!(!random);
    assert!((rate.get() - 200.0).abs() < 1e-9);
    let camera = &workload.journeys[0];
    assert_eq!((camera.weight.to_bits(), camera.cameras), (3f64.to_bits(), 7));
    assert_eq!(workload.journeys[1].steps[0].body["largestFaceOnly"], false);
    assert_eq!(workload.images, ImageSource::Directory("faces".into()));
    assert_eq!(workload.slos.len(), 1);
    assert_eq!(workload.users, Some(9));
    assert!(
        workload.name.starts_with("field-mix with arrivals.process=constant, ")
            && workload.name.contains(", journeys.camera.weight=3, "),
        "{}",
        workload.name
    );
}

#[test]
fn an_empty_value_removes_the_field() {
    let workload = changed(
        "field-mix",
        &[
            "arrivals.process=closed",
            "arrivals.rate=",
            "arrivals.think=50ms",
            "journeys.client=",
        ],
    )
    .unwrap();
    assert!(matches!(workload.arrivals, ArrivalPlan::Closed { think, .. } if think.as_millis() == 50));
    assert_eq!(workload.journeys.len(), 2);
}

#[test]
fn a_directory_of_images_is_seen_from_here_when_it_is_given_here() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("mine.toml");
    let text = "description = \"d\"\nduration = \"1s\"\n[arrivals]\nprocess = \"constant\"\nrate = \"1/s\"\n[images]\ndirectory = \"own\"\n\
                [[journeys]]\nname = \"a\"\nsteps = [{ operation = \"publish\" }]\n";
    std::fs::write(&file, text).unwrap();
    let scenario = file.to_str().unwrap();
    let images = |set: &[&str]| changed(scenario, set).unwrap().images;
    assert_eq!(
        images(&["users=2"]),
        ImageSource::Directory(directory.path().join("own"))
    );
    assert_eq!(
        images(&["images.directory=other"]),
        ImageSource::Directory(Path::new("other").to_owned())
    );
}

#[test]
fn what_is_wrong_is_told_with_the_change_and_the_field() {
    let cases = [
        (
            "journeys.camra.weight=3",
            "journeys.camra is none of camera, caller, client",
        ),
        ("journeys.camera.weight=-3", "journeys.weight: a weight is more than 0"),
        (
            "journeys.camera.steps.4.operation=publish",
            "journeys.camera.steps.4 is not a place in a list of 1",
        ),
        ("arrivals.rat=3/s", "unknown field `rat`"),
        ("arrivals.rate=fast", "arrivals.rate: \"fast\" is not an arrival rate"),
        (
            "duration.seconds=3",
            "duration.seconds lies within a value that has no fields",
        ),
        ("users=", "users is not there to be removed"),
        ("journeys=", "missing field `journeys`"),
    ];
    for (set, sentence) in cases {
        let told = refused(&[set]);
        assert!(told.contains(sentence) && told.contains(set), "{set}: {told}");
    }
}

#[test]
fn a_change_needs_a_key_and_a_value() {
    for text in ["arrivals.rate", "=3", "arrivals..rate=3", ""] {
        let told = text.parse::<Override>().unwrap_err();
        assert!(told.contains("write KEY=VALUE"), "{text}: {told}");
    }
}

#[test]
fn what_looks_like_toml_and_is_none_is_told_in_the_words_of_toml() {
    for (text, why) in [
        (
            "arrivals.stages=[{ramp=\"1s\",to=9223372036854775808}]",
            "the value of arrivals.stages is no TOML: u64 value was too large",
        ),
        ("slos=[\"p99 < 1s\"", "the value of slos is no TOML: "),
        ("images={ directory = faces }", "the value of images is no TOML: "),
        ("description=\"open", "the value of description is no TOML: "),
    ] {
        let told = text.parse::<Override>().unwrap_err();
        assert!(told.starts_with(why) && !told.contains('\n'), "{text}: {told}");
    }
    for bare in ["{column}", "[north] gate", "'s-Hertogenbosch", "200/s"] {
        let set: Override = format!("description={bare}").parse().unwrap();
        assert_eq!(set.to_string(), format!("description={bare}"));
    }
}
