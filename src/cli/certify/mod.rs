//! `proofload certify`: validates a deployment, loads it, finds its capacity, and leaves one dossier to sign.

mod folder;
mod parts;
mod subject;

use super::shared::arguments::{AcceptedArg, ObjectiveArgs, PermissionArg, SearchArgs, SeedArg, TimeoutArg};
use super::shared::exit_of::{Ended, exit_of};
use super::shared::finish::finish;
use super::shared::format::{Format, NO_TABLE};
use super::shared::output::OutputArgs;
use super::shared::session::{Intent, Opened};
use super::shared::target_options::TargetOptions;
use super::shared::values;
use super::{Console, Failure};
use crate::exit::Exit;
use chrono::Utc;
use clap::Args;
use folder::Folder;
use parts::Parts;
use proofload_load::Workload;
use std::cell::RefCell;
use std::path::PathBuf;
use std::time::Duration;

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
    #[command(flatten)]
    accepted: AcceptedArg,
    /// Scenario of the smoke load
    #[arg(long, value_name = "NAME|FILE", default_value = "smoke")]
    load_scenario: String,
    /// How long the smoke load goes
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = values::positive_span, allow_hyphen_values = true)]
    load_duration: Duration,
    /// Scenario of the search for the capacity; the search sets its rate and duration
    #[arg(long, value_name = "NAME|FILE", default_value = "camera-feed")]
    scenario: String,
    #[command(flatten)]
    objectives: ObjectiveArgs,
    #[command(flatten)]
    search: SearchArgs,
    /// Leave the search for the capacity out
    #[arg(long)]
    skip_capacity: bool,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    seed: SeedArg,
    #[command(flatten)]
    timeout: TimeoutArg,
    /// Let warnings fail the run
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    permission: PermissionArg,
    #[command(flatten)]
    target: TargetOptions,
}

/// Runs the command.
///
/// # Errors
/// The target cannot be tested at all, or an option or a file is wrong. Once a part was begun there is a dossier, whose
/// verdict decides, whatever else went wrong.
pub(super) async fn run(args: CertifyArgs, console: &Console) -> Result<Exit, Failure> {
    args.output.refuse(Format::Csv, NO_TABLE)?;
    let accepted = args.accepted.read()?;
    let (smoke, search) = (args.smoke()?, args.search()?);
    let chosen = args.target.choose().await?;
    let folder = Folder::new(args.out.as_deref(), &chosen.target.name);
    args.output.check(Some(folder.path()))?;
    let opened = Opened::open(chosen, Intent::load(&args.timeout, &args.permission), console).await?;
    let mut dossier = subject::begin(opened.target(), &args).await;
    let parts = Parts {
        args: &args,
        opened: &opened,
        folder: &folder,
        console,
        seed: args.seed.get(),
        pages: RefCell::new(Ok(())),
        records: RefCell::new(Ok(())),
    };
    let made = parts.make(&mut dossier, accepted.as_ref(), &smoke, &search).await;
    dossier.ended_at = subject::now(Utc::now());
    dossier.conclude();
    let verdict = dossier.verdict;
    let (sealed, kept) = folder.seal(dossier, parts.records.into_inner());
    let (name, left) = (folder.name(), folder.leave(&sealed).and(parts.pages.into_inner()));
    let left = kept.and(left);
    let shown = finish(&sealed, &name, Some(folder.path()), left, &args.output, console);
    if let Err(failure) = made {
        // It is why the dossier is as it is, and the dossier's verdict is what the command ends with.
        console.failure(&failure);
    }
    shown?;
    Ok(exit_of(opened.halt.why(), Ended::Certify(verdict)))
}

impl CertifyArgs {
    fn smoke(&self) -> Result<Workload, Failure> {
        let mut workload = Workload::find(&self.load_scenario).map_err(Failure::usage)?;
        workload.set_duration(self.load_duration);
        Ok(workload)
    }

    fn search(&self) -> Result<Workload, Failure> {
        let mut workload = Workload::find(&self.scenario).map_err(Failure::usage)?;
        self.objectives.add_to(&mut workload)?;
        Ok(workload)
    }
}
