//! Why a case was not judged, as a type that results are grouped by.

use serde::{Deserialize, Serialize};

/// Why a case was not judged, or what its deviation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseCause {
    /// The run ended before it.
    Interrupted,
    /// There is no account to log in with.
    NoAccount,
    /// The target allows reads only.
    ReadsOnly,
    /// No account holds what the operation takes.
    NoHolder,
    /// Nobody stated whether the account holds what the operation takes, and it was refused.
    PermissionUnknown,
    /// No whole answer came.
    NoAnswer,
    /// A limit on the rate let no such call through, or asked for more time than the run has.
    RateLimited,
    /// Somebody in front of the application refused the call before it got there.
    Front,
    /// It takes a login that must be refused, and that was not to be made.
    BadLogins,
    /// A good token is refused.
    TokenRefused,
}
