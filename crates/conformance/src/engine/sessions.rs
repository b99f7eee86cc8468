//! Findings that are nobody's fault: a login elsewhere ended the session of a call.

use proofload_probing::context::Context;
use proofload_probing::findings::{Finding, FindingKind};

/// Whether a finding may be one of those. `before`: how many logins of each account were let in when its check began.
pub(super) async fn lost(context: &Context, finding: &Finding, before: &[usize]) -> bool {
    if finding.kind != FindingKind::Deviates {
        return false;
    }
    if context.ends_sessions() {
        return context.logins_let_in() != before;
    }
    finding.status() == Some(401) && context.lost_any_session().await.unwrap_or(false)
}
