//! What was tested, from where and when, and with which certificate.

use crate::certify::Dossier;
use crate::html::table::table;
use crate::html::units::{SHORT, shown};
use maud::{Markup, html};

/// The table.
pub(super) fn render(dossier: &Dossier) -> Markup {
    let subject = &dossier.subject;
    let mut pairs: Vec<(&str, String)> = vec![
        ("Target", subject.target.clone()),
        ("Base URL", subject.base_url.clone()),
    ];
    match &subject.certificate {
        Some(certificate) => pairs.extend([
            ("Certificate of", certificate.subject.clone()),
            ("Issued by", certificate.issuer.clone()),
            (
                "Holds",
                format!("{} to {}", certificate.not_before, certificate.not_after),
            ),
            ("Its SHA-256", certificate.sha256.clone()),
        ]),
        None => pairs.push((
            "Certificate",
            "none was shown: the connection was not encrypted".to_owned(),
        )),
    }
    if let Some(part) = &dossier.conformance {
        pairs.push(("Accounts", part.accounts.join(", ")));
    }
    pairs.extend([
        ("From", dossier.started_at.clone()),
        ("To", dossier.ended_at.clone()),
        ("With", format!("proofload {}", dossier.version)),
    ]);
    if let Some(machine) = &dossier.machine {
        let from = format!(
            "a machine with {} processors, {} {}",
            machine.cpus, machine.os, machine.arch
        );
        pairs.push(("Measured from", from));
    }
    let rows = html! { @for (name, what) in &pairs { tr { th scope="row" { (name) } td { (shown(what, SHORT)) } } } };
    html! { div.facts { (table("What was tested", &html! {}, &rows)) } }
}
