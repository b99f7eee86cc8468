//! The certificate and the protocol versions.

use super::bounded::bounded;
use super::certificate::Certificate;
use super::hello::{Old, agrees_to};
use chrono::{TimeDelta, Utc};
use proofload_contract::Source;
use proofload_deployment::{Trust, handshake, handshake_with, is_made_for};
use proofload_probing::context::Context;
use proofload_probing::findings::{Clause, Finding, Stop};
use rand::Rng as _;
use rustls::pki_types::CertificateDer;

pub(super) const DATES: Clause = Clause::new(
    "certificate-dates",
    Source::Convention,
    "The certificate is within its dates (RFC 5280, 4.1.2.5).",
);
pub(super) const NAMES: Clause = Clause::new(
    "certificate-names",
    Source::Convention,
    "A certificate that an authority issued is for the host of the base URL (RFC 9110, 4.3.4).",
);
pub(super) const CHAIN: Clause = Clause::new(
    "certificate-chain",
    Source::Convention,
    "Each certificate sent was issued by the next one (RFC 5246, 7.4.2).",
);
pub(super) const STRENGTH: Clause = Clause::new(
    "certificate-strength",
    Source::Convention,
    "The certificate's key and signature cannot be forged today: RSA from 2048 bits, EC from 224, no SHA-1 (NIST SP 800-131A).",
);
pub(super) const VERSIONS: Clause = Clause::new(
    "tls-versions",
    Source::Convention,
    "TLS 1.2 or 1.3 is spoken, and neither 1.0 nor 1.1 (RFC 8996).",
);

/// Less time than this is worth a note.
const SOON: TimeDelta = TimeDelta::days(30);

/// A chain as it was sent, the server's own certificate first.
pub(super) struct Chain {
    own: Certificate,
    own_der: CertificateDer<'static>,
    issuers: Vec<Certificate>,
}

/// Fetches the chain, whatever it is worth.
pub(super) async fn chain(context: &Context) -> Result<Chain, Stop> {
    let shown = bounded(context, handshake(&context.target.base, &context.target.way, &[]))
        .await?
        .map_err(|error| Stop::untestable(format!("the TLS handshake failed: {error}")))?;
    let mut certificates = shown.chain.iter().map(|der| Certificate::read(der));
    let unreadable = || Stop::untestable("the certificate cannot be read");
    Ok(Chain {
        own: certificates.next().flatten().ok_or_else(unreadable)?,
        own_der: shown.chain.first().cloned().ok_or_else(unreadable)?,
        issuers: certificates.collect::<Option<_>>().ok_or_else(unreadable)?,
    })
}

pub(super) fn dates(chain: &Chain) -> Finding {
    let Certificate {
        not_before, not_after, ..
    } = &chain.own;
    let now = Utc::now();
    let left = *not_after - now;
    let observed = format!(
        "valid from {} to {}",
        not_before.format("%Y-%m-%d"),
        not_after.format("%Y-%m-%d")
    );
    let finding = Finding::verdict(*not_before <= now && now <= *not_after, "within its dates", observed);
    if now > *not_after {
        finding.note(format!("it expired {} days ago", -left.num_days()))
    } else if now < *not_before {
        finding.note("its time has not come yet; or is this machine's clock wrong?")
    } else if left < SOON {
        finding.note(format!("it expires in {} days: time to renew it", left.num_days()))
    } else {
        finding.note(format!("{} days left", left.num_days()))
    }
}

/// A self-signed certificate proves nothing by its names, and servers on premise are called by whatever address they
/// have: there, another name is only worth a note.
pub(super) fn names(context: &Context, chain: &Chain) -> Finding {
    let host = context.target.base.url().host_str().unwrap_or_default();
    let host = host.trim_matches(['[', ']']);
    let names = match chain.own.names.as_slice() {
        [] => "no name".to_owned(),
        names => {
            let shown = names.len().min(10);
            let more = if shown < names.len() { ", …" } else { "" };
            format!("{}{more}", names[..shown].join(", "))
        }
    };
    let matches = is_made_for(&chain.own_der, host);
    let finding = Finding::verdict(
        matches || chain.own.is_self_issued,
        format!("for {host}"),
        format!("for {names}"),
    );
    if matches {
        finding
    } else {
        finding.note(format!(
            "it is not for {host}: clients that check names must be told to trust it otherwise"
        ))
    }
}

pub(super) async fn order(context: &Context, chain: &Chain) -> Result<Finding, Stop> {
    let issued = std::iter::once(&chain.own).chain(&chain.issuers);
    let in_order = issued
        .zip(&chain.issuers)
        .all(|(certificate, issuer)| certificate.issuer == issuer.subject);
    let observed = format!(
        "{} sent: {}, issued by {}",
        1 + chain.issuers.len(),
        chain.own.subject,
        if chain.own.is_self_issued {
            "itself"
        } else {
            &chain.own.issuer
        }
    );
    let trusted = bounded(
        context,
        handshake_with(&context.target.base, &context.target.way, &Trust::System),
    )
    .await?;
    let trust = match trusted {
        Ok(_) => "this system's authorities vouch for it".to_owned(),
        Err(_) if chain.own.is_self_issued => "it is self-signed: clients need it, or its pin".to_owned(),
        Err(error) => format!("this system does not trust it by itself ({error})"),
    };
    Ok(Finding::verdict(in_order, "each issued by the next", observed).note(trust))
}

pub(super) fn strength(chain: &Chain) -> Finding {
    // The signature on a self-signed certificate proves nothing anyway, and a root's is never looked at.
    let mut signed = std::iter::once(&chain.own)
        .chain(&chain.issuers)
        .filter(|certificate| !certificate.is_self_issued);
    let broken = signed.find_map(|certificate| certificate.broken_signature);
    let mut observed = chain.own.key.clone();
    if let Some(signature) = broken {
        observed = format!("{observed}, signed with {signature}");
    }
    Finding::verdict(
        !chain.own.key_is_weak && broken.is_none(),
        "a strong key and signature",
        observed,
    )
}

pub(super) async fn versions(context: &Context) -> Result<Finding, Stop> {
    let (base, way) = (&context.target.base, &context.target.way);
    let mut spoken = Vec::new();
    let mut old = false;
    for version in Old::ALL {
        let mut random = [0; 32];
        context.random(version.name()).fill_bytes(&mut random);
        let agreed = bounded(context, agrees_to(base, way, version, random)).await?;
        if agreed.map_err(|error| Stop::untestable(format!("no connection: {error}")))? {
            spoken.push(version.name());
            old = true;
        }
    }
    let mut new = false;
    for (version, name) in [
        (&rustls::version::TLS12, "TLS 1.2"),
        (&rustls::version::TLS13, "TLS 1.3"),
    ] {
        if bounded(context, handshake(base, way, &[version])).await?.is_ok() {
            spoken.push(name);
            new = true;
        }
    }
    let observed = if spoken.is_empty() {
        "none of them".to_owned()
    } else {
        spoken.join(", ")
    };
    Ok(Finding::verdict(new && !old, "TLS 1.2, TLS 1.3 or both", observed))
}
