//! cAdvisor: containers with limits of their own, which the machine's figures do not show.

use crate::change::Change;
use crate::reading::Reading;
use crate::text::Sample;

pub(super) fn read(change: &Change<'_>, reading: &mut Reading) {
    for (sample, cores) in change.rates("container_cpu_usage_seconds_total").into_iter().flatten() {
        // Older versions tell of every core beside the sum.
        if !matches!(sample.label("cpu"), "" | "total") {
            continue;
        }
        let Some(name) = name(sample) else { continue };
        let of = |family: &str| {
            let samples = change.now.samples(family).iter();
            let mut own = samples.filter(|other| other.label("id") == sample.label("id") && other.value > 0.0);
            own.next().map(|other| other.value)
        };
        let quota = of("container_spec_cpu_quota").zip(of("container_spec_cpu_period"));
        reading.add_of(
            "container.cpu",
            &name,
            Some(cores),
            quota.map(|(quota, period)| quota / period),
        );
        let limit = of("container_spec_memory_limit_bytes").filter(|limit| *limit < 1e15);
        reading.add_of(
            "container.memory",
            &name,
            of("container_memory_working_set_bytes"),
            limit,
        );
    }
    let slices = change.rates("container_cpu_cfs_periods_total").into_iter().flatten();
    for (sample, slices) in slices.filter(|(_, slices)| *slices > 0.0) {
        let throttled = change
            .rates("container_cpu_cfs_throttled_periods_total")
            .into_iter()
            .flatten();
        let own = throttled
            .filter(|(other, _)| other.label("id") == sample.label("id"))
            .map(|(_, rate)| rate);
        if let (Some(name), Some(rate)) = (name(sample), own.reduce(f64::max)) {
            reading.add_of("container.throttled", &name, Some(rate / slices), None);
        }
    }
}

/// What people call a container; none for groups that hold others.
fn name(sample: &Sample) -> Option<String> {
    let (name, container, pod) = (sample.label("name"), sample.label("container"), sample.label("pod"));
    match (container, pod, name) {
        ("POD", ..) | ("", _, "") => None,
        ("", _, name) => Some(name.to_owned()),
        (container, "", _) => Some(container.to_owned()),
        (container, pod, _) => Some(format!("{pod}/{container}")),
    }
}
