//! The kinds of figures that are known of a machine under test: what each is called, its unit, and when it is near its limit.

use crate::figures::{percent, three_digits};

/// In what a series is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A share of what there is, 0 to 1.
    Share,
    /// Bytes.
    Bytes,
    /// Bytes a second.
    BytesPerS,
    /// So many a second.
    PerS,
    /// Processors at work: 0.5 is half of one.
    Cores,
    /// Degrees Celsius.
    Celsius,
    /// Watts.
    Watts,
    /// Seconds.
    Seconds,
    /// A number of things.
    Count,
    /// Whatever the one who asked for it knows.
    Plain,
}

/// When a figure counts as near its limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Near {
    /// At this share of its limit, where the limit is known.
    Limit(f64),
    /// At this figure, whatever the limit: it should be next to nothing.
    Figure(f64),
    /// Never: it has no limit of its own.
    Never,
}

/// A kind of figure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kind {
    /// How the record names it.
    pub id: &'static str,
    /// How people do.
    pub title: &'static str,
    /// Its unit.
    pub unit: Unit,
    /// When it is near its limit.
    pub near: Near,
}

/// A series of somebody's own, by `--watch`.
pub const OWN: &str = "own";

const fn kind(id: &'static str, title: &'static str, unit: Unit, near: Near) -> Kind {
    Kind { id, title, unit, near }
}

/// Every kind, in the order in which it is shown.
pub const KINDS: [Kind; 38] = [
    kind("cpu", "CPU of all cores", Unit::Share, Near::Limit(0.9)),
    kind("cpu.core", "CPU of the busiest core", Unit::Share, Near::Limit(0.95)),
    kind(
        "cpu.steal",
        "CPU taken by other virtual machines",
        Unit::Share,
        Near::Figure(0.1),
    ),
    kind(
        "cpu.waiting",
        "time in which something waited for a CPU",
        Unit::Share,
        Near::Figure(0.8),
    ),
    kind(
        "cpu.throttled",
        "CPU throttling events (heat)",
        Unit::PerS,
        Near::Figure(0.01),
    ),
    kind("memory", "memory in use", Unit::Bytes, Near::Limit(0.95)),
    kind("memory.swapping", "pages swapped", Unit::PerS, Near::Figure(50.0)),
    kind("disk.busy", "disk busy", Unit::Share, Near::Limit(0.95)),
    kind("disk.space", "disk space in use", Unit::Bytes, Near::Limit(0.97)),
    kind("network.in", "network received", Unit::BytesPerS, Near::Limit(0.9)),
    kind("network.out", "network sent", Unit::BytesPerS, Near::Limit(0.9)),
    kind("connections", "TCP connections", Unit::Count, Near::Limit(0.95)),
    kind(
        "connections.refused",
        "connections that found the listen queue full",
        Unit::PerS,
        Near::Figure(0.5),
    ),
    kind("files", "open files", Unit::Count, Near::Limit(0.95)),
    kind("temperature", "temperature", Unit::Celsius, Near::Limit(0.97)),
    kind("gpu.busy", "GPU busy", Unit::Share, Near::Limit(0.95)),
    kind("gpu.memory", "GPU memory in use", Unit::Bytes, Near::Limit(0.95)),
    kind("gpu.temperature", "GPU temperature", Unit::Celsius, Near::Limit(0.97)),
    kind("gpu.throttled", "GPU clock throttled", Unit::Share, Near::Figure(0.05)),
    kind("gpu.power", "GPU power", Unit::Watts, Near::Limit(0.97)),
    kind("gpu.decoder", "GPU video decoder busy", Unit::Share, Near::Limit(0.95)),
    kind("gpu.encoder", "GPU video encoder busy", Unit::Share, Near::Limit(0.95)),
    kind("container.cpu", "CPU of the container", Unit::Cores, Near::Limit(0.9)),
    kind(
        "container.throttled",
        "time slices in which the container's CPU quota was used up",
        Unit::Share,
        Near::Figure(0.2),
    ),
    kind(
        "container.memory",
        "memory of the container",
        Unit::Bytes,
        Near::Limit(0.95),
    ),
    kind("process.cpu", "CPU of the process", Unit::Cores, Near::Limit(0.9)),
    kind(
        "process.memory",
        "memory of the process",
        Unit::Bytes,
        Near::Limit(0.95),
    ),
    kind("process.threads", "threads of the process", Unit::Count, Near::Never),
    kind(
        "process.handles",
        "handles of the process",
        Unit::Count,
        Near::Limit(0.95),
    ),
    kind(
        "process.gc",
        "time in garbage collection",
        Unit::Share,
        Near::Figure(0.2),
    ),
    kind("server.active", "requests in the server", Unit::Count, Near::Never),
    kind(
        "server.queued",
        "requests that wait in the server",
        Unit::Count,
        Near::Figure(1.0),
    ),
    kind(
        "server.connections",
        "connections of the server",
        Unit::Count,
        Near::Limit(0.95),
    ),
    kind(
        "server.connections.queued",
        "connections that wait in the server",
        Unit::Count,
        Near::Figure(1.0),
    ),
    kind(
        "server.threads",
        "threads of the server's pool",
        Unit::Count,
        Near::Limit(0.95),
    ),
    kind(
        "server.threads.queued",
        "work that waits for a thread of the server's pool",
        Unit::Count,
        Near::Figure(4.0),
    ),
    kind(
        "server.lag",
        "delay of the server's event loop",
        Unit::Seconds,
        Near::Figure(0.1),
    ),
    kind(OWN, "", Unit::Plain, Near::Never),
];

impl Kind {
    /// The kind with an id, as in `cpu`.
    pub fn of(id: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.id == id)
    }

    /// Where it stands among the others.
    pub fn place(&self) -> usize {
        KINDS.iter().position(|kind| kind.id == self.id).unwrap_or(KINDS.len())
    }
}

impl Unit {
    /// How JSON names it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Share => "share",
            Self::Bytes => "bytes",
            Self::BytesPerS => "bytes/s",
            Self::PerS => "1/s",
            Self::Cores => "cores",
            Self::Celsius => "celsius",
            Self::Watts => "watts",
            Self::Seconds => "seconds",
            Self::Count => "count",
            Self::Plain => "",
        }
    }

    /// The unit with a name; plain for any that is not known.
    pub fn named(word: &str) -> Self {
        const ALL: [Unit; 9] = [
            Unit::Share,
            Unit::Bytes,
            Unit::BytesPerS,
            Unit::PerS,
            Unit::Cores,
            Unit::Celsius,
            Unit::Watts,
            Unit::Seconds,
            Unit::Count,
        ];
        ALL.into_iter().find(|unit| unit.word() == word).unwrap_or(Self::Plain)
    }

    /// A figure with its unit, as people read it: `97%`, `1.2 GB`, `0.50 cores`.
    pub fn shown(self, figure: f64) -> String {
        match self {
            Self::Share => percent((figure * 1e3).round() / 1e3),
            Self::Bytes => bytes(figure),
            Self::BytesPerS => format!("{}/s", bytes(figure)),
            Self::PerS => format!("{}/s", plain(figure)),
            Self::Cores => format!("{figure:.2} cores"),
            Self::Celsius => format!("{figure:.0} °C"),
            Self::Watts => format!("{figure:.0} W"),
            Self::Seconds => format!("{} ms", plain(figure * 1e3)),
            Self::Count | Self::Plain => plain(figure),
        }
    }
}

/// A number of any size: whole ones as they are, others with three digits.
fn plain(figure: f64) -> String {
    if figure.fract() == 0.0 && figure.abs() < 1e15 {
        format!("{figure:.0}")
    } else if figure.abs() >= 0.995 {
        three_digits(figure)
    } else {
        format!("{figure:.3}")
    }
}

/// Bytes in the largest decimal unit that leaves a digit before the point.
fn bytes(figure: f64) -> String {
    const UNITS: [(f64, &str); 4] = [(1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let unit = UNITS.iter().find(|(size, _)| figure.abs() >= *size * 0.9995);
    match unit {
        Some((size, name)) => format!("{} {name}", three_digits(figure / size)),
        None => format!("{figure:.0} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_kind_has_a_name_of_its_own_and_is_found_by_it() {
        let ids: BTreeSet<&str> = KINDS.iter().map(|kind| kind.id).collect();
        assert_eq!(ids.len(), KINDS.len());
        for (place, kind) in KINDS.iter().enumerate() {
            assert_eq!(Kind::of(kind.id).map(Kind::place), Some(place));
            assert_eq!(Unit::named(kind.unit.word()), kind.unit);
        }
        assert_eq!(Kind::of("nothing"), None);
    }

    #[test]
    fn figures_are_read_as_people_write_them() {
        let shown = [
            (Unit::Share, 0.974, "97.4%"),
            (Unit::Share, 1.0, "100%"),
            (Unit::Bytes, 999.0, "999 B"),
            (Unit::Bytes, 1.2e9, "1.20 GB"),
            (Unit::BytesPerS, 117.4e6, "117 MB/s"),
            (Unit::Cores, 0.5, "0.50 cores"),
            (Unit::Count, 4096.0, "4096"),
            (Unit::Seconds, 0.0123, "12.3 ms"),
            (Unit::PerS, 0.25, "0.250/s"),
            (Unit::Celsius, 83.4, "83 °C"),
            (Unit::Plain, -2.5, "-2.50"),
        ];
        for (unit, figure, text) in shown {
            assert_eq!(unit.shown(figure), text);
        }
    }
}
