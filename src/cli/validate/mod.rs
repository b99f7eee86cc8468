//! `proofload validate`: checks that a deployment authenticates, authorises and answers as documented.

pub(super) mod directory;
mod outputs;

use super::duration::duration;
use super::load_signals;
use super::report_file::ReportFile;
use super::target_options::TargetOptions;
use super::{Console, Failure};
use crate::exit::Exit;
use outputs::Format;
use proofload_conformance as conformance;
use proofload_conformance::accepted::{self, Accepted};
use proofload_conformance::snapshot::{self, SnapshotError};
use proofload_conformance::{ConformanceOptions, ConformanceRun, PlannedCase, RunError};
use proofload_contract::Contract;
use proofload_deployment::client::{Http, Limits, preflight};
use proofload_deployment::halt::{Asker, Halt};
use proofload_deployment::pattern::Pattern;
use proofload_load::Interruption;
use proofload_results::events::{Event, Observer};
use proofload_results::validate::{ValidateReport, Verdict};
use rand::RngExt as _;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;
use tokio::sync::watch;

const EXAMPLES: &str = "\
Examples:
  proofload validate
  proofload validate --url https://10.0.0.123:5009 --username svc-proof --ca lab-ca.pem
  proofload validate --target lab --report junit=report.xml --snapshot snapshots/lab
  proofload validate --target lab --only 'publish*' --skip '*/alg-none'
  proofload validate --list";

/// Check that a deployment authenticates, authorises and answers as documented.
///
/// Every operation is called with good and bad tokens and by every account. Without --allow writes nothing is changed
/// on the target, whatever is wrong with it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ValidateArgs {
    #[command(flatten)]
    target: TargetOptions,
    /// How to print the report
    #[arg(long, value_enum, default_value_t = Format::Console)]
    format: Format,
    /// Write the report into a file as well, as in junit=report.xml; may be repeated
    #[arg(long, value_name = "FORMAT=FILE")]
    report: Vec<ReportFile<Format>>,
    /// Directory for the result, new or empty: validate.json and report.html
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Deviations that somebody answers for until a date, in TOML
    #[arg(long, value_name = "FILE")]
    accepted: Option<PathBuf>,
    /// Hold the answers against the snapshots in this directory; those that are missing are written
    #[arg(long, value_name = "DIR")]
    snapshot: Option<PathBuf>,
    /// Run only the cases that a pattern matches: an id, `publish`, `*/alg-none`, `*@nobody`; may be repeated
    #[arg(long, value_name = "PATTERN")]
    only: Vec<Pattern>,
    /// Leave out the cases that a pattern matches; may be repeated
    #[arg(long, value_name = "PATTERN")]
    skip: Vec<Pattern>,
    /// Print the cases without sending anything
    #[arg(long)]
    list: bool,
    /// Print every check with its clause, severity and source as Markdown, without sending anything
    #[arg(long, conflicts_with = "list")]
    explain: bool,
    /// How many operations are tested at once, each with one call at a time
    #[arg(long, value_name = "COUNT", default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=64))]
    concurrency: u8,
    /// Longest wait for one answer
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = duration)]
    timeout: Duration,
    /// Wait so long at most for a token to expire, where no signing key can mint an expired one
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = duration)]
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

impl ValidateArgs {
    fn options(&self, halt: Halt) -> ConformanceOptions {
        ConformanceOptions {
            only: self.only.clone(),
            skip: self.skip.clone(),
            concurrency: usize::from(self.concurrency),
            timeout: self.timeout,
            wait_for_expiry: self.wait_for_expiry,
            seed: self.seed.unwrap_or_else(|| rand::rng().random_range(0..1_000_000_000)),
            strict: self.strict,
            halt,
        }
    }
}

/// Validates the target.
///
/// # Errors
/// The target cannot be tested at all, or an option or a file is wrong.
pub(super) async fn run(args: ValidateArgs, console: &Console) -> Result<Exit, Failure> {
    if args.explain {
        console.result(&conformance::document::markdown())?;
        return Ok(Exit::Passed);
    }
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
    let accepted = args.accepted.as_deref().map(Accepted::read).transpose();
    let accepted = accepted.map_err(Failure::usage)?;
    let chosen = args.target.choose().await?;
    let (asker, halt) = Halt::new();
    let options = args.options(halt);
    if args.list {
        let cases = conformance::list(&chosen.target, contract, &options)?;
        console.result(&listed(&cases))?;
        return Ok(Exit::Passed);
    }
    args.report.iter().try_for_each(ReportFile::check)?;
    args.out.as_deref().map_or(Ok(()), directory::check)?;
    chosen.announce(console);
    let limits = Limits {
        timeout: options.timeout,
        ..Limits::default()
    };
    preflight(&Http::new(&chosen.target, limits)?).await?;
    let signals = load_signals::listen(console);
    tokio::spawn(pass_on(signals.clone(), asker));
    let progress = Progress {
        console: console.clone(),
    };
    let outcome = conformance::run(&chosen.target, contract, &options, &progress).await;
    console.progress("");
    let mut outcome = outcome?;
    weigh(&mut outcome, &args, accepted.as_ref())?;
    let report = outcome.report;
    for file in &args.report {
        file.write(&file.format.render_file(&report)?)?;
    }
    if let Some(out) = &args.out {
        directory::write(out, &report)?;
    }
    console.result(&args.format.render(&report, console)?)?;
    if let Some(out) = &args.out {
        console.note(&format!("recorded in {}", out.display()));
    }
    Ok(match (*signals.borrow(), report.is_incomplete()) {
        (Some(interruption), true) => interruption.into(),
        _ => exit(&report),
    })
}

/// Asks for the end at the first signal.
pub(super) async fn pass_on(mut signals: watch::Receiver<Option<Interruption>>, asker: Asker) {
    if signals.wait_for(Option::is_some).await.is_ok() {
        asker.ask();
    }
}

/// Holds the run against what was recorded and accepted before.
fn weigh(outcome: &mut ConformanceRun, args: &ValidateArgs, accepted: Option<&Accepted>) -> Result<(), Failure> {
    let whole = args.only.is_empty() && args.skip.is_empty();
    if let Some(directory) = &args.snapshot {
        snapshot::hold(outcome, directory, whole)?;
    }
    if let Some(accepted) = accepted {
        let today = chrono::Utc::now().date_naive();
        accepted::apply(&mut outcome.report, accepted, accepted::Run { today, whole });
    }
    Ok(())
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
pub(super) struct Progress {
    pub(super) console: Console,
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
            RunError::NothingSelected(_) | RunError::LoginRefused(_) => Self::could_not_test(error),
        }
    }
}

impl From<SnapshotError> for Failure {
    fn from(error: SnapshotError) -> Self {
        Self::usage(error)
    }
}
