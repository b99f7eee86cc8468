//! The dossier of a certification: to be printed, and signed.

mod findings;
mod subject;

use super::chart::Charts;
use super::page::{self, Page};
use super::table::{section, table};
use super::units::{self, SENTENCE, SHORT, shown};
use super::verdict::{Banner, Tone, badge};
use crate::certify::word;
use maud::{Markup, html};
use proofload_results::certify::{CertifyVerdict, Conformance, Dossier, NOT_SEALED, SUMS, Sealed};
use proofload_results::figures;
use proofload_results::validate::Verdict;

/// Renders a dossier.
pub fn render(dossier: &Dossier, sealed: &Sealed) -> String {
    // The id stands on every sheet of paper: the beginning of the hash that is printed in full beside the signatures.
    let id = sealed.hash.get(..12).map(|id| format!(", {id}")).unwrap_or_default();
    let title = format!(
        "{} {}: {}{id}",
        dossier.kind,
        word(dossier.verdict),
        shown(&dossier.subject.target, SHORT)
    );
    let deviations = dossier.conformance.as_ref().filter(|part| !part.deviations.is_empty());
    let accepted = dossier.conformance.as_ref().filter(|part| !part.accepted.is_empty());
    let mut charts = Charts::default();
    let parts = [
        ("parts", "Verdicts", Some(parts(dossier))),
        ("subject", "What was tested", Some(subject::render(dossier))),
        ("conformance", "Conformance", findings::conformance(dossier)),
        ("load", "Load", findings::load(dossier)),
        (
            "capacity",
            "Capacity against need",
            findings::capacity(dossier, &mut charts),
        ),
        ("deviations", "Deviations", deviations.map(self::deviations)),
        ("accepted", "Accepted deviations", accepted.map(self::accepted)),
        ("record", "The record", Some(record(sealed))),
        ("signed", "Signed", Some(signatures())),
    ];
    let sections = page::present(&parts);
    let page = Page {
        command: "certify",
        title: &title,
        sections: &sections,
    };
    let body = html! {
        (banner(dossier).render())
        @for (id, name, part) in &parts { @if let Some(part) = part { (section(id, name, None, part)) } }
    };
    page.render_with(&body, &charts)
}

fn banner(dossier: &Dossier) -> Banner<'static> {
    let mut reasons: Vec<Markup> = dossier
        .conformance
        .iter()
        .flat_map(|part| &part.premises)
        .map(|premise| html! { strong { "First: " } (shown(&premise.sentence, SENTENCE)) })
        .collect();
    let missing = dossier.missing.iter();
    reasons
        .extend(missing.map(|missing| html! { "Missing for a certificate: " (shown(&missing.to_string(), SENTENCE)) }));
    let excluded = dossier.excluded.iter();
    reasons.extend(excluded.map(
        |exclusion| html! { "Excluded by the customer: " (exclusion.what) ", because: " (shown(&exclusion.reason, SENTENCE)) },
    ));
    Banner {
        tone: tone(dossier.verdict),
        word: headword(dossier.verdict),
        sentence: format!("{}. {}", dossier.kind, shown(&dossier.sentence, SENTENCE)),
        reasons,
        circumstances: vec![
            ("Target", html! { (shown(&dossier.subject.target, SHORT)) }),
            ("Base URL", html! { (shown(&dossier.subject.base_url, SHORT)) }),
            ("From", units::instant(&dossier.started_at)),
            ("To", units::instant(&dossier.ended_at)),
            ("proofload", html! { (shown(&dossier.version, SHORT)) }),
        ],
    }
}

fn headword(verdict: CertifyVerdict) -> &'static str {
    match verdict {
        CertifyVerdict::Pass => "Passed",
        CertifyVerdict::Fail => "Failed",
        CertifyVerdict::Invalid => "No answer",
        CertifyVerdict::Incomplete => "Incomplete",
    }
}

fn tone(verdict: CertifyVerdict) -> Tone {
    match verdict {
        CertifyVerdict::Pass => Tone::Good,
        CertifyVerdict::Fail => Tone::Bad,
        CertifyVerdict::Invalid | CertifyVerdict::Incomplete => Tone::Doubtful,
    }
}

fn parts(dossier: &Dossier) -> Markup {
    let head =
        html! { tr { th scope="col" { "Part" } th scope="col" { "Verdict" } th scope="col" { "What it came to" } } };
    let rows = html! {
        @for part in dossier.parts() {
            tr {
                th scope="row" { (part.name) }
                td { (badge(tone(part.verdict), word(part.verdict))) }
                td { (shown(&part.sentence, SENTENCE)) }
            }
        }
    };
    html! { div.parts { (table("The parts of the certification", &head, &rows)) } }
}

fn deviations(part: &Conformance) -> Markup {
    let head = html! {
        tr { th scope="col" { "Case" } th scope="col" { "Verdict" } th scope="col" { "Expected" } th scope="col" { "Observed" } }
    };
    let rows = html! {
        @for deviation in &part.deviations {
            tr {
                th scope="row" { code { (shown(&deviation.case, SHORT)) } }
                td {
                    @match deviation.verdict {
                        Verdict::Fail => (badge(Tone::Bad, "fail")),
                        Verdict::Warn => (badge(Tone::Doubtful, "warn")),
                        _ => (badge(Tone::Unknown, "error")),
                    }
                }
                td { (shown(&deviation.expected, SHORT)) }
                td { (shown(&deviation.observed, SHORT)) }
            }
        }
    };
    let summary = part.summary;
    let more = (summary.fail + summary.warn + summary.error).saturating_sub(part.deviations.len());
    html! {
        (table("Cases that did not end well", &head, &rows))
        @if more > 0 {
            p.left-out { (figures::of(more, "more case", "more cases")) " in " code { "validate/validate.json" } " of the record." }
        }
    }
}

fn accepted(part: &Conformance) -> Markup {
    let head = html! {
        tr { th scope="col" { "Case" } th scope="col" { "Would be" } th scope="col" { "Who answers for it" } th scope="col" { "Until" } th scope="col" { "Why it is accepted" } }
    };
    let rows = html! {
        @for accepted in &part.accepted {
            tr {
                th scope="row" { code { (shown(&accepted.case, SHORT)) } }
                td { (accepted.acceptance.verdict) }
                td { (shown(&accepted.acceptance.owner, SHORT)) }
                td { (accepted.acceptance.expires) }
                td { (shown(&accepted.acceptance.reason, SENTENCE)) }
            }
        }
    };
    table("Deviations that somebody answers for", &head, &rows)
}

fn record(sealed: &Sealed) -> Markup {
    if sealed.is_none() {
        return html! { p { (NOT_SEALED) "." } };
    }
    html! {
        p { "This dossier rests on a record of " (figures::of(sealed.files, "file", "files")) ": every case, every second of every load. SHA-256 of its list of sums, " code { (SUMS) } ":" }
        pre.hash { (sealed.hash) }
        p { "It changes with any byte of the record. To compute it again, in the record's directory:" }
        pre { "sha256sum --check " (SUMS) " && sha256sum " (SUMS) }
    }
}

/// A place to sign, on paper.
fn signatures() -> Markup {
    let head = html! { tr { th scope="col" { "For" } th scope="col" { "Name" } th scope="col" { "Place and date" } th scope="col" { "Signature" } } };
    let rows =
        html! { @for side in ["the supplier", "the customer"] { tr { th scope="row" { (side) } td {} td {} td {} } } };
    html! {
        p { "By signing, both sides agree that the deployment named above was tested as this dossier says, with these results, and that the deviations listed as accepted are." }
        div.signatures { (table("Signatures", &head, &rows)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_results::examples::certify as examples;
    use proofload_results::examples::validate::HOSTILE;

    #[test]
    fn it_names_what_was_found_and_what_it_rests_on() {
        let sealed = Sealed {
            hash: "cd".repeat(32),
            files: 9,
        };
        let page = render(&examples::of("lab"), &sealed);
        for words in [
            "183/s",
            "150/s",
            "ops@lab.example",
            "2027-01-31",
            &sealed.hash,
            "sha256sum --check",
            "Signature",
        ] {
            assert!(page.contains(words), "{words}");
        }
        for text in HOSTILE {
            let page = render(&examples::of(text), &sealed);
            assert!(
                !page.contains("<script>alert") && !page.contains("<img src=x"),
                "{text}"
            );
        }
    }
}
