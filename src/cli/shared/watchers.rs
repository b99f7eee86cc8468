//! Who watches a load run: the lines on stderr, and Prometheus and a live page where they were asked for.

use super::progress_lines::ProgressLines;
use super::values;
use crate::cli::{Console, Failure};
use clap::Args;
use proofload_deployment::Target;
use proofload_live::{About, Ended, LivePage, Metrics};
use proofload_load::{Workload, report_so_far};
use proofload_results::events::{Event, Observer};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Who may watch a load run beside the terminal.
#[derive(Debug, Args)]
pub(in crate::cli) struct WatcherArgs {
    /// Serve metrics for Prometheus at /metrics while the run goes on; a port alone means this machine only
    #[arg(long, value_name = "[ADDR:]PORT", value_parser = values::address)]
    prometheus: Option<SocketAddr>,
    /// Serve the report as a live page while the run goes on; a port alone means this machine only
    #[arg(long, value_name = "[ADDR:]PORT", value_parser = values::address)]
    dashboard: Option<SocketAddr>,
}

/// Who watches a load run.
pub(in crate::cli) struct Watchers {
    lines: ProgressLines,
    metrics: Option<Arc<Metrics>>,
    page: Option<LivePage>,
}

impl Watchers {
    /// Those who were asked for; stderr says where metrics and page are found. `title` is what the page is called.
    ///
    /// # Errors
    /// An address cannot be listened on.
    pub(in crate::cli) async fn new(
        args: &WatcherArgs,
        workload: &Workload,
        target: &Target,
        title: Option<String>,
        console: &Console,
    ) -> Result<Self, Failure> {
        let about = About {
            scenario: workload.name.clone(),
            target: target.base.to_string(),
            title,
        };
        let mut metrics = None;
        if let Some(address) = args.prometheus {
            let listener = listen(address, "metrics", "--prometheus", console).await?;
            let served = Metrics::new(&about.scenario, &about.target);
            let at = listener.local_addr().map_err(Failure::usage)?;
            console.note(&format!("metrics at http://{at}/metrics"));
            served.serve(listener);
            metrics = Some(served);
        }
        let mut page = None;
        if let Some(address) = args.dashboard {
            let listener = listen(address, "the live page", "--dashboard", console).await?;
            let judge = |run: &_, totals| report_so_far(run, totals).ok();
            let served = LivePage::serve(listener, about, Arc::new(judge)).map_err(Failure::usage)?;
            console.note(&format!("live page at {}", served.url()));
            page = Some(served);
        }
        Ok(Self {
            lines: ProgressLines(console.clone()),
            metrics,
            page,
        })
    }

    /// Shows how it ended to whoever looks at the page, which holds nothing up for long.
    pub(in crate::cli) async fn close(&self, ended: Ended) {
        if let Some(page) = &self.page
            && let Err(why) = page.close(ended).await
        {
            self.lines.0.note(&format!("warning: the live page ended early: {why}"));
        }
    }
}

async fn listen(address: SocketAddr, what: &str, option: &str, console: &Console) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(address).await.map_err(|error| {
        Failure::usage(format!(
            "cannot serve {what} on {address}: {error}; give {option} another address, or port 0 for a free one"
        ))
    })?;
    if !address.ip().is_loopback() {
        console.note(&format!("warning: {what} on {address} may be read from other machines"));
    }
    Ok(listener)
}

impl Observer for Watchers {
    fn observe(&self, event: &Event) {
        self.lines.observe(event);
        if let Some(metrics) = &self.metrics {
            metrics.observe(event);
        }
        if let Some(page) = &self.page {
            page.observe(event);
        }
    }
}
