//! `proofload gate`: whether a candidate got slower, or answers differently.

mod arguments;
mod live;

use super::load::recorded;
use super::shared::arguments::{AcceptedArg, TimeoutArg, open_where_rated};
use super::shared::exit_of::{Ended, exit_of};
use super::shared::finish::{self, finish};
use super::shared::output::{OutputArgs, TitleArg};
use super::shared::progress_lines::ProgressLines;
use super::shared::session::{Intent, admit, watched};
use super::shared::signals;
use super::shared::target_options::{Chosen, TargetOptions};
use super::shared::values;
use super::{Console, Failure};
use crate::exit::Exit;
use arguments::{GateFormat, Inconclusive, Tolerance};
use live::LiveArgs;
use proofload_conformance as conformance;
use proofload_deployment::halt::Halt;
use proofload_gate as gate;
use proofload_gate::{Drift, GateOptions, Scope, Settings};
use proofload_reports::Rendering as _;
use proofload_results::files;
use proofload_results::gate::{self as results, GateReport, GateVerdict, Mode};
use proofload_results::record::RecordReader;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  proofload gate --baseline runs/main-1 runs/main-2 --candidate runs/branch-1 runs/branch-2
  proofload gate --baseline runs/main --candidate runs/branch --tolerance 5% --tolerance p99=20% --format markdown
  proofload gate --url-a https://10.0.0.1:5009 --url-b https://10.0.0.2:5009 --username svc-proof --ca lab-ca.pem --scenario camera-feed --max-time 5m
  proofload gate --baseline runs/main --candidate runs/branch --snapshot snapshots/lab --accepted accepted.toml --target lab";

/// Says whether a candidate got slower than its baseline, or answers differently
///
/// Compares response times, error rates and throughput, of recorded runs or of two live deployments that are loaded in turns,
/// and gives one of three answers with the evidence.
/// Exit code 0: not regressed; 1: regressed; 4: the data cannot tell, and what would settle it is said.
#[derive(Debug, clap::Args)]
#[command(
    after_help = EXAMPLES,
    mut_arg("accepted", |accepted| accepted.requires("snapshot")),
    mut_arg("scenario", open_where_rated)
)]
pub(super) struct GateArgs {
    #[command(flatten)]
    target: TargetOptions,
    /// Run directories of the baseline, or streams that `load --out -` wrote; several are better than one
    #[arg(long, value_name = "DIR|FILE", num_args = 1.., requires = "candidate")]
    baseline: Vec<PathBuf>,
    /// Run directories or streams of the candidate
    #[arg(long, value_name = "DIR|FILE", num_args = 1.., requires = "baseline", conflicts_with_all = ["url_a", "target_a"])]
    candidate: Vec<PathBuf>,
    /// How much worse is tolerated [default: 5%]; of single metrics or operations as in p99=20%, publish=10% or
    /// publish.p99=30%; may be repeated
    #[arg(long, value_name = "[WHAT=]SHARE", allow_hyphen_values = true)]
    tolerance: Vec<Tolerance>,
    /// Ignore differences in response time below this
    #[arg(long, value_name = "TIME", default_value = "2ms", value_parser = values::span, allow_hyphen_values = true)]
    floor: Duration,
    /// Ignore differences in error rate below this
    #[arg(long, value_name = "SHARE", default_value = "0.5%", value_parser = values::percent, allow_hyphen_values = true)]
    error_floor: f64,
    /// How sure the answer must be
    #[arg(long, value_name = "SHARE", default_value = "95%", value_parser = values::confidence, allow_hyphen_values = true)]
    confidence: f64,
    /// Compare only this: an operation, a metric (p50, p90, p99, error-rate, throughput), or both as in publish.p99; may be
    /// repeated
    #[arg(long, value_name = "WHAT")]
    compare: Vec<Scope>,
    /// Ignore the beginning of every run
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = values::span, allow_hyphen_values = true)]
    warm_up: Duration,
    /// Seed of everything random
    #[arg(long, value_name = "NUMBER", default_value_t = 1, allow_hyphen_values = true)]
    seed: u64,
    /// Let an inconclusive gate pass (exit code 0) or fail (1) instead of ending with 4
    #[arg(long, value_enum, value_name = "WHAT")]
    inconclusive: Option<Inconclusive>,
    #[command(flatten)]
    output: OutputArgs<GateFormat>,
    /// Directory for the record, new or empty: gate.json, report.html, and the run directories a and b of two live deployments
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Validate the candidate too, and compare its answers with the snapshots in this directory
    #[arg(long, value_name = "DIR")]
    snapshot: Option<PathBuf>,
    #[command(flatten)]
    accepted: AcceptedArg,
    #[command(flatten)]
    live: LiveArgs,
}

/// Runs the command.
///
/// # Errors
/// The runs cannot be compared, an option or a file is wrong, or the result cannot be shown everywhere.
pub(super) async fn run(args: GateArgs, console: &Console) -> Result<Exit, Failure> {
    if args.baseline.is_empty() && args.live.is_empty() {
        return Err(Failure::usage(
            "nothing to compare: name recorded runs with --baseline DIR... --candidate DIR..., or two live deployments with \
             --url-a URL --url-b URL (or --target-a NAME --target-b NAME)",
        ));
    }
    let (options, out) = (args.options(), args.out.as_deref());
    let accepted = args.accepted.read()?;
    args.output.check(out)?;
    let sides = args.live.choose(&args.target).await?;
    // Recorded runs are compared in no time and without anybody who listens: Ctrl-C ends that as it ends any program.
    let listening = OnceLock::new();
    let halt = || listening.get_or_init(|| signals::listen(console)).clone();
    let (mut report, mut interrupted, lost) = match &sides {
        Some(sides) => {
            let compared = Box::pin(args.live.compare(sides, &options, out, halt, console)).await?;
            (compared.report, compared.interrupted, compared.lost)
        }
        None => (gate::records(&args.baseline, &args.candidate, &options)?, None, None),
    };
    let mut held = Ok(());
    if let Some(snapshot) = args.snapshot.as_ref().filter(|_| interrupted.is_none()) {
        let candidate = match sides {
            Some([_, candidate]) => candidate,
            None => args.target.choose().await?,
        };
        let drift = Drift {
            snapshot,
            accepted: accepted.as_ref(),
        };
        let timeout = &args.live.generator.timeout;
        held = Box::pin(hold(&mut report, &candidate, drift, timeout, &halt(), console)).await;
        if let Err(failure) = &held {
            undecided(&mut report, failure);
        }
        interrupted = halt().why();
    }
    let inconclusive = Inconclusive::decided(args.inconclusive);
    report.inconclusive = inconclusive.into();
    let left = out.map_or(Ok(()), |out| keep(out, &report, &args.output.title));
    let left = finish::unless_lost(lost.as_deref(), held.and(left));
    finish(&report, "gate", out, left, &args.output, console)?;
    Ok(exit_of(interrupted, Ended::Gate(report.verdict, inconclusive)))
}

/// Holds the candidate's answers against what they were.
async fn hold(
    report: &mut GateReport,
    candidate: &Chosen,
    drift: Drift<'_>,
    timeout: &TimeoutArg,
    halt: &Halt,
    console: &Console,
) -> Result<(), Failure> {
    admit(candidate, Intent::test(timeout), console).await?;
    let options = conformance::ConformanceOptions {
        timeout: timeout.timeout,
        halt: halt.clone(),
        ..conformance::ConformanceOptions::default()
    };
    let lines = ProgressLines(console.clone());
    let held = gate::drift(report, &candidate.target, drift, &options, &lines);
    Ok(Box::pin(watched(console, held)).await?)
}

/// What was asked for and could not be done is no pass; what was compared until then is shown all the same.
fn undecided(report: &mut GateReport, failure: &Failure) {
    let why = format!(
        "the answers were not held against their snapshots: {}",
        failure.sentence
    );
    if report.verdict == GateVerdict::NotRegressed {
        report.verdict = GateVerdict::Inconclusive;
        report.reasons.push(why);
    } else {
        report.warnings.push(why);
    }
}

/// Leaves `gate.json`, and beside it the pages: `report.html`, and those of the sides that were measured.
fn keep(directory: &Path, report: &GateReport, title: &TitleArg) -> Result<(), Failure> {
    results::write(directory, report).map_err(finish::lost)?;
    finish::leave(directory, files::PAGE, title.page(report.html()))?;
    if report.mode != Mode::Interleaved {
        return Ok(());
    }
    let runs = report.baseline.runs.iter().chain(&report.candidate.runs);
    for side in runs.filter_map(|run| run.directory.as_deref().map(Path::new)) {
        let run = RecordReader::open(side).map_err(finish::lost)?.run;
        if let Some(result) = run.result.clone() {
            recorded(result, run, Some(side), title).1?;
        }
    }
    Ok(())
}

impl GateArgs {
    fn options(&self) -> GateOptions {
        let mut settings = Settings {
            floor_us: self.floor.as_secs_f64() * 1e6,
            error_floor: self.error_floor,
            confidence: self.confidence,
            seed: self.seed,
            named: self.compare.clone(),
            ..Settings::default()
        };
        for tolerance in &self.tolerance {
            match &tolerance.scope {
                None => settings.tolerance = tolerance.share,
                Some(scope) => settings.tolerances.push((scope.clone(), tolerance.share)),
            }
        }
        GateOptions {
            settings,
            compare: self.compare.clone(),
            warm_up: self.warm_up,
        }
    }
}
