//! The options of an interleaved comparison.

use super::GateArgs;
use crate::cli::advice;
use crate::cli::load_signals;
use crate::cli::target_options::{Chosen, TargetOptions};
use crate::cli::{Console, Failure};
use proofload_deployment::client::{Http, Limits, preflight};
use proofload_deployment::units::{Rate, Share};
use proofload_gate as gate;
use proofload_gate::{Compared, Interleaved, Options};
use proofload_load as load;
use proofload_load::{DeadTarget, LoadError, Override, Workload};
use proofload_results::events::{Event, Observer};
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
    /// What both are loaded with: a shipped scenario or a file
    #[arg(long, value_name = "NAME|FILE", default_value = "smoke")]
    scenario: String,
    /// Another value for a field of the scenario, such as `arrivals.process=poisson` or `journeys.camera.weight=3`
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<Override>,
    /// Arrival rate in place of the scenario's, such as 200/s
    #[arg(long, value_name = "RATE", allow_hyphen_values = true)]
    rate: Option<Rate>,
    /// Virtual users in place of the scenario's
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u32).range(1..=100_000), allow_hyphen_values = true)]
    users: Option<u32>,
    /// Threads of the generator [default: as many as the rate needs]
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..=1024), allow_hyphen_values = true)]
    threads: Option<u16>,
    /// How long each side is loaded before it is the other one's turn
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = super::arguments::block, allow_hyphen_values = true)]
    block: Duration,
    /// How long the comparison may take; it ends as soon as the answer is sure
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = super::arguments::block, allow_hyphen_values = true)]
    max_time: Duration,
    /// A call that takes longer has failed
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = super::arguments::block, allow_hyphen_values = true)]
    timeout: Duration,
    /// Says that both deployments are yours to load, where their configuration does not
    #[arg(long)]
    i_may_load_this_target: bool,
}

impl LiveArgs {
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
        options: &Options,
        out: Option<&Path>,
        console: &Console,
    ) -> Result<Compared, Failure> {
        let mut workload = Workload::find_changed(&self.scenario, &self.set).map_err(Failure::usage)?;
        if let Some(rate) = self.rate {
            workload.set_rate(rate).map_err(LoadError::from)?;
        }
        let load = self.load_options(options.settings.seed);
        for chosen in sides {
            chosen.announce(console);
            if !load.may_load && !chosen.target.may_be_loaded() {
                return Err(LoadError::NotAllowed(chosen.target.name.clone()).into());
            }
            let limits = Limits {
                timeout: self.timeout,
                ..Limits::default()
            };
            preflight(&Http::new(&chosen.target, limits)?).await?;
        }
        let plan = Interleaved {
            workload: &workload,
            baseline: &sides[0].target,
            candidate: &sides[1].target,
            load,
            block: self.block,
            max_time: self.max_time,
            out: out.map(Path::to_owned),
        };
        let progress = Arc::new(Pairs {
            console: console.clone(),
        });
        let compared = gate::interleaved(&plan, options, progress, load_signals::listen(console)).await;
        console.progress("");
        let compared = compared?;
        advice::on_generator::<GateArgs>(&compared.complaints, console);
        Ok(compared)
    }

    fn load_options(&self, seed: u64) -> load::Options {
        load::Options {
            users: self.users,
            threads: self.threads.map(usize::from),
            timeout: self.timeout,
            seed,
            http2: false,
            keep_alive: true,
            out: None,
            may_load: self.i_may_load_this_target,
            on_dead_target: DeadTarget::Continue,
            shard: Share::ALL,
            start_at: None,
            keep_calls: 0,
        }
    }
}

/// One line on a terminal that says how far it has come.
struct Pairs {
    console: Console,
}

impl Observer for Pairs {
    fn observe(&self, event: &Event) {
        match event {
            Event::Warning(sentence) => self.console.note(&format!("warning: {sentence}")),
            Event::GatePair { pairs, planned } => {
                self.console
                    .progress(&format!("{pairs} of at most {planned} pairs of blocks"));
            }
            _ => {}
        }
    }
}
