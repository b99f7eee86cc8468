//! `proofload certify`: validates a deployment, loads it, finds its capacity, and leaves one dossier to sign.

mod dossier;
mod subject;

use super::capacity::StepLines;
use super::load_watchers::Watchers;
use super::rendering::{self, Format};
use super::target_options::{Chosen, TargetOptions};
use super::validate::{self, Progress};
use super::{Console, Failure, duration, load_page, load_signals};
use crate::exit::Exit;
use chrono::Utc;
use clap::Args;
use dossier::Folder;
use proofload_capacity as capacity;
use proofload_conformance as conformance;
use proofload_conformance::accepted::Accepted;
use proofload_contract::Contract;
use proofload_deployment::client::{Http, Limits, preflight};
use proofload_deployment::halt::Halt;
use proofload_deployment::units::{Rate, Share};
use proofload_load as load;
use proofload_load::{DeadTarget, Interruption, LoadError, Workload};
use proofload_results::capacity::CapacityReport;
use proofload_results::certify::{CertifyVerdict, Conformance, Dossier};
use proofload_results::load::LoadReport;
use proofload_results::validate::ValidateReport;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

const EXAMPLES: &str = "\
Examples:
  proofload certify
  proofload certify --target lab --slo 'publish.p99 < 250ms' --need 150/s --out dossiers/lab
  proofload certify --target lab --accepted accepted.toml --skip-capacity";

/// Validate a deployment, load it, find its capacity, and leave one dossier to sign
///
/// The directory holds the record of every part, certify.json, SHA256SUMS over all of these, and the dossier as certify.html
/// and certify.md. Exit code 1 says that a part failed, 4 that a part came to no answer.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CertifyArgs {
    /// Directory for the dossier, new or empty [default: dossiers/<target>-<time>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Deviations that somebody answers for until a date, in TOML
    #[arg(long, value_name = "FILE")]
    accepted: Option<PathBuf>,
    /// Scenario of the smoke load
    #[arg(long, value_name = "NAME|FILE", default_value = "smoke")]
    load_scenario: String,
    /// How long the smoke load goes
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration::duration)]
    load_duration: Duration,
    /// Scenario of the search for the capacity; the search sets its rate and duration
    #[arg(long, value_name = "NAME|FILE", default_value = "camera-feed")]
    scenario: String,
    /// Objective of the search beside the scenario's, such as `publish.p99 < 250ms`
    #[arg(long, value_name = "SLO")]
    slo: Vec<String>,
    /// The rate that the target is to carry, such as 150/s
    #[arg(long, value_name = "RATE")]
    need: Option<Rate>,
    /// Frames that each camera publishes per second
    #[arg(long, value_name = "NUMBER", default_value_t = 1.0)]
    fps: f64,
    /// No rate above this is tried
    #[arg(long, value_name = "RATE", default_value = "1000000/s")]
    max_rate: Rate,
    /// How long the search may take
    #[arg(long, value_name = "TIME", default_value = "3m", value_parser = duration::duration)]
    max_time: Duration,
    /// Leave the search for the capacity out
    #[arg(long)]
    skip_capacity: bool,
    /// What to print on stdout
    #[arg(long, value_enum, default_value_t = Format::Console)]
    format: Format,
    /// Seed of everything random [default: a random one, recorded]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// Longest wait for one answer
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration::duration)]
    timeout: Duration,
    /// Let warnings fail the run
    #[arg(long)]
    strict: bool,
    /// Says that the target is yours to load, where its configuration does not
    #[arg(long)]
    i_may_load_this_target: bool,
    #[command(flatten)]
    target: TargetOptions,
}

/// What the parts share.
struct Session<'a> {
    args: &'a CertifyArgs,
    chosen: &'a Chosen,
    folder: &'a Folder,
    console: &'a Console,
    signals: watch::Receiver<Option<Interruption>>,
    seed: u64,
}

/// Runs the command.
///
/// # Errors
/// The target cannot be tested at all, or an option or a file is wrong. What was done until then is in the dossier.
pub(super) async fn run(args: CertifyArgs, console: &Console) -> Result<Exit, Failure> {
    let accepted = args.accepted.as_deref().map(Accepted::read).transpose();
    let accepted = accepted.map_err(Failure::usage)?;
    let smoke = args.smoke()?;
    let search = args.search()?;
    let chosen = args.target.choose().await?;
    if !args.i_may_load_this_target && !chosen.target.may_be_loaded() {
        return Err(LoadError::NotAllowed(chosen.target.name.clone()).into());
    }
    let folder = Folder::new(args.out.as_deref(), &chosen.target.name)?;
    chosen.announce(console);
    let limits = Limits {
        timeout: args.timeout,
        ..Limits::default()
    };
    preflight(&Http::new(&chosen.target, limits)?).await?;
    let signals = load_signals::listen(console);
    let session = Session {
        args: &args,
        chosen: &chosen,
        folder: &folder,
        console,
        signals,
        seed: args.seed.unwrap_or_else(|| u64::from(rand::random::<u32>())),
    };
    let mut dossier = subject::begin(&chosen.target, &args).await;
    let ended = session.parts(&mut dossier, accepted.as_ref(), &smoke, &search).await;
    console.progress("");
    dossier.ended_at = subject::now(Utc::now());
    dossier.conclude();
    let sealed = folder.write(&dossier)?;
    // What was done is on disk whatever went wrong; now it may be told.
    ended?;
    console.result(&rendering::certify(
        args.format,
        &dossier,
        &sealed,
        &folder.name(),
        &console.style,
    )?)?;
    console.note(&format!("recorded in {}", folder.name()));
    Ok(session.exit(&dossier))
}

impl CertifyArgs {
    fn smoke(&self) -> Result<Workload, Failure> {
        let mut workload = Workload::find(&self.load_scenario).map_err(Failure::usage)?;
        workload.set_duration(self.load_duration);
        Ok(workload)
    }

    fn search(&self) -> Result<Workload, Failure> {
        let mut workload = Workload::find(&self.scenario).map_err(Failure::usage)?;
        workload.add_slos(&self.slo).map_err(Failure::usage)?;
        Ok(workload)
    }
}

impl Session<'_> {
    /// One part after the other, until somebody interrupts.
    async fn parts(
        &self,
        dossier: &mut Dossier,
        accepted: Option<&Accepted>,
        smoke: &Workload,
        search: &Workload,
    ) -> Result<(), Failure> {
        self.console.note("1 of 3: does it answer as documented?");
        let report = self.validate(accepted).await?;
        dossier.conformance = Some(Conformance::of(&report));
        if self.interrupted() {
            return Ok(());
        }
        self.console.note("2 of 3: does it bear a small load?");
        dossier.load = self.load(smoke).await?;
        if self.interrupted() || self.args.skip_capacity {
            return Ok(());
        }
        self.console.note("3 of 3: how much does it carry?");
        dossier.capacity = self.capacity(search).await?;
        Ok(())
    }

    fn interrupted(&self) -> bool {
        self.signals.borrow().is_some()
    }

    async fn validate(&self, accepted: Option<&Accepted>) -> Result<ValidateReport, Failure> {
        let (asker, halt) = Halt::new();
        tokio::spawn(validate::pass_on(self.signals.clone(), asker));
        let options = conformance::ConformanceOptions {
            timeout: self.args.timeout,
            seed: self.seed,
            strict: self.args.strict,
            halt,
            ..conformance::ConformanceOptions::default()
        };
        let progress = Progress {
            console: self.console.clone(),
        };
        let outcome = conformance::run(&self.chosen.target, Contract::bundled(), &options, &progress).await;
        self.console.progress("");
        let mut report = outcome?.report;
        if let Some(accepted) = accepted {
            let today = Utc::now().date_naive();
            conformance::accepted::apply(&mut report, accepted, conformance::accepted::Run { today, whole: true });
        }
        validate::directory::write(&self.folder.part("validate"), &report)?;
        Ok(report)
    }

    fn options(&self, out: Option<PathBuf>) -> load::Options {
        load::Options {
            users: None,
            threads: None,
            timeout: self.args.timeout,
            seed: self.seed,
            http2: false,
            keep_alive: true,
            out,
            may_load: self.args.i_may_load_this_target,
            on_dead_target: DeadTarget::Stop,
            shard: Share::ALL,
            start_at: None,
            keep_calls: 0,
        }
    }

    /// The smoke load; nothing, when it was interrupted before anything was measured.
    async fn load(&self, workload: &Workload) -> Result<Option<LoadReport>, Failure> {
        let out = self.folder.part("load");
        let watchers = Arc::new(Watchers::new(None, None, workload, &self.chosen.target, self.console).await?);
        let options = self.options(Some(out.clone()));
        let outcome = load::run(workload, &self.chosen.target, &options, watchers, self.signals.clone()).await;
        self.console.progress("");
        match outcome {
            Err(LoadError::InterruptedEarly(_)) => Ok(None),
            outcome => {
                let report = outcome?.report;
                load_page::leave(&out, &report)?;
                Ok(Some(report))
            }
        }
    }

    /// The search; nothing, when it was interrupted before anything was found.
    async fn capacity(&self, workload: &Workload) -> Result<Option<CapacityReport>, Failure> {
        let rate = |text: &str| text.parse::<Rate>().map_err(Failure::usage);
        let options = capacity::Options {
            load: self.options(None),
            out: Some(self.folder.part("capacity")),
            need: self.args.need,
            fps: self.args.fps,
            journey: None,
            start: rate("20/s")?,
            most: self.args.max_rate,
            step: Duration::from_secs(2),
            max_time: self.args.max_time,
        };
        let watcher = Arc::new(StepLines {
            console: self.console.clone(),
        });
        let outcome = capacity::run(workload, &self.chosen.target, &options, watcher, self.signals.clone()).await;
        self.console.progress("");
        match outcome {
            Err(capacity::CapacityError::InterruptedEarly(_)) => Ok(None),
            outcome => Ok(Some(outcome?.report)),
        }
    }

    fn exit(&self, dossier: &Dossier) -> Exit {
        match (*self.signals.borrow(), dossier.verdict) {
            (Some(interruption), CertifyVerdict::Incomplete) => interruption.into(),
            (_, CertifyVerdict::Pass) => Exit::Passed,
            (_, CertifyVerdict::Fail) => Exit::TargetFailed,
            (_, CertifyVerdict::Invalid) => Exit::Invalid,
            (None, CertifyVerdict::Incomplete) => Exit::CouldNotTest,
        }
    }
}
