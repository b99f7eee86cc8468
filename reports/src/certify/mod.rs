//! The dossier of `proofload certify`, rendered.

pub mod console;
pub mod junit;
pub mod markdown;
mod parts;

use proofload_results::certify::CertifyVerdict;

/// The word for a verdict.
pub(crate) fn word(verdict: CertifyVerdict) -> &'static str {
    match verdict {
        CertifyVerdict::Pass => "passed",
        CertifyVerdict::Fail => "failed",
        CertifyVerdict::Invalid => "no answer",
        CertifyVerdict::Incomplete => "incomplete",
    }
}

#[cfg(test)]
mod tests;
