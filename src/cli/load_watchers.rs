//! Who watches a load run: the line on a terminal, and Prometheus and Goose's live page where they were asked for.

use super::{Console, Failure};
use crate::progress::{self, Metrics};
use proofload_deployment::Target;
use proofload_load::{Dashboard, Workload};
use proofload_results::events::{Event, Observer};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;

/// The width of a terminal that does not say.
const COLUMNS: usize = 100;

/// Who watches a load run.
pub(super) struct Watchers {
    console: Console,
    metrics: Option<Arc<Metrics>>,
    dashboard: Option<Dashboard>,
}

impl Watchers {
    /// Those who were asked for; stderr says where metrics and page are found.
    ///
    /// # Errors
    /// An address cannot be listened on.
    pub(super) async fn new(
        prometheus: Option<SocketAddr>,
        dashboard: Option<SocketAddr>,
        workload: &Workload,
        target: &Target,
        console: &Console,
    ) -> Result<Self, Failure> {
        let metrics = match prometheus {
            None => None,
            Some(address) => {
                let metrics = Arc::new(Metrics::new(&workload.name, &target.base.to_string()));
                listen(address, metrics.clone(), console).await?;
                Some(metrics)
            }
        };
        let page = |address| page(address, workload, target, console);
        Ok(Self {
            console: console.clone(),
            metrics,
            dashboard: dashboard.map(page).transpose()?,
        })
    }

    /// Ends what was opened to be looked at.
    pub(super) async fn close(&self) {
        if let Some(dashboard) = &self.dashboard
            && let Err(why) = dashboard.close().await
        {
            self.console.note(&format!("warning: the live page ended early: {why}"));
        }
    }
}

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
    tokio::spawn(progress::serve(listener, metrics));
    Ok(())
}

impl Observer for Watchers {
    fn observe(&self, event: &Event) {
        match event {
            Event::LoadTick(tick) if self.console.stderr_is_terminal => {
                let size = terminal_size::terminal_size_of(std::io::stderr());
                let columns = size.map_or(COLUMNS, |(width, _)| usize::from(width.0));
                self.console.progress(&progress::line(tick, columns));
            }
            Event::Warning(warning) => self.console.note(&format!("warning: {warning}")),
            _ => {}
        }
        if let Some(metrics) = &self.metrics {
            metrics.observe(event);
        }
        if let Some(dashboard) = &self.dashboard {
            dashboard.observe(event);
        }
    }
}

/// An address with a port; a port alone is one of this machine only.
pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    let port = text.strip_prefix(':').unwrap_or(text);
    if let Ok(port) = port.parse::<u16>() {
        return Ok((Ipv4Addr::LOCALHOST, port).into());
    }
    let address = text.parse();
    address.map_err(|_| "write a port such as 9464, or an address and a port such as 0.0.0.0:9464".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_of_this_machine_only() {
        for (text, address_) in [
            ("9464", "127.0.0.1:9464"),
            (":0", "127.0.0.1:0"),
            ("0.0.0.0:9464", "0.0.0.0:9464"),
            ("[::1]:9464", "[::1]:9464"),
        ] {
            assert_eq!(address(text), Ok(address_.parse().unwrap()));
        }
        for wrong in ["", "65536", "localhost", "1.2.3.4", "::1"] {
            assert!(address(wrong).is_err(), "{wrong:?}");
        }
    }
}
