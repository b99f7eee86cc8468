//! What was at its limit together with a miss, and what grew with the queue.
//!
//! Together with, and never because of: two things that are seen at the same time may both come from a third.

use crate::sums::{Seen, Sums};
use proofload_results::course::Course;
use proofload_results::figures::percent;
use proofload_results::watched::{Near, RanOut, SeriesName, Spent, Unit};

/// A series that was near its limit in a smaller share of the looks was not at it.
const LEAST_SHARE: f64 = 0.2;
/// Nor was one that was near it in fewer looks.
const LEAST_LOOKS: f64 = 2.0;
/// A series grows with the queue when the order of its spans is that of the queue's to this degree (Spearman's rank correlation)...
const GOES_WITH: f64 = 0.7;
/// ...and its mean while the queue is long is so many times that while it is short.
const GREW: f64 = 1.25;
/// Fewer spans say nothing of two courses.
const LEAST_SPANS: usize = 12;
/// The queue has to grow itself, by so many times.
const QUEUE_GREW: f64 = 1.5;
/// A process stands still when its processors' time differs by so little of its mean while the queue is long (one standard deviation)...
const STANDS: f64 = 0.05;
/// ...and it uses some: this many cores at least.
const LEAST_CORES: f64 = 0.05;
/// No sentence names more series.
const NAMED: usize = 4;

/// How one gets an exporter, a line a system.
pub const NO_EXPORTER: &str = "nothing was watched, so what ran out is not known: run an exporter on the server and name it with its URL \
(Debian or Ubuntu: apt install prometheus-node-exporter, port 9100; Windows: windows_exporter, port 9182; NVIDIA GPUs: dcgm-exporter, port 9400; \
ASP.NET Core: its own /metrics)";

/// What ran out in a run in which an objective was missed; `queue` is the course of the calls under way.
pub fn ran_out(sums: &Sums, queue: &Course) -> RanOut {
    let mut at_limit: Vec<(f64, Spent)> = Vec::new();
    let mut stood: Vec<(f64, Spent)> = Vec::new();
    let mut grew: Vec<(f64, Spent)> = Vec::new();
    let several = sums.sources() > 1;
    for (source, name, seen) in sums.each() {
        let of = if several {
            format!(" on {source}")
        } else {
            String::new()
        };
        if let Some((share, spent)) = at_its_limit(source, name, seen, &of) {
            at_limit.push((share, spent));
            continue;
        }
        let Some(beside) = BesideQueue::of(seen, queue) else {
            continue;
        };
        if let Some(spent) = beside.stood(source, name, seen, &of) {
            stood.push((spent.figure, spent));
        } else if let Some((degree, spent)) = beside.grown(source, name, seen, &of) {
            grew.push((degree, spent));
        }
    }
    let ordered = |mut found: Vec<(f64, Spent)>| -> Vec<Spent> {
        found.sort_by(|one, other| {
            let place = |spent: &Spent| spent.series.kind().place();
            other.0.total_cmp(&one.0).then(place(&one.1).cmp(&place(&other.1)))
        });
        found.into_iter().map(|(_, spent)| spent).collect()
    };
    let mut ran_out = RanOut {
        sentence: String::new(),
        at_limit: ordered(at_limit),
        stood: ordered(stood),
        grew: ordered(grew),
    };
    ran_out.sentence = sentence(&ran_out, sums.each().next().is_some());
    ran_out
}

fn sentence(ran_out: &RanOut, anything: bool) -> String {
    let RanOut {
        at_limit, stood, grew, ..
    } = ran_out;
    if !anything {
        return "the exporters gave no figure in this time, so what ran out is not known".to_owned();
    }
    let named = |spent: &[Spent]| {
        let words: Vec<&str> = spent.iter().take(NAMED).map(|spent| spent.words.as_str()).collect();
        let more = spent.len().saturating_sub(NAMED);
        let more = if more > 0 {
            format!(", and {more} more")
        } else {
            String::new()
        };
        format!("{}{more}", words.join(", "))
    };
    let halt = match stood.as_slice() {
        [] => String::new(),
        _ => format!(
            "; however many calls waited, no more than this was used: {}, as under a quota or behind a lock",
            named(stood)
        ),
    };
    let growth = match grew.as_slice() {
        [] => String::new(),
        _ => format!("; with the calls under way grew {}", named(grew)),
    };
    match at_limit.as_slice() {
        [] if stood.is_empty() => format!(
            "nothing that was watched was near its limit{growth}: look at locks, connection limits, the database, the licence"
        ),
        [] => format!(
            "nothing that was watched was near a limit that is known{halt}{growth}: look at quotas, locks, connection limits, the database, the licence"
        ),
        [_] => format!("together with it was at its limit: {}{halt}{growth}", named(at_limit)),
        _ => format!(
            "together with it were at their limits: {}{halt}{growth}",
            named(at_limit)
        ),
    }
}

fn at_its_limit(source: &str, name: &SeriesName, seen: &Seen, of: &str) -> Option<(f64, Spent)> {
    let share = seen.near_share(name)?;
    let (mean, looks) = seen.near_mean()?;
    if share < LEAST_SHARE || looks < LEAST_LOOKS {
        return None;
    }
    let unit = name.unit();
    let limit = seen.limit.filter(|_| matches!(name.near(), Near::Limit(_)));
    let whole = match (unit, limit) {
        (Unit::Share, _) | (_, None) => String::new(),
        (_, Some(limit)) => format!(" of {}", unit.shown(limit)),
    };
    let thread = if name.kind().id == "process.cpu" && mean < 1.05 && limit.is_none_or(|limit| limit > 1.05) {
        ", as much as one thread can use"
    } else {
        ""
    };
    let time = if share < 0.9 {
        format!(", {} of the time", percent((share * 100.0).round() / 100.0))
    } else {
        String::new()
    };
    let spent = Spent {
        source: source.to_owned(),
        series: name.clone(),
        words: format!("{}{of} {}{whole}{thread}{time}", name.title(), unit.shown(mean)),
        figure: mean,
        limit,
    };
    Some((share, spent))
}

/// A series beside the queue: its figures in the spans in which the queue was shortest and longest, a third each.
struct BesideQueue {
    /// Calls under way and the figure, from the shortest queue to the longest.
    pairs: Vec<(f64, f64)>,
}

impl BesideQueue {
    /// None where the spans are too few, or the queue itself did not grow.
    fn of(seen: &Seen, queue: &Course) -> Option<Self> {
        let (own, queue) = (seen.course.as_wide_as(queue), queue.as_wide_as(&seen.course));
        let mut pairs: Vec<(f64, f64)> = Vec::new();
        let mut queue = queue.points().peekable();
        for (at_s, figure) in own.points() {
            while queue.next_if(|(other_s, _)| *other_s < at_s - 1e-9).is_some() {}
            if let Some((_, waiting)) = queue.next_if(|(other_s, _)| (other_s - at_s).abs() < 1e-9) {
                pairs.push((waiting, figure));
            }
        }
        if pairs.len() < LEAST_SPANS {
            return None;
        }
        pairs.sort_by(|one, other| one.0.total_cmp(&other.0));
        let beside = Self { pairs };
        let (short, long) = (means(beside.short()), means(beside.long()));
        (long.0 >= QUEUE_GREW * short.0.max(1.0)).then_some(beside)
    }

    fn short(&self) -> &[(f64, f64)] {
        &self.pairs[..self.pairs.len() / 3]
    }

    fn long(&self) -> &[(f64, f64)] {
        &self.pairs[self.pairs.len() - self.pairs.len() / 3..]
    }

    /// Processors' time that did not go on growing with the queue.
    fn stood(&self, source: &str, name: &SeriesName, seen: &Seen, of: &str) -> Option<Spent> {
        let (_, mean) = means(self.long());
        let squares = self.long().iter().map(|pair| (pair.1 - mean).powi(2));
        #[expect(clippy::cast_precision_loss, reason = "a thousand spans at most")]
        let deviation = (squares.sum::<f64>() / self.long().len() as f64).sqrt();
        let stands = name.unit() == Unit::Cores && mean >= LEAST_CORES && deviation <= STANDS * mean;
        stands.then(|| Spent {
            source: source.to_owned(),
            series: name.clone(),
            words: format!("{}{of} {}", name.title(), name.unit().shown(mean)),
            figure: mean,
            limit: seen.limit,
        })
    }

    fn grown(&self, source: &str, name: &SeriesName, seen: &Seen, of: &str) -> Option<(f64, Spent)> {
        let ((_, short), (_, long)) = (means(self.short()), means(self.long()));
        if long < GREW * short || long <= 0.0 {
            return None;
        }
        let degree = rank_correlation(&self.pairs);
        let spent = Spent {
            source: source.to_owned(),
            series: name.clone(),
            words: format!(
                "{}{of} from {} to {}",
                name.title(),
                name.unit().shown(short),
                name.unit().shown(long)
            ),
            figure: long,
            limit: seen.limit,
        };
        (degree >= GOES_WITH).then_some((degree, spent))
    }
}

fn means(pairs: &[(f64, f64)]) -> (f64, f64) {
    #[expect(clippy::cast_precision_loss, reason = "a thousand spans at most")]
    let count = pairs.len().max(1) as f64;
    let sums = pairs
        .iter()
        .fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    (sums.0 / count, sums.1 / count)
}

/// Spearman's rank correlation, ties at their mean rank.
fn rank_correlation(pairs: &[(f64, f64)]) -> f64 {
    let ones = ranks(pairs.iter().map(|pair| pair.0));
    let others = ranks(pairs.iter().map(|pair| pair.1));
    let joined: Vec<(f64, f64)> = ones.into_iter().zip(others).collect();
    let (mean_one, mean_other) = means(&joined);
    let (mut both, mut one, mut other) = (0.0, 0.0, 0.0);
    for (x, y) in joined {
        both += (x - mean_one) * (y - mean_other);
        one += (x - mean_one).powi(2);
        other += (y - mean_other).powi(2);
    }
    if one > 0.0 && other > 0.0 {
        both / (one * other).sqrt()
    } else {
        0.0
    }
}

fn ranks(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut ordered: Vec<(usize, f64)> = values.enumerate().collect();
    ordered.sort_by(|one, other| one.1.total_cmp(&other.1));
    let mut ranks = vec![0.0; ordered.len()];
    let mut from = 0;
    for ties in ordered.chunk_by(|one, other| one.1.total_cmp(&other.1).is_eq()) {
        #[expect(clippy::cast_precision_loss, reason = "a thousand spans at most")]
        let rank = from as f64 + ties.len() as f64 / 2.0;
        for (place, _) in ties {
            ranks[*place] = rank;
        }
        from += ties.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::watched::Look;

    /// A series, its figure at each time, and how much there is of it.
    type Told = (&'static str, fn(f64) -> f64, Option<f64>);

    /// A run of 60 seconds whose queue grows in its second half.
    fn run(series: &[Told]) -> RanOut {
        let (mut sums, mut queue) = (Sums::default(), Course::default());
        for second in 0..60 {
            let at_s = f64::from(second) + 0.5;
            queue.add(at_s, if second < 30 { 4.0 } else { f64::from(second) * 4.0 });
            let mut look = Look {
                at_s,
                source: "box".to_owned(),
                ..Look::default()
            };
            for (name, figure, limit) in series {
                look.values.insert(name.parse().unwrap(), figure(at_s));
                look.limits.extend(limit.map(|limit| (name.parse().unwrap(), limit)));
            }
            sums.add(&look);
        }
        ran_out(&sums, &queue)
    }

    #[test]
    fn what_is_at_its_limit_is_named_with_its_figure_and_never_as_a_cause() {
        let ran = run(&[
            ("cpu", |at_s| if at_s < 30.0 { 0.4 } else { 0.98 }, Some(1.0)),
            ("memory", |_| 4e9, Some(16e9)),
            ("network.out[eth0]", |_| 121e6, Some(125e6)),
            (
                "process.threads",
                |at_s| if at_s < 30.0 { 20.0 } else { at_s * 2.0 },
                None,
            ),
            (
                "disk.busy[sda]",
                |at_s| if at_s.rem_euclid(2.0) < 1.0 { 0.1 } else { 0.2 },
                Some(1.0),
            ),
        ]);
        assert_eq!(
            ran.sentence,
            "together with it were at their limits: network sent (eth0) 121 MB/s of 125 MB/s, CPU of all cores 98%, 50% of the time; \
             with the calls under way grew threads of the process from 20 to 100"
        );
        assert!(!ran.sentence.contains("because"));
        assert!((ran.at_limit[1].figure - 0.98).abs() < 1e-9);
    }

    #[test]
    fn where_nothing_is_near_its_limit_it_says_where_to_look() {
        let ran = run(&[("cpu", |_| 0.3, Some(1.0))]);
        assert!(
            ran.sentence
                .contains("nothing that was watched was near its limit: look at locks, connection limits")
        );
        assert!(ran.at_limit.is_empty() && ran.grew.is_empty());
        assert!(run(&[]).sentence.contains("gave no figure"));
    }

    #[test]
    fn a_single_thread_and_a_quota_are_limits_too() {
        let ran = run(&[
            ("process.cpu", |_| 0.99, Some(8.0)),
            ("container.cpu[api]", |_| 0.49, Some(0.5)),
        ]);
        assert!(
            ran.sentence
                .contains("CPU of the process 0.99 cores of 8.00 cores, as much as one thread can use"),
            "{}",
            ran.sentence
        );
        assert!(
            ran.sentence
                .contains("CPU of the container (api) 0.49 cores of 0.50 cores")
        );
    }

    #[test]
    fn a_process_that_uses_no_more_however_many_calls_wait_is_told_with_its_figure() {
        let ran = run(&[
            ("cpu", |_| 0.3, Some(1.0)),
            ("process.cpu", |at_s| if at_s < 30.0 { 0.2 } else { 0.5 }, Some(8.0)),
        ]);
        assert_eq!(
            ran.sentence,
            "nothing that was watched was near a limit that is known; however many calls waited, no more than this was used: \
             CPU of the process 0.50 cores, as under a quota or behind a lock: look at quotas, locks, connection limits, the database, the licence"
        );
        let busy: fn(f64) -> f64 = |at_s| 0.2 + at_s / 100.0;
        let ran = run(&[("process.cpu", busy, Some(8.0))]);
        assert!(ran.stood.is_empty() && ran.grew.len() == 1, "{}", ran.sentence);
    }

    #[test]
    fn a_short_look_at_a_limit_is_no_limit() {
        let ran = run(&[("cpu", |at_s| if at_s < 5.0 { 1.0 } else { 0.2 }, Some(1.0))]);
        assert!(ran.at_limit.is_empty());
    }
}
