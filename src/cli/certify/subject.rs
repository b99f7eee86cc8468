//! What is certified, as it shows itself before anything is tested.

use super::CertifyArgs;
use chrono::{DateTime, SecondsFormat, Utc};
use proofload_deployment::{Target, escaped, handshake};
use proofload_load::Workload;
use proofload_results::certify::{Certificate, CertifyVerdict, Dossier, DossierKind, SCHEMA, Subject};
use proofload_results::hash;
use proofload_results::record::Machine;
use std::time::Duration;

/// What a server may put into a name, in characters.
const MAX_NAME: usize = 300;

/// A dossier in which nothing has been done yet.
pub(super) async fn begin(target: &Target, args: &CertifyArgs, search: &Workload) -> Dossier {
    let started_at = now(Utc::now());
    Dossier {
        schema: SCHEMA.to_owned(),
        kind: DossierKind::Report,
        verdict: CertifyVerdict::Incomplete,
        sentence: String::new(),
        missing: Vec::new(),
        excluded: args.without.clone(),
        subject: Subject {
            target: target.name.clone(),
            base_url: target.base.to_string(),
            certificate: certificate(target, args.timeout.timeout).await,
        },
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ended_at: started_at.clone(),
        started_at,
        machine: Some(Machine::here()),
        need_per_s: args
            .search
            .need
            .and_then(|need| need.per_s(search.frames(), args.search.fps)),
        conformance: None,
        load: None,
        load_chosen: args.load_scenario.is_some(),
        capacity: None,
        target_died: false,
        capacity_left_out: args.leaves_capacity_out(),
    }
}

/// An instant as records write it.
pub(super) fn now(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The certificate that the target shows; none without TLS, or when it shows none that can be read.
async fn certificate(target: &Target, timeout: Duration) -> Option<Certificate> {
    let base = &target.base;
    if base.url().scheme() != "https" {
        return None;
    }
    let shaken = tokio::time::timeout(timeout, handshake(base, &target.way, &[]))
        .await
        .ok()?
        .ok()?;
    let der = shaken.chain.first()?;
    let (_, parsed) = x509_parser::parse_x509_certificate(der).ok()?;
    let instant =
        |timestamp| DateTime::from_timestamp(timestamp, 0).map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true));
    Some(Certificate {
        subject: escaped(parsed.subject().to_string().as_bytes(), MAX_NAME),
        issuer: escaped(parsed.issuer().to_string().as_bytes(), MAX_NAME),
        not_before: instant(parsed.validity().not_before.timestamp())?,
        not_after: instant(parsed.validity().not_after.timestamp())?,
        sha256: hash::sha256(der),
    })
}
