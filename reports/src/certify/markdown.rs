//! A dossier as Markdown: to be kept beside other papers, and signed.

use super::word;
use crate::markdown::{CELL_CHARS, code, fence, prose};
use proofload_results::certify::{Certificate, Conformance, Dossier, NOT_SEALED, SUMS, Sealed};
use std::fmt::Write as _;

/// Renders a dossier as Markdown.
pub fn render(dossier: &Dossier, sealed: &Sealed) -> String {
    let mut out = format!(
        "# Certificate: {}\n\n{}\n\n## What was tested\n\n| | |\n|---|---|\n",
        word(dossier.verdict),
        prose(&dossier.sentence, 4 * CELL_CHARS)
    );
    let subject = &dossier.subject;
    for (name, what) in [
        ("target", &subject.target),
        ("base URL", &subject.base_url),
        ("from", &dossier.started_at),
        ("to", &dossier.ended_at),
        ("proofload", &dossier.version),
    ] {
        let _ = writeln!(out, "| {name} | {} |", code(what, CELL_CHARS));
    }
    if let Some(certificate) = &subject.certificate {
        self::certificate(&mut out, certificate);
    }
    out.push_str("\n## What came of it\n\n| part | | |\n|---|---|---|\n");
    for part in dossier.parts() {
        let sentence = prose(&part.sentence, 2 * CELL_CHARS);
        let _ = writeln!(out, "| {} | **{}** | {sentence} |", part.name, word(part.verdict));
    }
    need(&mut out, dossier);
    if let Some(part) = &dossier.conformance {
        conformance(&mut out, part);
    }
    seal(&mut out, sealed);
    out.push_str("\n## Signed\n\n| name | place and date | signature |\n|---|---|---|\n| | | |\n| | | |\n");
    out
}

fn certificate(out: &mut String, certificate: &Certificate) {
    for (name, what) in [
        ("certificate of", &certificate.subject),
        ("issued by", &certificate.issuer),
        ("holds from", &certificate.not_before),
        ("holds until", &certificate.not_after),
        ("its SHA-256", &certificate.sha256),
    ] {
        let _ = writeln!(out, "| {name} | {} |", code(what, CELL_CHARS));
    }
}

fn need(out: &mut String, dossier: &Dossier) {
    let (Some(need), Some(capacity)) = (dossier.need_per_s, &dossier.capacity) else {
        return;
    };
    let carries = capacity
        .sustained_per_s
        .map_or_else(|| "unknown".to_owned(), |rate| format!("{rate:.1}/s"));
    let _ = write!(out, "\nNeeded: {need:.1}/s. Carried: {carries}.\n");
}

fn conformance(out: &mut String, part: &Conformance) {
    let accounts: Vec<String> = part.accounts.iter().map(|account| code(account, CELL_CHARS)).collect();
    let _ = write!(out, "\nAccounts: {}.\n", accounts.join(", "));
    if !part.deviations.is_empty() {
        out.push_str("\n### Deviations\n\n| case | | expected | observed |\n|---|---|---|---|\n");
        for deviation in &part.deviations {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} |",
                code(&deviation.case, CELL_CHARS),
                deviation.verdict,
                code(&deviation.expected, CELL_CHARS),
                code(&deviation.observed, CELL_CHARS)
            );
        }
    }
    if part.accepted.is_empty() {
        return;
    }
    out.push_str("\n### Accepted deviations\n\n| case | would be | owner | until | reason |\n|---|---|---|---|---|\n");
    for accepted in &part.accepted {
        let acceptance = &accepted.acceptance;
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} |",
            code(&accepted.case, CELL_CHARS),
            acceptance.verdict,
            prose(&acceptance.owner, CELL_CHARS),
            acceptance.expires,
            prose(&acceptance.reason, CELL_CHARS)
        );
    }
}

/// What anybody can compute again.
fn seal(out: &mut String, sealed: &Sealed) {
    if sealed.is_none() {
        let _ = write!(out, "\n## The record\n\n{NOT_SEALED}.\n");
        return;
    }
    let _ = write!(
        out,
        "\n## The record\n\nSHA-256 of `{SUMS}`, which names {} files with theirs:\n\n{}\nTo compute it again, in the directory of the record:\n\n{}",
        sealed.files,
        fence("text", &sealed.hash),
        fence("sh", &format!("sha256sum --check {SUMS} && sha256sum {SUMS}"))
    );
}
