//! `proofload certify`: validates a deployment, loads it, finds its capacity, and leaves one dossier to sign.

mod folder;
mod parts;
mod subject;

use super::shared::arguments::{AcceptedArg, GuardArgs, ObjectiveArgs, PermissionArg, SearchArgs, SeedArg, TimeoutArg};
use super::shared::exit_of::{Ended, exit_of};
use super::shared::finish::finish;
use super::shared::format::{Format, NO_TABLE};
use super::shared::lent::BadLoginsArgs;
use super::shared::output::OutputArgs;
use super::shared::session::{Intent, Opened};
use super::shared::target_options::TargetOptions;
use super::shared::values;
use super::shared::watch_targets::WatchTargetArgs;
use super::{Console, Failure};
use crate::exit::Exit;
use chrono::Utc;
use clap::Args;
use folder::Folder;
use parts::Parts;
use proofload_load::{GuardRate, Workload};
use proofload_results::certify::{Excludable, Exclusion};
use std::cell::RefCell;
use std::path::PathBuf;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  proofload certify
  proofload certify --target lab --slo 'publish.p99 < 250ms' --need 150/s --out dossiers/lab
  proofload certify --target lab --accepted accepted.toml --skip-capacity
  proofload certify --target live --without 'writes=it is in use' --need 150/s";

/// Validate a deployment, load it, find its capacity, and leave one dossier to sign
///
/// The directory holds the record of every part, certify.json, SHA256SUMS over all of these, and the dossier as certify.html
/// and certify.md. It is called a certificate when it holds what one asks for, and a report that says what is missing when it
/// does not: accounts that together hold and lack each permission, writes, a load of stated size (--need, or --load-scenario
/// for a minute), and the capacity. Exit code 1 says that a part failed, 4 that a part came to no answer.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CertifyArgs {
    #[command(flatten)]
    target: TargetOptions,
    /// Directory for the dossier, new or empty [default: dossiers/<target>-<time>]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    accepted: AcceptedArg,
    /// Scenario of the load [default: smoke, which is of no stated size]
    #[arg(long, value_name = "NAME|FILE")]
    load_scenario: Option<String>,
    /// How long the load goes
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = values::positive_span, allow_hyphen_values = true)]
    load_duration: Duration,
    /// Scenario of the search for the capacity; the search sets its rate and duration
    #[arg(long, value_name = "NAME|FILE", default_value = "camera-feed")]
    scenario: String,
    #[command(flatten)]
    objectives: ObjectiveArgs,
    #[command(flatten)]
    search: SearchArgs,
    /// Skip the search for the capacity
    #[arg(long)]
    skip_capacity: bool,
    /// What the customer excludes, and why: writes=REASON or capacity=REASON; it is printed on the certificate
    #[arg(long, value_name = "WHAT=REASON", value_parser = exclusion)]
    without: Vec<Exclusion>,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    seed: SeedArg,
    #[command(flatten)]
    timeout: TimeoutArg,
    #[command(flatten)]
    guards: GuardArgs,
    #[command(flatten)]
    machines: WatchTargetArgs,
    /// Treat warnings as failures
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    bad_logins: BadLoginsArgs,
    #[command(flatten)]
    permission: PermissionArg,
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
    let mut chosen = args.target.choose().await?;
    chosen.target.allow.writes &= !args.excludes(Excludable::Writes);
    let folder = Folder::new(args.out.as_deref(), &chosen.target.name);
    args.output.check(Some(folder.path()))?;
    let opened = Opened::open(chosen, Intent::load(&args.timeout, &args.permission), console).await?;
    let mut dossier = subject::begin(opened.target(), &args, &search).await;
    let parts = Parts {
        args: &args,
        opened: &opened,
        folder: &folder,
        console,
        seed: args.seed.get(),
        watch: args.machines.start(opened.exporters())?,
        pages: RefCell::new(Ok(())),
        records: RefCell::new(Ok(())),
    };
    let made = Box::pin(parts.make(&mut dossier, accepted.as_ref(), &smoke, &search)).await;
    dossier.ended_at = subject::now(Utc::now());
    dossier.conclude();
    let verdict = dossier.verdict;
    let (sealed, kept) = folder.seal(dossier, parts.records.into_inner());
    let (name, left) = (
        folder.name(),
        folder.leave(&sealed, &args.output.title).and(parts.pages.into_inner()),
    );
    let left = kept.and(left);
    let shown = finish(&sealed, &name, Some(folder.path()), left, &args.output, console);
    if let Err(failure) = made {
        // It is why the dossier is as it is, and the dossier's verdict is what the command ends with.
        console.failure(&failure);
    }
    shown?;
    Ok(exit_of(opened.halt.why(), Ended::Certify(verdict)))
}

/// The load where nobody chose one.
const SMOKE: &str = "smoke";

/// `writes=REASON` or `capacity=REASON`.
fn exclusion(text: &str) -> Result<Exclusion, String> {
    let (what, reason) = text.split_once('=').unwrap_or((text, ""));
    let what = match what.trim() {
        "writes" => Excludable::Writes,
        "capacity" => Excludable::Capacity,
        _ => return Err("only `writes` and `capacity` can be excluded, as in writes=REASON".to_owned()),
    };
    let reason = reason.trim().to_owned();
    if reason.is_empty() {
        return Err(format!(
            "say why, as in {what}=REASON: it is printed on the certificate"
        ));
    }
    Ok(Exclusion { what, reason })
}

impl CertifyArgs {
    fn excludes(&self, what: Excludable) -> bool {
        self.without.iter().any(|exclusion| exclusion.what == what)
    }

    /// Whether the search for the capacity is left out.
    fn leaves_capacity_out(&self) -> bool {
        self.skip_capacity || self.excludes(Excludable::Capacity)
    }

    fn smoke(&self) -> Result<Workload, Failure> {
        let scenario = self.load_scenario.as_deref().unwrap_or(SMOKE);
        let mut workload = Workload::find(scenario).map_err(Failure::usage)?;
        workload.set_duration(self.load_duration);
        self.guards.guard(&mut workload, GuardRate::usual());
        Ok(workload)
    }

    fn search(&self) -> Result<Workload, Failure> {
        let mut workload = Workload::find(&self.scenario).map_err(Failure::usage)?;
        self.objectives.add_to(&mut workload)?;
        Ok(workload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_excluded_has_a_reason() {
        let excluded = exclusion("writes=it is in use = yes").unwrap();
        assert_eq!(
            (excluded.what, &*excluded.reason),
            (Excludable::Writes, "it is in use = yes")
        );
        for text in ["", "writes", "writes=", "writes= ", "load=no", "=x"] {
            assert!(exclusion(text).is_err(), "{text}");
        }
    }
}
