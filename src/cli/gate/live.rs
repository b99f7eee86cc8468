//! The options of an interleaved comparison.

use super::GateArgs;
use crate::cli::shared::arguments::{GeneratorArgs, PermissionArg, WorkloadArgs};
use crate::cli::shared::progress_lines::ProgressLines;
use crate::cli::shared::session::{Intent, admit, watched};
use crate::cli::shared::target_options::{Chosen, TargetOptions};
use crate::cli::shared::values;
use crate::cli::shared::watch_targets::WatchTargetArgs;
use crate::cli::{Console, Failure};
use proofload_advice::{self as advice, Offered};
use proofload_deployment::halt::Halt;
use proofload_gate as gate;
use proofload_gate::{Compared, GateError, GateOptions, Interleaved};
use proofload_load as load;
use proofload_load::DeadTarget;
use proofload_results::gate::GateVerdict;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Two live deployments, loaded in turns instead of comparing recorded runs.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Interleaved: two live deployments, loaded in turns")]
pub(super) struct LiveArgs {
    /// Base URL of the baseline; accounts and trust as for --url
    #[arg(long, value_name = "URL", requires = "url_b", conflicts_with_all = ["url", "target", "target_a"])]
    pub(super) url_a: Option<String>,
    /// Base URL of the candidate
    #[arg(long, value_name = "URL", requires = "url_a")]
    url_b: Option<String>,
    /// Baseline, by its name in the configuration file
    #[arg(long, value_name = "NAME", requires = "target_b", conflicts_with_all = ["url", "target"])]
    pub(super) target_a: Option<String>,
    /// Candidate, by its name in the configuration file
    #[arg(long, value_name = "NAME", requires = "target_a")]
    target_b: Option<String>,
    #[command(flatten)]
    workload: WorkloadArgs,
    #[command(flatten)]
    pub(super) generator: GeneratorArgs,
    /// How long each side is loaded before it is the other one's turn
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = values::positive_span, allow_hyphen_values = true)]
    block: Duration,
    /// How long the comparison may take; it ends as soon as the answer is sure
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = values::positive_span, allow_hyphen_values = true)]
    max_time: Duration,
    /// Compare again, so often at most, when a comparison cannot tell or its generator was the bottleneck; the report calls that
    /// flaky
    #[arg(long, value_name = "COUNT", default_value_t = 0, conflicts_with = "baseline", value_parser = clap::value_parser!(u8).range(0..=5))]
    retries: u8,
    #[command(flatten)]
    machines: WatchTargetArgs,
    #[command(flatten)]
    permission: PermissionArg,
}

impl LiveArgs {
    /// Whether no side is named.
    pub(super) fn is_empty(&self) -> bool {
        self.url_a.is_none() && self.target_a.is_none()
    }

    /// The two sides, if there are two: baseline and candidate.
    pub(super) async fn choose(&self, common: &TargetOptions) -> Result<Option<[Chosen; 2]>, Failure> {
        let sides = match (&self.url_a, &self.url_b, &self.target_a, &self.target_b) {
            (Some(a), Some(b), _, _) => [common.at_url(a), common.at_url(b)],
            (_, _, Some(a), Some(b)) => [common.named(a), common.named(b)],
            _ => return Ok(None),
        };
        let [baseline, candidate] = sides;
        Ok(Some([baseline.choose().await?, candidate.choose().await?]))
    }

    /// Compares them.
    ///
    /// # Errors
    /// One cannot be loaded, or an option is wrong.
    pub(super) async fn compare(
        &self,
        sides: &[Chosen; 2],
        options: &GateOptions,
        out: Option<&Path>,
        halt: impl FnOnce() -> Halt,
        console: &Console,
    ) -> Result<Compared, Failure> {
        let workload = self.workload.workload()?;
        for side in sides {
            admit(side, Intent::load(&self.generator.timeout, &self.permission), console).await?;
        }
        let mut plan = Interleaved {
            workload: &workload,
            baseline: &sides[0].target,
            candidate: &sides[1].target,
            load: load::LoadOptions {
                on_dead_target: DeadTarget::Continue,
                watch: self.machines.start(sides.iter().flat_map(|side| &side.exporters))?,
                ..self.generator.options(options.settings.seed, &self.permission)
            },
            block: self.block,
            max_time: self.max_time,
            out: out.map(Path::to_owned),
        };
        let lines = Arc::new(ProgressLines(console.clone()));
        let (halt, mut flaky) = (halt(), Vec::new());
        let mut compared = loop {
            let compared = Box::pin(watched(
                console,
                gate::interleaved(&plan, options, lines.clone(), &halt),
            ))
            .await;
            let attempt = flaky.len() + 1;
            let Some(why) = undecided(&compared).filter(|_| attempt <= usize::from(self.retries)) else {
                break compared?;
            };
            console.note(&format!(
                "warning: attempt {attempt} came to no answer: {why}; comparing again"
            ));
            flaky.push(format!("flaky: attempt {attempt} came to no answer ({why})"));
            plan.out = out.map(|out| out.join(format!("attempt-{}", attempt + 1)));
        };
        compared.report.warnings.extend(flaky);
        console.advise(advice::on_generator(&compared.complaints, &Offered::by::<GateArgs>()));
        Ok(compared)
    }
}

/// Why a comparison came to no answer that another may come to; none where it did, or was asked to end.
fn undecided(compared: &Result<Compared, GateError>) -> Option<String> {
    match compared {
        Ok(compared) if compared.interrupted.is_none() && compared.report.verdict == GateVerdict::Inconclusive => {
            let reasons = compared.report.reasons.first();
            Some(reasons.cloned().unwrap_or_else(|| "the data cannot tell".to_owned()))
        }
        Err(error @ GateError::Invalid { .. }) => Some(error.to_string()),
        _ => None,
    }
}
