//! Processes: a server that tells of itself, and exporters that tell of all processes of a machine.

use crate::change::Change;
use crate::reading::Reading;
use crate::text::Sample;
use std::collections::BTreeMap;

/// Of so many processes of a machine it is told.
const MOST: usize = 6;
/// A process below this, in cores, is none of the busiest.
const IDLE_CORES: f64 = 0.05;

pub(super) fn read(change: &Change<'_>, reading: &mut Reading) {
    busiest(
        change,
        &Group {
            name: "groupname",
            cpu: "namedprocess_namegroup_cpu_seconds_total",
            memory: &["namedprocess_namegroup_memory_bytes"],
            memory_of: Some(("memtype", "resident")),
            threads: "namedprocess_namegroup_num_threads",
            handles: "namedprocess_namegroup_open_filedesc",
        },
        reading,
    );
    // What an exporter of a machine tells of its own process is nobody's business here.
    if !change.now.is_exporter {
        itself(change, reading);
    }
}

/// A server that tells of its own process, as the client libraries of Prometheus and the runtimes do.
fn itself(change: &Change<'_>, reading: &mut Reading) {
    let cores = change
        .sum("process_cpu_count")
        .or_else(|| change.sum("dotnet_process_cpu_count"));
    let cpu = change.first(&[
        "process_cpu_seconds_total",
        "dotnet_process_cpu_time_seconds_total",
        "process_cpu_time_seconds_total",
        "process_cpu_time_ns_total",
    ]);
    let nanoseconds = cpu.is_some_and(|family| family.ends_with("_ns_total"));
    let cpu = cpu.and_then(|family| change.rate(family));
    reading.add(
        "process.cpu",
        cpu.map(|rate| if nanoseconds { rate / 1e9 } else { rate }),
        cores,
    );
    let memory = change.first(&[
        "process_private_memory_bytes",
        "process_resident_memory_bytes",
        "process_working_set_bytes",
        "dotnet_process_memory_working_set_bytes",
        "process_memory_usage_bytes",
    ]);
    reading.add("process.memory", memory.and_then(|family| change.sum(family)), None);
    let threads = change.first(&[
        "process_num_threads",
        "process_threads",
        "process_thread_count",
        "jvm_threads_live_threads",
        "jvm_threads_current",
    ]);
    reading.add("process.threads", threads.and_then(|family| change.sum(family)), None);
    let files = change.first(&["process_open_fds", "process_open_handles", "process_files_open_files"]);
    let most = change.first(&["process_max_fds", "process_files_max_files"]);
    let most = most.and_then(|family| change.sum(family)).filter(|most| *most < 1e9);
    reading.add("process.handles", files.and_then(|family| change.sum(family)), most);
    reading.add("process.gc", collecting(change), None);
}

/// The share of the time in which memory was collected while everything waited.
fn collecting(change: &Change<'_>) -> Option<f64> {
    let seconds = change.first(&[
        "dotnet_gc_pause_time_seconds_total",
        "dotnet_gc_pause_seconds_total",
        "jvm_gc_pause_seconds_sum",
        "jvm_gc_collection_seconds_sum",
        "go_gc_duration_seconds_sum",
    ]);
    if let Some(rate) = seconds.and_then(|family| change.rate(family)) {
        return Some(rate);
    }
    let nanoseconds = change.rate("process_runtime_dotnet_gc_duration_nanoseconds_total");
    if let Some(rate) = nanoseconds {
        return Some(rate / 1e9);
    }
    let share = change.first(&["dotnet_gc_pause_ratio", "jvm_gc_overhead"]);
    if let Some(share) = share.and_then(|family| change.largest(family)) {
        return Some(share);
    }
    change
        .largest("system_runtime_time_in_gc")
        .map(|percent| percent / 100.0)
}

/// Families that tell of all processes of a machine, by a label with their names.
pub(super) struct Group<'a> {
    pub(super) name: &'a str,
    pub(super) cpu: &'a str,
    /// The first of these that is there.
    pub(super) memory: &'a [&'a str],
    /// Only samples with this label.
    pub(super) memory_of: Option<(&'a str, &'a str)>,
    pub(super) threads: &'a str,
    pub(super) handles: &'a str,
}

/// The busiest processes; those of one name together.
pub(super) fn busiest(change: &Change<'_>, group: &Group<'_>, reading: &mut Reading) {
    let Some(rates) = change.rates(group.cpu) else { return };
    let mut cores: BTreeMap<&str, f64> = BTreeMap::new();
    for (sample, rate) in rates {
        *cores.entry(sample.label(group.name)).or_default() += rate;
    }
    cores.retain(|name, cores| *cores >= IDLE_CORES && !matches!(*name, "" | "Idle" | "_Total"));
    let mut busiest: Vec<(&str, f64)> = cores.into_iter().collect();
    busiest.sort_by(|one, other| other.1.total_cmp(&one.1));
    for (name, cores) in busiest.into_iter().take(MOST) {
        reading.add_of("process.cpu", name, Some(cores), None);
        let sum = |family: &str, of: Option<(&str, &str)>| {
            let own = |sample: &&Sample| {
                sample.label(group.name) == name && of.is_none_or(|(label, value)| sample.label(label) == value)
            };
            let values = change.now.samples(family).iter().filter(own).map(|sample| sample.value);
            values.reduce(|one, other| one + other)
        };
        let memory = change.first(group.memory);
        reading.add_of(
            "process.memory",
            name,
            memory.and_then(|family| sum(family, group.memory_of)),
            None,
        );
        reading.add_of("process.threads", name, sum(group.threads, None), None);
        reading.add_of("process.handles", name, sum(group.handles, None), None);
    }
}
