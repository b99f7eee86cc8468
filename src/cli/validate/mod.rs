//! `proofload validate`: checks that a deployment authenticates, authorises and answers as documented.

mod format;

use super::shared::arguments::{AcceptedArg, SeedArg, TimeoutArg};
use super::shared::evidence;
use super::shared::exit_of::{Ended, exit_of};
use super::shared::finish::{self, finish};
use super::shared::lent::{self, BadLoginsArgs, LentLines};
use super::shared::output::{OutputArgs, TitleArg};
use super::shared::progress_lines::ProgressLines;
use super::shared::session::{Intent, Opened, watched};
use super::shared::target_options::TargetOptions;
use super::shared::values;
use super::{Console, Failure};
use crate::cli::shared::format::Format;
use crate::exit::Exit;
use format::{Shown, ValidateFormat};
use proofload_advice::{self as advice, Offered};
use proofload_conformance as conformance;
use proofload_conformance::accepted::{self, Accepted};
use proofload_conformance::{ConformanceOptions, ConformanceRun, PlannedCase};
use proofload_conformance_snapshots as snapshot;
use proofload_contract::{Contract, Own};
use proofload_deployment::halt::Halt;
use proofload_deployment::pattern::Pattern;
use proofload_deployment::units::Rate;
use proofload_reports::Rendering as _;
use proofload_results::files;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

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
    /// Another version of the API than the built-in one, an `OpenAPI` 3 document in YAML or JSON; or the deployment's own swagger.json
    #[arg(long, value_name = "FILE")]
    contract: Option<PathBuf>,
    #[command(flatten)]
    accepted: AcceptedArg,
    /// Compare the answers with the snapshots in this directory; missing ones are written
    #[arg(long, value_name = "DIR")]
    snapshot: Option<PathBuf>,
    /// Treat warnings as failures
    #[arg(long)]
    strict: bool,
    /// Directory for the result, new or empty: validate.json, report.html, and a script in evidence/ for each case that failed
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    output: OutputArgs<ValidateFormat>,
    /// How many operations are tested at once, each with one call at a time [default: 8, up to 32 where answers are slow]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u8).range(1..=64), allow_hyphen_values = true)]
    concurrency: Option<u8>,
    /// At most this many calls a second, such as 20/s; a target that limits its rate (429, 503) is noticed and waited for
    #[arg(long, value_name = "RATE", allow_hyphen_values = true)]
    rate: Option<Rate>,
    /// Longest time for the whole run, waiting for a limited rate included; what has not begun by then is not tested
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = values::positive_span, allow_hyphen_values = true)]
    time_limit: Duration,
    #[command(flatten)]
    timeout: TimeoutArg,
    /// Longest wait for a token to expire, where no signing key is given to make an expired one
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = values::span, allow_hyphen_values = true)]
    wait_for_expiry: Duration,
    /// How long to keep looking before something that was stored counts as missing
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = values::span, allow_hyphen_values = true)]
    settle: Duration,
    #[command(flatten)]
    bad_logins: BadLoginsArgs,
    #[command(flatten)]
    seed: SeedArg,
}

impl ValidateArgs {
    fn options(&self, halt: Halt) -> ConformanceOptions {
        let usual = ConformanceOptions::default();
        ConformanceOptions {
            only: self.only.clone(),
            skip: self.skip.clone(),
            concurrency: self.concurrency.map_or(usual.concurrency, usize::from),
            adapts: self.concurrency.is_none(),
            rate: self.rate,
            time_limit: self.time_limit,
            timeout: self.timeout.timeout,
            wait_for_expiry: self.wait_for_expiry,
            settle: self.settle,
            seed: self.seed.get(),
            strict: self.strict,
            bad_logins: self.bad_logins.rule(),
            halt,
        }
    }
}

/// Validates the target.
///
/// # Errors
/// The target cannot be tested at all, an option or a file is wrong, or the result cannot be shown everywhere.
pub(super) async fn run(args: ValidateArgs, console: &Console) -> Result<Exit, Failure> {
    if args.explain {
        console.result(&conformance::document::markdown())?;
        return Ok(Exit::Passed);
    }
    let read;
    let contract = match &args.contract {
        Some(path) => {
            read = Contract::load(path).map_err(Failure::usage)?;
            if let Some(own) = read.own() {
                console.note(&own_schema(&own));
            }
            &read
        }
        None => Contract::bundled(),
    };
    let accepted = args.accepted.read()?;
    if args.list {
        let chosen = args.target.choose().await?;
        let options = args.options(Halt::default());
        let cases = conformance::list(&chosen.target, contract, &options)?;
        if let Some(line) = lent::told(&chosen.target, &cases, &options) {
            console.note(&line);
        }
        console.result(&listed(&cases))?;
        return Ok(Exit::Passed);
    }
    let out = args.out.as_deref();
    args.output.check(out)?;
    let opened = Opened::open(args.target.choose().await?, Intent::test(&args.timeout), console).await?;
    let options = args.options(opened.halt.clone());
    let lines = LentLines::new(ProgressLines(console.clone()), opened.target(), contract, &options)?;
    let run = conformance::run(opened.target(), contract, &options, &lines);
    let mut outcome = watched(console, run).await?;
    // Snapshots that cannot be read or written take nothing of what was tested with them.
    let weighed = weigh(&mut outcome, &args, accepted.as_ref());
    let left = weighed.and(out.map_or(Ok(()), |out| keep(out, &mut outcome, &args.output.title)));
    if let Some(out) = out.filter(|_| args.output.prints(ValidateFormat::Shared(Format::Console))) {
        // On a terminal a path counts from where the person is, in a file from where the record is.
        evidence::name(&mut outcome, out);
    }
    let report = outcome.report;
    let (offered, all) = (Offered::by::<ValidateArgs>(), console.style.verbose);
    console.advise(advice::on_validation(&report, all, &offered));
    let contract = args.contract.as_deref().map(|path| path.to_string_lossy().into_owned());
    let shown = Shown {
        report: &report,
        file: contract.unwrap_or_else(|| args.target.file()),
    };
    finish(&shown, "validate", out, left, &args.output, console)?;
    Ok(exit_of(opened.halt.why(), Ended::from(&report)))
}

/// Leaves `validate.json`, and beside it `report.html` and the scripts that repeat what was found.
///
/// # Errors
/// They cannot be written.
fn keep(directory: &Path, outcome: &mut ConformanceRun, title: &TitleArg) -> Result<(), Failure> {
    evidence::name(outcome, Path::new(""));
    let report = &outcome.report;
    finish::keep(directory, files::VALIDATE, &report.json())?;
    finish::leave(directory, files::PAGE, title.page(report.html()))?;
    evidence::leave(directory, outcome.evidence.as_ref())
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

/// What a contract rests on that was made of the deployment's own schema.
fn own_schema(own: &Own) -> String {
    let named = |names: &[String]| {
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    };
    format!(
        "a deployment's own schema: {} operations are judged by it and by the documents; only in it, with the checks that fit any \
         operation: {}; only in the documents: {}",
        own.shared,
        named(&own.further),
        named(&own.missing)
    )
}

fn listed(cases: &[PlannedCase]) -> String {
    let mut text = String::new();
    for case in cases {
        let _ = writeln!(text, "{}", case.id);
    }
    text
}
