//! `proofload gate`: whether a candidate got slower, or answers differently.

mod arguments;
mod live;
mod outputs;

use super::load_signals;
use super::report_file::ReportFile;
use super::target_options::TargetOptions;
use super::validate::{Progress, pass_on};
use super::{Console, Failure};
use crate::exit::Exit;
use arguments::{Share, Tolerance};
use live::LiveArgs;
use outputs::Format;
use proofload_conformance as conformance;
use proofload_conformance::accepted::Accepted;
use proofload_deployment::Target;
use proofload_deployment::client::{Http, Limits, preflight};
use proofload_deployment::halt::Halt;
use proofload_gate as gate;
use proofload_gate::{Drift, GateError, Options, Scope, Settings};
use proofload_results::gate::{GateReport, GateVerdict};
use std::path::PathBuf;
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
#[command(after_help = EXAMPLES)]
pub(super) struct GateArgs {
    /// Run directories of the baseline; several are better than one
    #[arg(long, value_name = "DIR", num_args = 1.., requires = "candidate", required_unless_present_any = ["url_a", "target_a"])]
    baseline: Vec<PathBuf>,
    /// Run directories of the candidate
    #[arg(long, value_name = "DIR", num_args = 1.., requires = "baseline", conflicts_with_all = ["url_a", "target_a"])]
    candidate: Vec<PathBuf>,
    /// How much worse is tolerated [default: 5%]; of single metrics or operations as in p99=20%, publish=10% or
    /// publish.p99=30%; may be repeated
    #[arg(long, value_name = "[WHAT=]SHARE")]
    tolerance: Vec<Tolerance>,
    /// Differences of response times below this matter to nobody
    #[arg(long, value_name = "TIME", default_value = "2ms", value_parser = arguments::span, allow_hyphen_values = true)]
    floor: Duration,
    /// Differences of error rates below this matter to nobody
    #[arg(long, value_name = "SHARE", default_value = "0.5%", allow_hyphen_values = true)]
    error_floor: Share,
    /// How sure the answer must be
    #[arg(long, value_name = "SHARE", default_value = "95%", value_parser = arguments::confidence)]
    confidence: f64,
    /// Compare only this: an operation, a metric (p50, p90, p99, error-rate, throughput), or both as in publish.p99; may be
    /// repeated
    #[arg(long, value_name = "WHAT")]
    compare: Vec<Scope>,
    /// Leave out the beginning of every run
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = arguments::span, allow_hyphen_values = true)]
    warm_up: Duration,
    /// Seed of everything random
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Let an inconclusive gate pass (exit code 0) or fail (1) instead of ending with 4
    #[arg(long, value_enum, value_name = "WHAT")]
    inconclusive: Option<Inconclusive>,
    /// What to print on stdout
    #[arg(long, value_enum, default_value_t = Format::Console)]
    format: Format,
    /// Write the report into a file as well, as in junit=gate.xml; may be repeated
    #[arg(long, value_name = "FORMAT=FILE")]
    report: Vec<ReportFile<Format>>,
    /// Directory for the record, new or empty: gate.json, report.html, and the run directories a and b of two live deployments
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Validate the candidate too, and hold its answers against the snapshots in this directory
    #[arg(long, value_name = "DIR")]
    snapshot: Option<PathBuf>,
    /// Deviations that somebody answers for until a date, in TOML
    #[arg(long, value_name = "FILE", requires = "snapshot")]
    accepted: Option<PathBuf>,
    #[command(flatten)]
    live: LiveArgs,
    #[command(flatten)]
    target: TargetOptions,
}

/// What an inconclusive gate ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Inconclusive {
    /// Exit code 0
    Pass,
    /// Exit code 1
    Fail,
}

/// Runs the command.
///
/// # Errors
/// The runs cannot be compared, or an option or a file is wrong.
pub(super) async fn run(args: GateArgs, console: &Console) -> Result<Exit, Failure> {
    let options = args.options();
    let accepted = args.accepted.as_deref().map(Accepted::read).transpose();
    let accepted = accepted.map_err(Failure::usage)?;
    args.report.iter().try_for_each(ReportFile::check)?;
    if let Some(out) = &args.out {
        outputs::check(out)?;
    }
    let sides = args.live.choose(&args.target).await?;
    let (mut report, interrupted) = match &sides {
        Some(sides) => {
            let compared = args.live.compare(sides, &options, args.out.as_deref(), console).await?;
            (compared.report, compared.interrupted)
        }
        None => (gate::records(&args.baseline, &args.candidate, &options)?, None),
    };
    if let Some(snapshot) = args.snapshot.as_ref().filter(|_| interrupted.is_none()) {
        let chosen = match sides {
            Some([_, candidate]) => candidate,
            None => args.target.choose().await?,
        };
        chosen.announce(console);
        let drift = Drift {
            snapshot,
            accepted: accepted.as_ref(),
        };
        validate(&mut report, &chosen.target, drift, console).await?;
    }
    let exit = args.finish(&report, console)?;
    Ok(interrupted.map_or(exit, Exit::from))
}

/// Holds the candidate's answers against what they were.
async fn validate(
    report: &mut GateReport,
    target: &Target,
    drift: Drift<'_>,
    console: &Console,
) -> Result<(), Failure> {
    let (asker, halt) = Halt::new();
    tokio::spawn(pass_on(load_signals::listen(console), asker));
    let options = conformance::ConformanceOptions {
        halt,
        ..conformance::ConformanceOptions::default()
    };
    let limits = Limits {
        timeout: options.timeout,
        ..Limits::default()
    };
    preflight(&Http::new(target, limits)?).await?;
    let progress = Progress {
        console: console.clone(),
    };
    let outcome = gate::drift(report, target, drift, &options, &progress).await;
    console.progress("");
    Ok(outcome?)
}

impl GateArgs {
    fn options(&self) -> Options {
        let mut settings = Settings {
            floor_us: self.floor.as_secs_f64() * 1e6,
            error_floor: self.error_floor.get(),
            confidence: self.confidence,
            seed: self.seed,
            named: self.compare.clone(),
            ..Settings::default()
        };
        for tolerance in &self.tolerance {
            match &tolerance.scope {
                None => settings.tolerance = tolerance.share.get(),
                Some(scope) => settings.tolerances.push((scope.clone(), tolerance.share.get())),
            }
        }
        Options {
            settings,
            compare: self.compare.clone(),
            warm_up: self.warm_up,
        }
    }

    /// Writes and prints the report.
    fn finish(&self, report: &GateReport, console: &Console) -> Result<Exit, Failure> {
        if let Some(out) = &self.out {
            outputs::record(out, report)?;
        }
        for file in &self.report {
            file.write(&file.format.render_file(report)?)?;
        }
        console.result(&self.format.render(report, console)?)?;
        Ok(match (report.verdict, self.inconclusive) {
            (GateVerdict::NotRegressed, _) | (GateVerdict::Inconclusive, Some(Inconclusive::Pass)) => Exit::Passed,
            (GateVerdict::Regressed, _) | (GateVerdict::Inconclusive, Some(Inconclusive::Fail)) => Exit::TargetFailed,
            (GateVerdict::Inconclusive, None) => Exit::Invalid,
        })
    }
}

impl From<GateError> for Failure {
    fn from(error: GateError) -> Self {
        match error {
            GateError::Record(error) => error.into(),
            GateError::Conformance(error) => error.into(),
            GateError::Client(error) => error.into(),
            GateError::Snapshot(error) => error.into(),
            GateError::Load { side, error } => {
                let failure = Self::from(error);
                Self {
                    sentence: format!("{side}: {}", failure.sentence),
                    ..failure
                }
            }
            GateError::Invalid { .. } => Self {
                exit: Exit::Invalid,
                sentence: error.to_string(),
            },
            GateError::Incomplete(_) | GateError::Empty(_) | GateError::Nothing(_) => Self::could_not_test(error),
            GateError::Time { .. } | GateError::Twice(_) | GateError::Differ { .. } | GateError::OneSided { .. } => {
                Self::usage(error)
            }
        }
    }
}
