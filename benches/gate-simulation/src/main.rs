//! How often the gate is right, on runs whose truth is known: a Markdown table.
//!
//! `gate-simulation [PAIRS [SEED [WORDS]]]`, 1000 pairs a setting by default; only settings whose names hold WORDS, when given.

#![expect(clippy::print_stdout, reason = "the table is its output")]

mod settings;
mod tally;
mod world;

use std::sync::Mutex;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize| arguments.get(index).and_then(|argument| argument.parse::<u64>().ok());
    let pairs = number(0).unwrap_or(1000);
    let seed = number(1).unwrap_or(20_261_122);
    let wanted = arguments.get(2).map_or("", String::as_str);
    let mut settings = settings::all();
    settings.retain(|setting| setting.name.contains(wanted));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{pairs} pairs a setting, seed {seed}\n");
    println!("{}", tally::HEAD);
    for setting in &settings {
        let next = Mutex::new(0..pairs);
        let tally = Mutex::new(tally::Tally::default());
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    let mut own = tally::Tally::default();
                    while let Some(pair) = next.lock().ok().and_then(|mut next| next.next()) {
                        own.add(&setting.try_pair(seed, pair));
                    }
                    if let Ok(mut tally) = tally.lock() {
                        tally.merge(&own);
                    }
                });
            }
        });
        if let Ok(tally) = tally.into_inner() {
            println!("{}", tally.row(setting.name));
        }
    }
}
