//! Who is to blame: when a change does not show, either it was not made or one of those who show it is wrong.
//!
//! A stored thing can usually be seen at two or three operations. Where all of them miss it, the operation that stores
//! is at fault; where only some do, those are.

use super::play::Play;
use proofload_probing::findings::Finding;
use proofload_probing::messages::Exchange;

/// What one operation shows.
pub(super) struct Claim {
    /// The operation that shows it.
    pub(super) operation: &'static str,
    /// Its case that deviates when it alone is wrong; `None` for one that is only asked as a witness.
    pub(super) probe: Option<&'static str>,
    /// Whether it shows what it should; `None` when it cannot tell.
    pub(super) shows: Option<bool>,
    /// What it shows, in a few words.
    pub(super) observed: String,
    /// Where it shows it.
    pub(super) exchange: Option<Exchange>,
}

/// Weighs claims about what `operation` did: its case `probe` and those of the witnesses are reported.
/// Gives back whether the operation did it.
pub(super) fn settle(play: &mut Play<'_>, operation: &str, probe: &str, expected: &str, claims: Vec<Claim>) -> bool {
    let told = claims.iter().filter(|claim| claim.shows.is_some());
    let (for_it, all) = told.fold((0, 0), |(held, all), claim| {
        (held + usize::from(claim.shows == Some(true)), all + 1)
    });
    if all == 0 {
        return false;
    }
    if for_it == 0 {
        let observed = claims.iter().filter(|claim| claim.shows.is_some());
        let observed: Vec<_> = observed
            .map(|claim| format!("{}: {}", claim.operation, claim.observed))
            .collect();
        let mut finding = Finding::verdict(false, expected, observed.join("; "));
        if let Some(exchange) = claims.into_iter().find_map(|claim| claim.exchange) {
            finding = finding.shown_by(exchange);
        }
        play.report(operation, probe, finding);
        return false;
    }
    play.report(operation, probe, Finding::verdict(true, expected, "as expected"));
    for claim in claims {
        let (Some(shows), Some(probe)) = (claim.shows, claim.probe) else {
            continue;
        };
        let mut finding = Finding::verdict(shows, expected, claim.observed);
        if let Some(exchange) = claim.exchange {
            finding = finding.shown_by(exchange);
        }
        if !shows {
            finding = finding.note("other operations show it as it should be");
        }
        play.report(claim.operation, probe, finding);
    }
    true
}
