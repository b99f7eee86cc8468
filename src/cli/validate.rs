//! `proofload validate`: checks that a deployment authenticates, authorises and answers as documented.

use super::target_options::TargetOptions;
use super::{Console, Failure};
use crate::client::{Http, Limits, preflight};
use crate::conformance::{self, Options, PlannedCase, RunError};
use crate::events::{Event, Observer};
use crate::exit::Exit;
use crate::pattern::Pattern;
use clap::ValueEnum;
use proofload_contract::Contract;
use proofload_reports::validate::{ValidateReport, Verdict, console as rendering};
use rand::RngExt as _;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

/// The width that a pipe is laid out for, in columns.
const PIPE_WIDTH: usize = 120;

/// Check that a deployment authenticates, authorises and answers as documented.
///
/// Every operation is called with good and bad tokens and by every account. Without --allow writes nothing is changed
/// on the target, whatever is wrong with it.
#[derive(Debug, clap::Args)]
pub(super) struct ValidateArgs {
    #[command(flatten)]
    target: TargetOptions,
    /// How to print the report
    #[arg(long, value_enum, default_value_t = Format::Console)]
    format: Format,
    /// Run only the cases that a pattern matches: an id, `publish`, `*/alg-none`, `*@nobody`; may be repeated
    #[arg(long, value_name = "PATTERN")]
    only: Vec<Pattern>,
    /// Leave out the cases that a pattern matches; may be repeated
    #[arg(long, value_name = "PATTERN")]
    skip: Vec<Pattern>,
    /// Print the cases without sending anything
    #[arg(long)]
    list: bool,
    /// How many operations are tested at once, each with one call at a time
    #[arg(long, value_name = "COUNT", default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=64))]
    concurrency: u8,
    /// Longest wait for one answer
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = super::duration::duration)]
    timeout: Duration,
    /// Wait so long at most for a token to expire, where no signing key can mint an expired one
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = super::duration::duration)]
    wait_for_expiry: Duration,
    /// Where random names, ids and bytes come from [default: a random one, printed]
    #[arg(long)]
    seed: Option<u64>,
    /// Let warnings fail the run
    #[arg(long)]
    strict: bool,
    /// Another version of the API than the built-in one: an `OpenAPI` 3 document, YAML or JSON
    #[arg(long, value_name = "FILE")]
    contract: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A matrix of operations by accounts, and what is wrong
    Console,
    /// proofload.validate/1
    Json,
}

impl ValidateArgs {
    fn options(&self) -> Options {
        Options {
            only: self.only.clone(),
            skip: self.skip.clone(),
            concurrency: usize::from(self.concurrency),
            timeout: self.timeout,
            wait_for_expiry: self.wait_for_expiry,
            seed: self.seed.unwrap_or_else(|| rand::rng().random_range(0..1_000_000_000)),
            strict: self.strict,
        }
    }
}

/// Validates the target.
///
/// # Errors
/// The target cannot be tested at all, or an option or a file is wrong.
pub(super) async fn run(args: ValidateArgs, console: &Console) -> Result<Exit, Failure> {
    if args.timeout.is_zero() {
        return Err(Failure::usage(
            "--timeout 0s leaves no time for any answer; give at least 1s",
        ));
    }
    let read;
    let contract = match &args.contract {
        Some(path) => {
            read = Contract::load(path).map_err(Failure::usage)?;
            &read
        }
        None => Contract::bundled(),
    };
    let chosen = args.target.choose().await?;
    let options = args.options();
    if args.list {
        let cases = conformance::list(&chosen.target, contract, &options)?;
        console.result(&listed(&cases))?;
        return Ok(Exit::Passed);
    }
    chosen.announce(console);
    let limits = Limits {
        timeout: options.timeout,
        ..Limits::default()
    };
    preflight(&Http::new(&chosen.target, limits)?).await?;
    let progress = Progress {
        console: console.clone(),
    };
    let outcome = conformance::run(&chosen.target, contract, &options, &progress).await;
    console.progress("");
    let report = outcome?.report;
    console.result(&rendered(&report, args.format, console)?)?;
    Ok(exit(&report))
}

fn rendered(report: &ValidateReport, format: Format, console: &Console) -> Result<String, Failure> {
    match format {
        Format::Console => Ok(rendering::render(report, width(console))),
        Format::Json => serde_json::to_string_pretty(report)
            .map(|text| text + "\n")
            .map_err(|error| Failure::could_not_test(format!("cannot write the report as JSON: {error}"))),
    }
}

fn width(console: &Console) -> usize {
    let terminal = console.stdout_is_terminal.then(terminal_size::terminal_size).flatten();
    terminal.map_or(PIPE_WIDTH, |(width, _)| usize::from(width.0))
}

fn exit(report: &ValidateReport) -> Exit {
    match report.verdict {
        Verdict::Fail => Exit::TargetFailed,
        Verdict::Error => Exit::CouldNotTest,
        Verdict::Pass | Verdict::Warn | Verdict::Skip => Exit::Passed,
    }
}

fn listed(cases: &[PlannedCase]) -> String {
    let mut text = String::new();
    for case in cases {
        let _ = writeln!(text, "{}", case.id);
    }
    text
}

/// One line on a terminal that says how far the run has come.
struct Progress {
    console: Console,
}

impl Observer for Progress {
    fn observe(&self, event: &Event) {
        match event {
            Event::Warning(sentence) => self.console.note(&format!("warning: {sentence}")),
            Event::CaseDone { id, done, total } => {
                self.console.progress(&format!("{done} of {total} cases  {id}"));
            }
            _ => {}
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Client(error) => error.into(),
            RunError::NoAccount(_) => Self::usage(error),
            RunError::NothingSelected(_) | RunError::LoginRefused(_) => Self::could_not_test(error),
        }
    }
}
