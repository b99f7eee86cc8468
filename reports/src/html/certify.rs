//! The dossier of a certification: to be printed, and signed.

use super::page::Page;
use super::table::{section, table};
use super::units::{SENTENCE, SHORT, shown};
use super::verdict::{Banner, Tone, badge};
use crate::certify::{CertifyVerdict, Conformance, Dossier, SUMS, Sealed, word};
use crate::validate::Verdict;
use maud::{Markup, html};

/// Renders a dossier.
pub fn render(dossier: &Dossier, sealed: &Sealed) -> String {
    let title = format!("{}: {}", word(dossier.verdict), shown(&dossier.subject.target, SHORT));
    let deviations = dossier.conformance.as_ref().filter(|part| !part.deviations.is_empty());
    let accepted = dossier.conformance.as_ref().filter(|part| !part.accepted.is_empty());
    let parts = [
        ("parts", "Parts", Some(parts(dossier))),
        ("certificate", "Certificate", certificate(dossier)),
        ("load", "Load", load(dossier)),
        ("capacity", "Capacity", capacity(dossier)),
        ("deviations", "Deviations", deviations.map(self::deviations)),
        ("accepted", "Accepted deviations", accepted.map(self::accepted)),
        ("record", "The record", Some(record(sealed))),
        ("signed", "Signed", Some(signatures())),
    ];
    let sections: Vec<_> = parts
        .iter()
        .filter_map(|(id, name, part)| part.is_some().then_some((*id, *name)))
        .collect();
    let page = Page {
        command: "certify",
        title: &title,
        sections: &sections,
    };
    page.render(&html! {
        (banner(dossier).render())
        @for (id, name, part) in &parts { @if let Some(part) = part { (section(id, name, None, part)) } }
    })
}

fn banner(dossier: &Dossier) -> Banner<'static> {
    let reasons = dossier
        .parts()
        .into_iter()
        .filter(|part| part.verdict != CertifyVerdict::Pass);
    Banner {
        tone: tone(dossier.verdict),
        word: word(dossier.verdict),
        sentence: shown(&dossier.sentence, SENTENCE),
        reasons: reasons
            .map(|part| html! { (part.name) ": " (shown(&part.sentence, SENTENCE)) })
            .collect(),
        circumstances: vec![
            ("Target", html! { (shown(&dossier.subject.target, SHORT)) }),
            ("Base URL", html! { (shown(&dossier.subject.base_url, SHORT)) }),
            ("From", html! { (shown(&dossier.started_at, SHORT)) }),
            ("To", html! { (shown(&dossier.ended_at, SHORT)) }),
            ("proofload", html! { (shown(&dossier.version, SHORT)) }),
        ],
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
        html! { tr { th scope="col" { "part" } th scope="col" { "verdict" } th scope="col" { "what it came to" } } };
    let rows = html! {
        @for part in dossier.parts() {
            tr {
                th scope="row" { (part.name) }
                td { (badge(tone(part.verdict), word(part.verdict))) }
                td { (shown(&part.sentence, SENTENCE)) }
            }
        }
    };
    table("The parts of the certification", &head, &rows)
}

fn certificate(dossier: &Dossier) -> Option<Markup> {
    let certificate = dossier.subject.certificate.as_ref()?;
    let pairs = [
        ("subject", &certificate.subject),
        ("issuer", &certificate.issuer),
        ("holds from", &certificate.not_before),
        ("holds until", &certificate.not_after),
        ("SHA-256", &certificate.sha256),
    ];
    let rows =
        html! { @for (name, what) in pairs { tr { th scope="row" { (name) } td { code { (shown(what, SHORT)) } } } } };
    Some(table("The certificate that the target showed", &html! {}, &rows))
}

fn load(dossier: &Dossier) -> Option<Markup> {
    let report = dossier.load.as_ref()?;
    let head =
        html! { tr { th scope="col" { "objective" } th scope="col" { "measured" } th scope="col" { "verdict" } } };
    let rows = html! {
        @for slo in &report.slos {
            tr {
                th scope="row" { (shown(&slo.slo, SHORT)) }
                td { (shown(&slo.measured, SHORT)) }
                td {
                    @if slo.held { (badge(Tone::Good, "held")) } @else { (badge(Tone::Bad, "missed")) }
                }
            }
        }
    };
    Some(table("The objectives of the smoke load", &head, &rows))
}

fn capacity(dossier: &Dossier) -> Option<Markup> {
    let report = dossier.capacity.as_ref()?;
    let rate = |rate: Option<f64>| rate.map_or_else(|| "unknown".to_owned(), |rate| format!("{rate:.1}/s"));
    let bracket = report.bracket_per_s.map_or_else(
        || "unknown".to_owned(),
        |[low, high]| format!("{low:.1} to {high:.1}/s"),
    );
    let pairs = [
        (
            "needed",
            dossier
                .need_per_s
                .map_or_else(|| "nobody said".to_owned(), |need| format!("{need:.1}/s")),
        ),
        ("carried", rate(report.sustained_per_s)),
        ("bracket", bracket),
        (
            "broke first",
            report.limited_by.clone().unwrap_or_else(|| "nothing".to_owned()),
        ),
        ("scenario", report.scenario.clone()),
    ];
    let rows = html! { @for (name, what) in &pairs { tr { th scope="row" { (name) } td { (shown(what, SHORT)) } } } };
    Some(html! {
        p.lead { (shown(&report.sentence, SENTENCE)) }
        (table("Capacity against need", &html! {}, &rows))
    })
}

fn deviations(part: &Conformance) -> Markup {
    let head = html! {
        tr { th scope="col" { "case" } th scope="col" { "verdict" } th scope="col" { "expected" } th scope="col" { "observed" } }
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
    table("Cases that did not end well", &head, &rows)
}

fn accepted(part: &Conformance) -> Markup {
    let head = html! {
        tr { th scope="col" { "case" } th scope="col" { "would be" } th scope="col" { "owner" } th scope="col" { "until" } th scope="col" { "reason" } }
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
    html! {
        p { "SHA-256 of " code { (SUMS) } ", which names " (sealed.files) " files with theirs:" }
        pre { (sealed.hash) }
        p { "To compute it again, in the directory of the record:" }
        pre { "sha256sum --check " (SUMS) " && sha256sum " (SUMS) }
    }
}

/// A place to sign, on paper.
fn signatures() -> Markup {
    let head =
        html! { tr { th scope="col" { "name" } th scope="col" { "place and date" } th scope="col" { "signature" } } };
    let rows = html! { @for _ in 0..2 { tr { td { br; br; } td {} td {} } } };
    table("Signatures", &head, &rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certify::examples;
    use crate::validate::examples::HOSTILE;

    #[test]
    fn it_names_what_was_found_and_what_it_rests_on() {
        let sealed = Sealed {
            hash: "cd".repeat(32),
            files: 9,
        };
        let page = render(&examples::of("lab"), &sealed);
        for words in [
            "183.0/s",
            "150.0/s",
            "ops@lab.example",
            "2027-01-31",
            &sealed.hash,
            "sha256sum --check",
            "signature",
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
