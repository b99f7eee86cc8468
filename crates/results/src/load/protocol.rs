//! How calls were made: what was asked for, and what came of it.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// How connections were to be made and used. Runs that differ in it measure different things.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a choice of its own, and stands so in the record"
)]
pub struct Connecting {
    /// Whether HTTP/2 was asked for.
    pub http2: bool,
    /// How many calls one HTTP/2 connection was to carry at once; users share it.
    #[serde(default = "alone", skip_serializing_if = "is_alone")]
    pub streams: u32,
    /// Whether a connection was to carry more than one call.
    pub keep_alive: bool,
    /// From sent to the last body byte at most, in seconds.
    pub timeout_s: f64,
    /// Whether the target is reached over TLS.
    pub tls: bool,
    /// Whether calls went through a proxy.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub proxy: bool,
}

/// A connection for each user, as in all records before there was anything else.
fn alone() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_alone(streams: &u32) -> bool {
    *streams == 1
}

/// How the calls of a run were made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Protocol {
    /// Answers by the HTTP version that they came in, such as `HTTP/1.1`.
    pub answers: BTreeMap<String, u64>,
    /// Connections that were made during the run, beside those that users had from getting ready.
    pub connections: u64,
    /// What was asked for.
    #[serde(flatten)]
    pub asked: Connecting,
}

/// HTTP/2, as it is counted.
pub const HTTP_2: &str = "HTTP/2";

impl Protocol {
    /// The version of most answers; none when no answer came.
    pub fn version(&self) -> Option<&str> {
        let answered = self.answers.iter().filter(|(_, count)| **count > 0);
        answered
            .max_by_key(|(_, count)| **count)
            .map(|(version, _)| version.as_str())
    }

    /// What was asked for and could not be had, one sentence each; `users` made the calls, of which so many got no answer: nobody
    /// knows who ended their connections.
    pub fn not_had(&self, users: u64, unanswered: u64) -> Vec<String> {
        let all: u64 = self.answers.values().sum();
        let in_http_2 = self.answers.get(HTTP_2).copied().unwrap_or_default();
        let mut sentences = Vec::new();
        if self.asked.http2 && in_http_2 < all {
            let why = if self.asked.tls {
                "the server did not offer it (ALPN)"
            } else {
                "the server, or a proxy before it, does not take it in clear text (the target's address is http://)"
            };
            sentences.push(if in_http_2 == 0 {
                format!(
                    "HTTP/2 was asked for and not used: {why}; all {all} answers came in {}",
                    self.version().unwrap_or_default()
                )
            } else {
                format!(
                    "HTTP/2 was asked for, and {} of {all} answers came in another version",
                    all - in_http_2
                )
            });
        }
        let closed = self.connections.saturating_sub(unanswered);
        let reused = all.saturating_sub(closed);
        // Of HTTP/2 connections whoever makes them tells it.
        if self.asked.keep_alive && in_http_2 == 0 && closed > users + reused {
            sentences.push(format!(
                "keep-alive was asked for and hardly used: {closed} connections were made for {all} answers{}, because the server closed them",
                if unanswered > 0 { ", beside those of calls that got none" } else { "" }
            ));
        }
        sentences
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answered: Vec<_> = self.answers.iter().filter(|(_, count)| **count > 0).collect();
        match answered[..] {
            [] => f.write_str("no answer")?,
            [(version, _)] => f.write_str(version)?,
            _ => {
                let each: Vec<String> = answered
                    .iter()
                    .map(|(version, count)| format!("{version} ({count})"))
                    .collect();
                f.write_str(&each.join(", "))?;
            }
        }
        // Those that users had from getting ready are none of them.
        let new = match self.connections {
            0 => "no new connection".to_owned(),
            1 => "1 new connection".to_owned(),
            many => format!("{many} new connections"),
        };
        write!(f, "; {}; {new} during the run", self.asked)
    }
}

impl fmt::Display for Connecting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.http2 {
            f.write_str("HTTP/2 asked for, ")?;
            if self.streams > 1 {
                write!(f, "up to {} calls at once on a connection, ", self.streams)?;
            }
        }
        write!(
            f,
            "{}{}, {}, time-out {} s",
            if self.tls { "TLS" } else { "no TLS" },
            if self.proxy { ", through a proxy" } else { "" },
            if self.keep_alive {
                "keep-alive"
            } else {
                "a connection for each call"
            },
            self.timeout_s
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn protocol(answers: &[(&str, u64)], http2: bool, tls: bool) -> Protocol {
        Protocol {
            answers: answers
                .iter()
                .map(|(version, count)| ((*version).to_owned(), *count))
                .collect(),
            connections: 4,
            asked: Connecting {
                http2,
                streams: 1,
                keep_alive: true,
                timeout_s: 2.5,
                tls,
                proxy: false,
            },
        }
    }

    #[test]
    fn what_was_used_is_told_and_what_could_not_be_had() {
        let plain = protocol(&[("HTTP/1.1", 20)], false, false);
        assert_eq!(
            plain.to_string(),
            "HTTP/1.1; no TLS, keep-alive, time-out 2.5 s; 4 new connections during the run"
        );
        assert!(plain.not_had(4, 0).is_empty());
        for (protocol, part) in [
            (
                protocol(&[("HTTP/1.1", 20)], true, false),
                "(the target's address is http://); all 20 answers came in HTTP/1.1",
            ),
            (protocol(&[("HTTP/1.1", 20)], true, true), "did not offer it (ALPN)"),
            (
                protocol(&[("HTTP/1.1", 2), ("HTTP/2", 18)], true, true),
                "2 of 20 answers",
            ),
            (
                Protocol {
                    connections: 19,
                    ..plain.clone()
                },
                "19 connections were made for 20 answers",
            ),
        ] {
            let sentences = protocol.not_had(4, 0);
            assert_eq!(sentences.len(), 1, "{sentences:?}");
            assert!(sentences[0].contains(part), "{sentences:?}");
        }
        assert!(protocol(&[("HTTP/2", 20)], true, true).not_had(4, 0).is_empty());
        assert!(
            protocol(&[], true, true).not_had(4, 0).is_empty(),
            "nothing was answered"
        );
        let many = |answers: &[(&str, u64)], unanswered| {
            let many = Protocol {
                connections: 60,
                ..protocol(answers, false, false)
            };
            many.not_had(4, unanswered)
        };
        assert!(
            many(&[], 60).is_empty(),
            "we closed what broke the protocol, or nobody knows"
        );
        assert!(
            many(&[("HTTP/1.1", 20)], 40)
                .iter()
                .all(|told| told.contains("20 connections were made for 20 answers, beside"))
        );
        assert_eq!(many(&[("HTTP/1.1", 20)], 40).len(), 1);
        assert!(many(&[("HTTP/1.1", 200)], 58).is_empty());
        assert_eq!(protocol(&[], false, true).version(), None);
        assert_eq!(
            protocol(&[("HTTP/1.0", 1), ("HTTP/2", 18)], true, true).version(),
            Some("HTTP/2")
        );
    }

    #[test]
    fn it_reads_as_it_was_written() {
        let protocol = protocol(&[("HTTP/1.1", 20)], true, false);
        let json = serde_json::to_string(&protocol).unwrap();
        assert!(!json.contains("streams"), "{json}");
        assert_eq!(serde_json::from_str::<Protocol>(&json).unwrap(), protocol, "{json}");
        let mut shared = protocol;
        (shared.asked.streams, shared.asked.proxy) = (32, true);
        let json = serde_json::to_string(&shared).unwrap();
        assert_eq!(serde_json::from_str::<Protocol>(&json).unwrap(), shared, "{json}");
        let told = shared.to_string();
        assert!(told.contains("up to 32 calls at once on a connection"), "{told}");
        assert!(told.contains("no TLS, through a proxy, keep-alive"), "{told}");
    }
}
