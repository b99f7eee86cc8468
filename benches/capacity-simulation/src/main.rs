//! How often the capacity search is right, on simulated queues: a Markdown table.
//!
//! `capacity-simulation [SEARCHES [SEED [NAME]]]`, 200 searches a setting by default; NAME chooses settings that contain it.

#![expect(clippy::print_stdout, reason = "the table is its output")]

use proofload_capacity_simulation::{Drift, HEAD, Pauses, Setting, Stop, Tally, random_queue, search, truth_per_s};
use std::sync::Mutex;

/// Calls at each rate that the truth is looked for at.
const CALLS: u32 = 20_000_000;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, usual: u64| arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (searches, seed) = (number(0, 200), number(1, 20_261_122));
    let chosen = arguments.get(2).map_or("", String::as_str);
    println!("{searches} searches a setting, seed {seed}\n");
    println!("{HEAD}");
    for (name, setting) in settings().iter().filter(|(name, _)| name.contains(chosen)) {
        let truth = truth_per_s(setting, CALLS);
        let tally = all(searches, |number| {
            let mut tally = Tally::default();
            tally.add(&search(setting, seed.wrapping_add(number)), truth);
            tally
        });
        println!("{}", tally.row(name, Some(truth)));
    }
    // Truths are those of a server that does not stop.
    for (name, stops) in RANDOM.into_iter().filter(|(name, _)| name.contains(chosen)) {
        let tally = all(searches, |number| {
            let queue = random_queue(seed.wrapping_add(number));
            let truth = truth_per_s(&queue, CALLS / 10);
            let setting = Setting {
                stops: stops(seed ^ number),
                ..queue
            };
            let mut tally = Tally::default();
            tally.add(&search(&setting, seed ^ number), truth);
            tally
        });
        println!("{}", tally.row(name, None));
    }
}

/// When a server stops, by a seed.
type Stops = fn(u64) -> Vec<Stop>;

/// Random queues, and how they stop.
const RANDOM: [(&str, Stops); 3] = [
    ("random queues", |_| Vec::new()),
    ("random queues, one pause of 0.4 to 3 s", Stop::once),
    ("random queues, a pause of 0.4 to 3 s a minute", |seed| {
        Stop::again_and_again(60.0, seed)
    }),
];

/// Makes all searches, on all processors.
fn all(searches: u64, one: impl Fn(u64) -> Tally + Sync) -> Tally {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let next = Mutex::new(0..searches);
    let sum = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(number) = next.lock().ok().and_then(|mut next| next.next()) {
                    let tally = one(number);
                    if let Ok(mut sum) = sum.lock() {
                        sum.merge(&tally);
                    }
                }
            });
        }
    });
    sum.into_inner().unwrap_or_default()
}

/// The eight of the acceptance table, and what else targets do.
fn settings() -> Vec<(String, Setting)> {
    let queue = Setting::queue;
    let mut settings: Vec<(String, Setting)> = Vec::new();
    for service in ["fixed:20ms", "exp:20ms"] {
        for workers in [1, 4, 8, 30] {
            settings.push((format!("{workers} x {service}"), queue(workers, service)));
        }
    }
    let mut add = |name: &str, setting| settings.push((name.to_owned(), setting));
    for (workers, service) in [
        (1, "fixed:20ms"),
        (4, "fixed:20ms"),
        (1, "exp:20ms"),
        (4, "exp:20ms"),
        (30, "exp:20ms"),
    ] {
        let setting = Setting {
            poisson: true,
            ..queue(workers, service)
        };
        add(&format!("{workers} x {service}, Poisson"), setting);
    }
    add("2 x lognormal:20ms,0.5", queue(2, "lognormal:20ms,0.5"));
    add("2 x lognormal:20ms,1", queue(2, "lognormal:20ms,1"));
    let noisy = Setting {
        noise_s: 0.005,
        ..queue(4, "exp:20ms")
    };
    add("4 x exp:20ms, noise of 5 ms", noisy);
    let pauses = |share| Some(Pauses { share, length_s: 0.3 });
    let pausing = |workers, share| Setting {
        pauses: pauses(share),
        ..queue(workers, "exp:20ms")
    };
    add("1 x exp:20ms, 0.5% take 300 ms more", pausing(1, 0.005));
    add("8 x exp:20ms, 0.5% take 300 ms more", pausing(8, 0.005));
    let slowing = Setting {
        slowdown: 0.005,
        ..queue(4, "exp:20ms")
    };
    add("4 x exp:20ms, 0.5% slower for each that waits", slowing);
    let slower = |from_s, until_s, to| Setting {
        drift: Some(Drift { from_s, until_s, to }),
        ..queue(4, "exp:20ms")
    };
    add("4 x exp:20ms, 30% slower from 60 s", slower(60.0, 60.0, 0.7));
    add("4 x exp:20ms, 30% slower from 120 s", slower(120.0, 120.0, 0.7));
    add("4 x exp:20ms, slower by 30% evenly", slower(0.0, 165.0, 0.7));
    add("4 x exp:20ms, faster by 40% evenly", slower(0.0, 165.0, 1.4));
    settings
}
