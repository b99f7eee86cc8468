//! Recorded pages in the form that the exporters document, with figures of round numbers.

#![expect(clippy::float_cmp, reason = "figures that are what they are, or the test is wrong")]

use super::*;
use crate::text::Page;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What two pages give that lie ten seconds apart: values and limits by name.
fn read_both(before: &str, now: &str) -> (BTreeMap<String, f64>, BTreeMap<String, f64>) {
    let (before, now) = (Page::read(before, is_wanted), Page::read(now, is_wanted));
    let mut reading = Reading::default();
    read(&Change::new(Some(&before), &now, 10.0), &mut reading);
    let named = |figures: BTreeMap<_, f64>| {
        let each = figures.into_iter();
        each.map(|(name, figure): (proofload_results::watched::SeriesName, f64)| (name.to_string(), figure))
            .collect()
    };
    (named(reading.values), named(reading.limits))
}

/// A page some of whose lines tell of another figure later.
fn later(page: &str, changed: &[(&str, &str)]) -> String {
    changed.iter().fold(page.to_owned(), |page, (before, after)| {
        assert!(page.contains(before), "{before}");
        page.replace(before, after)
    })
}

#[test]
fn a_gpu_as_dcgm_tells_of_it() {
    let page = include_str!("pages/dcgm-exporter.txt");
    let (values, limits) = read_both(page, page);
    assert_eq!(values["gpu.busy[box/0]"], 0.97);
    assert_eq!(values["gpu.memory[box/0]"], 14172.0 * 1_048_576.0);
    assert_eq!(limits["gpu.memory[box/0]"], 15096.0 * 1_048_576.0);
    assert_eq!(values["gpu.temperature[box/0]"], 83.0);
    assert_eq!(values["gpu.throttled[box/0]"], 1.0, "36 is a power cap and heat");
    assert_eq!(values["gpu.power[box/0]"], 69.83);
    let idle = later(page, &[("} 36", "} 1")]);
    assert_eq!(
        read_both(&idle, &idle).0["gpu.throttled[box/0]"],
        0.0,
        "an idle clock is not throttled"
    );
}

#[test]
fn a_windows_machine() {
    let page = include_str!("pages/windows_exporter.txt");
    let after = later(
        page,
        &[
            ("core=\"0,0\",mode=\"idle\"} 1000", "core=\"0,0\",mode=\"idle\"} 1001"),
            ("core=\"0,0\",mode=\"user\"} 500", "core=\"0,0\",mode=\"user\"} 509"),
            ("core=\"0,1\",mode=\"idle\"} 1000", "core=\"0,1\",mode=\"idle\"} 1010"),
            ("volume=\"C:\"} 900", "volume=\"C:\"} 905"),
            ("Connection\"} 1000", "Connection\"} 1000001000"),
            (
                "mode=\"user\",process=\"Identities.Api\",process_id=\"4242\"} 100",
                "mode=\"user\",process=\"Identities.Api\",process_id=\"4242\"} 105",
            ),
            ("process_id=\"0\"} 2000", "process_id=\"0\"} 2010"),
        ],
    );
    let (values, limits) = read_both(page, &after);
    assert!((values["cpu"] - 0.45).abs() < 1e-9, "{values:?}");
    assert!((values["cpu.core"] - 0.9).abs() < 1e-9);
    assert_eq!((values["memory"], limits["memory"]), (1.2e10, 1.6e10));
    assert_eq!(values["disk.busy[C:]"], 0.5);
    assert_eq!((values["disk.space[C:]"], limits["disk.space[C:]"]), (3e10, 5e10));
    let nic = "network.out[Intel[R] Ethernet Connection]";
    assert_eq!((values[nic], limits[nic]), (1e8, 1.25e8));
    assert_eq!(values["process.cpu[Identities.Api]"], 0.5);
    assert_eq!(values["process.memory[Identities.Api]"], 1.2e9);
    assert_eq!(values["process.threads[Identities.Api]"], 44.0);
    assert!(!values.contains_key("process.cpu"), "that is the exporter's own");
    assert!(
        !values
            .keys()
            .any(|name| name.contains("Idle") || name.contains("Harddisk"))
    );
}

#[test]
fn an_asp_net_core_server_tells_of_itself() {
    let page = include_str!("pages/aspnetcore.txt");
    let after = later(
        page,
        &[
            (
                "duration_nanoseconds_total 5000000000",
                "duration_nanoseconds_total 6000000000",
            ),
            ("\"user\"} 10", "\"user\"} 45"),
        ],
    );
    let (values, limits) = read_both(page, &after);
    assert_eq!((values["process.cpu"], limits["process.cpu"]), (3.5, 4.0));
    assert_eq!(values["process.gc"], 0.1);
    assert_eq!(values["process.memory"], 2.5e8);
    assert_eq!(values["server.active"], 12.0);
    assert_eq!(values["server.queued"], 3.0);
    assert_eq!(values["server.connections"], 40.0);
    assert_eq!(values["server.threads.queued"], 9.0);
}

#[test]
fn a_linux_machine_and_its_limits() {
    let page = |idle: u32, user: u32, sent: f64, busy: f64| {
        format!(
            "node_cpu_seconds_total{{cpu=\"0\",mode=\"idle\"}} {idle}\nnode_cpu_seconds_total{{cpu=\"0\",mode=\"user\"}} {user}\n\
             node_cpu_seconds_total{{cpu=\"1\",mode=\"idle\"}} {}\nnode_cpu_seconds_total{{cpu=\"1\",mode=\"steal\"}} {}\n\
             node_memory_MemTotal_bytes 8e9\nnode_memory_MemAvailable_bytes 2e9\n\
             node_network_transmit_bytes_total{{device=\"eth0\"}} {sent}\nnode_network_transmit_bytes_total{{device=\"lo\"}} {sent}\n\
             node_network_transmit_bytes_total{{device=\"wlan0\"}} {sent}\n\
             node_network_speed_bytes{{device=\"eth0\"}} 1.25e8\nnode_network_speed_bytes{{device=\"wlan0\"}} -125000\n\
             node_disk_io_time_seconds_total{{device=\"nvme0n1\"}} {busy}\nnode_disk_io_time_seconds_total{{device=\"loop1\"}} {busy}\n\
             node_filesystem_size_bytes{{device=\"a\",fstype=\"ext4\",mountpoint=\"/\"}} 100\nnode_filesystem_avail_bytes{{device=\"a\",fstype=\"ext4\",mountpoint=\"/\"}} 25\n\
             node_filesystem_size_bytes{{device=\"b\",fstype=\"tmpfs\",mountpoint=\"/run\"}} 100\nnode_filesystem_avail_bytes{{device=\"b\",fstype=\"tmpfs\",mountpoint=\"/run\"}} 25\n\
             node_hwmon_temp_celsius{{chip=\"a\",sensor=\"1\"}} 60\nnode_hwmon_temp_crit_celsius{{chip=\"a\",sensor=\"1\"}} 100\n\
             node_hwmon_temp_celsius{{chip=\"b\",sensor=\"1\"}} 55\nnode_hwmon_temp_crit_celsius{{chip=\"b\",sensor=\"1\"}} 60\n\
             node_filefd_allocated 900\nnode_filefd_maximum 9.223372036854776e+18\nprocess_cpu_seconds_total {busy}\nnode_exporter_build_info{{version=\"1\"}} 1\n",
            idle,
            user / 10,
        )
    };
    let (values, limits) = read_both(&page(100, 500, 0.0, 0.0), &page(101, 509, 1.2e9, 9.9));
    assert!((values["cpu.core"] - 0.9).abs() < 1e-9, "{values:?}");
    assert_eq!((values["memory"], limits["memory"]), (6e9, 8e9));
    assert_eq!(
        (values["network.out[eth0]"], limits["network.out[eth0]"]),
        (1.2e8, 1.25e8)
    );
    assert!(values.contains_key("network.out[wlan0]") && !limits.contains_key("network.out[wlan0]"));
    assert!((values["disk.busy[nvme0n1]"] - 0.99).abs() < 1e-9);
    assert_eq!((values["disk.space[/]"], limits["disk.space[/]"]), (75.0, 100.0));
    assert_eq!((values["temperature"], limits["temperature"]), (55.0, 60.0));
    assert_eq!(values["files"], 900.0);
    for none in ["network.out[lo]", "disk.busy[loop1]", "disk.space[/run]", "process.cpu"] {
        assert!(!values.contains_key(none), "{none}");
    }
    assert!(!limits.contains_key("files"), "no limit is none");
}

#[test]
fn a_container_at_its_quota_and_the_busiest_processes() {
    let page = |usage: f64, throttled: f64, one: f64| {
        let id = "id=\"/docker/abc\",name=\"api\"";
        let mut page = format!(
            "container_cpu_usage_seconds_total{{{id},cpu=\"total\"}} {usage}\ncontainer_spec_cpu_quota{{{id}}} 50000\ncontainer_spec_cpu_period{{{id}}} 100000\n\
             container_cpu_cfs_periods_total{{{id}}} {}\ncontainer_cpu_cfs_throttled_periods_total{{{id}}} {throttled}\n\
             container_memory_working_set_bytes{{{id}}} 9e8\ncontainer_spec_memory_limit_bytes{{{id}}} 1e9\n\
             container_cpu_usage_seconds_total{{id=\"/\",cpu=\"total\"}} {usage}\n",
            usage * 20.0
        );
        for number in 0..20 {
            let seconds = one * f64::from(number);
            let _ = writeln!(
                page,
                "namedprocess_namegroup_cpu_seconds_total{{groupname=\"p{number}\",mode=\"user\"}} {seconds}"
            );
        }
        page
    };
    let (values, limits) = read_both(&page(0.0, 0.0, 0.0), &page(5.0, 90.0, 1.0));
    assert_eq!((values["container.cpu[api]"], limits["container.cpu[api]"]), (0.5, 0.5));
    assert_eq!(values["container.throttled[api]"], 0.9);
    assert_eq!(
        (values["container.memory[api]"], limits["container.memory[api]"]),
        (9e8, 1e9)
    );
    let processes: Vec<_> = values.keys().filter(|name| name.starts_with("process.cpu")).collect();
    assert_eq!(processes.len(), 6);
    assert_eq!(values["process.cpu[p19]"], 1.9);
}
