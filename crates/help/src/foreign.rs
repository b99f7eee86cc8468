//! What people type who come from other tools, answered with what does it here.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};
use std::ffi::OsString;

/// Options of other tools, a line each: how it is typed, whose it is, the option here, and how that is given.
const OPTIONS: &str = "\
--iterations | k6 | requests | --requests 1000
--rps | k6 | rate | --rate 50/s
--stage | k6 | set | stages in the scenario's file (docs/load.md)
--thresholds | k6 | slo | --slo 'publish.p99 < 250ms'
--summary-export | k6 | report | --report json=summary.json
--insecure-skip-tls-verify | k6 | insecure | --insecure
--concurrency | hey | users | --users 50
--query-per-second | oha | rate | --rate 50/s
--latency-correction | oha | rate | nothing: latency always counts from when a call was due
--disable-keepalive | oha | no-keep-alive | --no-keep-alive
--no-tui | oha | format | --quiet
--json | oha | format | --format json
--max-concurrent-streams | h2load | streams | --http2 --streams 32
-rate | vegeta | rate | --rate 50/s
-duration | vegeta | duration | --duration 30s
-targets | vegeta | scenario | --scenario FILE
-workers | vegeta | users | --users 50
-max-workers | vegeta | users | --users 50
--base-url | Schemathesis | url | --url https://10.0.0.123:5009
--checks | Schemathesis | only | --only '*/permission' (--list shows what there is)
--include-path | Schemathesis | only | --only 'publish/*'
--exclude-path | Schemathesis | skip | --skip 'publish/*'
--workers | Schemathesis | concurrency | --concurrency 8
--hypothesis-seed | Schemathesis | seed | --seed 7
--auth | Schemathesis | username | --username NAME, the password in PROOFLOAD_PASSWORD";

/// Options that no command has an equal of, with the reason.
const NONE: &str = "\
-H | --header 'NAME: VALUE' sends a header field with every call; an account is named with --username
--max-examples | cases are not drawn at random: each is listed by --list
--junit-xml | reports go with --report junit=report.xml";

/// Words of other tools where a command stands.
const COMMANDS: &str = "\
run | to load, `proofload load --scenario FILE`; to test conformance, `proofload validate --url URL`
attack | `proofload load --url URL --rate 50/s --duration 30s`
bench | `proofload load --url URL --rate 50/s --duration 30s`
test | `proofload validate --url URL`
compare | `proofload gate --baseline DIR --candidate DIR`
new | `proofload scenarios camera-feed > mine.toml`";

/// The cells of the rows of a table of ours.
fn rows<const N: usize>(table: &str) -> impl Iterator<Item = [&str; N]> {
    let lines = table.lines();
    lines.filter_map(|row| row.split(" | ").collect::<Vec<_>>().try_into().ok())
}

/// The error with a tip on what does here what was meant.
pub fn advised(mut error: Error, root: &Command, args: &[OsString]) -> Error {
    let words: Vec<&str> = args.iter().skip(1).filter_map(|word| word.to_str()).collect();
    let command = words.first().and_then(|name| root.find_subcommand(name));
    let tip = match (error.kind(), command) {
        (ErrorKind::InvalidSubcommand, None) => words.first().and_then(|word| instead_of(word)),
        (_, Some(command)) => words.iter().skip(1).find_map(|word| option(word, command, &error)),
        _ => None,
    };
    if let Some(tip) = tip {
        error.remove(ContextKind::SuggestedArg);
        error.remove(ContextKind::SuggestedSubcommand);
        error.remove(ContextKind::TrailingArg);
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}

fn instead_of(word: &str) -> Option<String> {
    if let Some([_, ours]) = rows(COMMANDS).find(|[theirs, _]| *theirs == word) {
        return Some(ours.to_owned());
    }
    let port = word
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.parse::<u16>().is_ok());
    (word.contains("://") || port).then(|| {
        format!("to test conformance, `proofload validate --url {word}`; to load, `proofload load --url {word} --rate 50/s --duration 30s`")
    })
}

/// What a word stands for that this command does not take.
fn option(word: &str, command: &Command, error: &Error) -> Option<String> {
    let name = word.split('=').next().unwrap_or_default();
    let invalid = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(invalid)) => invalid.as_str(),
        _ => return None,
    };
    // `-rate` is read as `-r ate`, and `-duration` as `-d uration`.
    let is_long = name.starts_with('-') && !name.starts_with("--") && name.len() > 2;
    let is_it = (error.kind() == ErrorKind::UnknownArgument && invalid.starts_with(name)) || is_long;
    if !is_it {
        return None;
    }
    if let Some([_, why]) = rows(NONE).find(|[theirs, _]| *theirs == name) {
        return Some(why.to_owned());
    }
    let known = |long: &str| command.get_arguments().any(|arg| arg.get_long() == Some(long));
    let [_, whose, _, ours] = rows(OPTIONS).find(|[theirs, _, long, _]| *theirs == name && known(long))?;
    Some(format!("{name} is an option of {whose}; here it is {ours}"))
}
