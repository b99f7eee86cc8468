//! `proofload capacity`: searches for the highest rate at which the objectives hold.

use super::advice::{self, Reason};
use super::duration::positive_span;
use super::load_signals;
use super::target_options::TargetOptions;
use super::{Console, Failure};
use crate::exit::Exit;
use crate::progress;
use clap::{Args, ValueEnum};
use proofload_capacity as capacity;
use proofload_capacity::{CapacityError, CapacityOptions, CapacityOutcome};
use proofload_deployment::client::{Http, Limits, preflight};
use proofload_deployment::units::{Rate, Share, span};
use proofload_load as load;
use proofload_load::{DeadTarget, LoadError, Override, Workload};
use proofload_reports::capacity::console as rendering;
use proofload_reports::html;
use proofload_results::capacity::{CapacityReport, CapacityVerdict, StepRow, StepVerdict};
use proofload_results::events::{Event, Observer};
use proofload_results::files;
use proofload_results::text;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  proofload capacity --slo 'publish.p99 < 250ms'
  proofload capacity --target lab --slo 'publish.p99 < 250ms' --slo 'errors < 0.1%' --need 150/s --fps 2 --out runs/box
  proofload capacity --scenario token-churn --slo 'renewToken.p99 < 100ms' --format json
  proofload capacity --scenario field-mix --journey caller --slo 'p99 < 1s' --max-time 5m";

/// The width of a terminal that does not say.
const COLUMNS: usize = 100;

/// Searches for the highest rate at which the objectives hold
///
/// Makes load runs at one rate after the other until the limit is known within 5%, confirms it, and says how many cameras
/// that is. Exit code 1 says that --need was not met or that nothing held at all, 4 that it cannot be said: the
/// generator gave out first, or the target's capacity moved.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CapacityArgs {
    /// Scenario: a shipped one (see `proofload scenarios`) or a file; the search sets its rate and duration
    #[arg(long, value_name = "NAME|FILE", default_value = "camera-feed")]
    scenario: String,
    /// Another value for a field of the scenario, such as `arrivals.process=poisson` or `journeys.camera.weight=3`
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<Override>,
    /// Search on this journey of the scenario alone
    #[arg(long, value_name = "NAME")]
    journey: Option<String>,
    /// Objective beside the scenario's, such as `publish.p99 < 250ms` or `errors < 0.1%`
    #[arg(long, value_name = "SLO")]
    slo: Vec<String>,
    /// The rate that the target is to carry, such as 150/s; exit code 1 when it does not
    #[arg(long, value_name = "RATE", allow_hyphen_values = true)]
    need: Option<Rate>,
    /// Frames that each camera publishes per second: the answer is given in cameras too
    #[arg(long, value_name = "NUMBER", default_value = "1", value_parser = fps, allow_hyphen_values = true)]
    fps: f64,
    /// Where the search begins
    #[arg(long, value_name = "RATE", default_value_t = default_start(), allow_hyphen_values = true)]
    start: Rate,
    /// No rate above this is tried
    #[arg(long, value_name = "RATE", default_value = "1000000/s", allow_hyphen_values = true)]
    max_rate: Rate,
    /// How long the whole search may take
    #[arg(long, value_name = "TIME", default_value = "3m", value_parser = positive_span, allow_hyphen_values = true)]
    max_time: Duration,
    /// How long the shortest steps are measured, in whole seconds
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = step_time, allow_hyphen_values = true)]
    step: Duration,
    /// Virtual users of every step [default: enough to hold the arrivals of 1.25 seconds]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=100_000), allow_hyphen_values = true)]
    users: Option<u32>,
    /// Directory for the record, new or empty: capacity.json, report.html, and a run directory for each step
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// What to print on stdout
    #[arg(long, value_enum, default_value_t = Format::Console)]
    format: Format,
    /// Seed of everything random [default: a random one, printed]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// A call that takes longer has failed
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = positive_span, allow_hyphen_values = true)]
    timeout: Duration,
    /// Use HTTP/2 where the server offers it (over HTTPS), one connection for each virtual user
    #[arg(long)]
    http2: bool,
    /// Make a new connection for every call
    #[arg(long)]
    no_keep_alive: bool,
    /// Threads of the generator [default: as many as the rate needs]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024), allow_hyphen_values = true)]
    threads: Option<u16>,
    /// Says that the target is yours to load, where its configuration does not
    #[arg(long)]
    i_may_load_this_target: bool,
    #[command(flatten)]
    target: TargetOptions,
}

/// What to print on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A summary for people
    Console,
    /// JSON, schema proofload.capacity/1
    Json,
}

fn default_start() -> Rate {
    Rate::per_s(capacity::START_PER_S).expect("the engine's own rate is one")
}

fn step_time(text: &str) -> Result<Duration, String> {
    let time = positive_span(text)?;
    if time < Duration::from_secs(1) || time > Duration::from_secs(600) {
        return Err("a step is measured for 1s at least and 10m at most".to_owned());
    }
    Ok(time)
}

fn fps(text: &str) -> Result<f64, String> {
    let fps = text
        .trim()
        .parse::<f64>()
        .ok()
        .filter(|fps| (0.001..=1000.0).contains(fps));
    fps.ok_or_else(|| format!("{text:?} is no frame rate: write frames per second, such as 1, 0.5 or 12.5"))
}

/// Runs the command.
///
/// # Errors
/// The search could not be made.
pub(super) async fn run(args: CapacityArgs, console: &Console) -> Result<Exit, Failure> {
    let mut workload = Workload::find_changed(&args.scenario, &args.set).map_err(Failure::usage)?;
    workload.add_slos(&args.slo).map_err(Failure::usage)?;
    let options = args.options();
    capacity::check(&workload, &options)?;
    let chosen = args.target.choose().await?;
    chosen.announce(console);
    if !options.load.may_load && !chosen.target.may_be_loaded() {
        return Err(LoadError::NotAllowed(chosen.target.name.clone()).into());
    }
    let limits = Limits {
        timeout: args.timeout,
        ..Limits::default()
    };
    preflight(&Http::new(&chosen.target, limits)?).await?;
    let signals = load_signals::listen(console);
    let watcher = Arc::new(StepLines {
        console: console.clone(),
    });
    let outcome = capacity::run(&workload, &chosen.target, &options, watcher, signals).await;
    console.progress("");
    let outcome = outcome?;
    print(args.format, &outcome.report, console)?;
    advice::on_search::<CapacityArgs>(&outcome, console);
    if let Some(out) = &args.out {
        leave_page(out, &outcome.report)?;
        console.note(&format!("recorded in {}", out.display()));
    }
    Ok(exit(&outcome))
}

/// Leaves `report.html` beside `capacity.json`.
fn leave_page(directory: &Path, report: &CapacityReport) -> Result<(), Failure> {
    let path = directory.join(files::PAGE);
    std::fs::write(&path, html::capacity(report)).map_err(|error| {
        let shown = text::line(&path.to_string_lossy());
        Failure::could_not_test(format!(
            "the search is recorded, but `{shown}` cannot be written: {error}; `proofload report` shows the record"
        ))
    })
}

impl CapacityArgs {
    fn options(&self) -> CapacityOptions {
        CapacityOptions {
            load: load::Options {
                users: self.users,
                threads: self.threads.map(usize::from),
                timeout: self.timeout,
                seed: self.seed.unwrap_or_else(|| u64::from(rand::random::<u32>())),
                http2: self.http2,
                keep_alive: !self.no_keep_alive,
                out: None,
                may_load: self.i_may_load_this_target,
                on_dead_target: DeadTarget::Stop,
                shard: Share::ALL,
                start_at: None,
                keep_calls: 0,
            },
            out: self.out.clone(),
            need: self.need,
            fps: self.fps,
            journey: self.journey.clone(),
            start: self.start,
            most: self.max_rate,
            step: self.step,
            max_time: self.max_time,
        }
    }
}

fn print(format: Format, report: &CapacityReport, console: &Console) -> Result<(), Failure> {
    match format {
        Format::Console => console.result(&rendering::render(report, &console.style)),
        Format::Json => {
            let json = serde_json::to_string_pretty(report).map_err(Failure::could_not_test)?;
            console.result(&(json + "\n"))
        }
    }
}

fn exit(outcome: &CapacityOutcome) -> Exit {
    match (outcome.interrupted, outcome.report.verdict) {
        (Some(interruption), _) => interruption.into(),
        (None, CapacityVerdict::Pass) => Exit::Passed,
        (None, CapacityVerdict::Fail | CapacityVerdict::Incomplete) => Exit::TargetFailed,
        (None, CapacityVerdict::Invalid) => Exit::Invalid,
    }
}

/// Says on stderr how the search goes: a line for each step, and on a terminal one that moves.
pub(super) struct StepLines {
    pub(super) console: Console,
}

impl Observer for StepLines {
    fn observe(&self, event: &Event) {
        match event {
            Event::StepDone(step) => {
                self.console.progress("");
                self.console.note(&line(step));
            }
            Event::LoadTick(tick) if self.console.stderr_is_terminal => {
                let size = terminal_size::terminal_size_of(std::io::stderr());
                let columns = size.map_or(COLUMNS, |(width, _)| usize::from(width.0));
                self.console.progress(&progress::line(tick, columns));
            }
            Event::Warning(warning) => self.console.note(&format!("warning: {warning}")),
            _ => {}
        }
    }
}

fn line(step: &StepRow) -> String {
    let how = match step.verdict {
        StepVerdict::Held => "held".to_owned(),
        StepVerdict::Invalid => "the generator was not healthy".to_owned(),
        StepVerdict::Incomplete => "incomplete".to_owned(),
        StepVerdict::Broke | StepVerdict::Hopeless => step.reasons.join("; "),
    };
    let p99 = span::display(Duration::from_micros(step.response_us.p99));
    format!(
        "step {:2}  {:>9.1}/s  p99 {p99:>10}  {how}",
        step.number, step.rate_per_s
    )
}

impl From<CapacityError> for Failure {
    fn from(error: CapacityError) -> Self {
        match error {
            CapacityError::ClosedWorkload(_)
            | CapacityError::NoSuchJourney { .. }
            | CapacityError::Objectives(_)
            | CapacityError::Rate(_) => Self::usage(&error).because(Reason::of_capacity(&error)),
            CapacityError::Load(error) => error.into(),
            CapacityError::Record(error) => error.into(),
            CapacityError::Session(error) => Self::could_not_test(error),
            CapacityError::Transport(error) => error.into(),
            CapacityError::InterruptedEarly(interruption) => Self::new(interruption.into(), error),
        }
    }
}
