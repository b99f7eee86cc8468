//! `dcgm-exporter` and `nvidia_gpu_exporter`: GPUs.

use crate::change::Change;
use crate::reading::Reading;
use crate::text::Sample;

/// Bytes in a mebibyte, which is what DCGM counts memory in.
const MIB: f64 = 1_048_576.0;
/// From here on a figure stands for "there is none".
const BLANK: f64 = 2_147_483_632.0;
/// The reasons of a mask for which a clock is lower than the work asks for: power cap, hardware slowdown, heat (software and
/// hardware), power brake. That it is idle, or was set so by somebody, is no throttling.
const THROTTLES: u64 = 0x4 | 0x8 | 0x20 | 0x40 | 0x80;

pub(super) fn read(change: &Change<'_>, reading: &mut Reading) {
    dcgm(change, reading);
    nvidia_smi(change, reading);
}

fn dcgm(change: &Change<'_>, reading: &mut Reading) {
    let gauge = |reading: &mut Reading, family: &str, kind: &str, factor: f64| {
        for sample in change.now.samples(family) {
            let value = Some(sample.value).filter(|value| *value < BLANK);
            reading.add_of(kind, &name(sample), value.map(|value| value * factor), None);
        }
    };
    gauge(reading, "DCGM_FI_DEV_GPU_UTIL", "gpu.busy", 0.01);
    // A GPU that is shared in slices has no utilisation as a whole; its engines have.
    if change.now.samples("DCGM_FI_DEV_GPU_UTIL").is_empty() {
        gauge(reading, "DCGM_FI_PROF_GR_ENGINE_ACTIVE", "gpu.busy", 1.0);
    }
    gauge(reading, "DCGM_FI_DEV_DEC_UTIL", "gpu.decoder", 0.01);
    gauge(reading, "DCGM_FI_DEV_ENC_UTIL", "gpu.encoder", 0.01);
    let beside = |family: &str, sample: &Sample| {
        let same = change
            .now
            .samples(family)
            .iter()
            .find(|other| name(other) == name(sample));
        same.map(|other| other.value).filter(|value| *value < BLANK)
    };
    for used in change.now.samples("DCGM_FI_DEV_FB_USED") {
        let free = beside("DCGM_FI_DEV_FB_FREE", used);
        let total = beside("DCGM_FI_DEV_FB_TOTAL", used);
        let total = total
            .or_else(|| free.map(|free| free + used.value + beside("DCGM_FI_DEV_FB_RESERVED", used).unwrap_or(0.0)));
        let value = Some(used.value).filter(|value| *value < BLANK);
        let bytes = |mib: f64| mib * MIB;
        reading.add_of("gpu.memory", &name(used), value.map(bytes), total.map(bytes));
    }
    for degrees in change.now.samples("DCGM_FI_DEV_GPU_TEMP") {
        let limit = beside("DCGM_FI_DEV_SLOWDOWN_TEMP", degrees);
        reading.add_of("gpu.temperature", &name(degrees), Some(degrees.value), limit);
    }
    for power in change.now.samples("DCGM_FI_DEV_POWER_USAGE") {
        let limit =
            beside("DCGM_FI_DEV_ENFORCED_POWER_LIMIT", power).or_else(|| beside("DCGM_FI_DEV_POWER_MGMT_LIMIT", power));
        reading.add_of("gpu.power", &name(power), Some(power.value), limit);
    }
    throttling(change, reading);
}

/// The share of the time in which a clock was throttled: by the mask of reasons, or by counters of how long.
fn throttling(change: &Change<'_>, reading: &mut Reading) {
    let masks = change.first(&["DCGM_FI_DEV_CLOCKS_EVENT_REASONS", "DCGM_FI_DEV_CLOCK_THROTTLE_REASONS"]);
    if let Some(family) = masks {
        for sample in change.now.samples(family) {
            let throttled = mask(sample.value) & THROTTLES != 0;
            reading.add_of(
                "gpu.throttled",
                &name(sample),
                Some(f64::from(u8::from(throttled))),
                None,
            );
        }
        return;
    }
    for family in ["DCGM_FI_DEV_THERMAL_VIOLATION", "DCGM_FI_DEV_POWER_VIOLATION"] {
        for (sample, rate) in change.rates(family).into_iter().flatten() {
            // Documented in microseconds, and told in nanoseconds by most versions: either way more than nothing is some.
            let share = if rate > 1e6 { rate / 1e9 } else { rate / 1e6 };
            if share > 0.0 {
                reading.add_of("gpu.throttled", &name(sample), Some(share.min(1.0)), None);
            }
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a mask of a few bits; casts saturate"
)]
fn mask(value: f64) -> u64 {
    value as u64
}

/// A GPU's number, with the slice of it where it is shared.
fn name(sample: &Sample) -> String {
    let host = sample.label("Hostname");
    let gpu = match sample.label("gpu") {
        "" => sample.label("device"),
        gpu => gpu,
    };
    // One exporter may tell of a whole cluster.
    let gpu = if host.is_empty() {
        gpu.to_owned()
    } else {
        format!("{host}/{gpu}")
    };
    match sample.label("GPU_I_ID") {
        "" => gpu,
        slice => format!("{gpu}/{slice}"),
    }
}

fn nvidia_smi(change: &Change<'_>, reading: &mut Reading) {
    let gauge = |reading: &mut Reading, family: &str, kind: &str, limit: Option<&str>| {
        for (place, sample) in change.now.samples(family).iter().enumerate() {
            let limit = limit.and_then(|limit| change.now.sample(limit, &sample.labels));
            let of = place.to_string();
            reading.add_of(kind, &of, Some(sample.value), limit.map(|limit| limit.value));
        }
    };
    gauge(reading, "nvidia_smi_utilization_gpu_ratio", "gpu.busy", None);
    gauge(reading, "nvidia_smi_utilization_decoder_ratio", "gpu.decoder", None);
    gauge(reading, "nvidia_smi_utilization_encoder_ratio", "gpu.encoder", None);
    gauge(
        reading,
        "nvidia_smi_memory_used_bytes",
        "gpu.memory",
        Some("nvidia_smi_memory_total_bytes"),
    );
    gauge(reading, "nvidia_smi_temperature_gpu", "gpu.temperature", None);
    gauge(
        reading,
        "nvidia_smi_power_draw_watts",
        "gpu.power",
        Some("nvidia_smi_power_default_limit_watts"),
    );
}
