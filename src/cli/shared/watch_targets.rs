//! Whose figures are read beside a load.

use crate::cli::Failure;
use clap::Args;
use proofload_deployment::Exporter;
use proofload_watch::{Own, Watcher};

/// Which machines are looked at beside a load.
#[derive(Debug, Args)]
pub(in crate::cli) struct WatchTargetArgs {
    // Not a doc comment: rustdoc wants angle brackets around bare links. Read later: clap repeats what it cannot read, and a URL may
    // hold a password.
    #[arg(
        long,
        value_name = "URL",
        help = "Read the figures of a machine under test from its Prometheus exporter once a second, such as http://10.0.0.123:9100; may be repeated"
    )]
    watch_target: Vec<String>,
    /// A series beside the known ones, from one family of the exporters, such as `queue=app_queue_length` or
    /// `faces=rate(faces_total)`; may be repeated
    #[arg(long, value_name = "NAME=EXPRESSION", value_parser = Own::parse)]
    watch: Vec<Own>,
}

impl WatchTargetArgs {
    /// Begins to look at them, and at those of the target's configuration; nobody looks where there are none.
    ///
    /// # Errors
    /// One of them is wrong, or series are wanted and there are none to take them from.
    pub(in crate::cli) fn start<'a>(
        &self,
        configured: impl IntoIterator<Item = &'a Exporter>,
    ) -> Result<Option<Watcher>, Failure> {
        let stated: Result<Vec<Exporter>, _> = self.watch_target.iter().map(|url| Exporter::at(url)).collect();
        let mut exporters: Vec<Exporter> = configured.into_iter().cloned().collect();
        exporters.extend(stated.map_err(Failure::usage)?);
        if exporters.is_empty() && !self.watch.is_empty() {
            let sentence = "--watch needs an exporter to take its series from: name one with --watch-target URL";
            return Err(Failure::usage(sentence));
        }
        let watcher = (!exporters.is_empty()).then(|| Watcher::start(&exporters, &self.watch));
        watcher.transpose().map_err(Failure::usage)
    }
}
