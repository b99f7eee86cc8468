//! `node_exporter`: a Linux machine.

use crate::change::Change;
use crate::reading::Reading;
use std::collections::BTreeMap;

/// File systems that live in memory, or show another one a second time.
const NO_DISK: [&str; 9] = [
    "tmpfs",
    "ramfs",
    "overlay",
    "squashfs",
    "devtmpfs",
    "autofs",
    "nsfs",
    "fuse.lxcfs",
    "rootfs",
];

pub(super) fn read(change: &Change<'_>, reading: &mut Reading) {
    processors(change, "node_cpu_seconds_total", "cpu", &["idle", "iowait"], reading);
    if let Some(steal) = steal(change) {
        reading.add("cpu.steal", Some(steal), None);
    }
    let waiting = change.rate("node_pressure_cpu_waiting_seconds_total");
    reading.add("cpu.waiting", waiting, None);
    let throttled = change.rate("node_cpu_core_throttles_total");
    reading.add("cpu.throttled", throttled, None);
    memory(change, reading);
    disks(change, reading);
    networks(change, reading);
    let tracked = change.sum("node_nf_conntrack_entries");
    match tracked {
        Some(entries) => reading.add(
            "connections",
            Some(entries),
            change.sum("node_nf_conntrack_entries_limit"),
        ),
        None => reading.add("connections", change.sum("node_netstat_Tcp_CurrEstab"), None),
    }
    let refused = change.rate("node_netstat_TcpExt_ListenOverflows");
    reading.add("connections.refused", refused, None);
    let files = change.sum("node_filefd_allocated");
    reading.add(
        "files",
        files,
        change.sum("node_filefd_maximum").filter(|most| *most < 1e9),
    );
    temperature(change, reading);
}

/// CPU of all cores and of the busiest one, from a counter of seconds by core and mode.
pub(super) fn processors(change: &Change<'_>, family: &str, core: &str, idle: &[&str], reading: &mut Reading) {
    let Some(rates) = change.rates(family) else { return };
    // By core: seconds at rest a second, and seconds of every kind.
    let mut cores: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (sample, rate) in rates {
        // A guest's time is in its host's already.
        if matches!(sample.label("mode"), "guest" | "guest_nice") {
            continue;
        }
        let sums = cores.entry(sample.label(core)).or_default();
        if idle.contains(&sample.label("mode")) {
            sums.0 += rate;
        }
        sums.1 += rate;
    }
    let busy = |(idle, all): (f64, f64)| (all > 0.0).then(|| 1.0 - idle / all);
    let all = cores
        .values()
        .fold((0.0, 0.0), |sum, core| (sum.0 + core.0, sum.1 + core.1));
    reading.add("cpu", busy(all), None);
    // A core whose seconds are far from one a second was read at another time than the others.
    let whole = cores.values().filter(|(_, all)| (0.5..1.5).contains(all));
    let busiest = whole.filter_map(|core| busy(*core)).reduce(f64::max);
    reading.add("cpu.core", busiest.filter(|_| cores.len() > 1), None);
}

fn steal(change: &Change<'_>) -> Option<f64> {
    let rates = change.rates("node_cpu_seconds_total")?;
    let all: f64 = rates.iter().map(|(_, rate)| rate).sum();
    let stolen = rates.iter().filter(|(sample, _)| sample.label("mode") == "steal");
    let stolen = stolen.map(|(_, rate)| *rate).reduce(|one, other| one + other)?;
    (all > 0.0).then(|| stolen / all)
}

fn memory(change: &Change<'_>, reading: &mut Reading) {
    let total = change.sum("node_memory_MemTotal_bytes");
    let free = change.sum("node_memory_MemAvailable_bytes");
    reading.add("memory", total.zip(free).map(|(total, free)| total - free), total);
    let swapped = [change.rate("node_vmstat_pswpin"), change.rate("node_vmstat_pswpout")];
    let swapped = swapped.into_iter().flatten().reduce(|one, other| one + other);
    reading.add("memory.swapping", swapped, None);
}

fn disks(change: &Change<'_>, reading: &mut Reading) {
    for (sample, busy) in change.rates("node_disk_io_time_seconds_total").into_iter().flatten() {
        let device = sample.label("device");
        if !["loop", "ram", "dm-", "sr", "zram", "fd"]
            .iter()
            .any(|begin| device.starts_with(begin))
        {
            reading.add_of("disk.busy", device, Some(busy), None);
        }
    }
    for size in change.now.samples("node_filesystem_size_bytes") {
        let free = change.now.sample("node_filesystem_avail_bytes", &size.labels);
        let Some(free) = free.filter(|_| !NO_DISK.contains(&size.label("fstype"))) else {
            continue;
        };
        let used = size.value - free.value;
        reading.add_of("disk.space", size.label("mountpoint"), Some(used), Some(size.value));
    }
}

fn networks(change: &Change<'_>, reading: &mut Reading) {
    for (family, kind) in [
        ("node_network_receive_bytes_total", "network.in"),
        ("node_network_transmit_bytes_total", "network.out"),
    ] {
        for (sample, rate) in change.rates(family).into_iter().flatten() {
            let device = sample.label("device");
            let made_up = [
                "lo", "veth", "docker", "br-", "virbr", "cali", "flannel", "cni", "dummy", "tap", "ifb",
            ];
            if made_up.iter().any(|begin| device.starts_with(begin)) {
                continue;
            }
            let speed = change.now.samples("node_network_speed_bytes").iter();
            let speed = speed.filter(|speed| speed.label("device") == device && speed.value > 0.0);
            reading.add_of(kind, device, Some(rate), speed.map(|speed| speed.value).next());
        }
    }
}

/// The sensor that is nearest to its critical temperature, or else the hottest.
fn temperature(change: &Change<'_>, reading: &mut Reading) {
    let sensors = change
        .now
        .samples("node_hwmon_temp_celsius")
        .iter()
        .filter_map(|sensor| {
            let critical = change.now.sample("node_hwmon_temp_crit_celsius", &sensor.labels);
            // Sensors without a wire tell the oddest things.
            let critical = critical
                .map(|critical| critical.value)
                .filter(|value| (40.0..150.0).contains(value));
            (0.0..150.0).contains(&sensor.value).then_some((sensor.value, critical))
        });
    let nearest = sensors.max_by(|one, other| {
        let share = |(value, critical): &(f64, Option<f64>)| critical.map_or(0.0, |critical| value / critical);
        share(one).total_cmp(&share(other)).then(one.0.total_cmp(&other.0))
    });
    match nearest {
        Some((value, critical)) => reading.add("temperature", Some(value), critical),
        None => reading.add("temperature", change.largest("node_thermal_zone_temp"), None),
    }
}
