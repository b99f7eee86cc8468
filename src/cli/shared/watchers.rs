//! Who watches a load run: the lines on stderr, and Prometheus and Goose's live page where they were asked for.

use super::progress_lines::ProgressLines;
use super::values;
use crate::cli::{Console, Failure};
use clap::Args;
use proofload_deployment::Target;
#[cfg(feature = "dashboard")]
use proofload_load::Dashboard;
use proofload_load::Workload;
use proofload_reports::prometheus::Metrics;
use proofload_results::events::{Event, Observer};
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Who may watch a load run beside the terminal.
#[derive(Debug, Args)]
pub(in crate::cli) struct WatcherArgs {
    /// Serve metrics for Prometheus at /metrics while the run goes on; a port alone means this machine only
    #[arg(long, value_name = "[ADDR:]PORT", value_parser = values::address)]
    prometheus: Option<SocketAddr>,
    /// Serve Goose's live page while the run goes on; a port alone means this machine only
    #[cfg(feature = "dashboard")]
    #[arg(long, value_name = "[ADDR:]PORT", value_parser = values::address)]
    dashboard: Option<SocketAddr>,
}

/// Who watches a load run.
pub(in crate::cli) struct Watchers {
    lines: ProgressLines,
    metrics: Option<Arc<Metrics>>,
    #[cfg(feature = "dashboard")]
    dashboard: Option<Dashboard>,
}

impl Watchers {
    /// Those who were asked for; stderr says where metrics and page are found.
    ///
    /// # Errors
    /// An address cannot be listened on.
    pub(in crate::cli) async fn new(
        args: &WatcherArgs,
        workload: &Workload,
        target: &Target,
        console: &Console,
    ) -> Result<Self, Failure> {
        let metrics = match args.prometheus {
            None => None,
            Some(address) => {
                let metrics = Arc::new(Metrics::new(&workload.name, &target.base.to_string()));
                listen(address, metrics.clone(), console).await?;
                Some(metrics)
            }
        };
        #[cfg(feature = "dashboard")]
        let page = |address| page(address, workload, target, console);
        Ok(Self {
            lines: ProgressLines(console.clone()),
            metrics,
            #[cfg(feature = "dashboard")]
            dashboard: args.dashboard.map(page).transpose()?,
        })
    }

    /// Lets an engine work, and ends what was opened to be looked at.
    pub(in crate::cli) async fn closed_after<T>(&self, engine: impl Future<Output = T>) -> T {
        let outcome = engine.await;
        #[cfg(feature = "dashboard")]
        if let Some(dashboard) = &self.dashboard
            && let Err(why) = dashboard.close().await
        {
            self.lines.0.note(&format!("warning: the live page ended early: {why}"));
        }
        outcome
    }
}

#[cfg(feature = "dashboard")]
fn page(address: SocketAddr, workload: &Workload, target: &Target, console: &Console) -> Result<Dashboard, Failure> {
    let dashboard = Dashboard::new(address, &workload.name, &target.base.to_string()).map_err(|error| {
        Failure::usage(format!(
            "cannot serve the live page on {address}: {error}; give --dashboard another address, or port 0 for a free one"
        ))
    })?;
    if !dashboard.address().ip().is_loopback() {
        console
            .note("warning: whoever has the address of the live page with its token may read it from other machines");
    }
    console.note(&format!("live page at {}", dashboard.url()));
    Ok(dashboard)
}

async fn listen(address: SocketAddr, metrics: Arc<Metrics>, console: &Console) -> Result<(), Failure> {
    let cannot = |error: std::io::Error| {
        Failure::usage(format!(
            "cannot serve metrics on {address}: {error}; give --prometheus another address, or port 0 for a free one"
        ))
    };
    let listener = TcpListener::bind(address).await.map_err(cannot)?;
    let bound = listener.local_addr().map_err(cannot)?;
    if !bound.ip().is_loopback() {
        console.note(&format!(
            "warning: the metrics on {bound} may be read from other machines"
        ));
    }
    console.note(&format!("metrics at http://{bound}/metrics"));
    tokio::spawn(proofload_live::serve(listener, Arc::new(move || metrics.text())));
    Ok(())
}

impl Observer for Watchers {
    fn observe(&self, event: &Event) {
        self.lines.observe(event);
        if let Some(metrics) = &self.metrics {
            metrics.observe(event);
        }
        #[cfg(feature = "dashboard")]
        if let Some(dashboard) = &self.dashboard {
            dashboard.observe(event);
        }
    }
}
