//! The dossier of a certification.

use crate::charts;
use crate::chromium::{View, open};
use proofload_reports::html;
use proofload_results::certify::{CertifyVerdict, Conformance, Dossier, DossierKind, SCHEMA, Sealed, Subject};
use proofload_results::examples;
use proofload_results::examples::load_record;
use proofload_results::record::Machine;

/// The page of a dossier of which every part was made.
pub(crate) fn page() -> String {
    let folder = tempfile::tempdir().expect("a directory");
    let load = load_record::write_record(&folder.path().join("run"), 5).expect("a record");
    let mut dossier = Dossier {
        schema: SCHEMA.to_owned(),
        kind: DossierKind::default(),
        verdict: CertifyVerdict::Incomplete,
        sentence: String::new(),
        missing: Vec::new(),
        excluded: Vec::new(),
        subject: Subject {
            target: "lab".to_owned(),
            base_url: "https://10.0.0.123:5009".to_owned(),
            certificate: None,
        },
        version: "0.1.0".to_owned(),
        started_at: "2026-11-22T08:30:00Z".to_owned(),
        ended_at: "2026-11-22T08:36:00Z".to_owned(),
        machine: Some(Machine::here()),
        need_per_s: Some(150.0),
        conformance: Some(Conformance::of(&examples::validate::one_of_each())),
        load: Some(load),
        load_chosen: true,
        capacity: Some(examples::capacity::found()),
        target_died: false,
        capacity_left_out: false,
    };
    dossier.conclude();
    let sealed = Sealed {
        hash: "cd".repeat(32),
        files: 9,
    };
    html::certify(&dossier, &sealed)
}

#[tokio::test]
async fn what_is_signed_fits_the_screen_and_its_curve_is_drawn() {
    let page = open(&page(), View::PHONE).await;
    let (wide, screen): (u32, u32) = page.value("[document.documentElement.scrollWidth, innerWidth]").await;
    assert!(wide <= screen, "{wide} pixels on a screen of {screen}");
    charts::have_drawn(&page, 1).await;
    let skipped: String = page.value("document.querySelector('#conformance').innerText").await;
    assert!(skipped.contains("no signing key was given"), "{skipped}");
    let pdf = page.pdf().await;
    assert!(pdf.starts_with(b"%PDF") && pdf.len() > 20_000, "{} bytes", pdf.len());
    page.close().await;
}
