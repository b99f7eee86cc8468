//! Which families of well-known exporters are which series.

mod container;
mod gpu;
mod node;
mod process;
mod server;
mod windows;

use crate::change::Change;
use crate::reading::Reading;

/// Every family that is read, by how its name begins: the rest of a page is passed over.
const WANTED: [&str; 21] = [
    "DCGM_FI_",
    "aspnetcore_",
    "container_",
    "dotnet_",
    "http_",
    "jvm_",
    "kestrel_",
    "machine_cpu_cores",
    "namedprocess_",
    "node_",
    "nodejs_eventloop_lag_",
    "nvidia_smi_",
    "process_",
    "system_cpu_usage",
    "system_runtime_",
    "executor_",
    "tomcat_",
    "hikaricp_",
    "go_",
    "nginx_connections_",
    "windows_",
];

/// Families of these beginnings have thousands of samples on some machines, and none that is read.
const UNWANTED: [&str; 8] = [
    "node_scrape_",
    "node_softnet_",
    "node_interrupts",
    "node_systemd_",
    "windows_service_",
    "windows_exporter_",
    "container_tasks_state",
    "container_blkio_",
];

/// Whether a family may hold anything that is known.
pub(crate) fn is_wanted(family: &str) -> bool {
    let begins = |begin: &&str| family.starts_with(*begin);
    WANTED.iter().any(begins) && !UNWANTED.iter().any(begins)
}

/// Reads all that is known.
pub(crate) fn read(change: &Change<'_>, reading: &mut Reading) {
    node::read(change, reading);
    windows::read(change, reading);
    gpu::read(change, reading);
    container::read(change, reading);
    process::read(change, reading);
    server::read(change, reading);
}

#[cfg(test)]
mod tests;
