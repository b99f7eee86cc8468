//! `windows_exporter`: a Windows machine. Names have changed between its versions; the newer ones stand first.

use super::node::processors;
use super::process::{Group, busiest};
use crate::change::Change;
use crate::reading::Reading;

pub(super) fn read(change: &Change<'_>, reading: &mut Reading) {
    processors(change, "windows_cpu_time_total", "core", &["idle"], reading);
    memory(change, reading);
    disks(change, reading);
    networks(change, reading);
    reading.add("connections", change.sum("windows_tcp_connections_established"), None);
    let kelvin_free = change.largest("windows_thermalzone_temperature_celsius");
    reading.add("temperature", kelvin_free, None);
    let swapped = change.rate("windows_memory_swap_pages_read_total");
    reading.add("memory.swapping", swapped, None);
    busiest(
        change,
        &Group {
            name: "process",
            cpu: "windows_process_cpu_time_total",
            memory: &[
                "windows_process_working_set_private_bytes",
                "windows_process_private_bytes",
                "windows_process_working_set_bytes",
            ],
            memory_of: None,
            threads: "windows_process_threads",
            handles: "windows_process_handles",
        },
        reading,
    );
}

fn memory(change: &Change<'_>, reading: &mut Reading) {
    let total = change.first(&[
        "windows_memory_physical_total_bytes",
        "windows_cs_physical_memory_bytes",
        "windows_os_visible_memory_bytes",
    ]);
    let total = total.and_then(|family| change.sum(family));
    let free = change.first(&["windows_memory_physical_free_bytes", "windows_memory_available_bytes"]);
    let available = change.sum("windows_memory_available_bytes");
    let free = available.or_else(|| free.and_then(|family| change.sum(family)));
    reading.add("memory", total.zip(free).map(|(total, free)| total - free), total);
}

fn disks(change: &Change<'_>, reading: &mut Reading) {
    let idle = change.first(&[
        "windows_physical_disk_idle_seconds_total",
        "windows_logical_disk_idle_seconds_total",
    ]);
    for (sample, idle) in idle.and_then(|family| change.rates(family)).into_iter().flatten() {
        let disk = match sample.label("disk") {
            "" => sample.label("volume"),
            disk => disk,
        };
        if !disk.starts_with("HarddiskVolume") && disk != "_Total" {
            reading.add_of("disk.busy", disk, Some(1.0 - idle), None);
        }
    }
    for size in change.now.samples("windows_logical_disk_size_bytes") {
        let free = change.now.sample("windows_logical_disk_free_bytes", &size.labels);
        let volume = size.label("volume");
        let Some(free) = free.filter(|_| !volume.starts_with("HarddiskVolume")) else {
            continue;
        };
        reading.add_of("disk.space", volume, Some(size.value - free.value), Some(size.value));
    }
}

fn networks(change: &Change<'_>, reading: &mut Reading) {
    for (family, kind) in [
        ("windows_net_bytes_received_total", "network.in"),
        ("windows_net_bytes_sent_total", "network.out"),
    ] {
        for (sample, rate) in change.rates(family).into_iter().flatten() {
            let nic = sample.label("nic");
            let of = |family: &str| {
                let samples = change.now.samples(family).iter();
                let mut own = samples.filter(|speed| speed.label("nic") == nic && speed.value > 0.0);
                own.next().map(|speed| speed.value)
            };
            // The older name is in bits.
            let speed = of("windows_net_current_bandwidth_bytes");
            let speed = speed.or_else(|| of("windows_net_current_bandwidth").map(|bits| bits / 8.0));
            reading.add_of(kind, nic, Some(rate), speed);
        }
    }
}
