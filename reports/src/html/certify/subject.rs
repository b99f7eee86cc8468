//! What was tested, from where and when, and with which certificate.

use crate::html::table::table;
use crate::html::units::{SHORT, instant, shown};
use maud::{Markup, html};
use proofload_results::certify::Dossier;

/// The table.
pub(super) fn render(dossier: &Dossier) -> Markup {
    let subject = &dossier.subject;
    let text = |what: &str| html! { (shown(what, SHORT)) };
    let mut pairs: Vec<(&str, Markup)> = vec![("Target", text(&subject.target)), ("Base URL", text(&subject.base_url))];
    match &subject.certificate {
        Some(certificate) => pairs.extend([
            ("Certificate of", text(&certificate.subject)),
            ("Issued by", text(&certificate.issuer)),
            (
                "Holds",
                html! { (instant(&certificate.not_before)) " to " (instant(&certificate.not_after)) },
            ),
            ("Its SHA-256", html! { code { (shown(&certificate.sha256, SHORT)) } }),
        ]),
        None if subject.base_url.starts_with("https:") => {
            pairs.push(("Certificate", text("the target showed none that could be read")));
        }
        None => pairs.push(("Certificate", text("none: the connection was not encrypted"))),
    }
    if let Some(part) = &dossier.conformance {
        pairs.push(("Accounts", text(&part.accounts.join(", "))));
    }
    pairs.extend([
        ("From", instant(&dossier.started_at)),
        ("To", instant(&dossier.ended_at)),
        ("With", text(&format!("proofload {}", dossier.version))),
    ]);
    if let Some(machine) = &dossier.machine {
        let from = format!(
            "a machine with {} processors, {} {}",
            machine.cpus, machine.os, machine.arch
        );
        pairs.push(("Measured from", text(&from)));
    }
    let rows = html! { @for (name, what) in &pairs { tr { th scope="row" { (name) } td { (what) } } } };
    html! { div.facts { (table("What was tested", &html! {}, &rows)) } }
}
