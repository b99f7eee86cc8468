//! How a mock is set up.

use crate::clock::{Clock, SystemClock};
use crate::defects::Defect;
use crate::queue::QueueSettings;
use crate::variants::Variant;
use secrecy::SecretSlice;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;

/// How a mock is set up.
#[derive(Clone)]
pub struct Settings {
    /// The path under which everything is served: empty as on premise, `/identities` as in the cloud.
    /// A missing leading slash is added, a trailing one dropped.
    pub prefix: String,
    /// Whether the OpenAPI document and its page are served.
    pub swagger: bool,
    /// How long a token lives. Tokens carry whole seconds, so that a fraction is rounded up.
    pub token_lifetime: Duration,
    /// For how long after its end a token is still taken; .NET does so for five minutes unless told otherwise.
    pub token_leeway: Duration,
    /// The HS256 key that signs and checks tokens.
    pub signing_key: SecretSlice<u8>,
    /// What is wrong with the server; nothing, unless it is there to be caught.
    pub defects: Vec<Defect>,
    /// In which ways, that the documents leave open, it is another server than this one.
    pub variants: Vec<Variant>,
    /// Makes the standalone server one of known capacity; `None` answers as fast as it can.
    pub queue: Option<QueueSettings>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
}

impl Default for Settings {
    /// On premise, no swagger, tokens for an hour and not longer, a new random key of 32 bytes, the machine's clock.
    fn default() -> Self {
        Self {
            prefix: String::new(),
            swagger: false,
            token_lifetime: Duration::from_secs(3600),
            token_leeway: Duration::ZERO,
            signing_key: random_key(),
            defects: Vec::new(),
            variants: Vec::new(),
            queue: None,
            clock: Arc::new(SystemClock),
        }
    }
}

impl Settings {
    /// Reads a path prefix: with a leading slash and none at its end; empty for none.
    ///
    /// # Errors
    /// One sentence: it is none.
    pub fn prefix_from(text: &str) -> Result<String, String> {
        let trimmed = text.trim_matches('/');
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if !trimmed.bytes().all(fits) || trimmed.contains("//") {
            return Err("a prefix is a path such as /identities, of letters, digits, - . _ ~ and /".to_owned());
        }
        Ok(if trimmed.is_empty() {
            String::new()
        } else {
            format!("/{trimmed}")
        })
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("prefix", &self.prefix)
            .field("swagger", &self.swagger)
            .field("token_lifetime", &self.token_lifetime)
            .field("token_leeway", &self.token_leeway)
            .field("signing_key", &"[REDACTED]")
            .field("defects", &self.defects)
            .field("variants", &self.variants)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

/// 32 bytes of which 244 bits are random: two version 4 UUIDs, from the system's generator.
fn random_key() -> SecretSlice<u8> {
    let mut key = Vec::with_capacity(32);
    key.extend_from_slice(Uuid::new_v4().as_bytes());
    key.extend_from_slice(Uuid::new_v4().as_bytes());
    key.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_brought_into_one_form() {
        for text in ["/identities", "identities", "identities/", "//identities//"] {
            assert_eq!(Settings::prefix_from(text).as_deref(), Ok("/identities"));
        }
        assert_eq!(Settings::prefix_from("/"), Ok(String::new()));
        for wrong in ["a b", "/a?b", "a//b", "%41", "é"] {
            assert!(Settings::prefix_from(wrong).is_err(), "{wrong:?} was taken");
        }
    }
}
