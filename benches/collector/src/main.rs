//! How many streams one collector takes: seconds of merging for a second of load, its memory, and bytes of stream.
//!
//! `proofload-bench-collector [STREAMS [SECONDS [CALLS]]]`: 1000 streams of 10 seconds with 100 calls a second each, unless said
//! otherwise. The streams are made up: two operations, every part of their calls, latencies of a long tail. Making them is not measured.

use proofload_results::examples::load_record;
use proofload_results::record::stream::StreamWriter;
use proofload_results::record::{
    Collector, Counters, HistogramTag, RunInfo, RunStatus, Second, latency_histogram, part_histogram,
};
use std::io;
use std::time::{Duration, Instant};

const KINDS: [&str; 8] = [
    "response.ok",
    "service.ok",
    "waiting.ok",
    "connect.ok",
    "sending.ok",
    "first-byte.ok",
    "receiving.ok",
    "lag.ok",
];

/// Numbers that look drawn, the same every time.
struct Draw(u64);

impl Draw {
    /// Microseconds with a long tail, 200 at least.
    fn latency_us(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let tail = (self.0 >> 33).trailing_ones();
        200 + ((self.0 >> 20) & 0x3ff) * (1 << tail.min(10))
    }
}

fn run(index: usize, streams: usize, seconds: u32) -> RunInfo {
    RunInfo {
        shard: format!("{}/{streams}", index + 1),
        ..load_record::run(seconds)
    }
}

fn second(number: u32, calls: u64, draw: &mut Draw) -> Second {
    let mut second = Second::new(Counters {
        second: number.into(),
        start_s: f64::from(number),
        length_s: 1.0,
        due: calls,
        sent: calls,
        done: calls,
        ..Counters::default()
    });
    for operation in ["publish", "getTag"] {
        second
            .counters
            .statuses
            .insert(operation.to_owned(), [("200".to_owned(), calls / 2)].into());
        for kind in KINDS {
            let name = if kind == "lag.ok" { "generator" } else { operation };
            let Ok(tag) = format!("{name}.{kind}").parse::<HistogramTag>() else {
                continue;
            };
            let is_part = !matches!(kind, "response.ok" | "service.ok" | "lag.ok");
            let mut histogram = if is_part { part_histogram() } else { latency_histogram() };
            for _ in 0..calls / 2 {
                histogram.saturating_record(draw.latency_us());
            }
            second.histograms.insert(tag, histogram);
        }
    }
    second
}

/// Resident memory of this process in mebibytes; 0 where the system does not tell.
fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}

/// What a writer wrote since it was last asked.
#[derive(Clone, Default)]
struct Shared(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl io::Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .map_err(|_| io::ErrorKind::Other)?
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Shared {
    fn take(&self) -> String {
        let bytes = self.0.lock().map(|mut bytes| std::mem::take(&mut *bytes));
        String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
    }
}

fn main() -> io::Result<()> {
    let mut args = std::env::args().skip(1).filter_map(|arg| arg.parse::<u64>().ok());
    let (streams, seconds, calls) = (args.next(), args.next(), args.next());
    let streams = usize::try_from(streams.unwrap_or(1000)).unwrap_or(1000).clamp(1, 1000);
    let seconds = u32::try_from(seconds.unwrap_or(10)).unwrap_or(10).max(1);
    let calls = calls.unwrap_or(100).clamp(2, 1_000_000);
    let folder = std::env::temp_dir().join(format!("collector-{}", std::process::id()));
    let mut draw = Draw(7);
    let outs: Vec<Shared> = (0..streams).map(|_| Shared::default()).collect();
    let mut writers: Vec<_> = outs.iter().map(|out| StreamWriter::new(out.clone())).collect();
    let before_mib = resident_mib();
    let mut collector = Collector::new((1..=streams).map(|shard| format!("shard {shard}")), Some(&folder));
    let (mut merging, mut bytes, mut largest_mib) = (Duration::ZERO, 0, 0);
    let push = |collector: &mut Collector, merging: &mut Duration, bytes: &mut usize| {
        for (source, out) in outs.iter().enumerate() {
            let text = out.take();
            *bytes += text.len();
            let began = Instant::now();
            for line in text.lines() {
                collector.push(source, line).map_err(io::Error::other)?;
            }
            *merging += began.elapsed();
        }
        io::Result::Ok(())
    };
    for (index, writer) in writers.iter_mut().enumerate() {
        writer.run(&run(index, streams, seconds))?;
    }
    push(&mut collector, &mut merging, &mut bytes)?;
    (merging, bytes) = (Duration::ZERO, 0);
    for number in 0..seconds {
        for writer in &mut writers {
            writer.second(&second(number, calls, &mut draw))?;
        }
        push(&mut collector, &mut merging, &mut bytes)?;
        largest_mib = largest_mib.max(resident_mib());
    }
    let per_second = merging / seconds;
    for (index, writer) in writers.iter_mut().enumerate() {
        let mut ended = run(index, streams, seconds);
        ended.status = RunStatus::Complete;
        writer.end(&ended)?;
    }
    push(&mut collector, &mut merging, &mut bytes)?;
    let merged = collector.finish().map_err(io::Error::other)?;
    std::fs::remove_dir_all(&folder)?;
    let done = merged.totals.arrivals.done;
    if done != calls * streams as u64 * u64::from(seconds) || !merged.lacking.is_empty() {
        return Err(io::Error::other(format!("{done} calls, and {:?}", merged.lacking)));
    }
    let mut out = io::stdout().lock();
    io::Write::write_all(
        &mut out,
        format!(
            "{streams} streams of {seconds} s with {calls} calls a second each: {:.3} s of merging for a second of load, {} MiB ({before_mib} before), {} bytes a second of each stream\n",
            per_second.as_secs_f64(),
            largest_mib,
            bytes / streams / usize::try_from(seconds).unwrap_or(1)
        )
        .as_bytes(),
    )
}
