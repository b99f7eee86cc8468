//! What kind of cause is behind a case that failed, warned or could not be tested.

use super::{CONTROL, CauseKind};
use crate::validate::cell::PERMISSION;
use crate::validate::{CaseCause, CaseResult, Verdict, WEB_PAGE};

/// What cases begin with whose calls carry no token.
const WITHOUT_TOKEN: [&str; 2] = ["authenticate", "deployment"];

impl CaseResult {
    /// What kind of cause is behind it.
    pub(super) fn kind(&self) -> CauseKind {
        match self.cause {
            Some(CaseCause::TokenRefused) => return CauseKind::TokenRefused,
            Some(CaseCause::PermissionUnknown) => return CauseKind::PermissionUnknown,
            Some(CaseCause::NoAnswer) => return CauseKind::NoAnswer,
            Some(CaseCause::RateLimited) => return CauseKind::RateLimited,
            Some(CaseCause::Front) => return CauseKind::Front,
            Some(CaseCause::Interrupted) => return CauseKind::Interrupted,
            Some(CaseCause::NoAccount | CaseCause::ReadsOnly | CaseCause::NoHolder | CaseCause::BadLogins) | None => {}
        }
        if self.verdict == Verdict::Error {
            return CauseKind::Alike;
        }
        if self.probe == "clock" {
            return CauseKind::Clock;
        }
        if self.diff.is_some() {
            return CauseKind::Snapshot;
        }
        if self.probe == PERMISSION && self.expects("403") {
            return match self.observed_status() {
                Some(500..=599) => CauseKind::ServerError,
                // They were refused, though otherwise than documented.
                Some(300..=399 | 401) => CauseKind::Alike,
                // A web page is nobody let in.
                _ if self.observed.ends_with(WEB_PAGE) => CauseKind::Alike,
                _ => CauseKind::LetIn,
            };
        }
        match self.observed_status() {
            Some(500..=599) => CauseKind::ServerError,
            Some(401) if self.asks_whether_let_in() && !self.expects("401") => CauseKind::TokenRefused,
            Some(403) if self.refused_a_good_token() && !self.expects("403") && !self.expects("401") => {
                CauseKind::Refused
            }
            _ => CauseKind::Alike,
        }
    }

    /// Whether a refusal that came is one of a good token. Calls that log in, and those about the deployment as a whole, carry
    /// none; and where more than the status is told, the status was right and something else was not.
    fn refused_a_good_token(&self) -> bool {
        let is_bare = self.observed.bytes().all(|byte| byte.is_ascii_digit());
        is_bare && !WITHOUT_TOKEN.contains(&self.group()) && !self.probe.contains("no-token")
    }

    /// Whether the case is about nothing but whether a good token is let in. In others a refusal may have other reasons.
    fn asks_whether_let_in(&self) -> bool {
        (self.probe == CONTROL || self.probe == PERMISSION) && self.refused_a_good_token()
    }

    /// Whether a status is among those that would have been right.
    fn expects(&self, status: &str) -> bool {
        self.expected.contains(status) && !self.expected.contains(&format!("not {status}"))
    }
}
