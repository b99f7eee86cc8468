//! Why a case was not judged: a type where the engine acts on it or a reader groups by it, words where only a person
//! reads it.

use proofload_contract::Access;
use proofload_results::validate::CaseCause;
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// Why a case was not judged, or what its deviation means for others. Its `Display` is the sentence of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The run was asked to end before the case had begun.
    Interrupted,
    /// The time limit of the run was over before the case was tested.
    TimeIsUp,
    /// The target names no account to log in with.
    NoAccount,
    /// The target allows reads only.
    ReadsOnly,
    /// No account of the target holds what an operation asks for.
    NoHolder {
        /// What it asks for.
        access: Access,
        /// The operation, where it is another than the case's own.
        operation: Option<String>,
    },
    /// Nobody stated whether the account holds this, and every operation that takes it refused the account with 403.
    PermissionUnknown(Access),
    /// The contract has no operation of this id.
    NoOperation(String),
    /// No whole answer came; what went wrong, redacted.
    NoAnswer(String),
    /// The server hung up on a call that it need not have read; what was seen, redacted.
    HungUp(String),
    /// The target has stopped answering altogether.
    StoppedAnswering,
    /// A call that stores something was not answered before, so that nobody knows what the server held; what was seen then.
    InDoubt(String),
    /// This call was answered 429 or 503 as often as it was made.
    RateLimited {
        /// The call.
        call: String,
        /// What it was answered.
        status: u16,
    },
    /// This call was answered 429 or 503, and asked to come again later than the run goes on.
    TooLate {
        /// The call.
        call: String,
        /// What it was answered.
        status: u16,
        /// In how long to come again.
        after: Duration,
    },
    /// No call of a route was made any more, for another that was refused.
    HeldBack {
        /// The route.
        route: String,
        /// The route of the call that was refused: the same, or another where everybody is held back.
        refused: String,
        /// What that was answered.
        status: u16,
        /// In how long it was to come again, where the run has not so much time.
        after: Option<Duration>,
    },
    /// Somebody in front of the application refused the call before it got there.
    Front {
        /// Who.
        who: Cow<'static, str>,
        /// With what status.
        status: u16,
    },
    /// Whoever calls, the content is refused first: nobody can tell whether the caller is looked at at all.
    ContentFirst(u16),
    /// Logins that must be refused are not to be made.
    NoBadLogins,
    /// So many bad logins are made of one account, and no other account is there to share them.
    EnoughBadLogins(usize),
    /// Bad logins locked an account out, or a sign of that was seen; what was seen.
    LockedOut(String),
    /// A good token is refused, even a new one: refusals of bad ones prove nothing.
    SessionLost,
    /// A call with a good token is redirected, even with a new one; how.
    Redirected(String),
    /// The control call of the operation could not be made, for this cause.
    ControlNotMade(Box<Cause>),
    /// The control call of the operation deviated, for this cause.
    ControlFailed(Box<Cause>),
    /// So many calls in a row could not be tested that the rest of the operation was given up.
    GivenUp {
        /// How many.
        calls: usize,
        /// Why the last of them could not be.
        last: Box<Cause>,
    },
    /// The sequence of this name came to its end without deciding the case.
    Undecided(&'static str),
    /// The sequence reports a case that it does not declare: its other verdicts cannot be relied upon either.
    Undeclared {
        /// The sequence's name.
        sequence: &'static str,
        /// The id of the case.
        case: String,
    },
    /// What only a person needs to tell apart.
    InWords(String),
}

impl Cause {
    /// What results are grouped by, where that is known by type.
    pub fn common(&self) -> Option<CaseCause> {
        Some(match self {
            Self::Interrupted | Self::TimeIsUp => CaseCause::Interrupted,
            Self::NoAccount => CaseCause::NoAccount,
            Self::ReadsOnly => CaseCause::ReadsOnly,
            Self::NoHolder { .. } => CaseCause::NoHolder,
            Self::PermissionUnknown(_) => CaseCause::PermissionUnknown,
            Self::NoAnswer(_) | Self::HungUp(_) | Self::StoppedAnswering | Self::InDoubt(_) => CaseCause::NoAnswer,
            Self::RateLimited { .. } | Self::TooLate { .. } | Self::HeldBack { .. } => CaseCause::RateLimited,
            Self::Front { .. } => CaseCause::Front,
            Self::SessionLost | Self::Redirected(_) => CaseCause::TokenRefused,
            Self::ControlNotMade(cause) | Self::ControlFailed(cause) | Self::GivenUp { last: cause, .. } => {
                return cause.common();
            }
            Self::NoBadLogins | Self::EnoughBadLogins(_) | Self::LockedOut(_) => CaseCause::BadLogins,
            Self::NoOperation(_)
            | Self::ContentFirst(_)
            | Self::Undecided(_)
            | Self::Undeclared { .. }
            | Self::InWords(_) => return None,
        })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interrupted => f.write_str("the run was interrupted before it was tested"),
            Self::TimeIsUp => f.write_str("the time limit of the run was over before it was tested"),
            Self::NoAccount => f.write_str(
                "no account was given to log in with; name one, under accounts where there is a configuration",
            ),
            Self::ReadsOnly => f.write_str("the target allows reads only"),
            Self::NoHolder { access, operation } => {
                let operation = operation.as_deref().unwrap_or("this operation");
                write!(f, "no account holds {access}, which {operation} asks for")
            }
            Self::PermissionUnknown(access) => write!(
                f,
                "nobody stated whether the account holds {access}, and every operation that takes it refused it with 403: state its permissions"
            ),
            Self::NoBadLogins => f.write_str("logins that must be refused were not to be made"),
            Self::EnoughBadLogins(most) => write!(
                f,
                "{most} bad logins are made of one account, and there is no other account to share them"
            ),
            Self::LockedOut(seen) => f.write_str(seen),
            Self::NoOperation(id) => write!(f, "the contract has no operation {id}"),
            Self::NoAnswer(what) | Self::HungUp(what) | Self::InWords(what) => f.write_str(what),
            Self::StoppedAnswering => f.write_str("the target stopped answering: see deployment/reliability"),
            Self::InDoubt(seen) => write!(
                f,
                "{seen}, but a call that stores something was not answered before: what the server held then is unknown"
            ),
            Self::RateLimited { call, status } => write!(
                f,
                "{call} was answered {status} as often as it was made: its rate is limited, and nothing of it gets through"
            ),
            Self::TooLate { call, status, after } => write!(
                f,
                "{call} was answered {status}, to come again in {}, which is beyond the time limit of the run",
                time_in_words(*after)
            ),
            Self::HeldBack {
                route,
                refused,
                status,
                after,
            } => {
                let that = if refused == route { "the last" } else { refused };
                write!(f, "no more {route} was sent: {that} was answered {status}")?;
                match after {
                    Some(after) => write!(
                        f,
                        ", to come again in {}, beyond the time limit of the run",
                        time_in_words(*after)
                    ),
                    None => f.write_str(", whatever was waited for"),
                }
            }
            Self::Front { who, status } => {
                write!(f, "refused with {status} by {who}, before it reached the application")
            }
            Self::ContentFirst(status) => write!(
                f,
                "whoever calls is answered {status} for a body that cannot be stored: where nothing may be stored, nobody can tell whether the caller is looked at"
            ),
            Self::SessionLost => f.write_str("a good token is refused here, though it is a minute old at most"),
            Self::Redirected(seen) => write!(f, "a call with a good token is redirected here ({seen})"),
            Self::ControlNotMade(cause) => write!(f, "its control call could not be made: {cause}"),
            Self::ControlFailed(cause) => write!(f, "the control call failed: {cause}"),
            Self::GivenUp { calls, last } => {
                write!(
                    f,
                    "given up after {calls} calls in a row could not be tested, the last for this: {last}"
                )
            }
            Self::Undecided(sequence) => write!(f, "the sequence {sequence:?} came to its end without it"),
            Self::Undeclared { sequence, case } => write!(
                f,
                "the sequence {sequence:?} reports a case it does not declare, {case}: a mistake of this program"
            ),
        }
    }
}

/// A time in seconds, minutes or hours, whichever has a short number.
pub fn time_in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        1 => "1 second".to_owned(),
        0 | 2..120 => format!("{seconds} seconds"),
        120..7200 => format!("{} minutes", seconds.div_ceil(60)),
        _ => format!("{} hours", seconds.div_ceil(3600)),
    }
}

impl From<String> for Cause {
    fn from(words: String) -> Self {
        Self::InWords(words)
    }
}

impl From<&str> for Cause {
    fn from(words: &str) -> Self {
        Self::InWords(words.to_owned())
    }
}

/// Why a check stopped before it could judge. `?` turns it into a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// There is nothing to test with: no such account, writes not allowed, no signing key.
    Skip(Cause),
    /// The test could not be made: no answer, login refused.
    Untestable(Cause),
}

impl Stop {
    /// There is nothing to test with.
    pub fn skip(cause: impl Into<Cause>) -> Self {
        Self::Skip(cause.into())
    }

    /// The test could not be made.
    pub fn untestable(cause: impl Into<Cause>) -> Self {
        Self::Untestable(cause.into())
    }

    /// Whether a call was not answered, or only to say that it was one too many.
    pub fn is_lost(&self) -> bool {
        matches!(
            self,
            Self::Untestable(
                Cause::NoAnswer(_)
                    | Cause::StoppedAnswering
                    | Cause::RateLimited { .. }
                    | Cause::TooLate { .. }
                    | Cause::HeldBack { .. }
            )
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_say_in_words_what_they_are() {
        let holder = |operation: Option<&str>| Cause::NoHolder {
            access: Access::Authenticated,
            operation: operation.map(str::to_owned),
        };
        let lost = || Box::new(Cause::SessionLost);
        let held_back = |route: &str, after| Cause::HeldBack {
            route: route.to_owned(),
            refused: "GET /Tags".to_owned(),
            status: 429,
            after,
        };
        for (cause, words) in [
            (
                holder(None),
                "no account holds any account, which this operation asks for",
            ),
            (holder(Some("x")), "no account holds any account, which x asks for"),
            (
                Cause::ControlFailed(lost()),
                "the control call failed: a good token is refused here, though it is a minute old at most",
            ),
            (
                Cause::InDoubt("expected 200, observed 404".to_owned()),
                "expected 200, observed 404, but a call that stores something was not answered before: what the server held \
                 then is unknown",
            ),
            (
                Cause::GivenUp { calls: 3, last: lost() },
                "given up after 3 calls in a row could not be tested, the last for this: a good token is refused here, \
                 though it is a minute old at most",
            ),
            (
                held_back("GET /Tags", None),
                "no more GET /Tags was sent: the last was answered 429, whatever was waited for",
            ),
            (
                held_back("GET /a", Some(Duration::from_secs(60))),
                "no more GET /a was sent: GET /Tags was answered 429, to come again in 60 seconds, beyond the time limit of the run",
            ),
            ("as it is".into(), "as it is"),
        ] {
            assert_eq!(cause.to_string(), words);
        }
    }
    #[test]
    fn what_was_given_up_is_grouped_by_what_it_was_given_up_for() {
        let given_up = |last: Cause| Cause::GivenUp {
            calls: 3,
            last: Box::new(last),
        };
        assert_eq!(given_up("a login gave no token".into()).common(), None);
        let limited = Cause::RateLimited {
            call: "GET /a".to_owned(),
            status: 429,
        };
        assert_eq!(given_up(limited).common(), Some(CaseCause::RateLimited));
        assert_eq!(
            given_up(Cause::NoAnswer("cut".to_owned())).common(),
            Some(CaseCause::NoAnswer)
        );
    }
}
