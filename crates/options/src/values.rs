//! What options hold, as people write it: one reader for each kind of value, so that what one command refuses, all do.

#![expect(
    clippy::missing_errors_doc,
    reason = "one sentence with what would be right, of all of them"
)]

use chrono::{DateTime, Utc};
use proofload_deployment::units::{Fps, Percent, Span, span as spans};
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

/// How long a step of a search may be measured.
const STEP: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(600);

/// Reads an age or a life time, however long: `5s`, `250ms`, `1h 30m`.
///
/// # Errors
/// One sentence with what would be right, as for all of these.
pub fn duration(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text.trim())
        .map_err(|_| format!("'{text}' is not a duration; write a number with its unit, such as 250ms, 5s, 10m or 1h"))
}

/// Reads a time to leave out or to wait, 0 included, 30 days at most.
pub fn span(text: &str) -> Result<Duration, String> {
    spans::parse(text).map_err(|error| error.to_string())
}

/// Reads how long something is done: longer than 0, 30 days at most.
pub fn positive_span(text: &str) -> Result<Duration, String> {
    text.parse::<Span>().map(Span::get).map_err(|error| error.to_string())
}

/// Reads how long a step of a search is measured.
pub fn step(text: &str) -> Result<Duration, String> {
    let time = positive_span(text)?;
    if STEP.contains(&time) {
        Ok(time)
    } else {
        Err("a step is measured for 1s at least and 10m at most".to_owned())
    }
}

/// Reads frames per second.
pub fn fps(text: &str) -> Result<f64, String> {
    text.parse::<Fps>().map(Fps::get).map_err(|error| error.to_string())
}

/// Reads a percentage as a share: `5%` is 0.05.
pub fn percent(text: &str) -> Result<f64, String> {
    text.parse::<Percent>()
        .map(Percent::share)
        .map_err(|error| error.to_string())
}

/// Reads the confidence of an interval: below 50% nothing is claimed, and nothing is certain.
pub fn confidence(text: &str) -> Result<f64, String> {
    match percent(text)? {
        share if (0.5..=0.9999).contains(&share) => Ok(share),
        _ => Err("it must be 50% to 99.99%".to_owned()),
    }
}

/// Reads an instant.
pub fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let instant = DateTime::parse_from_rfc3339(text).map_err(|error| error.to_string())?;
    Ok(instant.with_timezone(&Utc))
}

/// Reads where to listen: an address with a port; a port alone is one of this machine only.
pub fn address(text: &str) -> Result<SocketAddr, String> {
    let port = text.strip_prefix(':').unwrap_or(text);
    if let Ok(port) = port.parse::<u16>() {
        return Ok((Ipv4Addr::LOCALHOST, port).into());
    }
    let address = text.parse();
    address.map_err(|_| "write a port such as 9464, or an address and a port such as 0.0.0.0:9464".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_needs_its_unit() {
        assert_eq!(duration("5s"), Ok(Duration::from_secs(5)));
        assert_eq!(duration(" 250ms"), Ok(Duration::from_millis(250)));
        assert_eq!(duration("1h 30m"), Ok(Duration::from_secs(5_400)));
        for wrong in ["", "5", "-5s", "s", "5 parsecs", "99999999999999999999s"] {
            assert!(duration(wrong).is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn what_is_done_takes_time_and_ends() {
        assert_eq!(span("0s"), Ok(Duration::ZERO));
        assert_eq!(positive_span("1ms"), Ok(Duration::from_millis(1)));
        for wrong in ["0s", "-1s", "31days", "NaN", "5"] {
            assert!(positive_span(wrong).is_err(), "{wrong:?} was taken");
        }
        assert!(step("999ms").is_err() && step("601s").is_err() && step("1s").is_ok());
    }

    #[test]
    fn cameras_publish_frames() {
        assert_eq!(fps("12.5"), Ok(12.5));
        for wrong in ["0", "-1", "NaN", "inf", "0.0001", "1001", "two", ""] {
            assert!(fps(wrong).is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn shares_are_percentages_and_nothing_is_certain() {
        assert_eq!(percent("0.5%"), Ok(0.005));
        for wrong in ["", "5", "-5%", "NaN%", "inf%", "1e9%"] {
            assert!(percent(wrong).is_err(), "{wrong:?} was taken");
        }
        assert_eq!(confidence("95%"), Ok(0.95));
        for wrong in ["100%", "49%", "0%", "95"] {
            assert!(confidence(wrong).is_err(), "{wrong:?} was taken");
        }
    }

    #[test]
    fn a_port_alone_is_of_this_machine_only() {
        for (text, address_) in [
            ("9464", "127.0.0.1:9464"),
            (":0", "127.0.0.1:0"),
            ("0.0.0.0:9464", "0.0.0.0:9464"),
            ("[::1]:9464", "[::1]:9464"),
        ] {
            assert_eq!(address(text), Ok(address_.parse().unwrap()));
        }
        for wrong in ["", "65536", "localhost", "1.2.3.4", "::1"] {
            assert!(address(wrong).is_err(), "{wrong:?}");
        }
    }
}
