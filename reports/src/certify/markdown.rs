//! A dossier as Markdown: to be kept beside other papers, and signed.

use super::{parts, word};
use crate::markdown::{CELL_CHARS, code, fence, prose};
use proofload_results::certify::{Certificate, Dossier, NOT_SEALED, SUMS, Sealed};
use std::fmt::Write as _;

/// Renders a dossier as Markdown.
pub fn render(dossier: &Dossier, sealed: &Sealed) -> String {
    let mut out = format!(
        "# {}: {}\n\n{}\n",
        dossier.kind,
        word(dossier.verdict),
        prose(&dossier.sentence, 8 * CELL_CHARS)
    );
    for missing in &dossier.missing {
        let _ = write!(
            out,
            "\nMissing for a certificate: {}.\n",
            prose(&missing.to_string(), 4 * CELL_CHARS)
        );
    }
    for exclusion in &dossier.excluded {
        let reason = prose(&exclusion.reason, 4 * CELL_CHARS);
        let _ = write!(
            out,
            "\nExcluded by the customer: {}, because: {reason}\n",
            exclusion.what
        );
    }
    out.push_str("\n## What was tested\n\n| | |\n|---|---|\n");
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
    if let Some(machine) = &dossier.machine {
        let _ = writeln!(
            out,
            "| measured from | a machine with {} processors, {} {} |",
            machine.cpus,
            prose(&machine.os, CELL_CHARS),
            prose(&machine.arch, CELL_CHARS)
        );
    }
    match &subject.certificate {
        Some(certificate) => self::certificate(&mut out, certificate),
        None if subject.base_url.starts_with("https:") => {
            out.push_str("| certificate | the target showed none that could be read |\n");
        }
        None => out.push_str("| certificate | none: the connection was not encrypted |\n"),
    }
    out.push_str("\n## What came of it\n\n| part | | |\n|---|---|---|\n");
    for part in dossier.parts() {
        let sentence = prose(&part.sentence, 2 * CELL_CHARS);
        let _ = writeln!(out, "| {} | **{}** | {sentence} |", part.name, word(part.verdict));
    }
    if let Some(part) = &dossier.conformance {
        parts::conformance(&mut out, part);
    }
    parts::loads(&mut out, dossier);
    seal(&mut out, sealed);
    out.push_str(
        "\n## Signed\n\nBy signing, both sides agree that the deployment named above was tested as this dossier says, with these results, and that the deviations listed as accepted are.\n\n\
         | for | name | place and date | signature |\n|---|---|---|---|\n| the supplier | | | |\n| the customer | | | |\n",
    );
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

/// What anybody can compute again.
fn seal(out: &mut String, sealed: &Sealed) {
    if sealed.is_none() {
        let _ = write!(out, "\n## The record\n\n{NOT_SEALED}.\n");
        return;
    }
    let _ = write!(
        out,
        "\n## The record\n\nThis dossier rests on every case and every second of every load. SHA-256 of `{SUMS}`, which names {} files with theirs:\n\n{}\nTo compute it again, in the directory of the record:\n\n{}",
        sealed.files,
        fence("text", &sealed.hash),
        fence("sh", &format!("sha256sum --check {SUMS} && sha256sum {SUMS}"))
    );
}
