//! `proofload load`: makes a load run and says what came of it.

use super::advice::{self, Reason};
use super::duration::positive_span;
use super::load_format::{self, Format};
use super::load_page;
use super::load_signals;
use super::load_watchers::{self, Watchers};
use super::target_options::TargetOptions;
use super::{Console, Failure};
use crate::exit::Exit;
use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use proofload_deployment::client::{Http, Limits, preflight};
use proofload_deployment::units::{Rate, Share};
use proofload_load as load;
use proofload_load::{DeadTarget, Interruption, LoadError, Options, Outcome, Override, Workload};
use proofload_results::load::LoadVerdict;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  proofload load
  proofload load --scenario camera-feed --rate 200/s --duration 10s --out runs/x
  proofload load --target lab --scenario mine.toml --slo 'publish.p99 < 250ms' --format json
  proofload load --scenario soak --prometheus 9464
  proofload load --scenario field-mix --set arrivals.process=constant --set journeys.camera.weight=95
  proofload load --scenario mine.toml --shard 2/8 --seed 7 --start-at 2026-11-22T18:00:00Z --out runs/b";

/// Loads a deployment and measures what it bears
///
/// Virtual users run a scenario against the target; latencies count from when each call was due, so that a target that
/// stalls cannot hide it. Exit code 1 says that an SLO was missed, 4 that the generator was the bottleneck.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct LoadArgs {
    /// Scenario: a shipped one (see `proofload scenarios`) or a file
    #[arg(long, value_name = "NAME|FILE", default_value = "smoke")]
    scenario: String,
    /// Another value for a field of the scenario, such as `arrivals.process=poisson` or `journeys.camera.weight=3`
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<Override>,
    /// Arrival rate in place of the scenario's, such as 200/s or 12000/min
    #[arg(long, value_name = "RATE", allow_hyphen_values = true)]
    rate: Option<Rate>,
    /// Duration in place of the scenario's, such as 10s or 5m
    #[arg(long, value_name = "TIME", value_parser = positive_span, allow_hyphen_values = true)]
    duration: Option<Duration>,
    /// Virtual users in place of the scenario's; by default enough to hold the arrivals of 1.25 seconds
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=100_000), allow_hyphen_values = true)]
    users: Option<u32>,
    /// Objective beside the scenario's, such as `publish.p99 < 250ms`, `errors < 0.1%` or `publish.rate >= 200/s`
    #[arg(long, value_name = "SLO")]
    slo: Vec<String>,
    /// Directory for the record, new or empty: run.json, latency.hlog, counters.jsonl, report.html
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
    /// What to do when the target answers nothing for five seconds
    #[arg(long, value_enum, default_value_t = OnDeadTarget::Stop)]
    on_dead_target: OnDeadTarget,
    /// Take this share of the arrivals and users, such as 2/8: the other seven machines take the others
    #[arg(long, value_name = "WHICH/OF", default_value_t = Share::ALL)]
    shard: Share,
    /// Begin at this instant, together with other machines: RFC 3339, such as 2026-11-22T18:00:00Z
    #[arg(long, value_name = "TIME", value_parser = instant)]
    start_at: Option<DateTime<Utc>>,
    /// Serve metrics for Prometheus at /metrics while the run goes on; a port alone means this machine only
    #[arg(long, value_name = "[ADDR:]PORT", value_parser = load_watchers::address)]
    prometheus: Option<SocketAddr>,
    /// Serve Goose's live page while the run goes on; a port alone means this machine only
    #[arg(long, value_name = "[ADDR:]PORT", value_parser = load_watchers::address)]
    dashboard: Option<SocketAddr>,
    /// Says that the target is yours to load, where its configuration does not
    #[arg(long)]
    i_may_load_this_target: bool,
    #[command(flatten)]
    target: TargetOptions,
}

/// What to do when the target stops answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OnDeadTarget {
    /// End the run and record it
    Stop,
    /// Go on until its planned end
    Continue,
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let instant = DateTime::parse_from_rfc3339(text).map_err(|error| error.to_string())?;
    Ok(instant.with_timezone(&Utc))
}

/// Runs the command.
///
/// # Errors
/// The run could not be made.
pub(super) async fn run(args: LoadArgs, console: &Console) -> Result<Exit, Failure> {
    load_format::check(args.format, args.out.as_deref())?;
    let workload = args.workload()?;
    if args.shard != Share::ALL && args.seed.is_none() {
        return Err(Failure::usage(
            "--shard needs --seed, the same on every machine: all draw the same arrivals from it and each takes its share",
        ));
    }
    let chosen = args.target.choose().await?;
    chosen.announce(console);
    let options = args.options();
    if !options.may_load && !chosen.target.may_be_loaded() {
        return Err(LoadError::NotAllowed(chosen.target.name.clone()).into());
    }
    let limits = Limits {
        timeout: args.timeout,
        ..Limits::default()
    };
    preflight(&Http::new(&chosen.target, limits)?).await?;
    let signals = load_signals::listen(console);
    let watchers = Watchers::new(args.prometheus, args.dashboard, &workload, &chosen.target, console).await?;
    let watchers = Arc::new(watchers);
    let outcome = load::run(&workload, &chosen.target, &options, watchers.clone(), signals).await;
    watchers.close().await;
    console.progress("");
    let outcome = outcome?;
    let report = outcome.report.clone();
    let shown = if args.format == Format::Console {
        advice::beside::<LoadArgs>(report, &outcome.complaints, outcome.dead)
    } else {
        advice::on_run::<LoadArgs>(&outcome.complaints, outcome.dead, console);
        report
    };
    load_format::print(args.format, &shown, args.out.as_deref(), console)?;
    if let Some(out) = &args.out {
        load_page::leave(out, &outcome.report)?;
        console.note(&format!("recorded in {}", out.display()));
    }
    Ok(exit(&outcome))
}

impl LoadArgs {
    fn workload(&self) -> Result<Workload, Failure> {
        let mut workload = Workload::find_changed(&self.scenario, &self.set).map_err(Failure::usage)?;
        if let Some(rate) = self.rate {
            workload.set_rate(rate).map_err(LoadError::from)?;
        }
        if let Some(duration) = self.duration {
            workload.set_duration(duration);
        }
        workload.add_slos(&self.slo).map_err(Failure::usage)?;
        Ok(workload)
    }

    fn options(&self) -> Options {
        Options {
            users: self.users,
            threads: self.threads.map(usize::from),
            timeout: self.timeout,
            seed: self.seed.unwrap_or_else(|| u64::from(rand::random::<u32>())),
            http2: self.http2,
            keep_alive: !self.no_keep_alive,
            out: self.out.clone(),
            may_load: self.i_may_load_this_target,
            shard: self.shard,
            start_at: self.start_at,
            keep_calls: 0,
            on_dead_target: match self.on_dead_target {
                OnDeadTarget::Stop => DeadTarget::Stop,
                OnDeadTarget::Continue => DeadTarget::Continue,
            },
        }
    }
}

fn exit(outcome: &Outcome) -> Exit {
    match (outcome.interrupted, outcome.report.verdict) {
        (Some(Interruption::Interrupt), _) => Exit::Interrupted,
        (Some(Interruption::Terminate), _) => Exit::Terminated,
        (None, LoadVerdict::Pass) => Exit::Passed,
        (None, LoadVerdict::Fail | LoadVerdict::Incomplete) => Exit::TargetFailed,
        (None, LoadVerdict::Invalid) => Exit::Invalid,
    }
}

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        let (sentence, reason) = (error.to_string(), Reason::of_load(&error));
        let exit = match error {
            LoadError::Workload(_)
            | LoadError::Images(_)
            | LoadError::NotAllowed(_)
            | LoadError::NoAccount(_)
            | LoadError::TooFewUsers { .. }
            | LoadError::TooFewDescriptors { .. }
            | LoadError::NothingDue { .. }
            | LoadError::StartIsPast { .. }
            | LoadError::StartIsFar { .. }
            | LoadError::StartWasMissed { .. }
            | LoadError::Merge(_)
            | LoadError::RecordedSlo(_)
            | LoadError::Trust(_) => Exit::Usage,
            LoadError::Record(error) => return Self::from(error),
            LoadError::Resolve { .. } | LoadError::Login { .. } | LoadError::Generator(_) => Exit::CouldNotTest,
            LoadError::InterruptedEarly(Interruption::Interrupt) => Exit::Interrupted,
            LoadError::InterruptedEarly(Interruption::Terminate) => Exit::Terminated,
        };
        Self::new(exit, sentence).because(reason)
    }
}
