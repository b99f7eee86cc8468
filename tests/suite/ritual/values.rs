//! A value that one command refuses is refused by all that take the option, with the same sentence.

/// What the program says to `command option value`; it must be a usage error about the value.
#[track_caller]
fn refusal(command: &str, option: &str, value: &str) -> String {
    let line = ["proofload", command, option, value];
    let error = proofload::cli::command()
        .try_get_matches_from(line)
        .expect_err(&format!("{line:?} was taken"));
    assert_eq!(error.exit_code(), 2, "{line:?}");
    let said = error.to_string();
    assert!(said.contains(option), "{line:?}: {said}");
    assert!(said.contains("invalid value"), "{line:?}: {said}");
    // The gate has one format more, and so has a validation.
    said.replace(", annotations", "").replace(", sarif", "")
}

#[test]
fn bad_values_are_refused_alike_by_every_command_that_takes_the_option() {
    let times = ["0s", "-5s", "NaN", "5", "31days", "5 parsecs"];
    let rates = ["0/s", "-5/s", "NaN/s", "inf/s", "2000000/s", "5/fortnight", "fast"];
    for (option, commands, values) in [
        (
            "--timeout",
            &["load", "capacity", "gate", "certify", "validate"][..],
            &times[..],
        ),
        ("--max-time", &["capacity", "gate", "certify"], &times),
        ("--hold", &["capacity", "certify"], &times[1..]),
        ("--duration", &["load"], &times),
        ("--load-duration", &["certify"], &times),
        ("--block", &["gate"], &times),
        (
            "--fps",
            &["capacity", "certify"],
            &["0", "-1", "NaN", "inf", "0.0001", "1001", "two"],
        ),
        ("--need", &["capacity", "certify"], &rates),
        ("--max-rate", &["capacity", "certify"], &rates),
        ("--rate", &["load", "gate"], &rates),
        ("--users", &["load", "capacity", "gate"], &["0", "-1", "100001", "many"]),
        ("--threads", &["load", "capacity", "gate"], &["0", "-1", "1025", "NaN"]),
        (
            "--seed",
            &["load", "capacity", "gate", "certify", "validate"],
            &["-1", "0.5", "NaN"],
        ),
        (
            "--format",
            &["load", "merge", "capacity", "gate", "certify", "validate", "report"],
            &["xml", "Json"],
        ),
        (
            "--report",
            &["load", "merge", "capacity", "gate", "certify", "validate"],
            &["report.xml", "junit=", "xml=a.xml"],
        ),
        ("--set", &["load", "capacity", "gate"], &["nonsense"]),
        ("--error-floor", &["gate"], &["NaN%", "-1%", "5", "1e9%"]),
        ("--confidence", &["gate"], &["100%", "NaN%", "-1%", "95"]),
    ] {
        for value in values {
            let said: Vec<String> = commands.iter().map(|command| refusal(command, option, value)).collect();
            assert!(said.iter().all(|one| *one == said[0]), "{option} {value}: {said:#?}");
        }
    }
}
