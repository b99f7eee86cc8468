//! What this machine limits: how many connections a load can have, and whether somebody else is using it.

use std::fs;

/// What this machine limits. What the system does not tell is none.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Machine {
    /// Processors.
    pub processors: usize,
    /// Files and connections that one process may have open.
    pub open_files: Option<u64>,
    /// Local ports for connections to one address.
    pub ports: Option<u32>,
    /// Processes that were running or waiting to run, over the last minute.
    pub busy: Option<f64>,
}

/// Asks the system.
pub fn machine() -> Machine {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    Machine {
        processors: std::thread::available_parallelism().map_or(1, usize::from),
        open_files: open_files(&read("/proc/self/limits")),
        ports: ports(&read("/proc/sys/net/ipv4/ip_local_port_range")),
        busy: read("/proc/loadavg")
            .split(' ')
            .next()
            .and_then(|load| load.parse().ok()),
    }
}

/// The hard limit, up to which a process may raise its own.
fn open_files(limits: &str) -> Option<u64> {
    let line = limits.lines().find(|line| line.starts_with("Max open files"))?;
    line.split_whitespace().nth(4)?.parse().ok()
}

fn ports(range: &str) -> Option<u32> {
    let mut ends = range.split_whitespace().map(str::parse::<u32>);
    let (first, last) = (ends.next()?.ok()?, ends.next()?.ok()?);
    (last >= first).then(|| last - first + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_tables_are_read() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max open files            1024                 524288               files     \n";
        assert_eq!(open_files(limits), Some(524_288));
        assert_eq!(
            open_files("Max open files            unlimited            unlimited            files"),
            None
        );
        assert_eq!(ports("32768\t60999\n"), Some(28_232));
        for wrong in ["", "5", "9 3", "a b"] {
            assert_eq!(ports(wrong), None, "{wrong:?}");
        }
    }
}
