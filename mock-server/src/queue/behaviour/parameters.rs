//! The parameters of a behaviour as people write them: `size=8,wait=5ms`.

use std::time::Duration;

/// The longest time that is taken.
const LONGEST_S: f64 = 86_400.0;
/// No share is above this, no count or factor above [`MOST`].
const MOST_SHARE: f64 = 10.0;
const MOST: f64 = 1e6;

/// What is left of the parameters of a behaviour; each is taken once.
pub(super) struct Parameters<'a> {
    left: Vec<(&'a str, &'a str)>,
    known: Vec<&'static str>,
}

impl<'a> Parameters<'a> {
    /// Splits `size=8,wait=5ms`; nothing where the text is empty.
    ///
    /// # Errors
    /// What is wrong, without the name of the behaviour.
    pub(super) fn of(text: &'a str) -> Result<Self, String> {
        let mut left: Vec<(&str, &str)> = Vec::new();
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = part
                .split_once('=')
                .ok_or_else(|| format!("'{part}' is not NAME=VALUE"))?;
            if left.iter().any(|(other, _)| *other == name.trim()) {
                return Err(format!("{} is there twice", name.trim()));
            }
            left.push((name.trim(), value.trim()));
        }
        Ok(Self {
            left,
            known: Vec::new(),
        })
    }

    /// A time above 0, such as `20ms`, `1.5s`, `2m`.
    pub(super) fn time(&mut self, name: &'static str) -> Result<Duration, String> {
        self.time_or(name, None)
    }

    /// A time; where it is not stated, the usual one.
    pub(super) fn time_or(&mut self, name: &'static str, usual: Option<Duration>) -> Result<Duration, String> {
        let wrong = |value: &str| format!("{name}={value} is no time above 0 such as 500ms, 20s or 5m, a day at most");
        self.read(name, usual, |value| time(value).ok_or_else(|| wrong(value)))
    }

    /// A share of 0 to 10, such as `5%` or `0.05`.
    pub(super) fn share_or(&mut self, name: &'static str, usual: Option<f64>) -> Result<f64, String> {
        let wrong = |value: &str| format!("{name}={value} is no share such as 5% or 0.05, 10 at most");
        self.read(name, usual, |value| {
            share(value)
                .filter(|share| *share <= MOST_SHARE)
                .ok_or_else(|| wrong(value))
        })
    }

    /// A number of some least one to a million, such as a factor or a rate.
    pub(super) fn number_or(&mut self, name: &'static str, least: f64, usual: Option<f64>) -> Result<f64, String> {
        let wrong = |value: &str| format!("{name}={value} is no number from {least} to {MOST}");
        self.read(name, usual, |value| {
            let number = value.parse().ok();
            number
                .filter(|number: &f64| (least..=MOST).contains(number))
                .ok_or_else(|| wrong(value))
        })
    }

    /// A count from 1 to a million.
    pub(super) fn count(&mut self, name: &'static str) -> Result<u32, String> {
        let wrong = |value: &str| format!("{name}={value} is no count from 1 to 1000000");
        self.read(name, None, |value| {
            let count = value.parse().ok();
            count
                .filter(|count| (1..=1_000_000).contains(count))
                .ok_or_else(|| wrong(value))
        })
    }

    /// Whatever `read` makes of a value.
    pub(super) fn read<T>(
        &mut self,
        name: &'static str,
        usual: Option<T>,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, String> {
        self.known.push(name);
        match self.left.iter().position(|(stated, _)| *stated == name) {
            Some(at) => read(self.left.swap_remove(at).1),
            None => usual.ok_or_else(|| format!("it needs {name}=")),
        }
    }

    /// Ends reading.
    ///
    /// # Errors
    /// Something was stated that is no parameter.
    pub(super) fn end(self) -> Result<(), String> {
        match self.left.first() {
            None => Ok(()),
            Some((name, _)) if self.known.is_empty() => Err(format!("{name} is none of its parameters: it has none")),
            Some((name, _)) => Err(format!("{name} is none of its parameters: {}", self.known.join(", "))),
        }
    }
}

/// Reads `20ms`, `1.5s`, `250us`, `2m`, `1h`.
fn time(text: &str) -> Option<Duration> {
    let at = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(at);
    let seconds = match unit {
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    let number: f64 = number.trim().parse().ok()?;
    let seconds = Some(number * seconds).filter(|seconds| *seconds > 0.0 && *seconds <= LONGEST_S)?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// Reads `5%` or `0.05`; none below 0.
pub(in crate::queue) fn share(text: &str) -> Option<f64> {
    let (number, unit) = text
        .trim()
        .strip_suffix('%')
        .map_or((text, 1.0), |number| (number, 100.0));
    let share = number.trim().parse::<f64>().ok().map(|number| number / unit);
    share.filter(|share| *share >= 0.0)
}
