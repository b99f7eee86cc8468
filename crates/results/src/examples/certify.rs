//! Hand-built dossiers for tests.

use crate::certify::{
    Certificate, CertifyVerdict, Conformance, Dossier, DossierKind, Excludable, Exclusion, SCHEMA, Subject,
};
use crate::record::Machine;
use crate::{examples, load};

/// A dossier of which `text` stands wherever a server can put something.
pub fn of(text: &str) -> Dossier {
    let mut load = examples::load::hostile(text);
    load.verdict = load::LoadVerdict::Pass;
    let mut dossier = Dossier {
        schema: SCHEMA.to_owned(),
        kind: DossierKind::Report,
        verdict: CertifyVerdict::Pass,
        sentence: String::new(),
        missing: Vec::new(),
        excluded: vec![Exclusion {
            what: Excludable::Writes,
            reason: text.to_owned(),
        }],
        subject: Subject {
            target: text.to_owned(),
            base_url: "https://lab:5009".to_owned(),
            certificate: Some(Certificate {
                subject: text.to_owned(),
                issuer: text.to_owned(),
                not_before: "2026-01-01T00:00:00Z".to_owned(),
                not_after: "2027-01-01T00:00:00Z".to_owned(),
                sha256: "ab".repeat(32),
            }),
        },
        version: "0.1.0".to_owned(),
        started_at: "2026-11-22T08:30:00Z".to_owned(),
        ended_at: "2026-11-22T08:36:00Z".to_owned(),
        machine: Some(Machine {
            os: "linux".to_owned(),
            arch: "x86_64".to_owned(),
            cpus: 4,
        }),
        need_per_s: Some(150.0),
        conformance: Some(Conformance::of(&examples::validate::one_of_each())),
        load: Some(load),
        load_chosen: false,
        capacity: Some(examples::capacity::found()),
        target_died: false,
        capacity_left_out: false,
    };
    dossier.conclude();
    dossier
}
