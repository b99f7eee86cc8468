//! `proofload load`: makes a load run and says what came of it.

use super::shared::arguments::{
    self, AccountsArgs, ConnectionArgs, GeneratorArgs, GuardArgs, ObjectiveArgs, PermissionArg, SeedArg, WorkloadArgs,
};
use super::shared::exit_of::{Ended, exit_of};
use super::shared::finish::{self, finish};
use super::shared::format::{Format, PAGE_NEEDS_RECORD};
use super::shared::machines::{MachineArgs, RecordOut};
use super::shared::output::{OutputArgs, TitleArg};
use super::shared::session::{Intent, Opened, watched};
use super::shared::target_options::TargetOptions;
use super::shared::values;
use super::shared::watch_targets::WatchTargetArgs;
use super::shared::watchers::{WatcherArgs, Watchers};
use super::{Console, Failure};
use crate::exit::Exit;
use clap::builder::{PathBufValueParser, TypedValueParser as _};
use clap::{Args, ValueEnum};
use proofload_advice::{self as advice, Offered};
use proofload_live::Ended as Shown;
use proofload_load as load;
use proofload_load::{DeadTarget, GuardRate, LoadOptions, Workload};
use proofload_reports::{LoadRun, Rendering as _};
use proofload_results::files;
use proofload_results::load::LoadReport;
use proofload_results::record::{RecordReader, RunInfo};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const EXAMPLES: &str = "\
Examples:
  proofload load
  proofload load --scenario camera-feed --rate 200/s --duration 10s --out runs/x
  proofload load --target lab --scenario mine.toml --slo 'publish.p99 < 250ms' --format json
  proofload load --soak 8h --prometheus 9464
  proofload load --rate 200/s --duration 5m --watch-target http://10.0.0.123:9100 --watch-target http://10.0.0.123:9400
  proofload load -c 50 -n 10000
  proofload load --rate 100/2s -z 30s --slo 'errors < 1%' --stop-on-breach
  proofload load --scenario field-mix --set arrivals.process=constant --set journeys.camera.weight=95
  proofload load --scenario mine.toml --shard 2/8 --seed 7 --start-at 2026-11-22T18:00:00Z --out runs/b
  proofload load --scenario mine.toml --shard auto --seed 7 --start-at @start-at --start-within 5m --out -";

/// Loads a deployment and measures what it bears
///
/// Virtual users run a scenario against the target; latencies count from when each call was due, so that a target that
/// stalls cannot hide it. Exit code 1 says that an SLO was missed, 4 that the generator was the bottleneck.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES, mut_arg("scenario", arguments::open_where_rated))]
pub(super) struct LoadArgs {
    #[command(flatten)]
    target: TargetOptions,
    #[command(flatten)]
    workload: WorkloadArgs,
    /// Duration in place of the scenario's, such as 10s or 5m
    #[arg(long, short, visible_short_alias = 'z', value_name = "TIME", value_parser = values::positive_span, allow_hyphen_values = true)]
    duration: Option<Duration>,
    /// Go on for hours and say whether anything drifts; without --scenario, the shipped soak
    #[arg(long, value_name = "TIME", conflicts_with = "duration", value_parser = values::positive_span, allow_hyphen_values = true)]
    soak: Option<Duration>,
    /// End the run with so many calls; the scenario's duration then only counts where --duration or stages say it
    #[arg(long, short = 'n', value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..=100_000_000), allow_hyphen_values = true)]
    requests: Option<u64>,
    #[command(flatten)]
    objectives: ObjectiveArgs,
    /// End the run as soon as an objective is missed, from so long after its start on [default when given: 5s]
    #[arg(long, value_name = "AFTER", num_args = 0..=1, default_missing_value = "5s", value_parser = values::span, allow_hyphen_values = true)]
    stop_on_breach: Option<Duration>,
    /// Directory for the record, new or empty: run.json, latency.hlog, counters.jsonl, report.html; - writes it to stdout as it is
    /// made, line by line
    #[arg(long, value_name = "DIR|-", value_parser = PathBufValueParser::new().map(RecordOut::from))]
    out: Option<RecordOut>,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    seed: SeedArg,
    #[command(flatten)]
    generator: GeneratorArgs,
    #[command(flatten)]
    accounts: AccountsArgs,
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    guards: GuardArgs,
    /// What to do when the target answers nothing for five seconds
    #[arg(long, value_enum, default_value_t = OnDeadTarget::Stop)]
    on_dead_target: OnDeadTarget,
    #[command(flatten)]
    machine: MachineArgs,
    #[command(flatten)]
    machines: WatchTargetArgs,
    #[command(flatten)]
    watchers: WatcherArgs,
    #[command(flatten)]
    permission: PermissionArg,
}

/// What to do when the target stops answering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OnDeadTarget {
    /// End the run and record it
    Stop,
    /// Go on until its planned end
    Continue,
}

/// Runs the command.
///
/// # Errors
/// The run could not be made, or not be shown everywhere.
pub(super) async fn run(args: LoadArgs, console: &Console) -> Result<Exit, Failure> {
    let out = args.out.as_ref().and_then(RecordOut::directory);
    if out.is_none() {
        args.output.refuse(Format::Html, PAGE_NEEDS_RECORD)?;
    }
    let streams = args.out == Some(RecordOut::Stdout);
    if streams && !args.output.prints(Format::Console) {
        let sentence =
            "--out - writes the record to stdout: leave --format out, or write files with --report FORMAT=FILE";
        return Err(Failure::usage(sentence));
    }
    let workload = args.workload()?;
    let mut options = args.options()?;
    if let Some(shard) = args.machine.put_into(&mut options)? {
        console.note(&shard);
    }
    args.accounts.put_into(&mut options, console)?;
    args.output.check(out)?;
    let intent = Intent::load(&args.generator.timeout, &args.permission);
    let opened = Opened::open(args.target.choose().await?, intent, console).await?;
    options.watch = args.machines.start(opened.exporters())?;
    if streams && options.watch.take().is_some() {
        console.note(
            "warning: the machines under test are not watched: the stream of --out - does not hold what they say",
        );
    }
    let title = &args.output.title;
    let watchers = Watchers::new(&args.watchers, &workload, opened.target(), title.title.clone(), console).await?;
    let watchers = Arc::new(watchers);
    let run = load::run(&workload, opened.target(), &options, watchers.clone(), &opened.halt);
    let outcome = Box::pin(watched(console, run)).await?;
    let ended = Ended::Load(outcome.report.verdict);
    let lost = outcome.run.lost.clone();
    let shown = outcome.run.clone();
    let ended = if shown.is_part() { Ended::Part } else { ended };
    let (run, left) = recorded(outcome.report, outcome.run, out, title);
    let left = finish::unless_lost(lost.as_deref(), left);
    let finished = if streams {
        console.note(run.report.headline());
        left.and(args.output.write(&run, "load"))
    } else {
        finish(&run, "load", out, left, &args.output, console)
    };
    watchers
        .close(Shown {
            run: shown,
            report: run.report,
            record: run.record,
        })
        .await;
    finished?;
    let offered = Offered::by::<LoadArgs>();
    console.advise(advice::on_run(&outcome.complaints, outcome.dead, &offered));
    Ok(exit_of(outcome.interrupted, ended))
}

/// A load run with its record, whose page is left beside it. Of a record that was lost, what is still there.
pub(super) fn recorded(
    report: LoadReport,
    run: RunInfo,
    out: Option<&Path>,
    title: &TitleArg,
) -> (LoadRun, Result<(), Failure>) {
    let record = match out {
        Some(out) if run.lost.is_some() => Ok(Some(RecordReader::of(out, run))),
        out => out.map(RecordReader::open).transpose(),
    };
    match record {
        Ok(record) => {
            let run = LoadRun { report, record };
            let left = out.map_or(Ok(()), |out| finish::leave(out, files::PAGE, title.page(run.html())));
            (run, left)
        }
        Err(error) => (LoadRun { report, record: None }, Err(finish::lost(error))),
    }
}

impl LoadArgs {
    fn workload(&self) -> Result<Workload, Failure> {
        let mut workload = self.workload.workload()?;
        if let Some(duration) = self.soak.or(self.duration) {
            workload.set_duration(duration);
        }
        if let Some(calls) = self.requests {
            workload.set_requests(calls, self.duration.is_some());
        }
        self.objectives.add_to(&mut workload)?;
        self.guards.guard(&mut workload, GuardRate::OFF);
        if self.stop_on_breach.is_some() && (workload.slos.is_empty() || self.machine.is_part()) {
            return Err(Failure::usage(if workload.slos.is_empty() {
                "--stop-on-breach needs an objective that can be missed: give one, such as --slo 'publish.p99 < 250ms'"
            } else {
                "--stop-on-breach does not go with --shard: a part of a load judges no objective"
            }));
        }
        Ok(workload)
    }

    fn options(&self) -> Result<LoadOptions, Failure> {
        if self.machine.is_part() && !self.seed.is_given() {
            return Err(Failure::usage(
                "--shard needs --seed, the same on every machine: all draw the same arrivals from it and each takes its share",
            ));
        }
        Ok(LoadOptions {
            http2: self.connection.http2(),
            keep_alive: !self.connection.no_keep_alive,
            retry_stale: !self.connection.no_retry_stale,
            spread: self.connection.spread(),
            check: self.guards.check(),
            count_ports: true,
            out: self.out.as_ref().and_then(RecordOut::directory).map(Path::to_owned),
            stream: self.out.as_ref().and_then(RecordOut::stream),
            stop_on_breach: self.stop_on_breach,
            on_dead_target: match self.on_dead_target {
                OnDeadTarget::Stop => DeadTarget::Stop,
                OnDeadTarget::Continue => DeadTarget::Continue,
            },
            ..self.generator.options(self.seed.get(), &self.permission)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_load::LoadError;

    #[test]
    fn a_failure_is_advised_once() {
        let failure = Failure::from(LoadError::NotAllowed("lab".to_owned()));
        assert!(!failure.sentence.contains("--"), "{}", failure.sentence);
        let advised = failure.advised::<LoadArgs>();
        assert_eq!(
            advised.sentence,
            "lab may not be loaded; add \"load\" to its `allow` in the configuration, or give \
             --i-may-load-this-target if it is yours to load"
        );
        assert_eq!(advised.clone().advised::<LoadArgs>(), advised);
    }
}
