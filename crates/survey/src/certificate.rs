//! What a server's certificate says, as far as whoever decides to trust it wants to know.

use chrono::{DateTime, Utc};
use proofload_deployment::{Pin, escaped};
use proofload_results::hash::fingerprint;

/// No name is shown longer, in characters.
const NAME: usize = 200;

/// What a server's certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Whom it was made for.
    pub subject: String,
    /// Who vouches for it.
    pub issuer: String,
    /// Whether it vouches for itself.
    pub is_self_signed: bool,
    /// Its first day.
    pub not_before: DateTime<Utc>,
    /// Its last day.
    pub not_after: DateTime<Utc>,
    /// The pin of its key.
    pub pin: Pin,
    /// The SHA-256 of the whole certificate, as browsers show it.
    pub fingerprint: String,
}

impl Certificate {
    /// Reads a DER-encoded certificate; none when the bytes are none.
    pub fn read(der: &[u8]) -> Option<Self> {
        let (_, parsed) = x509_parser::parse_x509_certificate(der).ok()?;
        let shown = |name: String| escaped(name.as_bytes(), NAME);
        let instant = |seconds| DateTime::from_timestamp(seconds, 0);
        Some(Self {
            subject: shown(parsed.subject().to_string()),
            issuer: shown(parsed.issuer().to_string()),
            is_self_signed: parsed.subject().as_raw() == parsed.issuer().as_raw(),
            not_before: instant(parsed.validity().not_before.timestamp())?,
            not_after: instant(parsed.validity().not_after.timestamp())?,
            pin: Pin::of_certificate(der)?,
            fingerprint: fingerprint(der),
        })
    }

    /// Days until its time is over; negative once it is.
    pub fn days_left(&self, now: DateTime<Utc>) -> i64 {
        (self.not_after - now).num_days()
    }
}
