//! Why an answer to a login or a renewal gives no token, one clear predicate for each kind: the subject (which login, of
//! whom, where) is the caller's.

/// Why an answer to a login or a renewal gives no token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoginFailure {
    /// The server does not accept the password or the token.
    #[error("was refused with status {status}{}; are its user name and password right?", quoted(.said))]
    Refused {
        /// 400, 401 or 403.
        status: u16,
        /// The beginning of the body, escaped.
        said: String,
    },
    /// Another status than any that is documented.
    #[error("was answered with status {status}{}{}", quoted(.said), hint(*.status))]
    Unexpected {
        /// The status.
        status: u16,
        /// The beginning of the body, escaped.
        said: String,
    },
    /// A web page.
    #[error(
        "was answered with a web page (status {status}); is the base URL that of the API, with its path prefix (/identities in the cloud, none on premise)?"
    )]
    Html {
        /// The status.
        status: u16,
    },
    /// Success, but no token to use.
    #[error("was answered with status {status} but without a token: {why}")]
    NoToken {
        /// The status.
        status: u16,
        /// What the answer holds instead.
        why: NoToken,
    },
}

/// What a successful answer holds in place of a token that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoToken {
    /// More than is read.
    #[error("its body has no end")]
    Endless,
    /// No JSON.
    #[error("its body is not JSON")]
    NoJson,
    /// A byte-order mark, and something behind it.
    #[error("its body begins with a byte-order mark, which JSON must not have in front of it")]
    Marked,
    /// A compressed body.
    #[error("its body is compressed, though nobody asked for that")]
    Compressed,
    /// JSON that spells the member otherwise.
    #[error("its JSON has no member `token`, only one that is spelt with other capitals")]
    OtherCase,
    /// JSON of another kind.
    #[error("its JSON has no member `token`")]
    NoMember,
    /// A token of another type.
    #[error("its `token` is not a string")]
    NoString,
    /// A token without characters.
    #[error("its `token` is empty")]
    Empty,
    /// A token longer than any header of a server takes.
    #[error("its `token` is longer than 64 KiB")]
    TooLong,
    /// A token with a space in it.
    #[error("its `token` holds a space; `Bearer ` stands in the header only")]
    Spaced,
    /// A token with other characters than visible ASCII.
    #[error("its `token` holds characters that fit in no header")]
    FitsNoHeader,
}

impl LoginFailure {
    /// Whether the server answered, and said no: asking again with the same words is pointless.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    /// The same of an account that was let in so many times before, whose user name and password are right.
    pub fn after_logins(&self, logins: u64) -> String {
        let Self::Refused { status, said } = self else {
            return self.to_string();
        };
        if logins == 0 {
            return self.to_string();
        }
        let before = match logins {
            1 => "1 login of the same account".to_owned(),
            logins => format!("{logins} logins of the same account"),
        };
        format!(
            "was refused with status {status}{} after {before} went through: see whether the deployment limits an account's \
             logins or sessions, or locked it meanwhile",
            quoted(said)
        )
    }

    /// The status of the answer.
    pub fn status(&self) -> u16 {
        match self {
            Self::Refused { status, .. }
            | Self::Unexpected { status, .. }
            | Self::Html { status }
            | Self::NoToken { status, .. } => *status,
        }
    }
}

fn quoted(said: &str) -> String {
    if said.is_empty() {
        String::new()
    } else {
        format!(" ({said})")
    }
}

fn hint(status: u16) -> &'static str {
    match status {
        300..=399 => "; redirects are not followed: give the URL it leads to",
        404 | 405 => "; is the base URL right, with its path prefix (/identities in the cloud, none on premise)?",
        429 => "; the server wants fewer calls: wait, then try again",
        500..=599 => "; the server is in trouble: its own log says more",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_that_was_right_before_is_not_doubted() {
        let refused = LoginFailure::Refused {
            status: 403,
            said: "no more sessions".to_owned(),
        };
        assert!(
            refused
                .after_logins(0)
                .ends_with("are its user name and password right?")
        );
        for (logins, before) in [(1, "1 login of"), (11, "11 logins of")] {
            let told = refused.after_logins(logins);
            assert!(
                told.contains(before) && told.contains("403 (no more sessions)"),
                "{told}"
            );
            assert!(!told.contains("password"), "{told}");
        }
        let unexpected = LoginFailure::Unexpected {
            status: 503,
            said: String::new(),
        };
        assert_eq!(unexpected.after_logins(2), unexpected.to_string());
    }
}
