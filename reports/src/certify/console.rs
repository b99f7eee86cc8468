//! A dossier as a person reads it on a terminal.

use super::word;
use crate::console::{Style, Tone};
use proofload_results::certify::{CertifyVerdict, Dossier, NOT_SEALED, SUMS, Sealed};
use proofload_results::text;
use std::fmt::Write as _;

/// Renders a dossier for people.
pub fn render(dossier: &Dossier, sealed: &Sealed, style: &Style) -> String {
    let subject = &dossier.subject;
    let mut out = format!("{} at {}\n", text::line(&subject.target), text::line(&subject.base_url));
    if let Some(certificate) = &subject.certificate {
        let _ = writeln!(
            out,
            "certificate of {} until {}, SHA-256 {}",
            text::line(&certificate.subject),
            text::line(&certificate.not_after),
            text::line(&certificate.sha256)
        );
    }
    out.push('\n');
    for part in dossier.parts() {
        let verdict = style.paint(tone(part.verdict), &format!("{:10}", word(part.verdict)));
        let _ = writeln!(out, "{:11}  {verdict}  {}", part.name, text::line(&part.sentence));
    }
    for exclusion in &dossier.excluded {
        let _ = writeln!(
            out,
            "excluded     {}: {}",
            exclusion.what,
            text::line(&exclusion.reason)
        );
    }
    for missing in &dossier.missing {
        let _ = writeln!(out, "missing      {}", text::line(&missing.to_string()));
    }
    if let Some(conformance) = &dossier.conformance {
        for premise in &conformance.premises {
            let _ = writeln!(out, "first        {}", text::line(&premise.sentence));
        }
        for accepted in &conformance.accepted {
            let acceptance = &accepted.acceptance;
            let _ = writeln!(
                out,
                "accepted     {} until {}, {}: {}",
                text::line(&accepted.case),
                acceptance.expires,
                text::line(&acceptance.owner),
                text::line(&acceptance.reason)
            );
        }
    }
    let _ = if sealed.is_none() {
        writeln!(out, "\n{NOT_SEALED}")
    } else {
        writeln!(out, "\nSHA-256 of {SUMS} over {} files: {}", sealed.files, sealed.hash)
    };
    let verdict = style.paint(tone(dossier.verdict), &word(dossier.verdict).to_uppercase());
    let _ = writeln!(out, "{} {verdict}: {}", dossier.kind, text::line(&dossier.sentence));
    style.finish(out)
}

fn tone(verdict: CertifyVerdict) -> Tone {
    match verdict {
        CertifyVerdict::Pass => Tone::Good,
        CertifyVerdict::Fail => Tone::Bad,
        CertifyVerdict::Invalid | CertifyVerdict::Incomplete => Tone::Doubtful,
    }
}
