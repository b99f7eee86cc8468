//! Groups of options that several commands take, each with its name, its default and its reader in one place.

use super::secrets::Surroundings;
use super::values;
use crate::cli::{Console, Failure};
use clap::builder::ArgPredicate;
use clap::{Arg, Args, ValueEnum};
use proofload_conformance::accepted::Accepted;
use proofload_deployment::units::{Need, Rate, Shard};
use proofload_deployment::{is_readable_by_all, read_accounts};
use proofload_load as load;
use proofload_load::{Check, DeadTarget, GuardRate, LoadError, Override, Workload};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a target is loaded with.
#[derive(Debug, Args)]
pub(in crate::cli) struct ScenarioArgs {
    /// Scenario: a shipped one (see `proofload scenarios`) or a file
    #[arg(long, value_name = "NAME|FILE", default_value = "smoke")]
    pub(in crate::cli) scenario: String,
    /// Change a field of the scenario, such as `arrivals.process=poisson` or `journeys.camera.weight=3`
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<Override>,
    /// Directory of JPEG files that the cameras see, in place of the scenario's pictures
    #[arg(long, value_name = "DIR")]
    images: Option<PathBuf>,
    /// How many cameras the frames come from [default: the scenario's]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=1_000_000), allow_hyphen_values = true)]
    cameras: Option<u32>,
}

impl ScenarioArgs {
    /// The folder of pictures, where one was asked for.
    pub(in crate::cli) fn images(&self) -> Option<&Path> {
        self.images.as_deref()
    }

    /// The scenario, changed as was asked for.
    ///
    /// # Errors
    /// There is none, or it is wrong.
    pub(in crate::cli) fn workload(&self) -> Result<Workload, Failure> {
        let pictures = self.images.as_deref().map(Override::pictures);
        let set: Vec<Override> = self.set.iter().cloned().chain(pictures).collect();
        let mut workload = Workload::find_changed(&self.scenario, &set).map_err(Failure::usage)?;
        let cameras = self.cameras.map_or(Ok(()), |count| workload.set_cameras(count));
        cameras.map_err(Failure::usage)?;
        Ok(workload)
    }
}

/// What a target is loaded with, and how often.
#[derive(Debug, Args)]
pub(in crate::cli) struct WorkloadArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Arrival rate in place of the scenario's, such as 200/s, 12000/min or 100/2s
    #[arg(long, value_name = "RATE", allow_hyphen_values = true)]
    rate: Option<Rate>,
    /// Frames that each of the --cameras publishes per second: together they make the rate
    #[arg(long, value_name = "NUMBER", requires = "cameras", conflicts_with = "rate", value_parser = values::fps, allow_hyphen_values = true)]
    fps: Option<f64>,
}

impl WorkloadArgs {
    /// The scenario alone.
    pub(in crate::cli) fn scenario(&self) -> &ScenarioArgs {
        &self.scenario
    }

    /// The scenario at that rate.
    ///
    /// # Errors
    /// There is none, or it is wrong, or its users wait for the target and have no rate.
    pub(in crate::cli) fn workload(&self) -> Result<Workload, Failure> {
        let mut workload = self.scenario.workload()?;
        if let Some(rate) = self.rate {
            workload.set_rate(rate).map_err(LoadError::from)?;
        }
        if let (Some(fps), Some(cameras)) = (self.fps, self.scenario.cameras) {
            workload.set_cameras_at(cameras, fps).map_err(Failure::usage)?;
        }
        Ok(workload)
    }
}

/// Where a rate is asked for and no scenario, it is one that has a rate.
pub(in crate::cli) fn open_where_rated(scenario: Arg) -> Arg {
    scenario
        .default_value_ifs([
            ("soak", ArgPredicate::IsPresent, "soak"),
            ("rate", ArgPredicate::IsPresent, OPEN_SCENARIO),
            ("cameras", ArgPredicate::IsPresent, OPEN_SCENARIO),
        ])
        .help(format!(
            "Scenario: a shipped one (see `proofload scenarios`) or a file; with --rate and without a scenario, {OPEN_SCENARIO}"
        ))
}

/// The scenario that is meant where somebody asks for a rate and names none.
const OPEN_SCENARIO: &str = "camera-feed";

/// What must hold.
#[derive(Debug, Args)]
pub(in crate::cli) struct ObjectiveArgs {
    /// Objective in addition to the scenario's, such as `publish.p99 < 250ms`, `errors < 0.1%` or `publish.rate >= 200/s`; may be
    /// repeated
    #[arg(long, value_name = "SLO")]
    slo: Vec<String>,
}

impl ObjectiveArgs {
    /// Adds them to those of a scenario.
    ///
    /// # Errors
    /// One is no objective, or is about something that the scenario does not do.
    pub(in crate::cli) fn add_to(&self, workload: &mut Workload) -> Result<(), Failure> {
        workload.add_slos(&self.slo).map_err(Failure::usage)
    }
}

/// How far a search for the capacity goes, and what it is held against.
#[derive(Debug, Args)]
pub(in crate::cli) struct SearchArgs {
    /// What the target is to carry, such as 150/s or '40 cameras'; exit code 1 when it does not
    #[arg(long, value_name = "RATE|CAMERAS", allow_hyphen_values = true)]
    pub(in crate::cli) need: Option<Need>,
    /// Frames that each camera publishes per second: the answer is given in cameras too
    #[arg(long, value_name = "NUMBER", default_value = "1", value_parser = values::fps, allow_hyphen_values = true)]
    pub(in crate::cli) fps: f64,
    /// Highest rate to try
    #[arg(long, value_name = "RATE", default_value = "1000000/s", allow_hyphen_values = true)]
    pub(in crate::cli) max_rate: Rate,
    /// How long the whole search may take
    #[arg(long, value_name = "TIME", default_value = "3m", value_parser = values::positive_span, allow_hyphen_values = true)]
    pub(in crate::cli) max_time: Duration,
    /// Hold the answer for so long in the end, beside --max-time, to see a target get hot or full [default: 0s; certify: 5m]
    #[arg(long, value_name = "TIME", value_parser = values::span, allow_hyphen_values = true)]
    pub(in crate::cli) hold: Option<Duration>,
}

/// How long one answer may take.
#[derive(Debug, Args)]
pub(in crate::cli) struct TimeoutArg {
    /// Longest wait for one answer: a call that takes longer has failed
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = values::positive_span, allow_hyphen_values = true)]
    pub(in crate::cli) timeout: Duration,
}

/// What makes the load.
#[derive(Debug, Args)]
pub(in crate::cli) struct GeneratorArgs {
    /// Virtual users, each with a connection, in place of the scenario's; where stages change how many there are, the most at a
    /// time [default: enough to hold the arrivals of 1.25 seconds]
    #[arg(long, short = 'c', visible_aliases = ["connections", "vus"], value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=100_000), allow_hyphen_values = true)]
    users: Option<u32>,
    /// Threads of the generator [default: as many as the rate needs]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024), allow_hyphen_values = true)]
    threads: Option<u16>,
    #[command(flatten)]
    pub(in crate::cli) timeout: TimeoutArg,
}

impl GeneratorArgs {
    /// How many virtual users were asked for.
    pub(in crate::cli) fn users(&self) -> Option<u32> {
        self.users
    }

    /// How a load run is made by it; what else there is to choose is left as most commands have it.
    pub(in crate::cli) fn options(&self, seed: u64, permission: &PermissionArg) -> load::LoadOptions {
        load::LoadOptions {
            users: self.users,
            threads: self.threads.map(usize::from),
            ..load_options(&self.timeout, seed, permission)
        }
    }
}

/// How a load run is made when nobody chooses anything else.
pub(in crate::cli) fn load_options(timeout: &TimeoutArg, seed: u64, permission: &PermissionArg) -> load::LoadOptions {
    load::LoadOptions {
        users: None,
        threads: None,
        timeout: timeout.timeout,
        seed,
        http2: None,
        keep_alive: true,
        retry_stale: true,
        out: None,
        may_load: permission.i_may_load_this_target,
        on_dead_target: DeadTarget::Stop,
        shard: Shard::ALL,
        shard_from: None,
        start: load::Start::Ready,
        stream: None,
        accounts: Vec::new(),
        one_login: false,
        stop_on_breach: None,
        keep_calls: 0,
        spread: true,
        count_ports: false,
        check: Check::None,
        watch: None,
    }
}

/// Who the virtual users are.
#[derive(Debug, Args)]
pub(in crate::cli) struct AccountsArgs {
    /// Accounts that virtual users are dealt in turn, in CSV with a first line such as `name,username,password` (or `password_env`,
    /// the environment variable that holds it) [default: those of the target that may make every call of the scenario]
    #[arg(long, value_name = "FILE")]
    accounts: Option<PathBuf>,
    /// One session for all virtual users of an account, as cameras behind one recorder have, instead of one for each
    #[arg(long)]
    one_login: bool,
}

impl AccountsArgs {
    /// Reads the accounts, and puts both into the options of a run.
    ///
    /// # Errors
    /// The file cannot be read, or is wrong.
    pub(in crate::cli) fn put_into(&self, options: &mut load::LoadOptions, console: &Console) -> Result<(), Failure> {
        options.one_login = self.one_login;
        if let Some(path) = &self.accounts {
            options.accounts = read_accounts(path, &Surroundings).map_err(Failure::usage)?;
            if is_readable_by_all(path) {
                let path = path.display();
                console.note(&format!(
                    "warning: everybody on this machine can read the accounts in {path}"
                ));
            }
        }
        Ok(())
    }
}

/// How connections are used.
#[derive(Debug, Args)]
pub(in crate::cli) struct ConnectionArgs {
    /// Use HTTP/2 where the server offers it: over HTTPS, or over HTTP to one that takes it unasked (prior knowledge)
    #[arg(long)]
    http2: bool,
    /// Let so many virtual users share an HTTP/2 connection, which carries up to so many calls at once [default: 1]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=10_000), requires = "http2",
        conflicts_with = "no_keep_alive", allow_hyphen_values = true)]
    streams: Option<u32>,
    /// Make a new connection for every call
    #[arg(long)]
    pub(in crate::cli) no_keep_alive: bool,
    /// Count a call as failed when the server closed its idle connection just then, instead of sending it again
    #[arg(long)]
    pub(in crate::cli) no_retry_stale: bool,
    /// Where the target's name has several addresses: spread virtual users over all, or send them to the first that answers
    #[arg(long, value_enum, default_value_t = ResolveTo::All)]
    resolve_to: ResolveTo,
}

impl ConnectionArgs {
    /// How many calls go over one HTTP/2 connection at once, where HTTP/2 is asked for.
    pub(in crate::cli) fn http2(&self) -> Option<u32> {
        self.http2.then(|| self.streams.unwrap_or(1))
    }

    /// Whether virtual users are spread over all addresses.
    pub(in crate::cli) fn spread(&self) -> bool {
        self.resolve_to == ResolveTo::All
    }
}

/// To which of a target's addresses virtual users connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ResolveTo {
    /// To all, each user to one
    All,
    /// To the first that answers
    First,
}

/// Whether the doors stay shut under load.
#[derive(Debug, Args)]
pub(in crate::cli) struct GuardArgs {
    /// How often a call is made beside the load that must be refused, such as 1/s, or off: one that is let in fails the run
    /// [default: the scenario's]
    #[arg(long, value_name = "RATE|off", allow_hyphen_values = true)]
    guard: Option<GuardRate>,
    /// Of how many answers it is looked whether they have the operation's shape and are for whoever asked
    #[arg(long, value_enum, default_value_t = Checked::Sample)]
    check: Checked,
}

impl GuardArgs {
    /// How many answers are looked into.
    pub(in crate::cli) fn check(&self) -> Check {
        match self.check {
            Checked::All => Check::All,
            Checked::Sample => Check::Sample,
            Checked::None => Check::None,
        }
    }

    /// Guards a workload as was asked for; where nobody asked, as it says itself, or else `usually`.
    pub(in crate::cli) fn guard(&self, workload: &mut Workload, usually: GuardRate) {
        let own = Some(workload.guard).filter(|own| own.is_on());
        workload.guard = self.guard.or(own).unwrap_or(usually);
    }
}

/// Of how many answers it is looked what is in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Checked {
    /// Every one
    All,
    /// The first of each virtual user, and then one in sixteen
    Sample,
    /// None: only their media type and first byte are seen
    None,
}

/// Where everything random comes from.
#[derive(Debug, Args)]
pub(in crate::cli) struct SeedArg {
    /// Seed of everything random [default: a random one, which the report names]
    #[arg(long, value_name = "NUMBER", allow_hyphen_values = true)]
    seed: Option<u64>,
}

impl SeedArg {
    /// Whether there is one.
    pub(in crate::cli) fn is_given(&self) -> bool {
        self.seed.is_some()
    }

    /// The one that was given, or a random one.
    pub(in crate::cli) fn get(&self) -> u64 {
        self.seed.unwrap_or_else(|| u64::from(rand::random::<u32>()))
    }
}

/// Whether a target may be loaded.
#[derive(Debug, Args)]
pub(in crate::cli) struct PermissionArg {
    /// Confirm that you may load this target, where its configuration does not say so
    #[arg(long)]
    pub(in crate::cli) i_may_load_this_target: bool,
}

/// What is wrong and known to be.
#[derive(Debug, Args)]
pub(in crate::cli) struct AcceptedArg {
    /// File of accepted deviations, each with a reason, an owner and a last day (TOML)
    #[arg(long, value_name = "FILE")]
    accepted: Option<PathBuf>,
}

impl AcceptedArg {
    /// Reads the file; nothing, when there is none.
    ///
    /// # Errors
    /// It cannot be read, or is wrong.
    pub(in crate::cli) fn read(&self) -> Result<Option<Accepted>, Failure> {
        let accepted = self.accepted.as_deref().map(Accepted::read).transpose();
        accepted.map_err(Failure::usage)
    }
}
